using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// The one-dimensional transforms of a minimal filtering algorithm F(m, 3) (Winograd 1980; Lavin and Gray 2015, arXiv:1509.09308): m neighbouring outputs of a
/// kernel of three taps from m + 2 inputs with m + 2 multiplications instead of 3·m. Applied to columns and then to rows they make F(m×m, 3×3).
/// Every vector holds the same element of as many tiles as it has lanes.
/// </summary>
internal unsafe interface IWinogradTransform
{
    /// <summary>m: outputs of a tile in each direction.</summary>
    static abstract int Outputs { get; }

    /// <summary>Bᵀ·d·B of a vector of tiles.</summary>
    /// <param name="source">Their pixels: (y, x) at y·rowStep + (x mod m)·phaseStep + x div m.</param>
    /// <param name="rowStep">Floats from row to row.</param>
    /// <param name="phaseStep">Floats from every m-th pixel to those one further to the right.</param>
    /// <param name="target">Their points: (i, j) at (i·(m + 2) + j)·pointStep.</param>
    /// <param name="pointStep">Floats from point to point.</param>
    /// <param name="temporary">(m + 2)² vectors that it may use.</param>
    static abstract void Input<V>(float* source, nint rowStep, nint phaseStep, float* target, nint pointStep, float* temporary)
        where V : unmanaged, ISimd<V>;

    /// <summary>target[i·targetStep] = Σₖ G[i, k]·source[k·step] for the three taps.</summary>
    static abstract void Weight<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>;

    /// <summary>Aᵀ·p·A of a vector of tiles.</summary>
    /// <param name="source">Their points: (i, j) at (i·(m + 2) + j)·pointStep.</param>
    /// <param name="pointStep">Floats from point to point.</param>
    /// <param name="target">Their outputs: row y, tile after tile, at y·rowStep.</param>
    /// <param name="rowStep">Floats from row to row.</param>
    /// <param name="temporary">(m + 2)² vectors that it may use.</param>
    static abstract void Output<V>(float* source, nint pointStep, float* target, nint rowStep, float* temporary)
        where V : unmanaged, ISimd<V>;

    /// <summary>target[i·targetStep] = Σₖ A[i, k]·source[k·step] for the gradients of m outputs.</summary>
    static abstract void OutputGradient<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>;

    /// <summary>target[i·targetStep] = Σₖ Gᵀ[i, k]·source[k·step] for the gradients of m + 2 transformed weights.</summary>
    static abstract void WeightGradient<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>;
}

