using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepGen.Kernels;

/// <summary>Eight floats (AVX2 with FMA).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct F256 : ISimd<F256>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector256<float> v;

    [MethodImpl(Inline)]
    private F256(Vector256<float> v) => this.v = v;

    [MethodImpl(Inline)]
    internal static F256 Of(Vector256<float> v) => new(v);

    [MethodImpl(Inline)]
    internal static Vector256<float> Of(F256 v) => v.v;

    private static Vector256<int> Lanes
    {
        [MethodImpl(Inline)]
        get => Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
    }

    /// <inheritdoc/>
    public static int Width
    {
        [MethodImpl(Inline)]
        get => 8;
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Load(float* p) => new(Vector256.Load(p));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void Store(float* p, F256 v) => v.v.Store(p);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 LoadStrided(float* p, nint stride)
    {
        if (stride == 1)
            return Load(p);
        if (stride == 2)
        {
            // The second load starts at 7, so that element 15, which may lie outside the buffer, is not read.
            var low = Vector256.Load(p);
            var high = Vector256.Load(p + 7);
            var mixed = Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7);
            return new(Vector256.Create(
                Avx2.PermuteVar8x32(low, mixed).GetLower(),
                Avx2.PermuteVar8x32(high, mixed).GetUpper()));
        }
        return new(Vector256.Create(
            Vector128.Create(p[0], p[stride], p[2 * stride], p[3 * stride]),
            Vector128.Create(p[4 * stride], p[5 * stride], p[6 * stride], p[7 * stride])));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Gather(float* p, int* index) => new(Vector256.Create(
        Vector128.Create(p[index[0]], p[index[1]], p[index[2]], p[index[3]]),
        Vector128.Create(p[index[4]], p[index[5]], p[index[6]], p[index[7]])));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Broadcast(float x) => new(Vector256.Create(x));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 LoadInt32(int* p) => new(Vector256.ConvertToSingle(Vector256.Load(p)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Iota(nint start) => new(Vector256.ConvertToSingle(Vector256.Create((int)start) + Lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator +(F256 a, F256 b) => new(a.v + b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator -(F256 a, F256 b) => new(a.v - b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator *(F256 a, F256 b) => new(a.v * b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator /(F256 a, F256 b) => new(a.v / b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator -(F256 a) => new(a.v ^ Vector256.Create(-0f));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 MultiplyAdd(F256 a, F256 b, F256 c) => new(Vector256.FusedMultiplyAdd(a.v, b.v, c.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Min(F256 a, F256 b) => new(Vector256.Min(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Max(F256 a, F256 b) => new(Vector256.Max(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 MinNative(F256 a, F256 b) => new(Vector256.MinNative(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 MaxNative(F256 a, F256 b) => new(Vector256.MaxNative(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Abs(F256 a) => new(Vector256.Abs(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Sqrt(F256 a) => new(Vector256.Sqrt(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Floor(F256 a) => new(Vector256.Floor(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Round(F256 a) => new(Vector256.Round(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 CopySign(F256 magnitude, F256 sign) => new(Vector256.ConditionalSelect(Vector256.Create(-0f), sign.v, magnitude.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 PowerOfTwo(F256 n) =>
        new(Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n.v) + Vector256.Create(127), 23).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Exponent(F256 a) =>
        new(Vector256.ConvertToSingle(Vector256.ShiftRightLogical(a.v.AsInt32(), 23) - Vector256.Create(127)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Significand(F256 a) =>
        new(((a.v.AsInt32() & Vector256.Create(0x007f_ffff)) | Vector256.Create(0x3f80_0000)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 GreaterThan(F256 a, F256 b) => new(Vector256.GreaterThan(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 GreaterThanOrEqual(F256 a, F256 b) => new(Vector256.GreaterThanOrEqual(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Equal(F256 a, F256 b) => new(Vector256.Equals(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Select(F256 mask, F256 a, F256 b) => new(Vector256.ConditionalSelect(mask.v, a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 And(F256 a, F256 b) => new(a.v & b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Or(F256 a, F256 b) => new(a.v | b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Not(F256 a) => new(~a.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(F256 v) => F128.Sum(F128.Of(v.v.GetLower() + v.v.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 SumFour(F256 a, F256 b, F256 c, F256 d)
    {
        var ab = (Avx.UnpackLow(a.v, b.v) + Avx.UnpackHigh(a.v, b.v)).AsDouble();
        var cd = (Avx.UnpackLow(c.v, d.v) + Avx.UnpackHigh(c.v, d.v)).AsDouble();
        var sums = Avx.UnpackLow(ab, cd).AsSingle() + Avx.UnpackHigh(ab, cd).AsSingle();
        return F128.Of(sums.GetLower() + sums.GetUpper());
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (F256 Even, F256 Odd) Deinterleave(F256 low, F256 high)
    {
        var even = Avx.Shuffle(low.v, high.v, 0b10_00_10_00).AsDouble();
        var odd = Avx.Shuffle(low.v, high.v, 0b11_01_11_01).AsDouble();
        return (new(Avx2.Permute4x64(even, 0b11_01_10_00).AsSingle()), new(Avx2.Permute4x64(odd, 0b11_01_10_00).AsSingle()));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (F256 Low, F256 High) Interleave(F256 even, F256 odd)
    {
        var low = Avx.UnpackLow(even.v, odd.v);
        var high = Avx.UnpackHigh(even.v, odd.v);
        return (new(Avx.Permute2x128(low, high, 0x20)), new(Avx.Permute2x128(low, high, 0x31)));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float MaxAcross(F256 v) => F128.MaxAcross(F128.Of(Vector128.Max(v.v.GetLower(), v.v.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Uniform(uint seedLo, uint seedHi, uint purpose, ulong step, ulong sample, nint element)
    {
        var first = Philox.Counter(purpose, step, sample, element);
        if (Philox.Wraps(element, 8))
            return new(Vector256.Create(
                F128.Of(F128.Uniform(seedLo, seedHi, purpose, step, sample, element)),
                F128.Of(F128.Uniform(seedLo, seedHi, purpose, step, sample, element + 4))));
        var c0 = Vector256.Create(first.C0) + Lanes.AsUInt32();
        var c1 = Vector256.Create(first.C1);
        var c2 = Vector256.Create(first.C2);
        var c3 = Vector256.Create(first.C3);
        for (var round = 0; round < Philox.Rounds; round++)
        {
            Multiply(c0, Philox.M0, out var high0, out var low0);
            Multiply(c2, Philox.M1, out var high1, out var low1);
            c0 = high1 ^ c1 ^ Vector256.Create(seedLo);
            c1 = low1;
            c2 = high0 ^ c3 ^ Vector256.Create(seedHi);
            c3 = low0;
            seedLo += Philox.W0;
            seedHi += Philox.W1;
        }
        return new(Vector256.ConvertToSingle(Vector256.ShiftRightLogical(c0, 8).AsInt32()) * Vector256.Create(Philox.Unit));
    }

    /// <summary>32 × 32 → 64-bit products of every lane, split in halves.</summary>
    [MethodImpl(Inline)]
    internal static void Multiply(Vector256<uint> a, uint b, out Vector256<uint> high, out Vector256<uint> low)
    {
        var factor = Vector256.Create(b);
        var even = Avx2.Multiply(a, factor);
        var odd = Avx2.Multiply(Vector256.ShiftRightLogical(a.AsUInt64(), 32).AsUInt32(), factor);
        high = Avx2.Blend(Vector256.ShiftRightLogical(even, 32).AsUInt32(), odd.AsUInt32(), 0b10101010);
        low = Avx2.Blend(even.AsUInt32(), Vector256.ShiftLeft(odd, 32).AsUInt32(), 0b10101010);
    }
}
