using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DeepGen.Kernels;

/// <summary>The body of an elementwise loop.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IMap
{
    /// <summary>Handles elements i … i + V.Width − 1. Mark it for aggressive inlining.</summary>
    /// <typeparam name="V">Vector type of this step.</typeparam>
    /// <param name="i">First element.</param>
    void At<V>(nint i)
        where V : unmanaged, ISimd<V>;
}

/// <summary>The body of a reduction.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IReduce
{
    /// <summary>The values of elements i … i + V.Width − 1. Mark it for aggressive inlining.</summary>
    /// <typeparam name="V">Vector type of this step.</typeparam>
    /// <param name="i">First element.</param>
    V At<V>(nint i)
        where V : unmanaged, ISimd<V>;
}

/// <summary>
/// Loops over elements at the instruction-set level of the machine. Every loop runs in the widest vectors first, then in the narrower
/// ones, then in scalars: bounds are exact, and no masks are needed.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Simd
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    /// <summary>Elements whose sum is accumulated in float; sums of such blocks are added in double.</summary>
    private const nint Block = 1024;

    /// <summary>512 (AVX-512), 256 (AVX2 with FMA) or 128 (portable). A constant to the JIT.</summary>
    public static int Level
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.IsSupported ? 512 : Avx2.IsSupported && Fma.IsSupported ? 256 : 128;
    }

    /// <summary>Whether MultiplyAdd rounds once at this level.</summary>
    internal static bool HasFusedMultiplyAdd
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Fma.IsSupported || AdvSimd.IsSupported;
    }

    /// <summary>Runs the body over elements 0 … count − 1.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="count">Number of elements.</param>
    [MethodImpl(Optimize)]
    public static void Map<B>(ref readonly B body, nint count)
        where B : struct, IMap => Map(in body, 0, count);

    /// <summary>
    /// Runs the body over elements begin … end − 1. Elementwise results do not depend on where a range is cut, because every width rounds alike.
    /// </summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="begin">First element.</param>
    /// <param name="end">One past the last element.</param>
    public static void Map<B>(ref readonly B body, nint begin, nint end)
        where B : struct, IMap
    {
        // One method per width: each has the JIT's inlining budget for itself, and is compiled only if it is ever needed.
        ref var b = ref Unsafe.AsRef(in body);
        var i = begin;
        if (Level >= 512 && end - i >= 16)
            i = MapRun<F512, B>(ref b, i, end);
        if (Level >= 256 && end - i >= 8)
            i = MapRun<F256, B>(ref b, i, end);
        if (end - i >= 4)
            i = MapRun<F128, B>(ref b, i, end);
        if (i < end)
            MapRun<F1, B>(ref b, i, end);
    }

    /// <summary>Σ of the body's values over elements 0 … count − 1; zero when there are none.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="count">Number of elements.</param>
    public static float Sum<B>(ref readonly B body, nint count)
        where B : struct, IReduce => (float)SumDouble(in body, count);

    /// <summary>
    /// Σ of the body's values over elements 0 … count − 1: blocks of 1024 elements are summed in float in a fixed tree and added in double,
    /// so that digits are not lost however long the sum is.
    /// </summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="count">Number of elements.</param>
    public static double SumDouble<B>(ref readonly B body, nint count)
        where B : struct, IReduce
    {
        ref var b = ref Unsafe.AsRef(in body);
        var total = 0d;
        for (nint start = 0; start < count; start += Block)
        {
            var end = Math.Min(count, start + Block);
            var i = start;
            var sum = Level >= 512 ? SumRun<F512, B>(ref b, ref i, end)
                : Level >= 256 ? SumRun<F256, B>(ref b, ref i, end)
                : SumRun<F128, B>(ref b, ref i, end);
            total += i < end ? sum + SumRun<F1, B>(ref b, ref i, end) : sum;
        }
        return total;
    }

    /// <summary>Greatest of the body's values over elements 0 … count − 1; −∞ when there are none, NaN when any is NaN.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="count">Number of elements.</param>
    public static float Max<B>(ref readonly B body, nint count)
        where B : struct, IReduce
    {
        ref var b = ref Unsafe.AsRef(in body);
        nint i = 0;
        var max = Level >= 512 ? MaxRun<F512, B>(ref b, ref i, count)
            : Level >= 256 ? MaxRun<F256, B>(ref b, ref i, count)
            : MaxRun<F128, B>(ref b, ref i, count);
        return i < count ? MathF.Max(max, MaxRun<F1, B>(ref b, ref i, count)) : max;
    }

    [MethodImpl(Optimize)]
    private static nint MapRun<V, B>(ref B body, nint i, nint end)
        where V : unmanaged, ISimd<V>
        where B : struct, IMap
    {
        var b = body; // a copy, so that its pointers stay in registers
        for (; i <= end - V.Width; i += V.Width)
            b.At<V>(i);
        return i;
    }

    [MethodImpl(Optimize)]
    private static float SumRun<V, B>(ref B body, ref nint start, nint end)
        where V : unmanaged, ISimd<V>
        where B : struct, IReduce
    {
        // Four accumulators hide the latency of the addition.
        var b = body;
        var i = start;
        V s0 = V.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
        for (; i <= end - 4 * V.Width; i += 4 * V.Width)
        {
            s0 += b.At<V>(i);
            s1 += b.At<V>(i + V.Width);
            s2 += b.At<V>(i + 2 * V.Width);
            s3 += b.At<V>(i + 3 * V.Width);
        }
        for (; i <= end - V.Width; i += V.Width)
            s0 += b.At<V>(i);
        start = i;
        return V.Sum(s0 + s1 + (s2 + s3));
    }

    [MethodImpl(Optimize)]
    private static float MaxRun<V, B>(ref B body, ref nint start, nint end)
        where V : unmanaged, ISimd<V>
        where B : struct, IReduce
    {
        var b = body;
        var i = start;
        var max = V.Broadcast(float.NegativeInfinity);
        for (; i <= end - V.Width; i += V.Width)
            max = V.Max(max, b.At<V>(i));
        start = i;
        return V.MaxAcross(max);
    }
}
