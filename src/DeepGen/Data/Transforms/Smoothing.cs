using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepGen;

/// <summary>Smooths a plane with the same weights in both directions; it is mirrored at its edges.</summary>
internal static unsafe class Smoothing
{
    public static void Run(float* plane, int height, int width, float[] weights, ImageWorkspace workspace)
    {
        var radius = weights.Length / 2;
        var stride = (width + 7) & ~7;
        var rows = workspace.Scratch(2, (nint)height * stride);
        var line = workspace.Scratch(3, stride + (2 * radius) + 8);
        fixed (float* weight = weights)
        {
            for (var y = 0; y < height; y++)
            {
                // A row with what lies beyond its ends before and behind it.
                for (var x = -radius; x < width + radius; x++) line[x + radius] = plane[((nint)y * width) + Mirror(x, width)];
                new Span<float>(line + width + (2 * radius), stride - width + 8).Clear();
                Across(line, weight, weights.Length, rows + ((nint)y * stride), stride);
            }

            for (var y = 0; y < height; y++)
            {
                Down(rows, y, height, stride, weight, weights.Length, line);
                new ReadOnlySpan<float>(line, width).CopyTo(new Span<float>(plane + ((nint)y * width), width));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Across(float* line, float* weights, int count, float* to, int length)
    {
        for (var x = 0; x < length; x += 8)
        {
            var sum = Vector256<float>.Zero;
            for (var k = 0; k < count; k++) sum += Vector256.Create(weights[k]) * Vector256.Load(line + x + k);
            Vector256.Store(sum, to + x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Down(float* rows, int y, int height, int stride, float* weights, int count, float* to)
    {
        var sources = stackalloc float*[count];
        for (var k = 0; k < count; k++) sources[k] = rows + ((nint)Mirror(y + k - (count / 2), height) * stride);
        for (var x = 0; x < stride; x += 8)
        {
            var sum = Vector256<float>.Zero;
            for (var k = 0; k < count; k++) sum += Vector256.Create(weights[k]) * Vector256.Load(sources[k] + x);
            Vector256.Store(sum, to + x);
        }
    }

    private static int Mirror(int i, int size)
    {
        if (size == 1) return 0;
        while (i < 0 || i >= size) i = i < 0 ? -i : (2 * (size - 1)) - i;
        return i;
    }
}
