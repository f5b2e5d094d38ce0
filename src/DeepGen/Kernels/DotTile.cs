using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// The register tile of weight gradients: up to 8 × 3 (4 × 3 without AVX-512) dot products of output-gradient planes with shifted images,
/// in vectors along the pixels. One text serves all levels and sizes; rows and taps are constants to the JIT.
/// </summary>
internal static unsafe class DotTile
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    /// <summary>Greatest number of taps of a tile.</summary>
    public const int MaxTaps = 3;

    /// <summary>Greatest number of planes of a tile.</summary>
    public static int MaxRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Simd.Level >= 512 ? 8 : 4;
    }

    /// <summary>
    /// sums[t·MaxRows + r] += Σₛ Σ_q left[s·leftSample + r·leftStep + q]·right[s·rightSample + table[t] + q] over q &lt; length, a multiple of the vector's width.
    /// </summary>
    public static delegate*<in DotSpan, float*, float*, nint*, float*, void> Kernel(nint rows, nint taps) =>
        Simd.Level >= 512 ? Kernel<F512>(rows, taps) : Simd.Level >= 256 ? Kernel<F256>(rows, taps) : Kernel<F128>(rows, taps);

    private static delegate*<in DotSpan, float*, float*, nint*, float*, void> Kernel<V>(nint rows, nint taps)
        where V : unmanaged, ISimd<V> =>
        taps switch
        {
            1 => Kernel<V, N1>(rows),
            2 => Kernel<V, N2>(rows),
            _ => Kernel<V, N3>(rows),
        };

    private static delegate*<in DotSpan, float*, float*, nint*, float*, void> Kernel<V, T>(nint rows)
        where V : unmanaged, ISimd<V>
        where T : struct, ICount =>
        rows switch
        {
            1 => &Run<V, N1, T>,
            2 => &Run<V, N2, T>,
            3 => &Run<V, N3, T>,
            4 => &Run<V, N4, T>,
            5 => &Run<V, N5, T>,
            6 => &Run<V, N6, T>,
            7 => &Run<V, N7, T>,
            _ => &Run<V, N8, T>,
        };

    [MethodImpl(Optimize)]
    private static void Run<V, R, T>(in DotSpan span, float* left, float* right, nint* table, float* sums)
        where V : unmanaged, ISimd<V>
        where R : struct, ICount
        where T : struct, ICount
    {
        var zero = V.Broadcast(0);
        V s0a = zero, s0b = zero, s0c = zero;
        V s1a = zero, s1b = zero, s1c = zero;
        V s2a = zero, s2b = zero, s2c = zero;
        V s3a = zero, s3b = zero, s3c = zero;
        V s4a = zero, s4b = zero, s4c = zero;
        V s5a = zero, s5b = zero, s5c = zero;
        V s6a = zero, s6b = zero, s6c = zero;
        V s7a = zero, s7b = zero, s7c = zero;
        var step = span.LeftStep;
        var length = span.Length;
        for (nint s = 0; s < span.Samples; s++, left += span.LeftSample, right += span.RightSample)
        {
            var low = left;
            var high = left + 4 * step;
            var x0 = right + table[0];
            var x1 = T.Value > 1 ? right + table[1] : x0;
            var x2 = T.Value > 2 ? right + table[2] : x0;
            for (nint q = 0; q < length; q += V.Width)
            {
                var a = V.Load(x0 + q);
                var b = T.Value > 1 ? V.Load(x1 + q) : zero;
                var c = T.Value > 2 ? V.Load(x2 + q) : zero;
                {
                    var y = V.Load(low + q);
                    s0a = V.MultiplyAdd(y, a, s0a);
                    if (T.Value > 1)
                        s0b = V.MultiplyAdd(y, b, s0b);
                    if (T.Value > 2)
                        s0c = V.MultiplyAdd(y, c, s0c);
                }
                if (R.Value > 1)
                {
                    var y = V.Load(low + step + q);
                    s1a = V.MultiplyAdd(y, a, s1a);
                    if (T.Value > 1)
                        s1b = V.MultiplyAdd(y, b, s1b);
                    if (T.Value > 2)
                        s1c = V.MultiplyAdd(y, c, s1c);
                }
                if (R.Value > 2)
                {
                    var y = V.Load(low + 2 * step + q);
                    s2a = V.MultiplyAdd(y, a, s2a);
                    if (T.Value > 1)
                        s2b = V.MultiplyAdd(y, b, s2b);
                    if (T.Value > 2)
                        s2c = V.MultiplyAdd(y, c, s2c);
                }
                if (R.Value > 3)
                {
                    var y = V.Load(low + 3 * step + q);
                    s3a = V.MultiplyAdd(y, a, s3a);
                    if (T.Value > 1)
                        s3b = V.MultiplyAdd(y, b, s3b);
                    if (T.Value > 2)
                        s3c = V.MultiplyAdd(y, c, s3c);
                }
                if (R.Value > 4)
                {
                    var y = V.Load(high + q);
                    s4a = V.MultiplyAdd(y, a, s4a);
                    if (T.Value > 1)
                        s4b = V.MultiplyAdd(y, b, s4b);
                    if (T.Value > 2)
                        s4c = V.MultiplyAdd(y, c, s4c);
                }
                if (R.Value > 5)
                {
                    var y = V.Load(high + step + q);
                    s5a = V.MultiplyAdd(y, a, s5a);
                    if (T.Value > 1)
                        s5b = V.MultiplyAdd(y, b, s5b);
                    if (T.Value > 2)
                        s5c = V.MultiplyAdd(y, c, s5c);
                }
                if (R.Value > 6)
                {
                    var y = V.Load(high + 2 * step + q);
                    s6a = V.MultiplyAdd(y, a, s6a);
                    if (T.Value > 1)
                        s6b = V.MultiplyAdd(y, b, s6b);
                    if (T.Value > 2)
                        s6c = V.MultiplyAdd(y, c, s6c);
                }
                if (R.Value > 7)
                {
                    var y = V.Load(high + 3 * step + q);
                    s7a = V.MultiplyAdd(y, a, s7a);
                    if (T.Value > 1)
                        s7b = V.MultiplyAdd(y, b, s7b);
                    if (T.Value > 2)
                        s7c = V.MultiplyAdd(y, c, s7c);
                }
            }
        }
        Add(sums, s0a, s1a, s2a, s3a);
        if (T.Value > 1)
            Add(sums + MaxRows, s0b, s1b, s2b, s3b);
        if (T.Value > 2)
            Add(sums + 2 * MaxRows, s0c, s1c, s2c, s3c);
        if (R.Value <= 4)
            return;
        Add(sums + 4, s4a, s5a, s6a, s7a);
        if (T.Value > 1)
            Add(sums + MaxRows + 4, s4b, s5b, s6b, s7b);
        if (T.Value > 2)
            Add(sums + 2 * MaxRows + 4, s4c, s5c, s6c, s7c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<V>(float* sums, V a, V b, V c, V d)
        where V : unmanaged, ISimd<V> => F128.Store(sums, F128.Load(sums) + V.SumFour(a, b, c, d));

    /// <summary>A number that is a constant to the JIT.</summary>
    private interface ICount
    {
        static abstract int Value { get; }
    }

    private readonly struct N1 : ICount
    {
        public static int Value => 1;
    }

    private readonly struct N2 : ICount
    {
        public static int Value => 2;
    }

    private readonly struct N3 : ICount
    {
        public static int Value => 3;
    }

    private readonly struct N4 : ICount
    {
        public static int Value => 4;
    }

    private readonly struct N5 : ICount
    {
        public static int Value => 5;
    }

    private readonly struct N6 : ICount
    {
        public static int Value => 6;
    }

    private readonly struct N7 : ICount
    {
        public static int Value => 7;
    }

    private readonly struct N8 : ICount
    {
        public static int Value => 8;
    }
}

/// <summary>What the dot products of a tile run over.</summary>
internal struct DotSpan
{
    /// <summary>Samples.</summary>
    public nint Samples;

    /// <summary>Pixels of a sample.</summary>
    public nint Length;

    /// <summary>Floats between planes of the left factor; depthwise, between its rows.</summary>
    public nint LeftStep;

    /// <summary>Depthwise: rows of Length pixels, and the floats between those of the right factor.</summary>
    public nint Rows;
    public nint RightStep;

    /// <summary>Floats between samples of the left factor.</summary>
    public nint LeftSample;

    /// <summary>Floats between samples of the right factor.</summary>
    public nint RightSample;
}
