using DeepGen.Kernels;

namespace DeepGen;

/// <summary>Orders of samples that depend on a seed and the epoch alone, so that a training can be resumed at any epoch.</summary>
internal static class Shuffling
{
    /// <summary>Keeps these numbers apart from those of other purposes under the same seed.</summary>
    private const uint Purpose = 0x53485546;

    /// <summary>Makes a random permutation of 0, 1, ... R. Durstenfeld 1964 (after Fisher and Yates).</summary>
    public static void Permute(Span<int> order, ulong seed, int epoch)
    {
        for (var i = 0; i < order.Length; i++) order[i] = i;
        for (var i = order.Length - 1; i > 0; i--)
        {
            // 64 random bits scaled to i + 1 places: the bias is below 2⁻³³ for every length of an int.
            var (low, high, _, _) = Philox.Block((uint)i, 0, (uint)epoch, Purpose, (uint)seed, (uint)(seed >> 32));
            var other = (int)Math.BigMul((ulong)high << 32 | low, (ulong)i + 1, out _);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
