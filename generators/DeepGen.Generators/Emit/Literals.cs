using System.Globalization;

namespace DeepGen.Generators.Emit;

/// <summary>Numbers as C# source, whatever the culture.</summary>
internal static class Literals
{
    public static string Float(float value) =>
        float.IsNaN(value) ? "float.NaN"
        : float.IsPositiveInfinity(value) ? "float.PositiveInfinity"
        : float.IsNegativeInfinity(value) ? "float.NegativeInfinity"
        : value.ToString("R", CultureInfo.InvariantCulture) + "f";

    public static string Int(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>An nint, which a literal beyond 31 bits does not convert to by itself.</summary>
    public static string Native(long value) => value <= int.MaxValue ? Int(value) : $"unchecked((nint){Int(value)}L)";

    /// <summary>With thin spaces of commas, as tables write it.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Three digits and a unit, as tables of costs write it: 236M.</summary>
    public static string Short(long value)
    {
        var units = new[] { "", "k", "M", "G", "T" };
        var scaled = (double)value;
        var unit = 0;
        while (scaled >= 999.5 && unit < units.Length - 1)
        {
            scaled /= 1000;
            unit++;
        }

        return scaled.ToString(unit == 0 || scaled >= 99.95 ? "0" : scaled >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + units[unit];
    }

    public static string String(string value) => "\"" + value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\r", "\\r") + "\"";

    public static string Xml(string value) => value.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
