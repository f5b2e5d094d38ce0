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

    /// <summary>target[i·targetStep] = Σₖ Bᵀ[i, k]·source[k·step] for the m + 2 inputs of a tile.</summary>
    static abstract void Input<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>;

    /// <summary>target[i·targetStep] = Σₖ G[i, k]·source[k·step] for the three taps.</summary>
    static abstract void Weight<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>;

    /// <summary>target[i·targetStep] = Σₖ Aᵀ[i, k]·source[k·step] for the m + 2 products.</summary>
    static abstract void Output<V>(float* source, nint step, float* target, nint targetStep)
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
    public static void Input<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V d0 = V.Load(source), d1 = V.Load(source + step), d2 = V.Load(source + 2 * step), d3 = V.Load(source + 3 * step);
        V.Store(target, d0 - d2);
        V.Store(target + targetStep, d1 + d2);
        V.Store(target + 2 * targetStep, d2 - d1);
        V.Store(target + 3 * targetStep, d1 - d3);
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
    public static void Output<V>(float* source, nint step, float* target, nint targetStep)
        where V : unmanaged, ISimd<V>
    {
        V m0 = V.Load(source), m1 = V.Load(source + step), m2 = V.Load(source + 2 * step), m3 = V.Load(source + 3 * step);
        V.Store(target, m0 + (m1 + m2));
        V.Store(target + targetStep, m1 - m2 - m3);
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
    public static void Input<V>(float* source, nint step, float* target, nint targetStep)
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
    public static void Output<V>(float* source, nint step, float* target, nint targetStep)
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
