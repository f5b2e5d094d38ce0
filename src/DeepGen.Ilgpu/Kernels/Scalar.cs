using System.ComponentModel;
using System.Runtime.CompilerServices;
using DeepGen.Kernels;
using ILGPU;

namespace DeepGen.Ilgpu;

/// <summary>
/// One float of one GPU thread. The elementary functions of <see cref="SimdMath"/> are the host's, and so are products and sums, one by one rounded as on the host; so both compute the same.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Scalar : ISimd<Scalar>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>The number.</summary>
    public readonly float V;

    /// <summary>The number as a value of this type.</summary>
    [MethodImpl(Inline)]
    public Scalar(float v) => V = v;

    /// <inheritdoc/>
    public static int Width
    {
        [MethodImpl(Inline)]
        get => 1;
    }

    /// <inheritdoc/>
    public static bool HasFusedMultiplyAdd
    {
        [MethodImpl(Inline)]
        get => true;
    }

    /// <summary>An element of a tensor.</summary>
    [MethodImpl(Inline)]
    public static Scalar Load(ArrayView<float> x, int index) => new(x[index]);

    /// <summary>An element of a tensor of integers.</summary>
    [MethodImpl(Inline)]
    public static Scalar Load(ArrayView<int> x, int index) => new(x[index]);

    /// <summary>Writes an element of a tensor.</summary>
    [MethodImpl(Inline)]
    public static void Store(ArrayView<float> y, int index, Scalar value) => y[index] = value.V;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Broadcast(float x) => new(x);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar operator +(Scalar a, Scalar b) => new(a.V + b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar operator -(Scalar a, Scalar b) => new(a.V - b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar operator *(Scalar a, Scalar b) => new(Rounded.Multiply(a.V, b.V));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar operator /(Scalar a, Scalar b) => new(a.V / b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar operator -(Scalar a) => new(Interop.IntAsFloat(Interop.FloatAsInt(a.V) ^ 0x8000_0000u));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar MultiplyAdd(Scalar a, Scalar b, Scalar c) => new(Rounded.MultiplyAdd(a.V, b.V, c.V));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Min(Scalar a, Scalar b) => new(float.IsNaN(a.V) | ((a.V < b.V) & !float.IsNaN(b.V)) ? a.V : b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Max(Scalar a, Scalar b) => new(float.IsNaN(a.V) | ((a.V > b.V) & !float.IsNaN(b.V)) ? a.V : b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar MinNative(Scalar a, Scalar b) => new(a.V < b.V ? a.V : b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar MaxNative(Scalar a, Scalar b) => new(a.V > b.V ? a.V : b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Abs(Scalar a) => new(Interop.IntAsFloat(Interop.FloatAsInt(a.V) & 0x7fff_ffffu));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Sqrt(Scalar a) => new(MathF.Sqrt(a.V));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Floor(Scalar a) => new(MathF.Floor(a.V));

    /// <summary>Adding and taking away 2²³ leaves no room for a fraction; from there on every float is integral.</summary>
    [MethodImpl(Inline)]
    public static Scalar Round(Scalar a)
    {
        var bits = Interop.FloatAsInt(a.V);
        var magnitude = Interop.IntAsFloat(bits & 0x7fff_ffffu);
        var rounded = Interop.IntAsFloat(Interop.FloatAsInt(magnitude + 8388608f - 8388608f) | (bits & 0x8000_0000u));
        return new(magnitude < 8388608f ? rounded : a.V);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar CopySign(Scalar magnitude, Scalar sign) =>
        new(Interop.IntAsFloat((Interop.FloatAsInt(magnitude.V) & 0x7fff_ffffu) | (Interop.FloatAsInt(sign.V) & 0x8000_0000u)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar PowerOfTwo(Scalar n) => new(Interop.IntAsFloat((uint)((int)n.V + 127) << 23));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Exponent(Scalar a) => new((int)(Interop.FloatAsInt(a.V) >> 23) - 127);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Significand(Scalar a) => new(Interop.IntAsFloat((Interop.FloatAsInt(a.V) & 0x007f_ffffu) | 0x3f80_0000u));

    // ILGPU 1.5.3 turns "constant > x" into an unordered "x < constant", which is true for NaN: hence the second test.
    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar GreaterThan(Scalar a, Scalar b) => Mask((a.V > b.V) & !float.IsNaN(b.V));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar GreaterThanOrEqual(Scalar a, Scalar b) => Mask((a.V >= b.V) & !float.IsNaN(b.V));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Equal(Scalar a, Scalar b) => Mask(a.V == b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Select(Scalar mask, Scalar a, Scalar b) => new(Interop.FloatAsInt(mask.V) != 0u ? a.V : b.V);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar And(Scalar a, Scalar b) => new(Interop.IntAsFloat(Interop.FloatAsInt(a.V) & Interop.FloatAsInt(b.V)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Or(Scalar a, Scalar b) => new(Interop.IntAsFloat(Interop.FloatAsInt(a.V) | Interop.FloatAsInt(b.V)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Scalar Not(Scalar a) => new(Interop.IntAsFloat(~Interop.FloatAsInt(a.V)));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(Scalar v) => v.V;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (Scalar Even, Scalar Odd) Deinterleave(Scalar low, Scalar high) => (low, high);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static (Scalar Low, Scalar High) Interleave(Scalar even, Scalar odd) => (even, odd);

    /// <summary>As <see cref="SimdMath"/>'s, of one number and without a table in memory: a kernel cannot read one of the host's.</summary>
    public static Scalar ReduceLarge(Scalar x, out Scalar quadrant)
    {
        var raw = Interop.FloatAsInt(x.V);
        var bits = raw & 0x7fff_ffffu;
        var index = (int)(bits >> 26) & 15;
        var shift = (int)(bits >> 23) & 7;
        var significand = ((bits & 0x00ff_ffffu) | 0x0080_0000u) << shift;
        var word = index >> 2;
        var skip = (index & 3) * 8;
        uint a = Inverse(word), b = Inverse(word + 1), c = Inverse(word + 2), d = Inverse(word + 3);
        var high = significand * (uint)(((((ulong)a << 32) | b) << skip) >> 32);
        var middle = (ulong)significand * (uint)(((((ulong)b << 32) | c) << skip) >> 32);
        var low = (ulong)significand * (uint)(((((ulong)c << 32) | d) << skip) >> 32);
        var product = ((low >> 32) | ((ulong)high << 32)) + middle;
        var n = (product + (1ul << 61)) >> 62;
        product -= n << 62;
        var r = (double)(long)product * 3.4061215800304556e-19; // π/2 · 2⁻⁶²
        var negative = (raw & 0x8000_0000u) != 0u;
        quadrant = new(negative ? -(float)n : n);
        return new(bits >= 0x7f80_0000u ? float.NaN : (float)(negative ? -r : r));
    }

    /// <summary>Bits 32·i to 32·i + 31 of 4/π.</summary>
    private static uint Inverse(int i) =>
        i < 3 ? (i == 0 ? 0x0000_00a2u : i == 1 ? 0xf983_6e4eu : 0x4415_29fcu) : i < 5 ? (i == 3 ? 0x2757_d1f5u : 0x34dd_c0dbu) : i == 5 ? 0x6295_993cu : 0x4390_41feu;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float MaxAcross(Scalar v) => v.V;

    // A kernel has no pointers and no native integers, and a vector of one needs none of these.
    static Scalar ISimd<Scalar>.Load(float* p) => throw new NotSupportedException();

    static void ISimd<Scalar>.Store(float* p, Scalar v) => throw new NotSupportedException();

    static Scalar ISimd<Scalar>.LoadStrided(float* p, nint stride) => throw new NotSupportedException();

    static Scalar ISimd<Scalar>.Gather(float* p, int* index) => throw new NotSupportedException();

    static Scalar ISimd<Scalar>.LoadInt32(int* p) => throw new NotSupportedException();

    static Scalar ISimd<Scalar>.Iota(nint start) => throw new NotSupportedException();

    static F128 ISimd<Scalar>.SumFour(Scalar a, Scalar b, Scalar c, Scalar d) => throw new NotSupportedException();

    static Scalar ISimd<Scalar>.Uniform(uint seedLo, uint seedHi, uint purpose, ulong step, ulong sample, nint element) => throw new NotSupportedException();

    [MethodImpl(Inline)]
    private static Scalar Mask(bool condition) => new(Interop.IntAsFloat(condition ? 0xffff_ffffu : 0u));
}
