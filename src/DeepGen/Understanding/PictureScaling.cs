namespace DeepGen;

/// <summary>Another size of a picture of floats.</summary>
internal static class PictureScaling
{
    /// <summary>Bilinear, the middles of the outermost pixels at the same share of the side; beyond them the edge. PyTorch's <c>interpolate(mode='bilinear', align_corners=False)</c>.</summary>
    public static float[] Resized(ReadOnlySpan<float> picture, int channels, (int Height, int Width) from, (int Height, int Width) to)
    {
        var result = new float[channels * to.Height * to.Width];
        for (var y = 0; y < to.Height; y++)
        {
            var (above, below, down) = Place(y, from.Height, to.Height);
            for (var x = 0; x < to.Width; x++)
            {
                var (before, behind, right) = Place(x, from.Width, to.Width);
                for (var c = 0; c < channels; c++)
                {
                    var plane = picture.Slice(c * from.Height * from.Width, from.Height * from.Width);
                    var top = Between(plane[(above * from.Width) + before], plane[(above * from.Width) + behind], right);
                    var bottom = Between(plane[(below * from.Width) + before], plane[(below * from.Width) + behind], right);
                    result[(((c * to.Height) + y) * to.Width) + x] = (float)Between(top, bottom, down);
                }
            }
        }

        return result;

        static double Between(double a, double b, double share) => a + ((b - a) * share);
    }

    private static (int First, int Second, double Share) Place(int at, int from, int to)
    {
        var place = Math.Max(0, ((at + 0.5) * from / to) - 0.5);
        var first = Math.Min((int)place, from - 1);
        return (first, Math.Min(first + 1, from - 1), place - first);
    }
}
