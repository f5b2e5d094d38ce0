using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Looking into a network.</summary>
public class UnderstandingTests
{
    private static readonly Lazy<string> Trained = new(() =>
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("deepgen").FullName, "things.safetensors");
        using var net = Things.Create(new NetworkOptions { Seed = 1 });
        new Trainer(net, new TrainerOptions { Optimizer = new Adam(5e-3f), Epochs = 15, BatchSize = 25 }).Fit(Pictures.Of(1000, 0, 4, 1));
        net.Save(path);
        return path;
    });

    [Fact]
    public void The_gradient_is_that_of_differences()
    {
        using var net = PaddedMask.Create(new NetworkOptions { MaxBatch = 1, Seed = 2 });
        var x = Support.Numbers(2 * 256);
        var gradient = Saliency.Gradient(net, x, OutputObjectives.Score(1, 3));
        foreach (var at in new[] { 0, 17, 200, 300, 511 })
        {
            const float H = 1e-2f;
            double Score(float shift)
            {
                var moved = (float[])x.Clone();
                moved[at] += shift;
                var y = new float[3 * 256];
                net.Predict(moved, y);
                return y.AsSpan(256, 256).ToArray().Sum(v => (double)v);
            }

            Assert.Equal((Score(H) - Score(-H)) / (2 * H), gradient[at], 2e-3);
        }
    }

    [Fact]
    public void Saliency_and_occlusion_find_the_shape()
    {
        using var net = Things.Create(new NetworkOptions { MaxBatch = 7 });
        net.Load(Trained.Value);
        var picture = new float[64];
        Pictures.Draw(picture, 2, 4, 1, new Random(5));
        var map = Saliency.Map(net, picture, 2);
        Assert.True(Mean(map, inside: true) > 1.5 * Mean(map, inside: false), $"{Mean(map, true)} {Mean(map, false)}");

        var occlusion = OcclusionMap.Of(net, picture, 2, patch: 3);
        Assert.Equal((6, 6), (occlusion.Rows, occlusion.Columns));
        Assert.True(occlusion.Uncovered > 0.8, $"{occlusion.Uncovered}");
        var lowest = Array.IndexOf(occlusion.Values, occlusion.Values.Min());
        Assert.InRange(lowest / 6, 3, 5);
        Assert.InRange(lowest % 6, 0, 2);

        // A place by itself is what the network says of the picture with that square covered.
        var covered = (float[])picture.Clone();
        for (var y = 0; y < 3; y++) covered.AsSpan(((y + 2) * 8) + 4, 3).Clear();
        var scores = new float[4];
        net.Predict(covered, scores);
        Assert.Equal(Math.Exp(scores[2]) / scores.Sum(v => Math.Exp(v)), occlusion.Values[(2 * 6) + 4], 1e-5);
        var coarse = OcclusionMap.Of(net, picture, 2, patch: 3, stride: 2);
        Assert.Equal((3, 3, occlusion.Values[(2 * 6) + 4]), (coarse.Rows, coarse.Columns, coarse.Values[(1 * 3) + 2]));

        static double Mean(float[] map, bool inside) =>
            map.Where((_, i) => (i / 8 is >= 4 and < 7 && i % 8 is >= 1 and < 4) == inside).Average();
    }

    [Fact]
    public void Ascent_raises_the_class_and_stays_in_its_bounds()
    {
        using var net = Things.Create(new NetworkOptions { MaxBatch = 2 });
        net.Load(Trained.Value);
        var begin = Support.Numbers(64).Select(value => value / 4).ToArray();
        var picture = (float[])begin.Clone();
        var ascent = new GradientAscent { Steps = 30, Rate = 0.02f, Jitter = 1, Seed = 3, Lowest = -0.5f, Highest = 1 };
        var values = ascent.Run(net, picture, OutputObjectives.Score(1, 4));
        Assert.Equal(30, values.Length);
        Assert.True(values[^1] > values[0] + 1, $"{values[0]} {values[^1]}");
        Assert.All(picture, pixel => Assert.InRange(pixel, -0.5f, 1));
        var scores = new float[4];
        net.Predict(picture, scores);
        Assert.Equal(1, Array.IndexOf(scores, scores.Max()));
        var again = (float[])begin.Clone();
        ascent.Run(net, again, OutputObjectives.Score(1, 4));
        Assert.Equal(picture, again);
        var dream = (float[])picture.Clone();
        var strength = new GradientAscent { Steps = 5 }.Run(net, dream, OutputObjectives.Strength);
        Assert.True(strength[^1] > strength[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => (ascent with { Rate = 0 }).Run(net, picture, OutputObjectives.Strength));
    }

    [Fact]
    public void Activations_of_kept_layers_are_what_the_layers_give()
    {
        using var net = Things.Create(new NetworkOptions { MaxBatch = 2, Seed = 4 });
        var x = Support.Numbers(64);
        Assert.Contains("MaxPool2d1", LayerActivations.Names(net));
        var map = LayerActivations.Of(net, x, "MaxPool2d1");
        Assert.Equal(map.Length, LayerActivations.Shape(net, "MaxPool2d1").Aggregate((a, b) => a * b));
        Assert.Equal(6 * 4 * 4, map.Length);
        var weight = net.Parameters["Conv2d1.weight"].Values;
        var bias = net.Parameters["Conv2d1.bias"].Values;
        for (var f = 0; f < 6; f++)
        {
            for (var place = 0; place < 16; place++)
            {
                var highest = 0.0;
                for (var part = 0; part < 4; part++)
                {
                    int row = (place / 4 * 2) + (part / 2), column = (place % 4 * 2) + (part % 2);
                    double sum = bias[f];
                    for (var t = 0; t < 9; t++)
                        if (row + (t / 3) - 1 is >= 0 and < 8 and var y && column + (t % 3) - 1 is >= 0 and < 8 and var z)
                            sum += weight[(f * 9) + t] * x[(y * 8) + z];
                    highest = Math.Max(highest, sum);
                }

                Assert.Equal(highest, map[(f * 16) + place], 1e-5);
            }
        }

        Assert.Contains("MaxPool2d1", Assert.Throws<KeyNotFoundException>(() => LayerActivations.Of(net, x, "Conv9")).Message);
    }

    [Fact]
    public void Looking_changes_nothing_of_a_training()
    {
        using var net = new Linear(new NetworkOptions { Seed = 1 });
        var before = Support.Bits(net);
        Saliency.Gradient(net, Support.Numbers(5), OutputObjectives.Score(0, 3));
        new GradientAscent { Steps = 3 }.Run(net, Support.Numbers(5), OutputObjectives.Strength);
        Assert.Equal(before, Support.Bits(net));
        Assert.All(net.Parameters.Where(parameter => parameter.IsTrainable), parameter => Assert.True(parameter.Gradient.IndexOfAnyExcept(0f) < 0));
        using var mask = UnpaddedMask.Create(new NetworkOptions { MaxBatch = 1 });
        Assert.Contains("3 classes", Assert.Throws<ArgumentOutOfRangeException>(() => Saliency.Map(mask, new float[240], 3)).Message);
        Assert.Contains("240 values", Assert.Throws<ArgumentException>(() => Saliency.Map(mask, new float[239], 0)).Message);
    }

    [Fact]
    public void Filters_and_maps_are_tiles_with_a_line_between()
    {
        using var net = PixelClasses.Create(new NetworkOptions());
        var weight = net.Parameters["Conv2d1.weight"];
        weight.Span.Clear();
        weight.Span[0] = -2;
        weight.Span[4] = 1;
        weight.Span[9] = 2;
        var grid = PictureGrid.OfFilters(weight, scale: 2);

        // 4 filters of 2 channels of 3 x 3, each value 2 x 2 pixels.
        Assert.Equal((1, (4 * 7) - 1, (2 * 7) - 1), (grid.Channels, grid.Height, grid.Width));
        byte At(int y, int x) => grid.Pixels[(y * grid.Width) + x];
        Assert.Equal((0, 0, 128, 191, 0, 255), (At(0, 0), At(1, 1), At(0, 2), At(2, 2), At(0, 6), At(0, 7)));
        Assert.Equal(128, At(7, 0));
        var maps = PictureGrid.OfMaps([0, 1, 2, 4, 5, 5, 5, 5], 2, 2);
        Assert.Equal(new byte[] { 0, 64, 0, 0, 0, 128, 255, 0, 0, 0 }, maps.Pixels);
        Assert.Contains("no filters", Assert.Throws<ArgumentException>(() => PictureGrid.OfFilters(net.Parameters["Conv2d1.bias"])).Message);
        Assert.Throws<ArgumentException>(() => PictureGrid.OfMaps([1, 2, 3], 2, 2));
    }
}
