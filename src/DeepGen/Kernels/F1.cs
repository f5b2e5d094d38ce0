using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DeepGen.Kernels;

/// <summary>One float: the tail of every loop.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct F1 : ISimd<F1>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly float v;

    [MethodImpl(Inline)]
    private F1(float v) => this.v = v;

    /// <inheritdoc/>
    public static int Width
    {
        [MethodImpl(Inline)]
        get => 1;
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Load(float* p) => new(*p);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void Store(float* p, F1 v) => *p = v.v;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 LoadStrided(float* p, nint stride) => new(*p);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Gather(float* p, int* index) => new(p[*index]);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Broadcast(float x) => new(x);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 LoadInt32(int* p) => new(*p);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Iota(nint start) => new((int)start);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 operator +(F1 a, F1 b) => new(a.v + b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 operator -(F1 a, F1 b) => new(a.v - b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 operator *(F1 a, F1 b) => new(a.v * b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 operator /(F1 a, F1 b) => new(a.v / b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 operator -(F1 a) => new(-a.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 MultiplyAdd(F1 a, F1 b, F1 c)
    {
        if (Fma.IsSupported || AdvSimd.IsSupported)
            return new(MathF.FusedMultiplyAdd(a.v, b.v, c.v));
        return new(a.v * b.v + c.v);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Min(F1 a, F1 b) => new(MathF.Min(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Max(F1 a, F1 b) => new(MathF.Max(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 MinNative(F1 a, F1 b) => new(float.MinNative(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 MaxNative(F1 a, F1 b) => new(float.MaxNative(a.v, b.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Abs(F1 a) => new(MathF.Abs(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Sqrt(F1 a) => new(MathF.Sqrt(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Floor(F1 a) => new(MathF.Floor(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Round(F1 a) => new(MathF.Round(a.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 CopySign(F1 magnitude, F1 sign) => new(MathF.CopySign(magnitude.v, sign.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 PowerOfTwo(F1 n) => new(BitConverter.Int32BitsToSingle((float.ConvertToIntegerNative<int>(n.v) + 127) << 23));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Exponent(F1 a) => new((BitConverter.SingleToInt32Bits(a.v) >>> 23) - 127);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Significand(F1 a) => new(BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(a.v) & 0x007f_ffff) | 0x3f80_0000));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 GreaterThan(F1 a, F1 b) => Mask(a.v > b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 GreaterThanOrEqual(F1 a, F1 b) => Mask(a.v >= b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Equal(F1 a, F1 b) => Mask(a.v == b.v);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Select(F1 mask, F1 a, F1 b) => BitConverter.SingleToInt32Bits(mask.v) != 0 ? a : b;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 And(F1 a, F1 b) => new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a.v) & BitConverter.SingleToInt32Bits(b.v)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Or(F1 a, F1 b) => new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a.v) | BitConverter.SingleToInt32Bits(b.v)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Not(F1 a) => new(BitConverter.Int32BitsToSingle(~BitConverter.SingleToInt32Bits(a.v)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(F1 v) => v.v;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 SumFour(F1 a, F1 b, F1 c, F1 d) => F128.Of(Vector128.Create(a.v, b.v, c.v, d.v));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (F1 Even, F1 Odd) Deinterleave(F1 low, F1 high) => (low, high);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (F1 Low, F1 High) Interleave(F1 even, F1 odd) => (even, odd);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float MaxAcross(F1 v) => v.v;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F1 Uniform(uint seedLo, uint seedHi, uint purpose, ulong step, ulong sample, nint element) =>
        new(Philox.Uniform(seedLo, seedHi, purpose, step, sample, element));

    [MethodImpl(Inline)]
    private static F1 Mask(bool condition) => new(BitConverter.Int32BitsToSingle(condition ? -1 : 0));
}
