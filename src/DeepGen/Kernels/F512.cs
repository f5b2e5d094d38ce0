using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepGen.Kernels;

/// <summary>Sixteen floats (AVX-512).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct F512 : ISimd<F512>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector512<float> v;

    [MethodImpl(Inline)]
    private F512(Vector512<float> v) => this.v = v;

    private static Vector512<int> Lanes
    {
        [MethodImpl(Inline)]
        get => Vector512.Create(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }

    /// <inheritdoc/>
    public static int Width
    {
        [MethodImpl(Inline)]
        get => 16;
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Load(float* p) => new(Vector512.Load(p));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void Store(float* p, F512 v) => v.v.Store(p);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 LoadStrided(float* p, nint stride)
    {
        if (stride == 1)
            return Load(p);
        if (stride == 2)
        {
            // The second load starts at 15, so that element 31, which may lie outside the buffer, is not read.
            var even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
            return new(Avx512F.PermuteVar16x32x2(Vector512.Load(p), even, Vector512.Load(p + 15)));
        }
        return new(Vector512.Create(
            Vector256.Create(
                Vector128.Create(p[0], p[stride], p[2 * stride], p[3 * stride]),
                Vector128.Create(p[4 * stride], p[5 * stride], p[6 * stride], p[7 * stride])),
            Vector256.Create(
                Vector128.Create(p[8 * stride], p[9 * stride], p[10 * stride], p[11 * stride]),
                Vector128.Create(p[12 * stride], p[13 * stride], p[14 * stride], p[15 * stride]))));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Gather(float* p, int* index) => new(Vector512.Create(
        Vector256.Create(
            Vector128.Create(p[index[0]], p[index[1]], p[index[2]], p[index[3]]),
            Vector128.Create(p[index[4]], p[index[5]], p[index[6]], p[index[7]])),
        Vector256.Create(
            Vector128.Create(p[index[8]], p[index[9]], p[index[10]], p[index[11]]),
            Vector128.Create(p[index[12]], p[index[13]], p[index[14]], p[index[15]]))));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Broadcast(float x) => new(Vector512.Create(x));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 LoadInt32(int* p) => new(Vector512.ConvertToSingle(Vector512.Load(p)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Iota(nint start) => new(Vector512.ConvertToSingle(Vector512.Create((int)start) + Lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator +(F512 a, F512 b) => new(a.v + b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator -(F512 a, F512 b) => new(a.v - b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator *(F512 a, F512 b) => new(a.v * b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator /(F512 a, F512 b) => new(a.v / b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator -(F512 a) => new(a.v ^ Vector512.Create(-0f));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 MultiplyAdd(F512 a, F512 b, F512 c) => new(Vector512.FusedMultiplyAdd(a.v, b.v, c.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Min(F512 a, F512 b) => new(Vector512.Min(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Max(F512 a, F512 b) => new(Vector512.Max(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 MinNative(F512 a, F512 b) => new(Vector512.MinNative(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 MaxNative(F512 a, F512 b) => new(Vector512.MaxNative(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Abs(F512 a) => new(Vector512.Abs(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Sqrt(F512 a) => new(Vector512.Sqrt(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Floor(F512 a) => new(Vector512.Floor(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Round(F512 a) => new(Vector512.Round(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 CopySign(F512 magnitude, F512 sign) => new(Vector512.ConditionalSelect(Vector512.Create(-0f), sign.v, magnitude.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 PowerOfTwo(F512 n) =>
        new(Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n.v) + Vector512.Create(127), 23).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Exponent(F512 a) =>
        new(Vector512.ConvertToSingle(Vector512.ShiftRightLogical(a.v.AsInt32(), 23) - Vector512.Create(127)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Significand(F512 a) =>
        new(((a.v.AsInt32() & Vector512.Create(0x007f_ffff)) | Vector512.Create(0x3f80_0000)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 GreaterThan(F512 a, F512 b) => new(Vector512.GreaterThan(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 GreaterThanOrEqual(F512 a, F512 b) => new(Vector512.GreaterThanOrEqual(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Equal(F512 a, F512 b) => new(Vector512.Equals(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Select(F512 mask, F512 a, F512 b) => new(Vector512.ConditionalSelect(mask.v, a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 And(F512 a, F512 b) => new(a.v & b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Or(F512 a, F512 b) => new(a.v | b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Not(F512 a) => new(~a.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(F512 v) => F256.Sum(F256.Of(v.v.GetLower() + v.v.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 SumFour(F512 a, F512 b, F512 c, F512 d)
    {
        var ab = (Avx512F.UnpackLow(a.v, b.v) + Avx512F.UnpackHigh(a.v, b.v)).AsDouble();
        var cd = (Avx512F.UnpackLow(c.v, d.v) + Avx512F.UnpackHigh(c.v, d.v)).AsDouble();
        var sums = Avx512F.UnpackLow(ab, cd).AsSingle() + Avx512F.UnpackHigh(ab, cd).AsSingle();
        var half = sums.GetLower() + sums.GetUpper();
        return F128.Of(half.GetLower() + half.GetUpper());
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (F512 Even, F512 Odd) Deinterleave(F512 low, F512 high)
    {
        var even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        return (new(Avx512F.PermuteVar16x32x2(low.v, even, high.v)), new(Avx512F.PermuteVar16x32x2(low.v, even + Vector512<int>.One, high.v)));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (F512 Low, F512 High) Interleave(F512 even, F512 odd)
    {
        var first = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        return (new(Avx512F.PermuteVar16x32x2(even.v, first, odd.v)), new(Avx512F.PermuteVar16x32x2(even.v, first + Vector512.Create(8), odd.v)));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float MaxAcross(F512 v) => F256.MaxAcross(F256.Of(Vector256.Max(v.v.GetLower(), v.v.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Uniform(uint seedLo, uint seedHi, uint purpose, ulong step, ulong sample, nint element)
    {
        var first = Philox.Counter(purpose, step, sample, element);
        if (Philox.Wraps(element, 16))
            return new(Vector512.Create(
                F256.Of(F256.Uniform(seedLo, seedHi, purpose, step, sample, element)),
                F256.Of(F256.Uniform(seedLo, seedHi, purpose, step, sample, element + 8))));
        var c0 = Vector512.Create(first.C0) + Lanes.AsUInt32();
        var c1 = Vector512.Create(first.C1);
        var c2 = Vector512.Create(first.C2);
        var c3 = Vector512.Create(first.C3);
        for (var round = 0; round < Philox.Rounds; round++)
        {
            Multiply(c0, Philox.M0, out var high0, out var low0);
            Multiply(c2, Philox.M1, out var high1, out var low1);
            c0 = high1 ^ c1 ^ Vector512.Create(seedLo);
            c1 = low1;
            c2 = high0 ^ c3 ^ Vector512.Create(seedHi);
            c3 = low0;
            seedLo += Philox.W0;
            seedHi += Philox.W1;
        }
        return new(Vector512.ConvertToSingle(Vector512.ShiftRightLogical(c0, 8).AsInt32()) * Vector512.Create(Philox.Unit));
    }

    /// <summary>32 × 32 → 64-bit products of every lane, split in halves.</summary>
    [MethodImpl(Inline)]
    private static void Multiply(Vector512<uint> a, uint b, out Vector512<uint> high, out Vector512<uint> low)
    {
        var factor = Vector512.Create(b);
        var even = Avx512F.Multiply(a, factor);
        var odd = Avx512F.Multiply(Vector512.ShiftRightLogical(a.AsUInt64(), 32).AsUInt32(), factor);
        var upper = Vector512.Create(0xffff_ffff_0000_0000ul);
        high = (Vector512.ShiftRightLogical(even, 32) | (odd & upper)).AsUInt32();
        low = (Vector512.AndNot(even, upper) | Vector512.ShiftLeft(odd, 32)).AsUInt32();
    }
}
