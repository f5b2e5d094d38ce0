using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Weights between things, against distances to every pixel of every thing.</summary>
public class BorderWeightsTests
{
    private static float[] Fill(BorderWeights weights, int[] labels, int height, int width)
    {
        var filled = new float[labels.Length];
        Array.Fill(filled, float.NaN);
        weights.Fill(labels, height, width, filled, new int[labels.Length], new int[labels.Length], new int[labels.Length]);
        return filled;
    }

    [Fact]
    public void Weights_are_those_of_the_two_nearest_things()
    {
        // Discs that do not touch; one of another class.
        const int Height = 60, Width = 70;
        var things = new (int Y, int X, int R)[] { (10, 12, 7), (14, 30, 9), (36, 18, 8), (45, 44, 11), (8, 58, 5), (31, 62, 6) };
        var labels = new int[Height * Width];
        var owners = new int[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var found = Array.FindIndex(things, t => Math.Pow(i / Width - t.Y, 2) + Math.Pow(i % Width - t.X, 2) <= t.R * t.R);
            (labels[i], owners[i]) = (found < 0 ? 0 : found == 2 ? 3 : 1, found);
        }

        var actual = Fill(new BorderWeights(10, 5), labels, Height, Width);
        var highest = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var distances = things.Select((_, t) => Enumerable.Range(0, labels.Length).Where(k => owners[k] == t).Min(k => Math.Sqrt(Math.Pow(i / Width - k / Width, 2) + Math.Pow(i % Width - k % Width, 2)))).Order().ToArray();
            var expected = labels[i] > 0 ? 0 : 10 * Math.Exp(-Math.Pow(distances[0] + distances[1], 2) / 50);
            Assert.InRange(actual[i], expected - 0.15, expected + 1e-5);
            highest = Math.Max(highest, expected);
        }

        Assert.True(highest > 5);
    }

    [Fact]
    public void One_thing_or_none_has_no_border()
    {
        var labels = new int[48];
        Assert.All(Fill(new BorderWeights(), labels, 6, 8), weight => Assert.Equal(0, weight));
        labels.AsSpan(9, 4).Fill(1);
        labels[3] = LabelMaps.Ignored;
        Assert.All(Fill(new BorderWeights(), labels, 6, 8), weight => Assert.Equal(0, weight));

        // Corners do not connect: these are two things, one pixel of ground beside both.
        labels.AsSpan().Clear();
        (labels[0], labels[9]) = (1, 1);
        Assert.Equal(10 * Math.Exp(-4.0 / 50), Fill(new BorderWeights(), labels, 6, 8)[1], 1e-5);
    }

    [Fact]
    public void A_dataset_fills_them_as_the_second_target_and_the_middle_of_the_map()
    {
        var masks = new byte[2 * 14 * 12];
        for (var i = 0; i < masks.Length; i++) masks[i] = (byte)(i % 12 is >= 2 and < 5 or >= 7 and < 10 ? 255 : 0);
        var maps = new LabelMaps(new ImageArray(masks, 1, 14, 12), [0, 255]);
        var images = new ImageArray(masks, 1, 14, 12);
        using var net = WeightedPixels.Create(new NetworkOptions { MaxBatch = 2 });
        using var batch = new Batch(net) { Count = 2 };
        var weights = new BorderWeights(8, 2);
        new ImageDataset(images, maps, new ImageDatasetOptions { BorderWeights = weights }).Fill([0, 1], batch);
        Assert.Equal(8 * Math.Exp(-9.0 / 8), batch.Target<float>(1)[4], 1e-5);
        Assert.Equal(8 * Math.Exp(-9.0 / 8), batch.Target<float>(1)[120 + 50 + 4], 1e-5);
        Assert.Equal((0f, 1), (batch.Target<float>(1)[2], batch.Target<int>()[2]));
        Assert.True(net.Step(batch, new Sgd(0.1f)) > 0);

        Assert.Contains("BorderWeights", Assert.Throws<ArgumentException>(() => new ImageDataset(images, maps).Fill([0], batch)).Message);
        Assert.Throws<ArgumentException>(() => new ImageDataset(images, new ImageDatasetOptions { BorderWeights = weights }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDataset(images, maps, new ImageDatasetOptions { BorderWeights = new BorderWeights(1, 0) }));
    }
}
