namespace DeepGen;

/// <summary>The five filters of PNG's rows (ISO/IEC 15948, section 9): each byte is stored as its difference from a guess.</summary>
internal static class PngFilter
{
    public const int Kinds = 5;

    /// <summary>Makes the filtered row the row that it was.</summary>
    /// <param name="kind">0 none, 1 left, 2 above, 3 their mean, 4 Paeth's choice.</param>
    /// <param name="row">The row; it is changed.</param>
    /// <param name="above">The row above, unfiltered, or zeros; as long as the row.</param>
    /// <param name="stride">Bytes from a pixel to the next, at least 1.</param>
    public static void Undo(int kind, Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        above = above[..row.Length];
        switch (kind)
        {
            case 0:
                break;
            case 1:
                for (var i = stride; i < row.Length; i++) row[i] += row[i - stride];
                break;
            case 2:
                for (var i = 0; i < row.Length; i++) row[i] += above[i];
                break;
            case 3:
                for (var i = 0; i < stride && i < row.Length; i++) row[i] += (byte)(above[i] >> 1);
                for (var i = stride; i < row.Length; i++) row[i] += (byte)((row[i - stride] + above[i]) >> 1);
                break;
            case 4:
                for (var i = 0; i < stride && i < row.Length; i++) row[i] += above[i];
                for (var i = stride; i < row.Length; i++) row[i] += Paeth(row[i - stride], above[i], above[i - stride]);
                break;
            default:
                throw new InvalidDataException($"a row has the filter {kind}; there are 0 to 4");
        }
    }

    /// <summary>Filters a row.</summary>
    public static void Apply(int kind, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int stride, Span<byte> filtered)
    {
        for (var i = 0; i < row.Length; i++)
        {
            byte left = i < stride ? (byte)0 : row[i - stride], corner = i < stride ? (byte)0 : above[i - stride];
            filtered[i] = (byte)(row[i] - kind switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) >> 1,
                _ => Paeth(left, above[i], corner),
            });
        }
    }

    /// <summary>Of three neighbours the one nearest to left + above − corner.</summary>
    private static byte Paeth(byte left, byte above, byte corner)
    {
        int toLeft = Math.Abs(above - corner), toAbove = Math.Abs(left - corner), toCorner = Math.Abs(left + above - (2 * corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
