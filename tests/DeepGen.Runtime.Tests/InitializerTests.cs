using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class InitializerTests
{
    private const int FanIn = 300;
    private const int FanOut = 200;

    [Theory]
    [InlineData(Initializer.Xavier, Activation.Relu, 2.0 / (FanIn + FanOut), true)]
    [InlineData(Initializer.He, Activation.Tanh, 2.0 / FanIn, false)]
    [InlineData(Initializer.Kumar, Activation.Sigmoid, 12.8 / FanIn, false)]
    [InlineData(Initializer.Kumar, Activation.Tanh, 1.0 / FanIn, false)]
    [InlineData(Initializer.Kumar, Activation.None, 1.0 / FanIn, false)]
    [InlineData(Initializer.Kumar, Activation.Relu, 2.0 / FanIn, false)]
    [InlineData(Initializer.Auto, Activation.Relu, 2.0 / FanIn, false)]
    [InlineData(Initializer.Auto, Activation.Tanh, 2.0 / (FanIn + FanOut), true)]
    [InlineData(Initializer.Auto, Activation.Sigmoid, 2.0 / (FanIn + FanOut), true)]
    [InlineData(Initializer.Auto, Activation.None, 2.0 / (FanIn + FanOut), true)]
    [InlineData(Initializer.Normal, Activation.None, 1e-4, false)]
    [InlineData(Initializer.Uniform, Activation.None, 1.0 / FanIn / 3, true)]
    public void Mean_variance_and_shape_are_those_of_the_rule(Initializer initializer, Activation activation, double variance, bool uniform)
    {
        var values = Make(initializer, activation);
        var mean = values.Average();
        var found = values.Average(v => (v - mean) * (v - mean));
        Assert.InRange(mean, -4 * Math.Sqrt(variance / values.Length), 4 * Math.Sqrt(variance / values.Length));
        Assert.InRange(found / variance, 0.98, 1.02);

        // The fourth moment over the squared second: 1.8 for a uniform distribution, 3 for a normal one.
        var kurtosis = values.Average(v => Math.Pow(v - mean, 4)) / (found * found);
        Assert.InRange(kurtosis, uniform ? 1.75 : 2.9, uniform ? 1.85 : 3.1);
        if (uniform) Assert.InRange(values.Max(Math.Abs), 0.999 * Math.Sqrt(3 * variance), Math.Sqrt(3 * variance));
        Assert.Equal(values.Length, values.Distinct().Count(), values.Length * 0.02);
    }

    [Fact]
    public void Constants_fill()
    {
        using var network = new Parametric(
            new ParameterDefinition("zeros", [3], true, 0, Initializer.Zeros), new("ones", [3], true, 16, Initializer.Ones), new("halves", [3], false, 0, Initializer.Constant, Value: 0.5f));
        Assert.Equal([0, 0, 0], network.Parameters["zeros"].Values.ToArray());
        Assert.Equal([1, 1, 1], network.Parameters["ones"].Values.ToArray());
        Assert.Equal([0.5f, 0.5f, 0.5f], network.Parameters["halves"].Values.ToArray());
    }

    [Fact]
    public void Given_scales_are_used()
    {
        using var network = new Parametric(new ParameterDefinition("w", [100_000], true, 0, Initializer.Normal, Value: 2));
        Assert.InRange(network.Parameters[0].Values.ToArray().Average(v => v * v), 3.9, 4.1);
        network.Parameters[0].Initialize(Initializer.Uniform, 1, 3);
        Assert.InRange(network.Parameters[0].Values.ToArray().Max(), 2.99f, 3f);
    }

    [Fact]
    public void Values_depend_on_seed_name_and_element_alone()
    {
        Assert.Equal(Make(Initializer.He, seed: 5), Make(Initializer.He, seed: 5));
        Assert.NotEqual(Make(Initializer.He, seed: 5), Make(Initializer.He, seed: 6));
        Assert.NotEqual(Make(Initializer.He, name: "a"), Make(Initializer.He, name: "b"));

        // Whatever the length and the neighbours.
        using var network = new Parametric(
            new NetworkOptions { Seed = 5, Threads = 2 }, new("other", [7], true, 0, Initializer.He, FanIn, FanOut), new("w", [10], true, 16, Initializer.He, FanIn, FanOut));
        Assert.Equal(Make(Initializer.He, seed: 5).Take(10), network.Parameters["w"].Values.ToArray());
    }

    [Fact]
    public void A_rule_without_what_it_needs_is_an_error()
    {
        using var network = Parametric.Vectors(3);
        Assert.Contains("needs the fan-in", Assert.Throws<ArgumentException>(() => network.Parameters[0].Initialize(Initializer.He, 1)).Message);
        Assert.Contains("needs a value", Assert.Throws<ArgumentException>(() => network.Parameters[0].Initialize(Initializer.Constant, 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Parameters[0].Initialize(Initializer.Normal, 1, -1));
    }

    private static float[] Make(Initializer initializer, Activation activation = Activation.None, ulong seed = 1, string name = "w")
    {
        using var network = new Parametric(
            new NetworkOptions { Seed = seed }, new ParameterDefinition(name, [FanOut, FanIn], true, 0, initializer, FanIn, FanOut, activation));
        return network.Parameters[0].Values.ToArray();
    }
}
