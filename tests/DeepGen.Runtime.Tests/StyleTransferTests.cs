using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Changing a picture until features are what they should be: against PyTorch (tests/fixtures/understanding.py), differences, and by what comes out.</summary>
public class StyleTransferTests
{
    private static readonly Dictionary<string, float[]> Fixture = OptimizerFixture.Read("understanding.safetensors");

    private static readonly StyleTransfer Transfer = new() { Content = [("content", 1.5)], Style = [("style1", 200), ("style2", 80)], Descent = new InputDescent { TotalVariation = 0.3 } };

    private static T Loaded<T>(T network) where T : Network
    {
        foreach (var parameter in network.Parameters) Fixture[parameter.Name].CopyTo(parameter.Span);
        return network;
    }

    [Fact]
    public void Loss_and_gradient_are_PyTorchs()
    {
        using var net = Loaded(Styles.Create(new NetworkOptions { MaxBatch = 1 }));
        var gradient = new float[360];
        var loss = Transfer.Descent.Evaluate(net, Fixture["picture"], Transfer.Terms(net, Fixture["content"], Fixture["style"]), gradient);
        Assert.Equal(Fixture["loss"][0], loss, 1e-4 * Fixture["loss"][0]);
        OptimizerFixture.AssertNear(Fixture["gradient"], gradient, 1e-5, "gradient");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gradient_is_that_of_differences(bool relative)
    {
        using var net = Loaded(Styles.Create(new NetworkOptions { MaxBatch = 1 }));
        var transfer = Transfer with { Relative = relative };
        var terms = transfer.Terms(net, Fixture["content"], Fixture["style"]);
        var gradient = new float[360];
        transfer.Descent.Evaluate(net, Fixture["picture"], terms, gradient);

        // Along the gradient itself, where the change is greatest and digits are lost least.
        var norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
        const double H = 1e-3;
        double Loss(double shift) => transfer.Descent.Evaluate(net, [.. Fixture["picture"].Select((x, i) => (float)(x + (shift * gradient[i] / norm)))], terms, new float[360]);
        Assert.Equal(norm, (Loss(H) - Loss(-H)) / (2 * H), 0.01 * norm);
    }

    [Fact]
    public void The_picture_takes_the_style_and_keeps_the_content()
    {
        using var net = Loaded(Styles.Create(new NetworkOptions { MaxBatch = 1 }));
        var before = Support.Bits(net);
        var transfer = Transfer with { Relative = true, Content = [("content", 1)], Style = [("style1", 1), ("style2", 1)], Descent = new InputDescent { Steps = 60, Rate = 0.05f, Lowest = -2, Highest = 2 } };
        var picture = (float[])Fixture["content"].Clone();
        var seen = 0;
        var losses = transfer.Run(net, Fixture["content"], Fixture["style"], picture, (step, loss, now) => Assert.Equal((seen++, 360), (step, now.Length)));
        Assert.Equal((60, 60), (losses.Length, seen));
        Assert.True(losses[^1] < 0.3 * losses[0], $"{losses[0]} {losses[^1]}");
        Assert.All(picture, value => Assert.InRange(value, -2, 2));
        Assert.Equal(before, Support.Bits(net));

        var again = (float[])Fixture["content"].Clone();
        transfer.Run(net, Fixture["content"], Fixture["style"], again);
        Assert.Equal(picture, again);
    }

    [Fact]
    public void What_cannot_be_is_said()
    {
        using var net = Styles.Create(new NetworkOptions { MaxBatch = 1 });
        var picture = new float[360];
        OutputTerm[] terms = [new("content", OutputObjectives.Strength)];
        Assert.Contains("no output 'style9'; it has content, style1, style2", Assert.Throws<ArgumentException>(() => (Transfer with { Style = [("style9", 1)] }).Run(net, picture, picture, picture)).Message);
        Assert.Contains("360 values", Assert.Throws<ArgumentException>(() => Transfer.Run(net, new float[359], picture, picture)).Message);
        Assert.Contains("no term", Assert.Throws<ArgumentException>(() => new InputDescent().Run(net, picture, [])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new InputDescent { Rate = 0 }.Run(net, picture, terms));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InputDescent { TotalVariation = -1 }.Run(net, picture, terms));
        Assert.Throws<ArgumentException>(() => OutputObjectives.RelativeDistance(new float[4]));
        Assert.Contains("not finite in step 1", Assert.Throws<NonFiniteException>(() => new InputDescent().Run(net, picture, [new("content", (_, _) => double.NaN)])).Message);
        using var flat = Softly.Create(new NetworkOptions { MaxBatch = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new InputDescent { TotalVariation = 1 }.Run(flat, Support.Numbers(5), [new(flat.Definition.Outputs[0].Name, OutputObjectives.Strength)]));
    }

    [Fact]
    public void A_cancelled_descent_keeps_what_it_has()
    {
        using var net = Loaded(Styles.Create(new NetworkOptions { MaxBatch = 1 }));
        using var stop = new CancellationTokenSource();
        var picture = (float[])Fixture["content"].Clone();
        var losses = Transfer.Run(net, Fixture["content"], Fixture["style"], picture, (step, _, _) =>
        {
            if (step == 4) stop.Cancel();
        }, stop.Token);
        Assert.Equal(5, losses.Length);
        Assert.NotEqual(Fixture["content"], picture);
    }

    [Fact]
    public void A_projection_is_PyTorchs()
    {
        using var net = Loaded(ThereAndBack.Create(new NetworkOptions { MaxBatch = 1 }));
        var found = FeatureProjection.Strongest(net, Fixture["picture"], channel: 4);
        var place = (int)Fixture["place"][0];
        Assert.Equal((4, place / 5, place % 5), (found.Channel, found.Row, found.Column));
        Assert.Equal(Fixture["maps"][(4 * 30) + place], found.Value, 1e-5);
        OptimizerFixture.AssertNear(Fixture["projection"], found.Projection, 1e-5, "projection");

        // Only pixels that the feature can see.
        Assert.Contains(0f, found.Projection);
        Assert.Contains("6 channels", Assert.Throws<ArgumentOutOfRangeException>(() => FeatureProjection.Strongest(net, Fixture["picture"], 6)).Message);
        using var other = Styles.Create(new NetworkOptions { MaxBatch = 1 });
        Assert.Contains("Styles goes from", Assert.Throws<ArgumentException>(() => FeatureProjection.Strongest(other, Fixture["picture"], 0)).Message);
    }
}
