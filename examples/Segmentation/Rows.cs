namespace DeepGen.Examples.Segmentation;

/// <summary>Pictures beside their truth and what was predicted, a row each.</summary>
internal sealed class Rows(int height, int width, bool truth)
{
    private readonly List<float> _pictures = [];

    public int Count { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="picture">Bytes [height, width].</param>
    /// <param name="mask">Its mask; not looked at where there is no truth.</param>
    /// <param name="logits">What was predicted, [2, height, width].</param>
    public void Add(ReadOnlySpan<byte> picture, ReadOnlySpan<byte> mask, ReadOnlySpan<float> logits)
    {
        var size = height * width;
        var colors = new float[3 * size];
        for (var i = 0; i < size; i++) Paint(i, picture[i] / 255f, picture[i] / 255f, picture[i] / 255f);
        _pictures.AddRange(colors);
        for (var i = 0; truth && i < size; i++) Paint(i, mask[i] / 255f, mask[i] / 255f, mask[i] / 255f);
        if (truth) _pictures.AddRange(colors);
        for (var i = 0; i < size; i++)
        {
            var found = logits[size + i] > logits[i];
            var right = !truth || found == mask[i] > 0;

            // Found too much is red, missed is blue.
            Paint(i, found ? 1 : 0, found && right ? 1 : 0, right ? (found ? 1 : 0) : (found ? 0 : 1));
        }

        _pictures.AddRange(colors);
        Count++;

        void Paint(int i, float red, float green, float blue) => (colors[i], colors[size + i], colors[(2 * size) + i]) = (red, green, blue);
    }

    /// <summary>The rows as one picture.</summary>
    public Image ToImage() => PictureGrid.OfPictures(_pictures.ToArray(), 3, height, width, columns: truth ? 3 : 2).ToImage();
}
