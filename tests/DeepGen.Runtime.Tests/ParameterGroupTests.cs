using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class ParameterGroupTests
{
    [Fact]
    public void Later_groups_override_what_they_set()
    {
        using var network = Moved(new Sgd(1, weightDecay: 0.5f)
        {
            Groups = [new("*") { RateFactor = 0.5f, WeightDecay = 0 }, new("p?") { RateFactor = 2 }, new("p1") { WeightDecay = 0.25f }],
        });

        // θ = 1 and g = 1: θ − γ(g + λθ).
        Assert.Equal(1 - (2 * 1f), network.Parameters["p0"].Values[0]);
        Assert.Equal(1 - (2 * 1.25f), network.Parameters["p1"].Values[0]);
    }

    [Fact]
    public void Frozen_by_a_group_or_by_the_parameter()
    {
        using var group = Moved(new Adam(0.1f) { Groups = [new("*") { Frozen = true }, new("p2") { Frozen = false }] });
        Assert.Equal([1f, 1f], new[] { group.Parameters["p0"].Values[0], group.Parameters["p1"].Values[0] });
        Assert.NotEqual(1, group.Parameters["p2"].Values[0]);
        using var both = Moved(new Adam(0.1f) { Groups = [new("p1") { Frozen = false }] }, network => network.Parameters["p1"].Frozen = true);
        Assert.Equal(1, both.Parameters["p1"].Values[0]);
        Assert.NotEqual(1, both.Parameters["p0"].Values[0]);
    }

    [Fact]
    public void Groups_may_change_between_steps_and_a_bad_change_changes_nothing()
    {
        using var network = Parametric.Vectors(20, 20);
        foreach (var parameter in network.Parameters) parameter.Gradient.Fill(1);
        var optimizer = new Adam(0.1f) { Groups = [new("p0") { Frozen = true }] };
        network.Update(optimizer);
        Assert.Equal(0, network.Parameters["p0"].Values[0]);
        Assert.Throws<KeyNotFoundException>(() => optimizer.Groups = [new("q*") { Frozen = true }]);
        Assert.Equal("p0", Assert.Single(optimizer.Groups).Pattern);
        optimizer.Groups = [];
        network.Update(optimizer);

        // The first step of a parameter is one of Adam's first: by the rate.
        Assert.Equal(-0.1f, network.Parameters["p0"].Values[0], 1e-6f);
        Assert.Equal(-0.2f, network.Parameters["p1"].Values[0], 1e-6f);
    }

    [Fact]
    public void A_pattern_that_matches_nothing_names_the_nearest()
    {
        using var network = new Linear();
        var optimizer = new Sgd { Groups = [new("Dense1.weights") { RateFactor = 0.1f }] };
        var error = Assert.Throws<KeyNotFoundException>(() => network.Step(Support.Numbers(5), [0], optimizer));
        Assert.StartsWith("No parameter of Linear matches 'Dense1.weights'. Nearest: 'Dense1.weight',", error.Message);
        optimizer.Groups = [new("*.running_*") { RateFactor = 0.1f }];
        Assert.Contains("'*.running_*' matches only running statistics of Linear", Assert.Throws<ArgumentException>(() => network.Step(Support.Numbers(5), [0], optimizer)).Message);

        // Nothing has bound it meanwhile.
        optimizer.Groups = [new("Dense1.*") { RateFactor = 0.1f }];
        network.Step(Support.Numbers(5), [0], optimizer);
    }

    [Fact]
    public void Filters_above_the_radius_come_back_to_it_and_the_others_stay()
    {
        using var network = new Parametric(
            new ParameterDefinition("conv.weight", [3, 2, 3, 3], true, 0, Initializer.Zeros),
            new ParameterDefinition("conv.bias", [3], true, 64, Initializer.Zeros));
        var first = Support.Numbers(54);
        for (var i = 18; i < 36; i++) first[i] *= 0.01f;
        first.CopyTo(network.Parameters["conv.weight"].Span);
        network.Parameters["conv.bias"].Span.Fill(100);
        network.Update(new Sgd(0) { Groups = [new("conv.*") { MaxNorm = 0.5f }] });
        var filters = network.Parameters["conv.weight"].Values.ToArray().Chunk(18).ToArray();
        foreach (var i in new[] { 0, 2 })
        {
            Assert.Equal(0.5, Norm(filters[i]), 1e-6);
            var scale = 0.5 / Norm(first[(18 * i)..(18 * (i + 1))]);
            for (var j = 0; j < 18; j++) Assert.Equal(scale * first[(18 * i) + j], filters[i][j], 1e-6);
        }

        Assert.Equal(first[18..36], filters[1]);
        Assert.All(network.Parameters["conv.bias"].Values.ToArray(), bias => Assert.Equal(100, bias));

        static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));
    }

    [Fact]
    public void A_later_group_lifts_the_constraint()
    {
        using var network = new Parametric(new ParameterDefinition("w", [2, 2], true, 0, Initializer.Ones));
        network.Update(new Sgd(0) { Groups = [new("*") { MaxNorm = 0.5f }, new("w") { MaxNorm = float.PositiveInfinity }] });
        Assert.All(network.Parameters["w"].Values.ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ParameterGroup(""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*") { RateFactor = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*") { WeightDecay = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*") { MaxNorm = 0 });
        Assert.Throws<ArgumentNullException>(() => new Sgd { Groups = null! });
    }

    /// <summary>Three parameters of ones with gradients of one, after an update.</summary>
    private static Parametric Moved(Optimizer optimizer, Action<Network>? before = null)
    {
        var network = Parametric.Vectors(20, 33, 5);
        before?.Invoke(network);
        foreach (var parameter in network.Parameters)
        {
            parameter.Span.Fill(1);
            parameter.Gradient.Fill(1);
        }

        network.Update(optimizer);
        return network;
    }
}
