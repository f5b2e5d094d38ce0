namespace DeepGen.Zoo.Commands;

/// <summary>Columns that line up in plain text.</summary>
internal static class PlainTable
{
    /// <param name="rows">Cells, as many in each row.</param>
    /// <param name="leftAligned">Columns of text; those of numbers stand at the right.</param>
    public static IEnumerable<string> Lines(string[][] rows, int[] leftAligned)
    {
        var widths = rows[0].Select((_, i) => rows.Max(r => r[i].Length)).ToArray();
        return rows.Select(r => string.Join("  ", r.Select((cell, i) => leftAligned.Contains(i) ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }
}
