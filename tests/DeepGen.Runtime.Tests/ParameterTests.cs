using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class ParameterTests
{
    [Fact]
    public void Parameters_are_found_by_name_index_and_pattern()
    {
        using var network = new Linear();
        Assert.Equal(4, network.Parameters.Count);
        Assert.Equal(18, network.Parameters.TrainableValues);
        Assert.Same(network.Parameters[1], network.Parameters["Dense1.bias"]);
        Assert.Null(network.Parameters.TryGet("dense1.bias"));
        Assert.Equal(["Dense1.weight", "Dense1.bias"], network.Parameters.Matching("Dense?.*").Select(p => p.Name));
        Assert.Equal([3, 5], network.Parameters["Dense1.weight"].Shape);
        Assert.Equal([], network.Parameters["Norm1.momentum"].Shape);
    }

    [Fact]
    public void A_name_that_does_not_exist_lists_the_nearest()
    {
        using var network = new Linear();
        var error = Assert.Throws<KeyNotFoundException>(() => network.Parameters["Dense1.wieght"]);
        Assert.StartsWith("Linear has no parameter 'Dense1.wieght'. Nearest: 'Dense1.weight',", error.Message);
        Assert.Contains("No parameter of Linear matches 'Conv*'", Assert.Throws<KeyNotFoundException>(() => network.Parameters.Matching("Conv*")).Message);
    }

    [Fact]
    public void Running_statistics_have_no_gradient_and_cannot_be_frozen()
    {
        using var network = new Linear();
        var mean = network.Parameters["Norm1.running_mean"];
        Assert.False(mean.IsTrainable);
        Assert.Throws<InvalidOperationException>(() => _ = mean.Gradient[0]);
        Assert.Throws<InvalidOperationException>(() => mean.Frozen = true);
    }

    [Fact]
    public void A_frozen_parameter_stays_while_the_others_learn()
    {
        using var network = new Linear();
        network.Parameters["Dense1.weight"].Frozen = true;
        var weight = network.Parameters["Dense1.weight"].Values.ToArray();
        var bias = network.Parameters["Dense1.bias"].Values.ToArray();
        var optimizer = new AdamW(0.1f, weightDecay: 0.5f);
        for (var i = 0; i < 3; i++) network.Step(Support.Numbers(10), [0, 1], optimizer);
        Assert.Equal(weight.Select(BitConverter.SingleToInt32Bits), network.Parameters["Dense1.weight"].Values.ToArray().Select(BitConverter.SingleToInt32Bits));
        Assert.NotEqual(bias, network.Parameters["Dense1.bias"].Values.ToArray());
    }
}
