using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

public static unsafe partial class SimdMath
{
    // π/2 in four parts with few bits each, so that k times a part is exact for the k that occur.
    private const float HalfPi0 = 1.5703125f;
    private const float HalfPi1 = 4.8351288e-4f;
    private const float HalfPi2 = 3.1385571e-7f;
    private const float HalfPi3 = 6.0771006e-11f;

    /// <summary>From here on π/2 in four parts has too few digits, and the argument is reduced in integers.</summary>
    private const float Large = 2048f;

    /// <summary>4/π in binary, from bit offset 8·i.</summary>
    private static ReadOnlySpan<uint> InverseQuarterPi =>
    [
        0x000000a2, 0x0000a2f9, 0x00a2f983, 0xa2f9836e, 0xf9836e4e, 0x836e4e44, 0x6e4e4415, 0x4e441529,
        0x441529fc, 0x1529fc27, 0x29fc2757, 0xfc2757d1, 0x2757d1f5, 0x57d1f534, 0xd1f534dd, 0xf534ddc0,
        0x34ddc0db, 0xddc0db62, 0xc0db6295, 0xdb629599, 0x6295993c, 0x95993c43, 0x993c4390, 0x3c439041,
    ];

    /// <summary>sin x for every finite x; NaN for an infinite one.</summary>
    [MethodImpl(Inline)]
    public static V Sin<V>(V x)
        where V : unmanaged, ISimd<V> => SinOfQuadrant(Reduce(x, out var quadrant), quadrant);

    /// <summary>cos x for every finite x; NaN for an infinite one.</summary>
    [MethodImpl(Inline)]
    public static V Cos<V>(V x)
        where V : unmanaged, ISimd<V>
    {
        var r = Reduce(x, out var quadrant);
        return SinOfQuadrant(r, quadrant + V.Broadcast(1f));
    }

    /// <summary>x − k·π/2 in [−π/4, π/4] and k modulo 4 (as any integral float).</summary>
    [MethodImpl(Inline)]
    private static V Reduce<V>(V x, out V quadrant)
        where V : unmanaged, ISimd<V>
    {
        // Written so that NaN takes the fast way.
        if (V.MaxAcross(V.Abs(x)) > Large)
            return V.ReduceLarge(x, out quadrant);
        var k = V.Round(x * V.Broadcast(0.636619772f));
        var r = V.MultiplyAdd(k, V.Broadcast(-HalfPi0), x);
        r = V.MultiplyAdd(k, V.Broadcast(-HalfPi1), r);
        r = V.MultiplyAdd(k, V.Broadcast(-HalfPi2), r);
        r = V.MultiplyAdd(k, V.Broadcast(-HalfPi3), r);
        quadrant = k;
        return r;
    }

    /// <summary>
    /// As Reduce, for a vector with a large element: those elements are multiplied by as many bits of 4/π as count (Payne and Hanek 1983),
    /// in 64-bit integers. The others are reduced as always, so that a number's sine does not depend on its neighbours.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static V ReduceLarge<V>(V x, out V quadrant)
        where V : unmanaged, ISimd<V>
    {
        var values = stackalloc float[V.Width];
        var quadrants = stackalloc float[V.Width];
        V.Store(values, x);
        for (var i = 0; i < V.Width; i++)
        {
            if (MathF.Abs(values[i]) > Large)
            {
                values[i] = ReduceBits(values[i], out quadrants[i]);
            }
            else
            {
                F1.Store(values + i, Reduce(F1.Broadcast(values[i]), out var q));
                F1.Store(quadrants + i, q);
            }
        }
        quadrant = V.Load(quadrants);
        return V.Load(values);
    }

    private static float ReduceBits(float x, out float quadrant)
    {
        quadrant = 0;
        if (!float.IsFinite(x))
            return float.NaN;
        var bits = BitConverter.SingleToUInt32Bits(x) & 0x7fff_ffff;
        var index = (int)(bits >> 26) & 15;
        var shift = (int)(bits >> 23) & 7;
        var significand = ((bits & 0x00ff_ffff) | 0x0080_0000) << shift;
        var inverse = InverseQuarterPi;
        var high = significand * inverse[index];
        var middle = (ulong)significand * inverse[index + 4];
        var low = (ulong)significand * inverse[index + 8];
        var product = ((low >> 32) | ((ulong)high << 32)) + middle;
        var n = (product + (1ul << 61)) >> 62;
        product -= n << 62;
        var r = (double)(long)product * 3.4061215800304556e-19; // π/2 · 2⁻⁶²
        quadrant = x < 0 ? -(float)n : n;
        return (float)(x < 0 ? -r : r);
    }

    /// <summary>sin(r + quadrant·π/2) for |r| ≤ π/4 (polynomials of Cephes sinf and cosf).</summary>
    [MethodImpl(Inline)]
    private static V SinOfQuadrant<V>(V r, V quadrant)
        where V : unmanaged, ISimd<V>
    {
        var z = r * r;
        var s = V.MultiplyAdd(V.Broadcast(-1.9515295891e-4f), z, V.Broadcast(8.3321608736e-3f));
        s = V.MultiplyAdd(s, z, V.Broadcast(-1.6666654611e-1f));
        s = V.MultiplyAdd(s * z, r, r);
        var c = V.MultiplyAdd(V.Broadcast(2.443315711809948e-5f), z, V.Broadcast(-1.388731625493765e-3f));
        c = V.MultiplyAdd(c, z, V.Broadcast(4.166664568298827e-2f));
        c = V.MultiplyAdd(c * z, z, V.MultiplyAdd(z, V.Broadcast(-0.5f), V.Broadcast(1f)));
        // q modulo 4: odd quadrants take the cosine, the upper two the opposite sign.
        var half = quadrant * V.Broadcast(0.5f);
        var odd = V.GreaterThan(half, V.Floor(half));
        var quarter = quadrant * V.Broadcast(0.25f);
        var upper = V.GreaterThanOrEqual(quarter - V.Floor(quarter), V.Broadcast(0.5f));
        var value = V.Select(odd, c, s);
        return V.Select(upper, -value, value);
    }
}
