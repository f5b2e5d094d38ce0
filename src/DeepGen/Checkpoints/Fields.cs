using System.Globalization;

namespace DeepGen;

/// <summary>Takes apart a text of values between spaces, where <c>-</c> stands for none.</summary>
/// <exception cref="FormatException">A value is missing, left over or not what it should be.</exception>
internal ref struct Fields(string text)
{
    private const string None = "-";

    private readonly string[] _fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    private int _next;

    public static string Join(params ReadOnlySpan<string> fields) => string.Join(' ', fields);

    public static string Text(double? value) => value is { } number ? Settings.Text(number) : None;

    public static string Text(bool value) => value ? "yes" : "no";

    public double Double() => double.Parse(Next(), NumberStyles.Float, CultureInfo.InvariantCulture);

    public float Single() => float.Parse(Next(), NumberStyles.Float, CultureInfo.InvariantCulture);

    public double? Optional()
    {
        if (_next >= _fields.Length || _fields[_next] != None) return Double();
        _next++;
        return null;
    }

    /// <summary>A count, which is never negative.</summary>
    public long Long() => long.Parse(Next(), NumberStyles.None, CultureInfo.InvariantCulture);

    public int Int() => int.Parse(Next(), NumberStyles.None, CultureInfo.InvariantCulture);

    public bool Bool() => Next() switch
    {
        "yes" => true,
        "no" => false,
        var other => throw new FormatException($"'{other}' is neither yes nor no"),
    };

    public readonly void End()
    {
        if (_next != _fields.Length) throw new FormatException($"'{_fields[_next]}' is left over");
    }

    private string Next() => _next < _fields.Length ? _fields[_next++] : throw new FormatException("a value is missing");
}
