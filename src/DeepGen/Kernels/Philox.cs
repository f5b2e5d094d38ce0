using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// Philox 4×32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a counter-based generator.
/// A random number is a function of (seed, purpose, step, sample, element) and of nothing else, so it does not depend on threads, tiles or batch.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Philox
{
    internal const uint M0 = 0xD251_1F53;
    internal const uint M1 = 0xCD9E_8D57;
    internal const uint W0 = 0x9E37_79B9;
    internal const uint W1 = 0xBB67_AE85;
    internal const int Rounds = 10;

    /// <summary>2⁻²⁴: the upper 24 bits of a word become a float in [0, 1).</summary>
    internal const float Unit = 1f / (1 << 24);

    /// <summary>The 128-bit block of one counter under one key.</summary>
    /// <param name="c0">Counter word 0 (least significant).</param>
    /// <param name="c1">Counter word 1.</param>
    /// <param name="c2">Counter word 2.</param>
    /// <param name="c3">Counter word 3.</param>
    /// <param name="k0">Key word 0.</param>
    /// <param name="k1">Key word 1.</param>
    public static (uint X0, uint X1, uint X2, uint X3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)M0 * c0;
            var product1 = (ulong)M1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += W0;
            k1 += W1;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>The uniform number in [0, 1) of one element: the upper 24 bits of the first word of its block.</summary>
    /// <param name="seedLo">Lower half of the seed.</param>
    /// <param name="seedHi">Upper half of the seed.</param>
    /// <param name="purpose">What the number is for (layer, initializer, shuffle, …).</param>
    /// <param name="step">Training step.</param>
    /// <param name="sample">Index of the sample.</param>
    /// <param name="element">Index of the element within the sample.</param>
    public static float Uniform(uint seedLo, uint seedHi, uint purpose, ulong step, ulong sample, nint element)
    {
        var c = Counter(purpose, step, sample, element);
        return (Block(c.C0, c.C1, c.C2, c.C3, seedLo, seedHi).X0 >> 8) * Unit;
    }

    /// <summary>
    /// (element, sample, step, purpose) as counter words. Upper halves, zero in any run of today's size, are mixed into the last word.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (uint C0, uint C1, uint C2, uint C3) Counter(uint purpose, ulong step, ulong sample, nint element) => (
        (uint)element,
        (uint)sample,
        (uint)step,
        purpose ^ ((uint)(step >> 32) * 0x9E37_79B1u) ^ ((uint)(sample >> 32) * 0x85EB_CA77u) ^ ((uint)((ulong)element >> 32) * 0xC2B2_AE3Du));

    /// <summary>Whether a vector of elements crosses a multiple of 2³², where the counter's last word changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Wraps(nint element, int width) => (uint)element > uint.MaxValue - (uint)(width - 1);
}
