using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

public static unsafe partial class SimdMath
{
    /// <summary>Parts of long functions are methods of their own: each has the JIT's inlining budget for itself.</summary>
    private const MethodImplOptions Part = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>
    /// xʸ = e^(y·ln x), with the logarithm and the product carried in pairs of floats, because an error of the exponent is an error of as many digits of the
    /// result (method of SLEEF's powf). Special cases as IEEE 754 pow: x⁰ = 1, 1ʸ = 1; a negative base needs an integral exponent.
    /// </summary>
    [MethodImpl(Part)]
    public static V Pow<V>(V x, V y)
        where V : unmanaged, ISimd<V>
    {
        var magnitude = V.Abs(x);
        // Bounded, so that the product stays finite; beyond the bound every base but 1 gives 0 or infinity.
        var bound = V.Broadcast(1e30f);
        var product = LogTimes(magnitude, V.Max(V.Min(y, bound), -bound), out var tail);
        return Special(x, y, ExpPair(product, tail));
    }

    /// <summary>Puts right what the logarithm does not cover.</summary>
    [MethodImpl(Part)]
    private static V Special<V>(V x, V y, V result)
        where V : unmanaged, ISimd<V>
    {
        V zero = V.Broadcast(0f), one = V.Broadcast(1f), infinity = V.Broadcast(float.PositiveInfinity);
        var magnitude = V.Abs(x);

        // Zero and infinity have no usable logarithm pair.
        var growing = V.GreaterThan(y, zero);
        result = V.Select(V.Equal(magnitude, zero), V.Select(growing, zero, infinity), result);
        result = V.Select(V.Equal(magnitude, infinity), V.Select(growing, infinity, zero), result);

        // An infinite exponent: the side of 1 on which the base lies decides.
        var outside = V.GreaterThan(magnitude, one);
        var limit = V.Select(V.Equal(V.Select(outside, one, zero), V.Select(growing, one, zero)), infinity, zero);
        limit = V.Select(V.Equal(magnitude, one), one, limit);
        var endless = V.Equal(V.Abs(y), infinity);
        result = V.Select(endless, limit, result);

        // A negative base: odd exponents keep the sign, fractional ones have no real result.
        var negative = V.Equal(V.CopySign(one, x), -one);
        var whole = V.Equal(V.Floor(y), y);
        var half = y * V.Broadcast(0.5f);
        var odd = V.And(whole, V.Not(V.Equal(V.Floor(half), half)));
        result = V.Select(V.And(negative, odd), -result, result);
        var undefined = V.And(V.And(V.GreaterThan(zero, x), V.Not(whole)), V.Not(V.Equal(magnitude, infinity)));
        result = V.Select(undefined, V.Broadcast(float.NaN), result);

        var anyNaN = V.Not(V.And(V.Equal(x, x), V.Equal(y, y)));
        result = V.Select(anyNaN, x + y, result);
        return V.Select(V.Or(V.Equal(y, zero), V.Equal(x, one)), one, result);
    }

    /// <summary>y · ln x of a positive finite number x as an unevaluated sum: the result and its tail.</summary>
    [MethodImpl(Part)]
    private static V LogTimes<V>(V x, V y, out V tail)
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

