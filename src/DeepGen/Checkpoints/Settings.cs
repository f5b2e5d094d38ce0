using System.Collections;
using System.Globalization;

namespace DeepGen;

/// <summary>Named values as texts, to be kept in a file and compared with those of another time. Numbers are the shortest texts that give them back bit for bit.</summary>
internal sealed class Settings : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _values = [];

    public static string Text(float value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <exception cref="FormatException">It is no number.</exception>
    public static float Single(string text) => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <exception cref="FormatException">It is no number of at least 0.</exception>
    /// <exception cref="OverflowException">It is too large.</exception>
    public static long Count(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    public void Add(string name, string value) => _values.Add(new(name, value));

    public void Add(string name, float value) => Add(name, Text(value));

    public void Add(string name, long value) => Add(name, Text(value));

    public void Add(string name, bool value) => Add(name, value ? "yes" : "no");

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