/// <summary>F(2, 3): interpolation at 0, 1, −1 and ∞.</summary>
internal readonly unsafe struct Winograd2 : IWinogradTransform
{
    public static int Outputs => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V>(float* source, nint rowStep, nint phaseStep, float* target, nint pointStep, float* temporary)
        where V : unmanaged, ISimd<V>
    {
        // A row of Bᵀ·d at a time: it is never more than the registers hold.
        float* even = source, odd = source + phaseStep;
        nint two = 2 * rowStep, three = 3 * rowStep;
        InputRow(V.Load(even) - V.Load(even + two), V.Load(odd) - V.Load(odd + two), V.Load(even + 1) - V.Load(even + two + 1), V.Load(odd + 1) - V.Load(odd + two + 1), target, pointStep);
        V a = V.Load(even + rowStep), b = V.Load(odd + rowStep), c = V.Load(even + rowStep + 1), d = V.Load(odd + rowStep + 1);
        V e = V.Load(even + two), f = V.Load(odd + two), g = V.Load(even + two + 1), h = V.Load(odd + two + 1);
        InputRow(a + e, b + f, c + g, d + h, target + 4 * pointStep, pointStep);
        InputRow(e - a, f - b, g - c, h - d, target + 8 * pointStep, pointStep);
        InputRow(a - V.Load(even + three), b - V.Load(odd + three), c - V.Load(even + three + 1), d - V.Load(odd + three + 1), target + 12 * pointStep, pointStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputRow<V>(V d0, V d1, V d2, V d3, float* target, nint step)
        where V : unmanaged, ISimd<V>
    {
        V.Store(target, d0 - d2);
        V.Store(target + step, d1 + d2);
        V.Store(target + 2 * step, d2 - d1);
        V.Store(target + 3 * step, d1 - d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V g0 = V.Load(source), g1 = V.Load(source + step), g2 = V.Load(source + 2 * step);
        var half = V.Broadcast(0.5f);
        var outer = half * (g0 + g2);
        V.Store(target, g0);
        V.Store(target + targetStep, V.MultiplyAdd(half, g1, outer));
        V.Store(target + 2 * targetStep, V.MultiplyAdd(-half, g1, outer));
        V.Store(target + 3 * targetStep, g2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V>(float* source, nint pointStep, float* target, nint rowStep, float* temporary)
        where V : unmanaged, ISimd<V>
    {
        nint row = 4 * pointStep;
        V p0 = V.Load(source + row), p1 = V.Load(source + row + pointStep), p2 = V.Load(source + row + 2 * pointStep), p3 = V.Load(source + row + 3 * pointStep);
        V q0 = V.Load(source + 2 * row), q1 = V.Load(source + 2 * row + pointStep), q2 = V.Load(source + 2 * row + 2 * pointStep), q3 = V.Load(source + 2 * row + 3 * pointStep);
        OutputRow(V.Load(source) + (p0 + q0), V.Load(source + pointStep) + (p1 + q1), V.Load(source + 2 * pointStep) + (p2 + q2), V.Load(source + 3 * pointStep) + (p3 + q3), target);
        source += 3 * row;
        OutputRow(p0 - q0 - V.Load(source), p1 - q1 - V.Load(source + pointStep), p2 - q2 - V.Load(source + 2 * pointStep), p3 - q3 - V.Load(source + 3 * pointStep), target + rowStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputRow<V>(V p0, V p1, V p2, V p3, float* target)
        where V : unmanaged, ISimd<V>
    {
        var (low, high) = V.Interleave(p0 + (p1 + p2), p1 - p2 - p3);
        V.Store(target, low);
        V.Store(target + V.Width, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V y0 = V.Load(source), y1 = V.Load(source + step);
        V.Store(target, y0);
        V.Store(target + targetStep, y0 + y1);
        V.Store(target + 2 * targetStep, y0 - y1);
        V.Store(target + 3 * targetStep, -y1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V u0 = V.Load(source), u1 = V.Load(source + step), u2 = V.Load(source + 2 * step), u3 = V.Load(source + 3 * step);
        V half = V.Broadcast(0.5f), outer = half * (u1 + u2);
        V.Store(target, u0 + outer);
        V.Store(target + targetStep, half * (u1 - u2));
        V.Store(target + 2 * targetStep, outer + u3);
    }
}

/// <summary>F(4, 3): interpolation at 0, 1, −1, 2, −2 and ∞.</summary>
internal readonly unsafe struct Winograd4 : IWinogradTransform
{
    public static int Outputs => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V>(float* source, nint rowStep, nint phaseStep, float* target, nint pointStep, float* temporary)
        where V : unmanaged, ISimd<V>
    {
        for (nint j = 0; j < 6; j++)
            InputLine<V>(source + j % 4 * phaseStep + j / 4, rowStep, temporary + j * V.Width, 6 * V.Width);
        for (nint i = 0; i < 6; i++)
            InputLine<V>(temporary + i * 6 * V.Width, V.Width, target + i * 6 * pointStep, pointStep);
    }

    /// <summary>target[i·targetStep] = Σₖ Bᵀ[i, k]·source[k·step].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V d0 = V.Load(source), d1 = V.Load(source + step), d2 = V.Load(source + 2 * step), d3 = V.Load(source + 3 * step), d4 = V.Load(source + 4 * step), d5 = V.Load(source + 5 * step);
        V four = V.Broadcast(4), minusFour = V.Broadcast(-4), minusFive = V.Broadcast(-5);
        V.Store(target, V.MultiplyAdd(four, d0, V.MultiplyAdd(minusFive, d2, d4)));
        V even = V.MultiplyAdd(minusFour, d2, d4), odd = V.MultiplyAdd(minusFour, d1, d3);
        V.Store(target + targetStep, even + odd);
        V.Store(target + 2 * targetStep, even - odd);
        even = d4 - d2;
        odd = d3 - d1;
        odd += odd;
        V.Store(target + 3 * targetStep, even + odd);
        V.Store(target + 4 * targetStep, even - odd);
        V.Store(target + 5 * targetStep, V.MultiplyAdd(four, d1, V.MultiplyAdd(minusFive, d3, d5)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V g0 = V.Load(source), g1 = V.Load(source + step), g2 = V.Load(source + 2 * step);
        V.Store(target, V.Broadcast(1 / 4f) * g0);
        V outer = V.Broadcast(-1 / 6f) * (g0 + g2), inner = V.Broadcast(-1 / 6f) * g1;
        V.Store(target + targetStep, outer + inner);
        V.Store(target + 2 * targetStep, outer - inner);
        outer = V.MultiplyAdd(V.Broadcast(1 / 24f), g0, V.Broadcast(1 / 6f) * g2);
        inner = V.Broadcast(1 / 12f) * g1;
        V.Store(target + 3 * targetStep, outer + inner);
        V.Store(target + 4 * targetStep, outer - inner);
        V.Store(target + 5 * targetStep, g2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V>(float* source, nint pointStep, float* target, nint rowStep, float* temporary)
        where V : unmanaged, ISimd<V>
    {
        for (nint j = 0; j < 6; j++)
            OutputLine<V>(source + j * pointStep, 6 * pointStep, temporary + j * V.Width, 6 * V.Width);
        for (nint i = 0; i < 4; i++, target += rowStep)
        {
            // The line's products are read before its outputs are written.
            var line = temporary + i * 6 * V.Width;
            OutputLine<V>(line, V.Width, line, V.Width);
            var (even0, even1) = V.Interleave(V.Load(line), V.Load(line + 2 * V.Width));
            var (odd0, odd1) = V.Interleave(V.Load(line + V.Width), V.Load(line + 3 * V.Width));
            var (first, second) = V.Interleave(even0, odd0);
            V.Store(target, first);
            V.Store(target + V.Width, second);
            (first, second) = V.Interleave(even1, odd1);
            V.Store(target + 2 * V.Width, first);
            V.Store(target + 3 * V.Width, second);
        }
    }

    /// <summary>target[i·targetStep] = Σₖ Aᵀ[i, k]·source[k·step].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputLine<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V m0 = V.Load(source), m1 = V.Load(source + step), m2 = V.Load(source + 2 * step), m3 = V.Load(source + 3 * step), m4 = V.Load(source + 4 * step), m5 = V.Load(source + 5 * step);
        V even1 = m1 + m2, odd1 = m1 - m2, even2 = m3 + m4, odd2 = m3 - m4;
        V.Store(target, m0 + (even1 + even2));
        V.Store(target + targetStep, V.MultiplyAdd(V.Broadcast(2), odd2, odd1));
        V.Store(target + 2 * targetStep, V.MultiplyAdd(V.Broadcast(4), even2, even1));
        V.Store(target + 3 * targetStep, V.MultiplyAdd(V.Broadcast(8), odd2, odd1) + m5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V y0 = V.Load(source), y1 = V.Load(source + step), y2 = V.Load(source + 2 * step), y3 = V.Load(source + 3 * step);
        V.Store(target, y0);
        V even = y0 + y2, odd = y1 + y3;
        V.Store(target + targetStep, even + odd);
        V.Store(target + 2 * targetStep, even - odd);
        even = V.MultiplyAdd(V.Broadcast(4), y2, y0);
        odd = V.MultiplyAdd(V.Broadcast(8), y3, y1 + y1);
        V.Store(target + 3 * targetStep, even + odd);
        V.Store(target + 4 * targetStep, even - odd);
        V.Store(target + 5 * targetStep, y3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V u0 = V.Load(source), u1 = V.Load(source + step), u2 = V.Load(source + 2 * step), u3 = V.Load(source + 3 * step), u4 = V.Load(source + 4 * step), u5 = V.Load(source + 5 * step);
        V sixth = V.Broadcast(-1 / 6f), near = sixth * (u1 + u2), far = u3 + u4;
        V.Store(target, V.MultiplyAdd(V.Broadcast(1 / 4f), u0, V.MultiplyAdd(V.Broadcast(1 / 24f), far, near)));
        V.Store(target + targetStep, V.MultiplyAdd(V.Broadcast(1 / 12f), u3 - u4, sixth * (u1 - u2)));
        V.Store(target + 2 * targetStep, V.MultiplyAdd(V.Broadcast(1 / 6f), far, near) + u5);
    }
}
