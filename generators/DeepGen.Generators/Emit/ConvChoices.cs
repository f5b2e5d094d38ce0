using DeepGen.Generators.Kernels;

namespace DeepGen.Generators.Emit;

/// <summary>
/// What the runtime will choose for a convolution, printed beside its shape: the loops of depthwise ones, or the largest tile of Winograd's algorithm by instruction-set level (AVX-512 and AVX2) and batch, where it is not the direct algorithm throughout. Under the
/// default options; by the runtime's own function (<see cref="ConvCost"/>), of which the generator is compiled too.
/// </summary>
internal static class ConvChoices
{
    private static readonly (string Name, int Lanes)[] Levels = { ("AVX-512", 16), ("AVX2", 8) };
    private static readonly int[] Batches = { 1, 2, 4, 8, 16, 32, 64, 128, 256 };

    /// <param name="values">The fifteen numbers of a shape in two dimensions.</param>
    /// <returns>For instance <c>; predict F4, y F2 from batch 4, dx F2 from batch 4, dw F2 from batch 8</c>, or <c>; depthwise</c>; empty where everything is direct.</returns>
    public static string Text(IReadOnlyList<int> values)
    {
        var shape = new ConvShape(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7], values[8], values[9], values[10], values[11], values[12], values[13], values[14]);
        if (ConvCost.IsDepthwise(shape))
        {
            return ConvCost.IsDepthwiseOfWeights(shape) ? "; depthwise" : "; depthwise, dw direct";
        }

        if (!ConvCost.IsWinogradPossible(shape))
        {
            return "";
        }

        var uses = new (string Name, Func<int, int, int> Choose)[]
        {
            ("predict", (batch, lanes) => ConvCost.Winograd(shape, batch, lanes, 4, keepsWeights: true, isGradient: false)),
            ("y", (batch, lanes) => ConvCost.Winograd(shape, batch, lanes, 2, keepsWeights: false, isGradient: false)),
            ("dx", (batch, lanes) => ConvCost.Winograd(shape, batch, lanes, 2, keepsWeights: false, isGradient: true)),
            ("dw", (batch, lanes) => ConvCost.WinogradOfWeights(shape, batch, lanes, 2)),
        };
        var texts = uses.Select(use => (use.Name, Text: ByLevel(Levels.Select(level => (level.Name, Text: ByBatch(Batches.Select(batch => use.Choose(batch, level.Lanes)).ToArray()))).ToArray())))
            .Where(use => use.Text.Length > 0).ToArray();
        if (texts.Length > 2 && texts.Skip(texts.Length - 3).Select(use => use.Text).Distinct().Count() == 1)
        {
            texts = texts.Take(texts.Length - 3).Append((Name: "train", texts[texts.Length - 1].Text)).ToArray();
        }

        return texts.Length == 0 ? "" : "; " + string.Join(", ", texts.Select(use => $"{use.Name} {use.Text}"));
    }

    /// <summary>The levels that do not run direct throughout, those alike together.</summary>
    private static string ByLevel((string Name, string Text)[] levels)
    {
        var groups = levels.Where(level => level.Text != Name(0)).GroupBy(level => level.Text).ToArray();
        return groups.Length == 1 && groups[0].Count() == levels.Length
            ? groups[0].Key
            : string.Join(", ", groups.Select(group => $"{group.Key} ({string.Join(", ", group.Select(level => level.Name))})"));
    }

    private static string ByBatch(int[] tiles)
    {
        var text = Name(tiles[0]);
        for (var i = 1; i < tiles.Length; i++)
        {
            if (tiles[i] != tiles[i - 1])
            {
                text += $" → {Name(tiles[i])} from batch {Literals.Int(Batches[i])}";
            }
        }

        return text;
    }

    private static string Name(int tile) => tile == 0 ? "direct" : "F" + Literals.Int(tile);
}
