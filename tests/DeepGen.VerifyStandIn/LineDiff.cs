using System.Globalization;
using System.Text;

namespace VerifyXunit;

/// <summary>A unified diff of two texts: the changed lines with their surroundings and line numbers.</summary>
internal static class LineDiff
{
    private const int Context = 3;

    /// <summary>A diff longer than this is cut: the received file has the rest.</summary>
    private const int MaxLines = 200;

    /// <summary>Above this many cells the table of the longest common subsequence costs more than it explains.</summary>
    private const long MaxCells = 25_000_000;

    public static string Render(string expected, string actual)
    {
        var (old, now) = (expected.Split('\n'), actual.Split('\n'));
        var edits = Edits(old, now);
        var output = new StringBuilder();
        var (written, lastShown) = (0, -1);
        for (var i = 0; i < edits.Count; i++)
        {
            if (!NearChange(edits, i))
                continue;
            if (lastShown != i - 1 || i == 0)
                output.Append(CultureInfo.InvariantCulture, $"@@ verified line {edits[i].Old + 1}, received line {edits[i].Now + 1} @@\n");
            lastShown = i;
            if (written++ == MaxLines)
                return output.Append("… (the received file has the rest)").ToString();
            output.Append(edits[i].Kind).Append(' ').Append(edits[i].Kind == '+' ? now[edits[i].Now] : old[edits[i].Old]).Append('\n');
        }
        return output.ToString().TrimEnd('\n');
    }

    private static bool NearChange(List<(char Kind, int Old, int Now)> edits, int index)
    {
        for (var i = Math.Max(0, index - Context); i <= Math.Min(edits.Count - 1, index + Context); i++)
            if (edits[i].Kind != ' ')
                return true;
        return false;
    }

    /// <summary>The lines of both texts in order, each kept (' '), removed ('-') or added ('+').</summary>
    private static List<(char Kind, int Old, int Now)> Edits(string[] old, string[] now)
    {
        var start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start])
            start++;
        var (oldEnd, nowEnd) = (old.Length, now.Length);
        while (oldEnd > start && nowEnd > start && old[oldEnd - 1] == now[nowEnd - 1])
            (oldEnd, nowEnd) = (oldEnd - 1, nowEnd - 1);

        var edits = new List<(char, int, int)>();
        for (var i = 0; i < start; i++)
            edits.Add((' ', i, i));
        var (o, n) = (start, start);
        if ((long)(oldEnd - start) * (nowEnd - start) <= MaxCells)
        {
            var common = LongestCommon(old.AsSpan(start, oldEnd - start), now.AsSpan(start, nowEnd - start));
            while (o < oldEnd && n < nowEnd)
            {
                if (old[o] == now[n])
                    edits.Add((' ', o++, n++));
                else if (common[o + 1 - start, n - start] >= common[o - start, n + 1 - start])
                    edits.Add(('-', o++, n));
                else
                    edits.Add(('+', o, n++));
            }
        }
        while (o < oldEnd)
            edits.Add(('-', o++, n));
        while (n < nowEnd)
            edits.Add(('+', o, n++));
        for (; o < old.Length; o++, n++)
            edits.Add((' ', o, n));
        return edits;
    }

    /// <summary>[i, j] = length of the longest common subsequence of old[i..] and now[j..].</summary>
    private static int[,] LongestCommon(ReadOnlySpan<string> old, ReadOnlySpan<string> now)
    {
        var length = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
            for (var j = now.Length - 1; j >= 0; j--)
                length[i, j] = old[i] == now[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
        return length;
    }
}
