using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DeepGen.Kernels;

/// <summary>Four floats (SSE, or AdvSimd): the portable level.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct F128 : ISimd<F128>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector128<float> v;

    [MethodImpl(Inline)]
    private F128(Vector128<float> v) => this.v = v;

    [MethodImpl(Inline)]
    internal static F128 Of(Vector128<float> v) => new(v);

    [MethodImpl(Inline)]
    internal static Vector128<float> Of(F128 v) => v.v;

    private static Vector128<int> Lanes
    {
        [MethodImpl(Inline)]
        get => Vector128.Create(0, 1, 2, 3);
    }

    /// <inheritdoc/>
    public static int Width
    {
        [MethodImpl(Inline)]
        get => 4;
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Load(float* p) => new(Vector128.Load(p));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void Store(float* p, F128 v) => v.v.Store(p);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 LoadStrided(float* p, nint stride)
    {
        if (stride == 1)
            return Load(p);
        return new(Vector128.Create(p[0], p[stride], p[2 * stride], p[3 * stride]));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Gather(float* p, int* index) => new(Vector128.Create(p[index[0]], p[index[1]], p[index[2]], p[index[3]]));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Broadcast(float x) => new(Vector128.Create(x));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 LoadInt32(int* p) => new(Vector128.ConvertToSingle(Vector128.Load(p)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Iota(nint start) => new(Vector128.ConvertToSingle(Vector128.Create((int)start) + Lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator +(F128 a, F128 b) => new(a.v + b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator -(F128 a, F128 b) => new(a.v - b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator *(F128 a, F128 b) => new(a.v * b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator /(F128 a, F128 b) => new(a.v / b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator -(F128 a) => new(a.v ^ Vector128.Create(-0f));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 MultiplyAdd(F128 a, F128 b, F128 c)
    {
        // The instructions by name and no helper in between: in a large tile every call counts towards the JIT's inlining budget.
        if (Fma.IsSupported)
            return new(Fma.MultiplyAdd(a.v, b.v, c.v));
        if (AdvSimd.IsSupported)
            return new(AdvSimd.FusedMultiplyAdd(c.v, a.v, b.v));
        return new(a.v * b.v + c.v);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Min(F128 a, F128 b) => new(Vector128.Min(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Max(F128 a, F128 b) => new(Vector128.Max(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 MinNative(F128 a, F128 b) => new(Vector128.MinNative(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 MaxNative(F128 a, F128 b) => new(Vector128.MaxNative(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Abs(F128 a) => new(Vector128.Abs(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Sqrt(F128 a) => new(Vector128.Sqrt(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Floor(F128 a) => new(Vector128.Floor(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Round(F128 a) => new(Vector128.Round(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 CopySign(F128 magnitude, F128 sign) => new(Vector128.ConditionalSelect(Vector128.Create(-0f), sign.v, magnitude.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 PowerOfTwo(F128 n) =>
        new(Vector128.ShiftLeft(Vector128.ConvertToInt32Native(n.v) + Vector128.Create(127), 23).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Exponent(F128 a) =>
        new(Vector128.ConvertToSingle(Vector128.ShiftRightLogical(a.v.AsInt32(), 23) - Vector128.Create(127)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Significand(F128 a) =>
        new(((a.v.AsInt32() & Vector128.Create(0x007f_ffff)) | Vector128.Create(0x3f80_0000)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 GreaterThan(F128 a, F128 b) => new(Vector128.GreaterThan(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 GreaterThanOrEqual(F128 a, F128 b) => new(Vector128.GreaterThanOrEqual(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Equal(F128 a, F128 b) => new(Vector128.Equals(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Select(F128 mask, F128 a, F128 b) => new(Vector128.ConditionalSelect(mask.v, a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 And(F128 a, F128 b) => new(a.v & b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Or(F128 a, F128 b) => new(a.v | b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Not(F128 a) => new(~a.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(F128 v) => v.v.GetElement(0) + v.v.GetElement(2) + (v.v.GetElement(1) + v.v.GetElement(3));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 SumFour(F128 a, F128 b, F128 c, F128 d)
    {
        if (!Sse2.IsSupported)
            return new(Vector128.Create(Sum(a), Sum(b), Sum(c), Sum(d)));
        var ab = (Sse.UnpackLow(a.v, b.v) + Sse.UnpackHigh(a.v, b.v)).AsDouble();
        var cd = (Sse.UnpackLow(c.v, d.v) + Sse.UnpackHigh(c.v, d.v)).AsDouble();
        return new(Sse2.UnpackLow(ab, cd).AsSingle() + Sse2.UnpackHigh(ab, cd).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (F128 Even, F128 Odd) Deinterleave(F128 low, F128 high)
    {
        var a = Vector128.Shuffle(low.v, Vector128.Create(0, 2, 1, 3)).AsDouble();
        var b = Vector128.Shuffle(high.v, Vector128.Create(0, 2, 1, 3)).AsDouble();
        return (new(Vector128.Create(a.GetLower(), b.GetLower()).AsSingle()), new(Vector128.Create(a.GetUpper(), b.GetUpper()).AsSingle()));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (F128 Low, F128 High) Interleave(F128 even, F128 odd)
    {
        var low = Vector128.Create(even.v.GetLower(), odd.v.GetLower());
        var high = Vector128.Create(even.v.GetUpper(), odd.v.GetUpper());
        return (new(Vector128.Shuffle(low, Vector128.Create(0, 2, 1, 3))), new(Vector128.Shuffle(high, Vector128.Create(0, 2, 1, 3))));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float MaxAcross(F128 v) =>
        MathF.Max(MathF.Max(v.v.GetElement(0), v.v.GetElement(2)), MathF.Max(v.v.GetElement(1), v.v.GetElement(3)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Uniform(uint seedLo, uint seedHi, uint purpose, ulong step, ulong sample, nint element)
    {
        if (Philox.Wraps(element, 4) || !Sse2.IsSupported)
            return new(Vector128.Create(
                Philox.Uniform(seedLo, seedHi, purpose, step, sample, element),
                Philox.Uniform(seedLo, seedHi, purpose, step, sample, element + 1),
                Philox.Uniform(seedLo, seedHi, purpose, step, sample, element + 2),
                Philox.Uniform(seedLo, seedHi, purpose, step, sample, element + 3)));
        var first = Philox.Counter(purpose, step, sample, element);
        var c0 = Vector128.Create(first.C0) + Lanes.AsUInt32();
        var c1 = Vector128.Create(first.C1);
        var c2 = Vector128.Create(first.C2);
        var c3 = Vector128.Create(first.C3);
        for (var round = 0; round < Philox.Rounds; round++)
        {
            Multiply(c0, Philox.M0, out var high0, out var low0);
            Multiply(c2, Philox.M1, out var high1, out var low1);
            c0 = high1 ^ c1 ^ Vector128.Create(seedLo);
            c1 = low1;
            c2 = high0 ^ c3 ^ Vector128.Create(seedHi);
            c3 = low0;
            seedLo += Philox.W0;
            seedHi += Philox.W1;
        }
        return new(Vector128.ConvertToSingle(Vector128.ShiftRightLogical(c0, 8).AsInt32()) * Vector128.Create(Philox.Unit));
    }

    /// <summary>32 × 32 → 64-bit products of every lane, split in halves.</summary>
    [MethodImpl(Inline)]
    private static void Multiply(Vector128<uint> a, uint b, out Vector128<uint> high, out Vector128<uint> low)
    {
        var factor = Vector128.Create(b);
        var even = Sse2.Multiply(a, factor);
        var odd = Sse2.Multiply(Vector128.ShiftRightLogical(a.AsUInt64(), 32).AsUInt32(), factor);
        var upper = Vector128.Create(0xffff_ffff_0000_0000ul);
        high = (Vector128.ShiftRightLogical(even, 32) | (odd & upper)).AsUInt32();
        low = (Vector128.AndNot(even, upper) | Vector128.ShiftLeft(odd, 32)).AsUInt32();
    }
}
