namespace DeepGen.Examples.Segmentation;

/// <summary>A U-Net over whole pictures of any size, tile by tile where they are larger than what it sees at once.</summary>
internal sealed class Segmenter : IDisposable
{
    public const int Classes = 2;

    private readonly OverlapTile _tiles;

    /// <param name="network">One of the U-Nets.</param>
    /// <param name="size">Height and width of most pictures.</param>
    public Segmenter(Network network, int size)
    {
        // A padded network's border has seen zeros; where a picture is one tile, its border is the picture's own, as in the training. An unpadded one needs no margin but for the tiles to begin on its grid.
        var (input, output) = (network.Definition.Inputs[0].Shape[1], network.Definition.Outputs[0].Shape[1]);
        var margin = input != output ? output % UNet.Grid / 2 : size == input ? 0 : (UNet.Reach + UNet.Grid - 1) / UNet.Grid * UNet.Grid;
        _tiles = new OverlapTile(network, margin);
    }

    /// <summary>Tiles of a picture.</summary>
    public long Tiles(int height, int width) => _tiles.Tiles(height, width);

    /// <summary>The logits of both classes for every pixel.</summary>
    /// <param name="picture">Bytes [height, width].</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <returns>[2, height, width].</returns>
    public float[] Predict(ReadOnlySpan<byte> picture, int height, int width)
    {
        var values = new float[height * width];
        for (var i = 0; i < values.Length; i++) values[i] = picture[i] / 255f;
        var logits = new float[Classes * values.Length];
        _tiles.Predict(values, height, width, logits);
        return logits;
    }

    /// <summary>Counts the predictions for whole pictures against their masks.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="which">The numbers of those to look at.</param>
    /// <param name="each">Told the number and the logits of each.</param>
    public PredictionMetrics Evaluate(CellPictures pictures, ReadOnlySpan<int> which, Action<int, float[]>? each = null)
    {
        var metrics = new PredictionMetrics(HeadKind.ClassLogits, Classes, "pixels");
        var (height, width) = (pictures.Images.Height, pictures.Images.Width);
        var labels = new int[height * width];
        foreach (var number in which)
        {
            var logits = Predict(pictures.Images[number], height, width);
            var mask = pictures.Masks[number];
            for (var i = 0; i < labels.Length; i++) labels[i] = mask[i] > 0 ? 1 : 0;
            metrics.Add(logits, labels);
            each?.Invoke(number, logits);
        }

        return metrics;
    }

    public void Dispose() => _tiles.Dispose();
}
