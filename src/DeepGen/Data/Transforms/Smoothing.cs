using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepGen;

/// <summary>Smooths a plane with the same weights in both directions; it is mirrored at its edges.</summary>
internal static unsafe class Smoothing
{
    private const int Vector = 8;

    public static void Run(float* plane, int height, int width, float[] weights, ImageWorkspace workspace)
    {
        int count = weights.Length, radius = count / 2;
        var stride = (width + Vector - 1) & -Vector;
        var lineLength = stride + (2 * radius);
        var rows = workspace.Scratch(2, (nint)height * stride);
        var lines = workspace.Scratch(3, 2 * lineLength);
        new Span<float>(lines, 2 * lineLength).Clear();

        // Addresses of the rows with those that lie beyond the first and the last, and of the places in each of two lines.
        var down = (float**)workspace.Scratch(1, (sizeof(float*) / sizeof(float)) * (height + (2 * radius) + (2 * count)));
        var across = down + height + (2 * radius);
        for (var y = -radius; y < height + radius; y++) down[y + radius] = rows + ((nint)Mirror(y, height) * stride);
        for (var k = 0; k < count; k++)
        {
            across[k] = lines + k;
            across[count + k] = lines + lineLength + k;
        }

        fixed (float* weight = weights)
        {
            // Two rows at a time; the last one of an odd number with itself.
            for (var y = 0; y < height; y += 2)
            {
                nint next = Math.Min(y + 1, height - 1);
                Extend(plane + ((nint)y * width), width, radius, lines);
                Extend(plane + (next * width), width, radius, lines + lineLength);
                Sum(across, across + count, weight, count, rows + ((nint)y * stride), rows + (next * stride), stride);
            }

            for (var y = 0; y < height; y += 2)
            {
                nint next = Math.Min(y + 1, height - 1);
                Sum(down + y, down + next, weight, count, lines, lines + stride, stride);
                new ReadOnlySpan<float>(lines, width).CopyTo(new Span<float>(plane + ((nint)y * width), width));
                new ReadOnlySpan<float>(lines + stride, width).CopyTo(new Span<float>(plane + (next * width), width));
            }
        }
    }

    /// <summary>A row with what lies beyond its ends before and behind it.</summary>
    private static void Extend(float* row, int width, int radius, float* line)
    {
        new ReadOnlySpan<float>(row, width).CopyTo(new Span<float>(line + radius, width));
        var simple = Math.Min(radius, width - 1);
        for (var i = 1; i <= simple; i++) (line[radius - i], line[radius + width - 1 + i]) = (row[i], row[width - 1 - i]);
        for (var i = simple + 1; i <= radius; i++) (line[radius - i], line[radius + width - 1 + i]) = (row[Mirror(-i, width)], row[Mirror(width - 1 + i, width)]);
    }

    /// <summary>Two weighted sums of rows: four vectors of each at a time, so that a weight is read once for all eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(float** first, float** second, float* weights, int count, float* to, float* toSecond, int length)
    {
        nint x = 0;
        for (; x + (4 * Vector) <= length; x += 4 * Vector)
        {
            Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (nint k = 0; k < count; k++)
            {
                var weight = Vector256.Create(weights[k]);
                float* a = first[k] + x, b = second[k] + x;
                a0 = Vector256.MultiplyAddEstimate(Vector256.Load(a), weight, a0);
                a1 = Vector256.MultiplyAddEstimate(Vector256.Load(a + Vector), weight, a1);
                a2 = Vector256.MultiplyAddEstimate(Vector256.Load(a + (2 * Vector)), weight, a2);
                a3 = Vector256.MultiplyAddEstimate(Vector256.Load(a + (3 * Vector)), weight, a3);
                b0 = Vector256.MultiplyAddEstimate(Vector256.Load(b), weight, b0);
                b1 = Vector256.MultiplyAddEstimate(Vector256.Load(b + Vector), weight, b1);
                b2 = Vector256.MultiplyAddEstimate(Vector256.Load(b + (2 * Vector)), weight, b2);
                b3 = Vector256.MultiplyAddEstimate(Vector256.Load(b + (3 * Vector)), weight, b3);
            }

            Vector256.Store(a0, to + x);
            Vector256.Store(a1, to + x + Vector);
            Vector256.Store(a2, to + x + (2 * Vector));
            Vector256.Store(a3, to + x + (3 * Vector));
            Vector256.Store(b0, toSecond + x);
            Vector256.Store(b1, toSecond + x + Vector);
            Vector256.Store(b2, toSecond + x + (2 * Vector));
            Vector256.Store(b3, toSecond + x + (3 * Vector));
        }

        for (; x < length; x += Vector)
        {
            Vector256<float> a = default, b = default;
            for (nint k = 0; k < count; k++)
            {
                var weight = Vector256.Create(weights[k]);
                a = Vector256.MultiplyAddEstimate(Vector256.Load(first[k] + x), weight, a);
                b = Vector256.MultiplyAddEstimate(Vector256.Load(second[k] + x), weight, b);
            }

            Vector256.Store(a, to + x);
            Vector256.Store(b, toSecond + x);
        }
    }

    private static int Mirror(int i, int size)
    {
        if (size == 1) return 0;
        while (i < 0 || i >= size) i = i < 0 ? -i : (2 * (size - 1)) - i;
        return i;
    }
}
