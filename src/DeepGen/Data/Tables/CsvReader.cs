using System.Text;

namespace DeepGen;

/// <summary>Reads the fields of a table one after the other.</summary>
internal ref struct CsvReader(ReadOnlySpan<char> text, int position, int line, char separator, string name)
{
    private readonly ReadOnlySpan<char> _text = text;

    public int Position { get; private set; } = position;

    /// <summary>The number of the line, from 1; ends of lines within quotation marks count.</summary>
    public int Line { get; private set; } = line;

    /// <summary>Whether the last field was the last of its line.</summary>
    public bool AtLineEnd { get; private set; }

    public readonly bool AtEnd => Position >= _text.Length;

    /// <summary>The next field, without quotation marks around it.</summary>
    public ReadOnlySpan<char> Field()
    {
        var field = Position < _text.Length && _text[Position] == '"' ? Quoted() : Plain();
        AtLineEnd = Position >= _text.Length || _text[Position] != separator;
        if (!AtLineEnd) Position++;
        return field;
    }

    /// <summary>Goes behind the end of the line.</summary>
    public void NextLine()
    {
        if (Position < _text.Length && _text[Position] == '\r') Position++;
        if (Position < _text.Length && _text[Position] == '\n') Position++;
        Line++;
    }

    private ReadOnlySpan<char> Plain()
    {
        var rest = _text[Position..];
        var length = rest.IndexOfAny([separator, '\r', '\n', '"']);
        if (length < 0) length = rest.Length;
        if (length < rest.Length && rest[length] == '"')
            throw Bad($"line {Line} has a quotation mark amid a field; a field with one stands in quotation marks as a whole, and has it twice");
        Position += length;
        return rest[..length];
    }

    private ReadOnlySpan<char> Quoted()
    {
        var began = Line;
        var begin = ++Position;
        StringBuilder? unescaped = null;
        while (true)
        {
            var length = _text[Position..].IndexOf('"');
            if (length < 0) throw Bad($"line {began} has a quotation mark that is never closed");
            Line += _text.Slice(Position, length).Count('\n');
            Position += length + 1;
            if (Position >= _text.Length || _text[Position] != '"') break;
            unescaped = (unescaped ?? new StringBuilder()).Append(_text[begin..Position]);
            begin = ++Position;
        }

        if (Position < _text.Length && _text[Position] != separator && _text[Position] is not ('\r' or '\n'))
            throw Bad($"line {Line} goes on behind the closing quotation mark of a field");
        var last = _text[begin..(Position - 1)];
        return unescaped == null ? last : unescaped.Append(last).ToString();
    }

    private readonly InvalidDataException Bad(string reason) => new($"Cannot read '{name}': {reason}.");
}
