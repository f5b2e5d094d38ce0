using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// A vector of floats of one width: <see cref="F512"/>, <see cref="F256"/>, <see cref="F128"/> or the scalar <see cref="F1"/>.
/// One text of a formula, generic over <typeparamref name="V"/>, serves every width and the tail of every loop.
/// </summary>
/// <typeparam name="V">The implementing type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface ISimd<V>
    where V : unmanaged, ISimd<V>
{
    /// <summary>Number of floats in one vector.</summary>
    static abstract int Width { get; }

    /// <summary>Whether <see cref="MultiplyAdd"/> rounds once.</summary>
    static virtual bool HasFusedMultiplyAdd
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Simd.HasFusedMultiplyAdd;
    }

    /// <summary>Reads <see cref="Width"/> consecutive floats; any alignment.</summary>
    static abstract V Load(float* p);

    /// <summary>Writes <see cref="Width"/> consecutive floats; any alignment.</summary>
    static abstract void Store(float* p, V v);

    /// <summary>Reads p[0], p[stride], p[2·stride], …; never touches memory outside the span of those elements. Strides 1 and 2 are fast.</summary>
    static abstract V LoadStrided(float* p, nint stride);

    /// <summary>Reads p[index[0]], p[index[1]], … one by one: the instruction for it is several times slower where a processor is guarded against Downfall, and hardly faster elsewhere.</summary>
    static abstract V Gather(float* p, int* index);

    /// <summary>The same number in every lane.</summary>
    static abstract V Broadcast(float x);

    /// <summary>Reads <see cref="Width"/> consecutive 32-bit integers, converted to float.</summary>
    static abstract V LoadInt32(int* p);

    /// <summary>start, start + 1, … as floats.</summary>
    static abstract V Iota(nint start);

    /// <summary>a + b.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>a − b.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>a · b.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>a / b.</summary>
    static abstract V operator /(V a, V b);

    /// <summary>−a (flips the sign bit, also of zero and NaN).</summary>
    static abstract V operator -(V a);

    /// <summary>a·b + c: one rounding where the instruction-set level has FMA, two where it has not; the same in every width of one level.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>Smaller of the two; NaN when either is NaN.</summary>
    static abstract V Min(V a, V b);

    /// <summary>Greater of the two; NaN when either is NaN.</summary>
    static abstract V Max(V a, V b);

    /// <summary>Smaller of the two in one instruction; either when one is NaN.</summary>
    static abstract V MinNative(V a, V b);

    /// <summary>Greater of the two in one instruction; either when one is NaN.</summary>
    static abstract V MaxNative(V a, V b);

    /// <summary>|a|.</summary>
    static abstract V Abs(V a);

    /// <summary>√a, correctly rounded.</summary>
    static abstract V Sqrt(V a);

    /// <summary>Greatest integer not above a.</summary>
    static abstract V Floor(V a);

    /// <summary>Nearest integer, ties to even.</summary>
    static abstract V Round(V a);

    /// <summary>Magnitude of the first with the sign of the second.</summary>
    static abstract V CopySign(V magnitude, V sign);

    /// <summary>2ⁿ for an integral n in [−126, 127]; unspecified (but no exception) elsewhere.</summary>
    static abstract V PowerOfTwo(V n);

    /// <summary>⌊log₂ a⌋ of a positive normal number, read from its bits.</summary>
    static abstract V Exponent(V a);

    /// <summary>a / 2^Exponent(a), in [1, 2), of a positive normal number.</summary>
    static abstract V Significand(V a);

    /// <summary>Mask: all ones where a &gt; b, zeros elsewhere (also when either is NaN).</summary>
    static abstract V GreaterThan(V a, V b);

    /// <summary>Mask: all ones where a ≥ b, zeros elsewhere (also when either is NaN).</summary>
    static abstract V GreaterThanOrEqual(V a, V b);

    /// <summary>Mask: all ones where a = b, zeros elsewhere (also when either is NaN).</summary>
    static abstract V Equal(V a, V b);

    /// <summary>a where the mask is all ones, b where it is zero.</summary>
    static abstract V Select(V mask, V a, V b);

    /// <summary>Bitwise and, for masks.</summary>
    static abstract V And(V a, V b);

    /// <summary>Bitwise or, for masks.</summary>
    static abstract V Or(V a, V b);

    /// <summary>Bitwise complement, for masks.</summary>
    static abstract V Not(V a);

    /// <summary>Sum of the lanes, always in the same tree: halves added until one lane is left.</summary>
    static abstract float Sum(V v);

    /// <summary>The sums of the lanes of four vectors as four lanes, in a tree of its own: cheaper than four times <see cref="Sum"/>.</summary>
    static abstract F128 SumFour(V a, V b, V c, V d);

    /// <summary>Takes two neighbouring vectors apart: elements 0, 2, 4, … and elements 1, 3, 5, ….</summary>
    static abstract (V Even, V Odd) Deinterleave(V low, V high);

    /// <summary>Puts two vectors together: even[0], odd[0], even[1], …, the first half and the second.</summary>
    static abstract (V Low, V High) Interleave(V even, V odd);

    /// <summary>Greatest lane; NaN when any lane is NaN.</summary>
    static abstract float MaxAcross(V v);

    /// <summary>x − k·π/2 in [−π/4, π/4] and k modulo 4, for a vector with a large element; see <see cref="SimdMath.Sin"/>.</summary>
    static virtual V ReduceLarge(V x, out V quadrant) => SimdMath.ReduceLarge(x, out quadrant);

    /// <summary>
    /// Uniform random numbers in [0, 1) of elements element, element + 1, …: Philox 4×32-10 with the key (seedLo, seedHi) and one counter
    /// per element (see <see cref="Philox"/>). The number of an element depends on nothing but the arguments, so it is the same at every width.
    /// </summary>
    static abstract V Uniform(uint seedLo, uint seedHi, uint purpose, ulong step, ulong sample, nint element);
}
