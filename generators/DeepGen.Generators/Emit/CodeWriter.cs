using System.Text;

namespace DeepGen.Generators.Emit;

/// <summary>Indented text with LF line ends, the same on every machine.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            text.Append(' ', depth * 4).Append(line);
        }

        text.Append('\n');
    }

    /// <summary>Several lines that carry their own relative indentation.</summary>
    public void Lines(string lines)
    {
        foreach (var line in lines.TrimEnd('\n').Split('\n'))
        {
            Line(line);
        }
    }

    public void Open(string? header = null)
    {
        if (header is not null)
        {
            Line(header);
        }

        Line("{");
        depth++;
    }

    public void Close(string tail = "")
    {
        depth--;
        Line("}" + tail);
    }

    public override string ToString() => text.ToString();
}
