using DeepGen.Kernels;

namespace DeepGen;

/// <summary>Orders of samples that depend on a seed and the epoch alone, so that a training can be resumed at any epoch.</summary>
internal static class Shuffling
{
    /// <summary>Keeps these numbers apart from those of other purposes under the same seed.</summary>
    private const uint Purpose = 0x53485546;

    /// <summary>Makes a random permutation of 0, 1, ...</summary>
    public static void Permute(Span<int> order, ulong seed, int epoch)
    {
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Shuffle(order, seed, epoch, 0);
    }

    /// <summary>Puts items into a random order. R. Durstenfeld 1964 (after Fisher and Yates).</summary>
    /// <param name="items">The items; their order before counts.</param>
    /// <param name="seed">The key.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="stream">Tells apart several shuffles of one epoch.</param>
    public static void Shuffle(Span<int> items, ulong seed, int epoch, uint stream)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Below(i + 1, i, seed, epoch, stream);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>A number in [0, count). 64 random bits are scaled: the bias is below 2⁻³³ for every count.</summary>
    public static int Below(int count, int element, ulong seed, int epoch, uint stream)
    {
        var (low, high, _, _) = Philox.Block((uint)element, stream, (uint)epoch, Purpose, (uint)seed, (uint)(seed >> 32));
        return (int)Math.BigMul((ulong)high << 32 | low, (ulong)count, out _);
    }
}
