using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepGen;

/// <summary>Smooths a plane with the same weights in both directions; it is mirrored at its edges.</summary>
internal static unsafe class Smoothing
{
    private const int Vector = 8;

    public static void Run(float* plane, int height, int width, float[] weights, ImageWorkspace workspace)
    {
        var radius = weights.Length / 2;
        var stride = (width + Vector - 1) & -Vector;
        var rows = workspace.Scratch(2, (nint)height * stride);
        var line = workspace.Scratch(3, (2 * stride) + (2 * radius));

        // Addresses of the rows with those that lie beyond the first and the last, and of the places in a line.
        var pointers = (float**)workspace.Scratch(1, (sizeof(float*) / sizeof(float)) * (height + weights.Length + (2 * radius)));
        var across = pointers + height + (2 * radius);
        for (var y = -radius; y < height + radius; y++) pointers[y + radius] = rows + ((nint)Mirror(y, height) * stride);
        for (var k = 0; k < weights.Length; k++) across[k] = line + k;
        new Span<float>(line + width + (2 * radius), stride - width).Clear();
        fixed (float* weight = weights)
        {
            for (var y = 0; y < height; y++)
            {
                var row = plane + ((nint)y * width);
                new ReadOnlySpan<float>(row, width).CopyTo(new Span<float>(line + radius, width));
                if (width > radius)
                {
                    for (var i = 1; i <= radius; i++) (line[radius - i], line[radius + width - 1 + i]) = (row[i], row[width - 1 - i]);
                }
                else
                {
                    for (var i = 1; i <= radius; i++) (line[radius - i], line[radius + width - 1 + i]) = (row[Mirror(-i, width)], row[Mirror(width - 1 + i, width)]);
                }

                Sum(across, weight, weights.Length, rows + ((nint)y * stride), stride);
            }

            for (var y = 0; y < height; y += 2)
            {
                if (y + 1 < height) SumPair(pointers + y, weight, weights.Length, line, stride);
                else Sum(pointers + y, weight, weights.Length, line, stride);
                for (var i = y; i < y + 2 && i < height; i++) new ReadOnlySpan<float>(line + ((i - y) * stride), width).CopyTo(new Span<float>(plane + ((nint)i * width), width));
            }
        }
    }

    /// <summary>The weighted sum of rows; four vectors at a time, so that a weight is read once for all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(float** sources, float* weights, int count, float* to, int length)
    {
        var x = 0;
        for (; x + (4 * Vector) <= length; x += 4 * Vector)
        {
            Vector256<float> a = default, b = default, c = default, d = default;
            for (var k = 0; k < count; k++)
            {
                var weight = Vector256.Create(weights[k]);
                var source = sources[k] + x;
                a = Vector256.MultiplyAddEstimate(Vector256.Load(source), weight, a);
                b = Vector256.MultiplyAddEstimate(Vector256.Load(source + Vector), weight, b);
                c = Vector256.MultiplyAddEstimate(Vector256.Load(source + (2 * Vector)), weight, c);
                d = Vector256.MultiplyAddEstimate(Vector256.Load(source + (3 * Vector)), weight, d);
            }

            Vector256.Store(a, to + x);
            Vector256.Store(b, to + x + Vector);
            Vector256.Store(c, to + x + (2 * Vector));
            Vector256.Store(d, to + x + (3 * Vector));
        }

        for (; x < length; x += Vector)
        {
            Vector256<float> sum = default;
            for (var k = 0; k < count; k++) sum = Vector256.MultiplyAddEstimate(Vector256.Load(sources[k] + x), Vector256.Create(weights[k]), sum);
            Vector256.Store(sum, to + x);
        }
    }

    /// <summary>The weighted sum of rows, and behind it that of the rows one further on, so that each row is read once for both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumPair(float** sources, float* weights, int count, float* to, int length)
    {
        for (var x = 0; x < length; x += 2 * Vector)
        {
            // The last vector may have no second beside it; then it is done twice.
            var second = Math.Min(Vector, length - Vector - x);
            var first = Vector256.Create(weights[0]);
            var a = first * Vector256.Load(sources[0] + x);
            var b = first * Vector256.Load(sources[0] + x + second);
            Vector256<float> c = default, d = default;
            for (var k = 1; k < count; k++)
            {
                Vector256<float> left = Vector256.Load(sources[k] + x), right = Vector256.Load(sources[k] + x + second);
                Vector256<float> weight = Vector256.Create(weights[k]), before = Vector256.Create(weights[k - 1]);
                a = Vector256.MultiplyAddEstimate(left, weight, a);
                b = Vector256.MultiplyAddEstimate(right, weight, b);
                c = Vector256.MultiplyAddEstimate(left, before, c);
                d = Vector256.MultiplyAddEstimate(right, before, d);
            }

            var last = Vector256.Create(weights[count - 1]);
            Vector256.Store(a, to + x);
            Vector256.Store(b, to + x + second);
            Vector256.Store(Vector256.MultiplyAddEstimate(Vector256.Load(sources[count] + x), last, c), to + length + x);
            Vector256.Store(Vector256.MultiplyAddEstimate(Vector256.Load(sources[count] + x + second), last, d), to + length + x + second);
        }
    }

    private static int Mirror(int i, int size)
    {
        if (size == 1) return 0;
        while (i < 0 || i >= size) i = i < 0 ? -i : (2 * (size - 1)) - i;
        return i;
    }
}
