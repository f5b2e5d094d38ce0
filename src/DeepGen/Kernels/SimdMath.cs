using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// Elementary functions in vector arithmetic alone, so that every width of one level gives the same bits. NaN propagates; infinities give their limits.
/// Errors are bounded by tests in units in the last place (ulp) against double.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class SimdMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts, the first with few enough bits that n·Ln2Hi is exact for every exponent n.
    private const float Ln2Hi = 0.693359375f;
    private const float Ln2Lo = -2.12194440e-4f;

    /// <summary>eˣ. Reduction to |r| ≤ ln 2 / 2 and a polynomial (Cephes expf); results below the smallest normal are denormal as they should.</summary>
    [MethodImpl(Inline)]
    public static V Exp<V>(V x)
        where V : unmanaged, ISimd<V>
    {
        // Beyond these bounds the result is 0 or infinite anyway.
        x = V.Max(V.Min(x, V.Broadcast(89f)), V.Broadcast(-104f));
        var n = V.Round(x * V.Broadcast(Log2E));
        var r = V.MultiplyAdd(n, V.Broadcast(-Ln2Hi), x);
        r = V.MultiplyAdd(n, V.Broadcast(-Ln2Lo), r);
        var p = V.Broadcast(1.9875691500e-4f);
        p = V.MultiplyAdd(p, r, V.Broadcast(1.3981999507e-3f));
        p = V.MultiplyAdd(p, r, V.Broadcast(8.3334519073e-3f));
        p = V.MultiplyAdd(p, r, V.Broadcast(4.1665795894e-2f));
        p = V.MultiplyAdd(p, r, V.Broadcast(1.6666665459e-1f));
        p = V.MultiplyAdd(p, r, V.Broadcast(5.0000001201e-1f));
        p = V.MultiplyAdd(p, r * r, r) + V.Broadcast(1f);
        return Scale(p, n);
    }

    /// <summary>ln x. −∞ at 0, NaN below. Significand in [√½, √2) and a polynomial (Cephes logf).</summary>
    [MethodImpl(Inline)]
    public static V Log<V>(V x)
        where V : unmanaged, ISimd<V>
    {
        var one = V.Broadcast(1f);
        var denormal = V.GreaterThan(V.Broadcast(1.17549435e-38f), x);
        var normal = V.Select(denormal, x * V.Broadcast(8388608f), x);
        var e = V.Exponent(normal) - V.And(denormal, V.Broadcast(23f));
        var m = V.Significand(normal);
        var upper = V.GreaterThan(m, V.Broadcast(1.41421356f));
        m = V.Select(upper, m * V.Broadcast(0.5f), m);
        e += V.And(upper, one);
        var f = m - one;
        var z = f * f;
        var p = V.Broadcast(7.0376836292e-2f);
        p = V.MultiplyAdd(p, f, V.Broadcast(-1.1514610310e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(1.1676998740e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(-1.2420140846e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(1.4249322787e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(-1.6668057665e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(2.0000714765e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(-2.4999993993e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(3.3333331174e-1f));
        var y = p * f * z;
        y = V.MultiplyAdd(e, V.Broadcast(Ln2Lo), y);
        y = V.MultiplyAdd(z, V.Broadcast(-0.5f), y);
        y = V.MultiplyAdd(e, V.Broadcast(Ln2Hi), f + y);
        var infinity = V.Broadcast(float.PositiveInfinity);
        var zero = V.Broadcast(0f);
        y = V.Select(V.Equal(x, infinity), x, y);
        y = V.Select(V.Equal(x, zero), -infinity, y);
        // Negative numbers and NaN alike: neither is ≥ 0.
        return V.Select(V.GreaterThanOrEqual(x, zero), y, V.Broadcast(float.NaN));
    }

    /// <summary>tanh x = (e^2|x| − 1) / (e^2|x| + 1) with the sign of x, where e^2|x| − 1 = 2ⁿ(eʳ − 1) + (2ⁿ − 1) keeps its digits near 0.</summary>
    [MethodImpl(Inline)]
    public static V Tanh<V>(V x)
        where V : unmanaged, ISimd<V>
    {
        // From 9.02 on the result rounds to ±1.
        var t = V.Min(V.Abs(x), V.Broadcast(9.02f));
        t += t;
        var n = V.Round(t * V.Broadcast(Log2E));
        var r = V.MultiplyAdd(n, V.Broadcast(-Ln2Hi), t);
        r = V.MultiplyAdd(n, V.Broadcast(-Ln2Lo), r);
        var p = V.Broadcast(1.9875691500e-4f);
        p = V.MultiplyAdd(p, r, V.Broadcast(1.3981999507e-3f));
        p = V.MultiplyAdd(p, r, V.Broadcast(8.3334519073e-3f));
        p = V.MultiplyAdd(p, r, V.Broadcast(4.1665795894e-2f));
        p = V.MultiplyAdd(p, r, V.Broadcast(1.6666665459e-1f));
        p = V.MultiplyAdd(p, r, V.Broadcast(5.0000001201e-1f));
        p = V.MultiplyAdd(p, r * r, r);
        var power = V.PowerOfTwo(n);
        var e = V.MultiplyAdd(p, power, power - V.Broadcast(1f));
        return V.CopySign(e / (e + V.Broadcast(2f)), x);
    }

    /// <summary>1 / (1 + e⁻ˣ), from e^−|x| so that small results keep their digits.</summary>
    [MethodImpl(Inline)]
    public static V Sigmoid<V>(V x)
        where V : unmanaged, ISimd<V>
    {
        var one = V.Broadcast(1f);
        var e = Exp(-V.Abs(x));
        var numerator = V.Select(V.GreaterThan(V.Broadcast(0f), x), e, one);
        return numerator / (one + e);
    }

    /// <summary>eˣ − 1 = 2ⁿ(eʳ − 1) + (2ⁿ − 1), which keeps its digits near 0.</summary>
    [MethodImpl(Inline)]
    public static V Expm1<V>(V x)
        where V : unmanaged, ISimd<V>
    {
        // Below −18 the result rounds to −1.
        x = V.Max(V.Min(x, V.Broadcast(89f)), V.Broadcast(-18f));
        var n = V.Round(x * V.Broadcast(Log2E));
        var r = V.MultiplyAdd(n, V.Broadcast(-Ln2Hi), x);
        r = V.MultiplyAdd(n, V.Broadcast(-Ln2Lo), r);
        var p = V.Broadcast(1.9875691500e-4f);
        p = V.MultiplyAdd(p, r, V.Broadcast(1.3981999507e-3f));
        p = V.MultiplyAdd(p, r, V.Broadcast(8.3334519073e-3f));
        p = V.MultiplyAdd(p, r, V.Broadcast(4.1665795894e-2f));
        p = V.MultiplyAdd(p, r, V.Broadcast(1.6666665459e-1f));
        p = V.MultiplyAdd(p, r, V.Broadcast(5.0000001201e-1f));
        p = V.MultiplyAdd(p, r * r, r);
        var one = V.Broadcast(1f);
        var power = V.PowerOfTwo(n);
        // 2ⁿ may be out of range where the 1 no longer counts.
        return V.Select(V.GreaterThan(n, V.Broadcast(30f)), Scale(p + one, n), V.MultiplyAdd(p, power, power - one));
    }

    /// <summary>ln(1 + x) = ln u · x/(u − 1), u = 1 + x rounded: what the rounding loses, the quotient gives back (Goldberg 1991, theorem 4).</summary>
    [MethodImpl(Inline)]
    public static V Log1p<V>(V x)
        where V : unmanaged, ISimd<V>
    {
        var one = V.Broadcast(1f);
        var u = x + one;
        var y = Log(u) * (x / (u - one));
        y = V.Select(V.Equal(u, one), x, y);
        // ∞/∞ has no value.
        return V.Select(V.Equal(x, V.Broadcast(float.PositiveInfinity)), x, y);
    }

    /// <summary>erf x = 2/√π ∫₀ˣ e^(−t²) dt: an odd polynomial near 0, 1 − e^(polynomial) beyond.</summary>
    [MethodImpl(Inline)]
    public static V Erf<V>(V x)
        where V : unmanaged, ISimd<V>
    {
        var t = V.Abs(x);
        var s = x * x;
        // Beyond 4 the result is ±1; the bound keeps the polynomial from turning round.
        var far = V.Min(t, V.Broadcast(4f));
        var farSquare = far * far;
        var r = V.MultiplyAdd(V.Broadcast(-1.72853470e-5f), far, V.Broadcast(3.83197126e-4f));
        var u = V.MultiplyAdd(V.Broadcast(-3.88396438e-3f), far, V.Broadcast(2.42546219e-2f));
        r = V.MultiplyAdd(r, farSquare, u);
        r = V.MultiplyAdd(r, far, V.Broadcast(-1.06777877e-1f));
        r = V.MultiplyAdd(r, far, V.Broadcast(-6.34846687e-1f));
        r = V.MultiplyAdd(r, far, V.Broadcast(-1.28717512e-1f));
        r = V.MultiplyAdd(r, far, -far);
        r = V.CopySign(V.Broadcast(1f) - Exp(r), x);
        var p = V.Broadcast(-5.96761703e-4f);
        p = V.MultiplyAdd(p, s, V.Broadcast(4.99119423e-3f));
        p = V.MultiplyAdd(p, s, V.Broadcast(-2.67681349e-2f));
        p = V.MultiplyAdd(p, s, V.Broadcast(1.12819925e-1f));
        p = V.MultiplyAdd(p, s, V.Broadcast(-3.76125336e-1f));
        p = V.MultiplyAdd(p, s, V.Broadcast(1.28379166e-1f));
        p = V.MultiplyAdd(p, x, x);
        return V.Select(V.GreaterThan(t, V.Broadcast(0.921875f)), r, p);
    }

    /// <summary>v · 2ⁿ for an integral n, in two factors because 2ⁿ alone may be out of range.</summary>
    [MethodImpl(Inline)]
    private static V Scale<V>(V v, V n)
        where V : unmanaged, ISimd<V>
    {
        var half = V.Floor(n * V.Broadcast(0.5f));
        return v * V.PowerOfTwo(half) * V.PowerOfTwo(n - half);
    }
}
