using System.Numerics;
using System.Runtime.InteropServices;

namespace DeepGen.Reference;

/// <summary>The two loops that nearly all time goes into, several numbers at a time.</summary>
internal static class Lines
{
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = Vector<double>.Zero;
        ReadOnlySpan<Vector<double>> left = MemoryMarshal.Cast<double, Vector<double>>(a), right = MemoryMarshal.Cast<double, Vector<double>>(b);
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        var total = Vector.Sum(sum);
        for (var i = left.Length * Vector<double>.Count; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }

    /// <summary>y += factor·x.</summary>
    public static void AddScaled(Span<double> y, double factor, ReadOnlySpan<double> x)
    {
        var to = MemoryMarshal.Cast<double, Vector<double>>(y);
        var from = MemoryMarshal.Cast<double, Vector<double>>(x);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] += from[i] * factor;
        }

        for (var i = to.Length * Vector<double>.Count; i < y.Length; i++)
        {
            y[i] += factor * x[i];
        }
    }
}
