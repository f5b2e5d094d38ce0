using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>The examples of docs/inference.md: each stands here word for word, and is run.</summary>
public sealed class InferencePageTests : IDisposable
{
    private readonly Things net = Things.Create(new NetworkOptions { Seed = 1, MaxBatch = 8 });
    private readonly Things other = Things.Create(new NetworkOptions { Seed = 2, MaxBatch = 8 });
    private readonly InMemoryDataset test = Pictures.Of(20, 0, 4, 1);
    private readonly float[] picture = Support.Numbers(64);

    public void Dispose()
    {
        net.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Networks_and_views()
    {
        using var ensemble = new Ensemble([net, other]) { Views = [View.Identity, View.FlipHorizontal] };
        var probabilities = new float[4];
        ensemble.Predict(picture, probabilities);
        PredictionMetrics averaged = ensemble.Evaluate(test);
        Assert.Equal(1, probabilities.Sum(), 1e-5);
        Assert.Equal(20, averaged.Predictions);
    }

    [Fact]
    public void Ten_crops()
    {
        var larger = Support.Numbers(100);
        var probabilities = new float[4];
        var crops = from mirrored in new[] { false, true }
                    from corner in new[] { (0, 0), (0, 2), (2, 0), (2, 2), (1, 1) }
                    select View.Crop(1, 10, 10, corner.Item1, corner.Item2, mirrored);
        using var tenCrop = new Ensemble([net]) { Views = [.. crops] };
        tenCrop.Predict(larger, probabilities);
        Assert.Equal((10, 1.0), (tenCrop.Views.Count, Math.Round(probabilities.Sum(), 4)));
    }

    [Fact]
    public void Tiles()
    {
        using var segmenter = PaddedMask.Create(new NetworkOptions { MaxBatch = 4 });
        int height = 30, width = 21;
        var large = Support.Numbers(2 * height * width);
        using var tiles = new OverlapTile(segmenter, margin: 3);
        var logits = new float[tiles.OutputChannels * height * width];
        tiles.Predict(large, height, width, logits);
        Assert.DoesNotContain(0f, logits);
    }

    [Fact]
    public void Looking_inside()
    {
        float[] saliency = Saliency.Map(net, picture, label: 2);
        OcclusionMap occlusion = OcclusionMap.Of(net, picture, label: 2, patch: 3);
        PictureGrid filters = PictureGrid.OfFilters(net.Parameters["Conv2d1.weight"], scale: 8);
        PictureGrid maps = PictureGrid.OfMaps(LayerActivations.Of(net, picture, "MaxPool2d1"), height: 4, width: 4, scale: 8);
        var ascent = new GradientAscent { Steps = 30, Rate = 0.02f, Jitter = 1, Lowest = -1, Highest = 1 };
        double[] rise = ascent.Run(net, picture, OutputObjectives.Score(1, classes: 4));
        Assert.Equal((64, 36, 30), (saliency.Length, occlusion.Values.Length, rise.Length));
        Assert.Equal((2 * 25) - 1, filters.Height);
        Assert.Equal((2 * 33) - 1, maps.Height);
        Assert.True(rise[^1] > rise[0]);
    }

    [Fact]
    public void Making_pictures()
    {
        using var styles = Styles.Create(new NetworkOptions { MaxBatch = 1, Seed = 6 });
        var (content, style) = (Support.Numbers(360), Support.Numbers(360).Reverse().ToArray());
        var painted = (float[])content.Clone();
        var photo = Support.Numbers(3 * 31 * 27);
        var before = (float[])photo.Clone();
        var transfer = new StyleTransfer
        {
            Content = [("content", 1)],
            Style = [("style1", 1), ("style2", 1)],
            Relative = true,
            Descent = new InputDescent { Steps = 50, Rate = 0.05f, TotalVariation = 0.1 },
        };
        double[] losses = transfer.Run(styles, content, style, painted);
        var dream = new DeepDream { Octaves = 3, OctaveScale = 1.4, Steps = 5, Rate = 0.02f };
        dream.Run(styles, photo, height: 31, width: 27, [new OutputTerm("content", OutputObjectives.Strength)]);
        Assert.True(losses[^1] < losses[0], $"{losses[0]} {losses[^1]}");
        Assert.NotEqual(before, photo);
    }

    [Fact]
    public void Every_example_of_the_page_is_one_of_these() => PageExamples.AllStandIn("inference.md", 5);
}
