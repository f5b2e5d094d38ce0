namespace DeepGen.Examples;

/// <summary>Images of 28 × 28 grey values with their labels; they are normalized when they are put into a batch.</summary>
public sealed class ImageSet : IDataset
{
    /// <summary>The grey values of an image.</summary>
    public const int Size = 28 * 28;

    private readonly ImageArray _images;
    private readonly IReadOnlyList<int> _labels;
    private readonly int[] _chosen;
    private readonly float[] _normalized;

    /// <summary>A choice of images.</summary>
    /// <param name="images">The images, 0 black to 255 white.</param>
    /// <param name="labels">The class of each image.</param>
    /// <param name="chosen">The images of this set, in its order.</param>
    /// <param name="normalized">What the network is given for each of the 256 grey values.</param>
    public ImageSet(ImageArray images, IReadOnlyList<int> labels, int[] chosen, float[] normalized) =>
        (_images, _labels, _chosen, _normalized) = (images, labels, chosen, normalized);

    /// <inheritdoc/>
    public int Count => _chosen.Length;

    /// <summary>The grey values of an image, as they were read.</summary>
    public ReadOnlySpan<byte> Pixels(int image) => _images[_chosen[image]];

    /// <summary>An image, as it was read.</summary>
    public PictureGrid Picture(int image) => new(1, 28, 28, Pixels(image).ToArray());

    /// <summary>The class of an image.</summary>
    public int Label(int image) => _labels[_chosen[image]];

    /// <inheritdoc/>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        var x = batch.Input<float>();
        var y = batch.Target<int>();
        for (var i = 0; i < indices.Length; i++)
        {
            var from = Pixels(indices[i]);
            var to = x.Slice(i * Size, Size);
            for (var pixel = 0; pixel < Size; pixel++)
                to[pixel] = _normalized[from[pixel]];
            y[i] = Label(indices[i]);
        }
    }
}