        // ln m = 2 atanh((m − 1)/(m + 1)); m − 1 is exact.
        var q = Divide(new Pair<V>(m - one, V.Broadcast(0f)), Add(one, m));
        var q2 = Multiply(q, q);
        var t = V.Broadcast(0.240320354700088500976562f);
        t = V.MultiplyAdd(t, q2.Hi, V.Broadcast(0.285112679004669189453125f));
        t = V.MultiplyAdd(t, q2.Hi, V.Broadcast(0.400007992982864379882812f));
        var c = new Pair<V>(V.Broadcast(0.66666662693023681640625f), V.Broadcast(3.69183861259614332084311e-09f));
        var s = Multiply(new Pair<V>(V.Broadcast(0.69314718246459960938f), V.Broadcast(-1.904654323148236017e-09f)), e);
        s = Add(s, new Pair<V>(q.Hi + q.Hi, q.Lo + q.Lo));
        var product = Multiply(Add(s, Multiply(Multiply(q2, q), Add(Multiply(q2, t), c))), y);
        tail = product.Lo;
        return product.Hi;
    }

    /// <summary>e^(exponent + tail).</summary>
    [MethodImpl(Part)]
    private static V ExpPair<V>(V exponent, V tail)
        where V : unmanaged, ISimd<V>
    {
        V low = V.Broadcast(-105f), high = V.Broadcast(89f);
        var inside = V.And(V.GreaterThan(exponent, low), V.GreaterThan(high, exponent));
        var x = V.Max(V.Min(exponent, high), low);
        tail = V.And(inside, tail);
        var n = V.Round((x + tail) * V.Broadcast(Log2E));
        var s = Add(V.MultiplyAdd(n, V.Broadcast(-Ln2Hi), x), n * V.Broadcast(-Ln2Lo));
        s = Add(s.Hi, s.Lo + tail);
        var u = V.Broadcast(0.00136324646882712841033936f);
        u = V.MultiplyAdd(u, s.Hi, V.Broadcast(0.00836596917361021041870117f));
        u = V.MultiplyAdd(u, s.Hi, V.Broadcast(0.0416710823774337768554688f));
        u = V.MultiplyAdd(u, s.Hi, V.Broadcast(0.166665524244308471679688f));
        u = V.MultiplyAdd(u, s.Hi, V.Broadcast(0.499999850988388061523438f));
        var t = Add(s, Multiply(Multiply(s, s), u));
        var result = Add(V.Broadcast(1f), t.Hi);
        return Scale(result.Hi + (result.Lo + t.Lo), n);
    }

    /// <summary>a + b exactly (Knuth's two-sum).</summary>
    [MethodImpl(Inline)]
    private static Pair<V> Add<V>(V a, V b)
        where V : unmanaged, ISimd<V>
    {
        var sum = a + b;
        var virtualB = sum - a;
        return new(sum, a - (sum - virtualB) + (b - virtualB));
    }

    [MethodImpl(Inline)]
    private static Pair<V> Add<V>(Pair<V> a, Pair<V> b)
        where V : unmanaged, ISimd<V>
    {
        var sum = Add(a.Hi, b.Hi);
        return Renormalize(sum.Hi, sum.Lo + (a.Lo + b.Lo));
    }

    /// <summary>a · b exactly: by the fused product where the level has it, else by Dekker's splitting.</summary>
    [MethodImpl(Inline)]
    private static Pair<V> Multiply<V>(V a, V b)
        where V : unmanaged, ISimd<V>
    {
        var product = a * b;
        if (V.HasFusedMultiplyAdd)
            return new(product, V.MultiplyAdd(a, b, -product));
        var split = V.Broadcast(4097f);
        V scaledA = a * split, scaledB = b * split;
        V highA = scaledA - (scaledA - a), highB = scaledB - (scaledB - b);
        V lowA = a - highA, lowB = b - highB;
        return new(product, lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB));
    }

    [MethodImpl(Inline)]
    private static Pair<V> Multiply<V>(Pair<V> a, V b)
        where V : unmanaged, ISimd<V>
    {
        var product = Multiply(a.Hi, b);
        return Renormalize(product.Hi, V.MultiplyAdd(a.Lo, b, product.Lo));
    }

    [MethodImpl(Inline)]
    private static Pair<V> Multiply<V>(Pair<V> a, Pair<V> b)
        where V : unmanaged, ISimd<V>
    {
        var product = Multiply(a.Hi, b.Hi);
        return Renormalize(product.Hi, V.MultiplyAdd(a.Hi, b.Lo, V.MultiplyAdd(a.Lo, b.Hi, product.Lo)));
    }

    [MethodImpl(Inline)]
    private static Pair<V> Divide<V>(Pair<V> a, Pair<V> b)
        where V : unmanaged, ISimd<V>
    {
        var quotient = a.Hi / b.Hi;
        var product = Multiply(b, quotient);
        var rest = a.Hi - product.Hi - product.Lo + a.Lo;
        return Renormalize(quotient, rest / b.Hi);
    }

    [MethodImpl(Inline)]
    private static Pair<V> Renormalize<V>(V hi, V lo)
        where V : unmanaged, ISimd<V>
    {
        var sum = hi + lo;
        return new(sum, hi - sum + lo);
    }

    /// <summary>The unevaluated sum Hi + Lo, |Lo| at most half a unit in the last place of Hi.</summary>
    private readonly struct Pair<V>(V hi, V lo)
        where V : unmanaged, ISimd<V>
    {
        public readonly V Hi = hi;
        public readonly V Lo = lo;
    }
}
