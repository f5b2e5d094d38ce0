namespace DeepGen.Examples;

/// <summary>Images of 28 × 28 grey values with their labels, normalized when they are put into a batch.</summary>
/// <param name="pixels">Image after image, row after row, 0 black to 255 white.</param>
/// <param name="labels">The class of each image.</param>
/// <param name="normalized">What the network is given for each of the 256 grey values.</param>
public sealed class ImageSet(byte[] pixels, byte[] labels, float[] normalized) : IDataset
{
    /// <summary>The grey values of an image.</summary>
    public const int Size = 28 * 28;

    /// <inheritdoc/>
    public int Count => labels.Length;

    /// <summary>The grey values of an image, as they were read.</summary>
    public ReadOnlySpan<byte> Pixels(int image) => pixels.AsSpan(image * Size, Size);

    /// <summary>The class of an image.</summary>
    public int Label(int image) => labels[image];

    /// <inheritdoc/>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        var (x, y) = (batch.Input<float>(), batch.Target<int>());
        for (var i = 0; i < indices.Length; i++)
        {
            var from = Pixels(indices[i]);
            var to = x.Slice(i * Size, Size);
            for (var pixel = 0; pixel < Size; pixel++)
                to[pixel] = normalized[from[pixel]];
            y[i] = labels[indices[i]];
        }
    }
}
