namespace DeepGen;

/// <summary>The principal components of the colours of a set of pictures: the directions in which they vary, from the strongest, for <see cref="ImageTransform.ColorShift"/>.</summary>
public sealed class ColorComponents
{
    private const int Sweeps = 50;

    /// <summary>Components that are known.</summary>
    /// <param name="directions">Three directions of length 1.</param>
    /// <param name="variances">The variance in each, of colours on the scale of 0 to 1.</param>
    /// <exception cref="ArgumentException">They are not three of each.</exception>
    public ColorComponents(IReadOnlyList<(double Red, double Green, double Blue)> directions, IReadOnlyList<double> variances)
    {
        ArgumentNullException.ThrowIfNull(directions);
        ArgumentNullException.ThrowIfNull(variances);
        if (directions.Count != 3 || variances.Count != 3) throw new ArgumentException($"Colours have three components, not {directions.Count} directions and {variances.Count} variances.");
        (Directions, Variances) = (directions, variances);
    }

    /// <summary>The directions, of length 1 and at right angles.</summary>
    public IReadOnlyList<(double Red, double Green, double Blue)> Directions { get; }

    /// <summary>The variance in each direction, of colours on the scale of 0 to 1.</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>The components of all pixels of the training pictures.</summary>
    /// <param name="images">Pictures of three channels.</param>
    /// <exception cref="InvalidDataException">A picture has other than three channels, or cannot be read.</exception>
    public static ColorComponents Fit(IImageSource images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var image = new Image();
        var sums = new Int128[3];
        var products = new Int128[3, 3];
        Int128 count = 0;
        for (var i = 0; i < images.Count; i++)
        {
            images.Read(i, image);
            if (image.Channels != 3) throw new InvalidDataException($"'{images.Name(i)}' has {Shapes.Count(image.Channels, "channel")}; colours have three.");
            count += image.Height * image.Width;
            for (var a = 0; a < 3; a++)
            {
                sums[a] += Sum(image.Plane(a));
                for (var b = a; b < 3; b++) products[a, b] += Product(image.Plane(a), image.Plane(b));
            }
        }

        if (count == 0) throw new InvalidDataException("There is no pixel to find the components of.");

        // The sums are exact, so nothing is lost where the mean is large and the variance small.
        var covariance = new double[3, 3];
        for (var a = 0; a < 3; a++)
            for (var b = a; b < 3; b++)
                covariance[a, b] = covariance[b, a] = (double)((count * products[a, b]) - (sums[a] * sums[b])) / ((double)count * (double)count * 255 * 255);
        return Of(covariance);
    }

    private static long Sum(ReadOnlySpan<byte> values)
    {
        long sum = 0;
        foreach (var value in values) sum += value;
        return sum;
    }

    private static long Product(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Eigenvectors by C. Jacobi's rotations (1846): each makes one entry beside the diagonal zero.</summary>
    private static ColorComponents Of(double[,] m)
    {
        var v = new double[3, 3] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var (p, q) in ((int, int)[])[(0, 1), (0, 2), (1, 2)])
            {
                if (m[p, q] == 0) continue;
                var theta = (m[q, q] - m[p, p]) / (2 * m[p, q]);
                var t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
                double c = 1 / Math.Sqrt((t * t) + 1), s = t * c;
                for (var k = 0; k < 3; k++) (m[k, p], m[k, q]) = ((c * m[k, p]) - (s * m[k, q]), (s * m[k, p]) + (c * m[k, q]));
                for (var k = 0; k < 3; k++) (m[p, k], m[q, k]) = ((c * m[p, k]) - (s * m[q, k]), (s * m[p, k]) + (c * m[q, k]));
                for (var k = 0; k < 3; k++) (v[k, p], v[k, q]) = ((c * v[k, p]) - (s * v[k, q]), (s * v[k, p]) + (c * v[k, q]));
                m[p, q] = m[q, p] = 0;
            }
        }

        int[] order = [.. Enumerable.Range(0, 3).OrderByDescending(i => m[i, i])];
        return new ColorComponents([.. order.Select(i => (v[0, i], v[1, i], v[2, i]))], [.. order.Select(i => Math.Max(0, m[i, i]))]);
    }
}
