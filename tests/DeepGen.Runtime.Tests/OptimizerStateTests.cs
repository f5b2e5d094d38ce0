using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>What a checkpoint keeps of an optimizer is enough.</summary>
public class OptimizerStateTests
{
    [Theory]
    [InlineData("sgd")]
    [InlineData("sgd_dampening")]
    [InlineData("adam_decay")]
    [InlineData("adamw_decay")]
    [InlineData("rmsprop_all")]
    [InlineData("adagrad_decay")]
    public void Goes_on_bit_for_bit_from_moments_and_counts(string name)
    {
        using var whole = OptimizerFixture.Start();
        var optimizer = Create(name);
        Train(whole, optimizer, 0, 10);
        whole.Parameters["b"].Frozen = false;

        // Through plain arrays, as through a file.
        var counts = new OptimizerCounts(optimizer.Counts.Steps, [.. optimizer.Counts.Updates]);
        var moments = optimizer.MomentNames.Select((_, m) => whole.Parameters.Select(parameter => optimizer.Moment(m, parameter).ToArray()).ToArray()).ToArray();
        var values = whole.Parameters.Select(parameter => parameter.Values.ToArray()).ToArray();
        Train(whole, optimizer, 10, 20);

        using var resumed = OptimizerFixture.Start();
        var restored = Create(name);
        restored.Bind(resumed);
        restored.Counts = counts;
        for (var i = 0; i < values.Length; i++)
        {
            values[i].CopyTo(resumed.Parameters[i].Span);
            for (var m = 0; m < moments.Length; m++) moments[m][i].CopyTo(restored.Moment(m, resumed.Parameters[i]));
        }

        Train(resumed, restored, 10, 20);
        Assert.Equal(Support.Bits(whole), Support.Bits(resumed));
        Assert.Equal(20, restored.Counts.Steps);
        Assert.Equal([20L, 10], restored.Counts.Updates);
    }

    [Fact]
    public void Moments_are_called_as_in_PyTorch()
    {
        Assert.Empty(new Sgd().MomentNames);
        Assert.Equal(["momentum_buffer"], new Sgd(momentum: 0.9f).MomentNames);
        Assert.Equal(["exp_avg", "exp_avg_sq"], new AdamW().MomentNames);
        Assert.Equal(["square_avg"], new RmsProp().MomentNames);
        Assert.Equal(["square_avg", "grad_avg", "momentum_buffer"], new RmsProp(momentum: 0.9f, centered: true).MomentNames);
        Assert.Equal(["sum"], new Adagrad().MomentNames);
    }

    [Fact]
    public void Counts_of_another_network_are_refused()
    {
        using var network = Parametric.Vectors(3, 4);
        var optimizer = new Adam();
        optimizer.Bind(network);
        Assert.Contains("of 3 parameters, but the network has 2", Assert.Throws<ArgumentException>(() => optimizer.Counts = new OptimizerCounts(1, [1, 1, 1])).Message);
    }

    /// <summary>With everything that counts: groups, noise by the step, and one parameter that joins later.</summary>
    private static Optimizer Create(string name)
    {
        var optimizer = OptimizerTests.Create(name);
        optimizer.Noise = new GradientNoise(0.1f);
        optimizer.Clipping = GradientClipping.ByGlobalNorm(5);
        optimizer.Groups = [new("a") { RateFactor = 0.5f, MaxNorm = 1 }];
        return optimizer;
    }

    private static void Train(Network network, Optimizer optimizer, int from, int to)
    {
        if (from == 0) network.Parameters["b"].Frozen = true;
        for (var step = from; step < to; step++)
        {
            OptimizerFixture.SetGradients(network, step);
            network.Update(optimizer);
        }
    }
}
