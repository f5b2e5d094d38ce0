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

/// <summary>
/// Loops over elements at the instruction-set level of the machine. Every loop runs in the widest vectors first, then in the narrower
/// ones, then in scalars: bounds are exact, and no masks are needed.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Simd
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    /// <summary>For the loops themselves: where dynamic profiles make the JIT put all widths into one method, the last of them run out of its inlining budget and become calls, at a tenth of the speed.</summary>
    private const MethodImplOptions Alone = Optimize | MethodImplOptions.NoInlining;

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

    [MethodImpl(Alone)]
    private static nint MapRun<V, B>(ref B body, nint i, nint end)
        where V : unmanaged, ISimd<V>
        where B : struct, IMap
    {
        var b = body; // a copy, so that its pointers stay in registers
        for (; i <= end - V.Width; i += V.Width)
            b.At<V>(i);
        return i;
    }
}
