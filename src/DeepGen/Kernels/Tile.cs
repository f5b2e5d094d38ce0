using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DeepGen.Kernels;

/// <summary>
/// The register tile under every matrix product and convolution: rows × (1 to 4) vectors of sums stay in registers over the whole length of k.
/// One text serves all instruction-set levels and heights: the height is a constant to the JIT, which drops the rows that are not there.
/// Every sum runs over k in order with one multiply-add a step, so its bits do not depend on the tile it falls into.
/// </summary>
internal static unsafe class Tile
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    /// <summary>From this length on fetching c ahead of its use costs nothing beside the sums.</summary>
    private const nint LongSum = 64;

    /// <summary>Greatest height: 24 of 32 registers hold sums with AVX-512, 12 of 16 below.</summary>
    public static int MaxRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Simd.Level >= 512 ? 12 : 6;
    }

    /// <summary>Floats in a vector of this level.</summary>
    public static int Lanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Simd.Level >= 512 ? 16 : Simd.Level >= 256 ? 8 : 4;
    }

    /// <summary>Columns of a full tile: two vectors.</summary>
    public static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * Lanes;
    }

    /// <summary>Most vectors that a tile of this height can have: the fewer rows, the more, so that the sums fill the registers.</summary>
    public static int MaxVectors(nint rows) => Simd.Level >= 512
        ? (rows > 8 ? 2 : rows > 6 ? 3 : 4)
        : (rows > 4 ? 2 : rows > 3 ? 3 : 4);

    /// <summary>Number of strips into which m rows are cut: as few as possible, and as even as possible.</summary>
    public static nint Strips(nint m) => (m + MaxRows - 1) / MaxRows;

    /// <summary>First row of strip s of m rows.</summary>
    public static nint StripBegin(nint m, nint strips, nint s) => m / strips * s + Math.Min(m % strips, s);

    /// <summary>
    /// The kernel (k, a, aStep, b, bStep, layout, c, cStep, accumulate) for a tile of this height and width in vectors:
    /// c[r·cStep + j] = (accumulate ? c : 0) + Σᵢ a[i·aStep + r]·b[i·bStep + j]. A scattered kernel finds row i of b at b + layout.Table[i]
    /// and the vectors of a row where the layout says, a regular one side by side.
    /// </summary>
    public static delegate*<nint, float*, nint, float*, nint, TileLayout*, float*, nint, bool, void> Kernel(nint rows, int vectors, bool scattered) =>
        Simd.Level >= 512 ? (scattered ? Kernel<F512, Scattered>(rows, vectors) : Kernel<F512, Regular>(rows, vectors))
        : Simd.Level >= 256 ? (scattered ? Kernel<F256, Scattered>(rows, vectors) : Kernel<F256, Regular>(rows, vectors))
        : (scattered ? Kernel<F128, Scattered>(rows, vectors) : Kernel<F128, Regular>(rows, vectors));

    private static delegate*<nint, float*, nint, float*, nint, TileLayout*, float*, nint, bool, void> Kernel<V, T>(nint rows, int vectors)
        where V : unmanaged, ISimd<V>
        where T : struct, IPlacement =>
        vectors switch
        {
            1 => Kernel<V, C1, T>(rows),
            2 => Kernel<V, C2, T>(rows),
            3 => Kernel<V, C3, T>(rows),
            _ => Kernel<V, C4, T>(rows),
        };

    private static delegate*<nint, float*, nint, float*, nint, TileLayout*, float*, nint, bool, void> Kernel<V, C, T>(nint rows)
        where V : unmanaged, ISimd<V>
        where C : struct, ICount
        where T : struct, IPlacement =>
        rows switch
        {
            1 => &Run<V, R1, C, T>,
            2 => &Run<V, R2, C, T>,
            3 => &Run<V, R3, C, T>,
            4 => &Run<V, R4, C, T>,
            5 => &Run<V, R5, C, T>,
            6 => &Run<V, R6, C, T>,
            7 => &Run<V, R7, C, T>,
            8 => &Run<V, R8, C, T>,
            9 => &Run<V, R9, C, T>,
            10 => &Run<V, R10, C, T>,
            11 => &Run<V, R11, C, T>,
            _ => &Run<V, R12, C, T>,
        };

    [MethodImpl(Optimize)]
    private static void Run<V, R, C, T>(nint k, float* a, nint aStep, float* b, nint bStep, TileLayout* layout, float* c, nint cStep, bool accumulate)
        where V : unmanaged, ISimd<V>
        where R : struct, ICount
        where C : struct, ICount
        where T : struct, IPlacement
    {
        if (!T.IsTable && k >= LongSum)
            Prefetch(c, cStep, R.Value);
        var zero = V.Broadcast(0);
        nint at1 = V.Width, at2 = 2 * V.Width, at3 = 3 * V.Width;
        if (T.IsTable)
            (at1, at2, at3) = (layout->From1, layout->From2, layout->From3);
        var table = T.IsTable ? layout->Table : null;
        V s0a = zero, s0b = zero, s0c = zero, s0d = zero;
        V s1a = zero, s1b = zero, s1c = zero, s1d = zero;
        V s2a = zero, s2b = zero, s2c = zero, s2d = zero;
        V s3a = zero, s3b = zero, s3c = zero, s3d = zero;
        V s4a = zero, s4b = zero, s4c = zero, s4d = zero;
        V s5a = zero, s5b = zero, s5c = zero, s5d = zero;
        V s6a = zero, s6b = zero, s6c = zero;
        V s7a = zero, s7b = zero, s7c = zero;
        V s8a = zero, s8b = zero;
        V s9a = zero, s9b = zero;
        V sAa = zero, sAb = zero;
        V sBa = zero, sBb = zero;
        for (nint i = 0; i < k; i++)
        {
            var row = T.IsTable ? b + table[i] : b;
            var b0 = V.Load(row);
            var b1 = C.Value > 1 ? V.Load(row + at1) : zero;
            var b2 = C.Value > 2 ? V.Load(row + at2) : zero;
            var b3 = C.Value > 3 ? V.Load(row + at3) : zero;
            {
                var x = V.Broadcast(a[0]);
                s0a = V.MultiplyAdd(x, b0, s0a);
                if (C.Value > 1)
                    s0b = V.MultiplyAdd(x, b1, s0b);
                if (C.Value > 2)
                    s0c = V.MultiplyAdd(x, b2, s0c);
                if (C.Value > 3)
                    s0d = V.MultiplyAdd(x, b3, s0d);
            }
            if (R.Value > 1)
            {
                var x = V.Broadcast(a[1]);
                s1a = V.MultiplyAdd(x, b0, s1a);
                if (C.Value > 1)
                    s1b = V.MultiplyAdd(x, b1, s1b);
                if (C.Value > 2)
                    s1c = V.MultiplyAdd(x, b2, s1c);
                if (C.Value > 3)
                    s1d = V.MultiplyAdd(x, b3, s1d);
            }
            if (R.Value > 2)
            {
                var x = V.Broadcast(a[2]);
                s2a = V.MultiplyAdd(x, b0, s2a);
                if (C.Value > 1)
                    s2b = V.MultiplyAdd(x, b1, s2b);
                if (C.Value > 2)
                    s2c = V.MultiplyAdd(x, b2, s2c);
                if (C.Value > 3)
                    s2d = V.MultiplyAdd(x, b3, s2d);
            }
            if (R.Value > 3)
            {
                var x = V.Broadcast(a[3]);
                s3a = V.MultiplyAdd(x, b0, s3a);
                if (C.Value > 1)
                    s3b = V.MultiplyAdd(x, b1, s3b);
                if (C.Value > 2)
                    s3c = V.MultiplyAdd(x, b2, s3c);
                if (C.Value > 3)
                    s3d = V.MultiplyAdd(x, b3, s3d);
            }
            if (R.Value > 4)
            {
                var x = V.Broadcast(a[4]);
                s4a = V.MultiplyAdd(x, b0, s4a);
                if (C.Value > 1)
                    s4b = V.MultiplyAdd(x, b1, s4b);
                if (C.Value > 2)
                    s4c = V.MultiplyAdd(x, b2, s4c);
                if (C.Value > 3)
                    s4d = V.MultiplyAdd(x, b3, s4d);
            }
            if (R.Value > 5)
            {
                var x = V.Broadcast(a[5]);
                s5a = V.MultiplyAdd(x, b0, s5a);
                if (C.Value > 1)
                    s5b = V.MultiplyAdd(x, b1, s5b);
                if (C.Value > 2)
                    s5c = V.MultiplyAdd(x, b2, s5c);
                if (C.Value > 3)
                    s5d = V.MultiplyAdd(x, b3, s5d);
            }
            if (R.Value > 6)
            {
                var x = V.Broadcast(a[6]);
                s6a = V.MultiplyAdd(x, b0, s6a);
                if (C.Value > 1)
                    s6b = V.MultiplyAdd(x, b1, s6b);
                if (C.Value > 2)
                    s6c = V.MultiplyAdd(x, b2, s6c);
            }
            if (R.Value > 7)
            {
                var x = V.Broadcast(a[7]);
                s7a = V.MultiplyAdd(x, b0, s7a);
                if (C.Value > 1)
                    s7b = V.MultiplyAdd(x, b1, s7b);
                if (C.Value > 2)
                    s7c = V.MultiplyAdd(x, b2, s7c);
            }
            if (R.Value > 8)
            {
                var x = V.Broadcast(a[8]);
                s8a = V.MultiplyAdd(x, b0, s8a);
                if (C.Value > 1)
                    s8b = V.MultiplyAdd(x, b1, s8b);
            }
            if (R.Value > 9)
            {
                var x = V.Broadcast(a[9]);
                s9a = V.MultiplyAdd(x, b0, s9a);
                if (C.Value > 1)
                    s9b = V.MultiplyAdd(x, b1, s9b);
            }
            if (R.Value > 10)
            {
                var x = V.Broadcast(a[10]);
                sAa = V.MultiplyAdd(x, b0, sAa);
                if (C.Value > 1)
                    sAb = V.MultiplyAdd(x, b1, sAb);
            }
            if (R.Value > 11)
            {
                var x = V.Broadcast(a[11]);
                sBa = V.MultiplyAdd(x, b0, sBa);
                if (C.Value > 1)
                    sBb = V.MultiplyAdd(x, b1, sBb);
            }
            a += aStep;
            if (!T.IsTable)
                b += bStep;
        }
        if (T.IsTable)
            (at1, at2, at3) = (layout->To1, layout->To2, layout->To3);
        Write<V, C>(c, s0a, s0b, s0c, s0d, at1, at2, at3, accumulate);
        if (R.Value > 1)
            Write<V, C>(c + cStep, s1a, s1b, s1c, s1d, at1, at2, at3, accumulate);
        if (R.Value > 2)
            Write<V, C>(c + 2 * cStep, s2a, s2b, s2c, s2d, at1, at2, at3, accumulate);
        if (R.Value > 3)
            Write<V, C>(c + 3 * cStep, s3a, s3b, s3c, s3d, at1, at2, at3, accumulate);
        if (R.Value > 4)
            Write<V, C>(c + 4 * cStep, s4a, s4b, s4c, s4d, at1, at2, at3, accumulate);
        if (R.Value > 5)
            Write<V, C>(c + 5 * cStep, s5a, s5b, s5c, s5d, at1, at2, at3, accumulate);
        if (R.Value > 6)
            Write<V, C>(c + 6 * cStep, s6a, s6b, s6c, zero, at1, at2, at3, accumulate);
        if (R.Value > 7)
            Write<V, C>(c + 7 * cStep, s7a, s7b, s7c, zero, at1, at2, at3, accumulate);
        if (R.Value > 8)
            Write<V, C>(c + 8 * cStep, s8a, s8b, zero, zero, at1, at2, at3, accumulate);
        if (R.Value > 9)
            Write<V, C>(c + 9 * cStep, s9a, s9b, zero, zero, at1, at2, at3, accumulate);
        if (R.Value > 10)
            Write<V, C>(c + 10 * cStep, sAa, sAb, zero, zero, at1, at2, at3, accumulate);
        if (R.Value > 11)
            Write<V, C>(c + 11 * cStep, sBa, sBb, zero, zero, at1, at2, at3, accumulate);
    }

    /// <summary>Asks for the two lines of every row of c while the sums run: in a great matrix they are far away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* c, nint cStep, int rows)
    {
        if (!Sse.IsSupported)
            return;
        for (var r = 0; r < rows; r++, c += cStep)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<V, C>(float* c, V s0, V s1, V s2, V s3, nint at1, nint at2, nint at3, bool accumulate)
        where V : unmanaged, ISimd<V>
        where C : struct, ICount
    {
        if (accumulate)
        {
            s0 = V.Load(c) + s0;
            if (C.Value > 1)
                s1 = V.Load(c + at1) + s1;
            if (C.Value > 2)
                s2 = V.Load(c + at2) + s2;
            if (C.Value > 3)
                s3 = V.Load(c + at3) + s3;
        }
        V.Store(c, s0);
        if (C.Value > 1)
            V.Store(c + at1, s1);
        if (C.Value > 2)
            V.Store(c + at2, s2);
        if (C.Value > 3)
            V.Store(c + at3, s3);
    }

    /// <summary>A number that is a constant to the JIT.</summary>
    private interface ICount
    {
        static abstract int Value { get; }
    }

    /// <summary>Where the rows of b stand.</summary>
    private interface IPlacement
    {
        static abstract bool IsTable { get; }
    }

    private readonly struct Regular : IPlacement
    {
        public static bool IsTable => false;
    }

    private readonly struct Scattered : IPlacement
    {
        public static bool IsTable => true;
    }

    private readonly struct C1 : ICount
    {
        public static int Value => 1;
    }

    private readonly struct C2 : ICount
    {
        public static int Value => 2;
    }

    private readonly struct C3 : ICount
    {
        public static int Value => 3;
    }

    private readonly struct C4 : ICount
    {
        public static int Value => 4;
    }

    private readonly struct R1 : ICount
    {
        public static int Value => 1;
    }

    private readonly struct R2 : ICount
    {
        public static int Value => 2;
    }

    private readonly struct R3 : ICount
    {
        public static int Value => 3;
    }

    private readonly struct R4 : ICount
    {
        public static int Value => 4;
    }

    private readonly struct R5 : ICount
    {
        public static int Value => 5;
    }

    private readonly struct R6 : ICount
    {
        public static int Value => 6;
    }

    private readonly struct R7 : ICount
    {
        public static int Value => 7;
    }

    private readonly struct R8 : ICount
    {
        public static int Value => 8;
    }

    private readonly struct R9 : ICount
    {
        public static int Value => 9;
    }

    private readonly struct R10 : ICount
    {
        public static int Value => 10;
    }

    private readonly struct R11 : ICount
    {
        public static int Value => 11;
    }

    private readonly struct R12 : ICount
    {
        public static int Value => 12;
    }
}

/// <summary>Where a scattered tile reads and writes.</summary>
internal unsafe struct TileLayout
{
    /// <summary>Offset of every row of b.</summary>
    public nint* Table;

    /// <summary>Offset within b's row of the second, third and fourth vector.</summary>
    public nint From1;
    public nint From2;
    public nint From3;

    /// <summary>Offset within c's row of the second, third and fourth vector.</summary>
    public nint To1;
    public nint To2;
    public nint To3;
}
