using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Averages over networks and views.</summary>
public class EnsembleTests
{
    [Fact]
    public void Probabilities_of_several_networks_are_averaged_by_weight()
    {
        using var a = Things.Create(new NetworkOptions { Seed = 1, MaxBatch = 3 });
        using var b = Things.Create(new NetworkOptions { Seed = 2, MaxBatch = 5 });
        using var ensemble = new Ensemble([a, b]) { Weights = [1, 3] };
        var x = Support.Numbers(7 * 64);
        var got = new float[7 * 4];
        ensemble.Predict(x, got);
        for (var n = 0; n < 7; n++)
        {
            var (p, q) = (Softmax(a, x.AsSpan(n * 64, 64)), Softmax(b, x.AsSpan(n * 64, 64)));
            for (var c = 0; c < 4; c++) Assert.Equal((p[c] + (3 * q[c])) / 4, got[(n * 4) + c], 1e-6);
        }
    }

    [Fact]
    public void Views_are_averaged_and_crops_are_taken_where_they_say()
    {
        using var net = Things.Create(new NetworkOptions { Seed = 1, MaxBatch = 2 });
        var picture = Support.Numbers(10 * 11);
        using var ensemble = new Ensemble([net]) { Views = [View.Crop(1, 10, 11, 0, 0), View.Crop(1, 10, 11, 2, 3, mirrored: true)] };
        float[] got = new float[4], first = new float[64], second = new float[64];
        ensemble.Predict(picture, got);
        for (var y = 0; y < 8; y++)
        {
            for (var x = 0; x < 8; x++)
            {
                first[(y * 8) + x] = picture[(y * 11) + x];
                second[(y * 8) + x] = picture[((y + 2) * 11) + 3 + 7 - x];
            }
        }

        var (p, q) = (Softmax(net, first), Softmax(net, second));
        for (var c = 0; c < 4; c++) Assert.Equal((p[c] + q[c]) / 2, got[c], 1e-6);
        using var outside = new Ensemble([net]) { Views = [View.Crop(1, 10, 11, 3, 0)] };
        Assert.Contains("not inside", Assert.Throws<ArgumentException>(() => outside.Predict(picture, got)).Message);
        using var mixed = new Ensemble([net]) { Views = [View.Identity, View.Crop(1, 10, 11, 0, 0)] };
        Assert.Contains("different sizes", Assert.Throws<ArgumentException>(() => mixed.Predict(picture, got)).Message);
    }

    [Fact]
    public void Maps_are_brought_back_so_that_the_average_over_a_group_moves_with_the_picture()
    {
        using var net = PaddedMask.Create(new NetworkOptions { Seed = 1, MaxBatch = 2 });
        View[] group = [View.Identity, View.FlipHorizontal, View.FlipVertical, View.Rotate180];
        using var ensemble = new Ensemble([net]) { Views = group };
        var x = Support.Numbers(2 * 256);
        float[] flipped = new float[x.Length], y = new float[3 * 256], yOfFlipped = new float[3 * 256], plain = new float[3 * 256];
        View.FlipHorizontal.Apply(x, flipped, [2, 16, 16]);
        for (var i = 0; i < 16; i++) Assert.Equal(x[i], flipped[15 - i]);
        ensemble.Predict(x, y);
        ensemble.Predict(flipped, yOfFlipped);
        for (var line = 0; line < 48; line++)
            for (var i = 0; i < 16; i++)
                Assert.Equal(y[(line * 16) + i], yOfFlipped[(line * 16) + 15 - i], 1e-6);
        net.Predict(x, plain);
        Assert.NotEqual(plain, y);

        float[] turned = new float[x.Length], back = new float[x.Length];
        View.Transpose.Apply(x, turned, [2, 16, 16]);
        Assert.Equal(x[256 + (3 * 16) + 5], turned[256 + (5 * 16) + 3]);
        View.Transpose.Apply(turned, back, [2, 16, 16]);
        Assert.Equal(x, back);
    }

    [Fact]
    public void Outputs_that_are_no_logits_are_averaged_as_they_are()
    {
        using var a = Softly.Create(new NetworkOptions { Seed = 1 });
        using var b = Softly.Create(new NetworkOptions { Seed = 2 });
        using var ensemble = new Ensemble([a, b]);
        float[] x = Support.Numbers(5), p = new float[3], q = new float[3], got = new float[3];
        a.Predict(x, p);
        b.Predict(x, q);
        ensemble.Predict(x, got);
        for (var c = 0; c < 3; c++) Assert.Equal((p[c] + q[c]) / 2, got[c], 1e-6);
        Assert.Contains("no head", Assert.Throws<ArgumentException>(() => ensemble.Evaluate(Support.Clusters(3))).Message);
    }

    [Fact]
    public void A_dataset_is_evaluated_exactly()
    {
        var test = Pictures.Of(50, 0, 4, 9);
        using var a = Things.Create(new NetworkOptions { Seed = 1, MaxBatch = 8 });
        using var b = Things.Create(new NetworkOptions { Seed = 5, MaxBatch = 8 });
        foreach (var net in new[] { a, b }) new Trainer(net, new TrainerOptions { Optimizer = new Adam(5e-3f), Epochs = 2 }).Fit(Pictures.Of(200, 0, 4, 1));
        using var alone = new Ensemble([a]);
        var one = alone.Evaluate(test);
        var same = Metrics.Evaluate(a, test).Heads[0];
        Assert.Equal((same.Correct, same.Predictions), (one.Correct, one.Predictions));
        Assert.Equal(same.Nats, one.Nats, 1e-5);
        using var both = new Ensemble([a, b]);
        var average = both.Evaluate(test);

        // −ln is convex: the average of probabilities is never worse than the average of the networks.
        Assert.True(average.Nats <= (same.Nats + Metrics.Evaluate(b, test).Heads[0].Nats) / 2);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var a = Things.Create(new NetworkOptions());
        using var b = OtherThings.Create(new NetworkOptions());
        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => new Ensemble([])).Message);
        Assert.Contains("OtherThings and Things", Assert.Throws<ArgumentException>(() => new Ensemble([a, b])).Message);
        Assert.Throws<ArgumentException>(() => new Ensemble([a]) { Weights = [1, 2] });
        Assert.Throws<ArgumentException>(() => new Ensemble([a]) { Weights = [0] });
        Assert.Throws<ArgumentException>(() => new Ensemble([a]) { Views = [] });
        using var ensemble = new Ensemble([a]);
        Assert.Contains("64 values", Assert.Throws<ArgumentException>(() => ensemble.Predict(new float[65], new float[4])).Message);
        Assert.Contains("room for 4", Assert.Throws<ArgumentException>(() => ensemble.Predict(new float[64], new float[3])).Message);
    }

    private static double[] Softmax(Things net, ReadOnlySpan<float> x)
    {
        var y = new float[4];
        net.Predict(x, y);
        var sum = y.Sum(v => Math.Exp(v));
        return [.. y.Select(v => Math.Exp(v) / sum)];
    }
}
