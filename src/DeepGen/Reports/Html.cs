using System.Globalization;
using System.Net;

namespace DeepGen;

/// <summary>Text, numbers and pictures into HTML.</summary>
internal static class Html
{
    /// <summary>The text with the characters that HTML reads as markup escaped; right in an element and in a quoted attribute. Control characters, which no page may hold, become spaces.</summary>
    public static string Text(string text)
    {
        var clean = text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 ? text : string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsControl(from[i]) && from[i] is not ('\n' or '\t') ? ' ' : from[i];
        });
        return WebUtility.HtmlEncode(clean);
    }

    /// <summary>A text with numbers as every machine writes them.</summary>
    public static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>A value in few characters: four significant digits, with an exponent where it is very large or small; – for none.</summary>
    public static string Number(double value) => Number(value, 4);

    /// <summary>As the other overload, with so many digits.</summary>
    public static string Number(double value, int digits)
    {
        if (double.IsNaN(value)) return "–";
        if (double.IsInfinity(value)) return value > 0 ? "∞" : "−∞";
        var size = Math.Abs(value);
        if (size == 0) return "0";
        var format = size is < 1e-3 or >= 1e6 ? "0." + new string('#', digits - 2) + "e+0"
            : size >= 1000 ? "#,0"
            : "0." + new string('#', Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(size)), 0, 6));
        return value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−').Replace("e−", "e-", StringComparison.Ordinal).Replace("e+", "e", StringComparison.Ordinal);
    }

    /// <summary>A time as one says it: 4.2 s, 3 min 20 s, 2 h 5 min.</summary>
    public static string Time(TimeSpan time) => time.TotalSeconds < 10 ? Invariant($"{time.TotalSeconds:0.0} s")
        : time.TotalSeconds < 60 ? Invariant($"{time.TotalSeconds:0} s")
        : time.TotalHours < 1 ? Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s")
        : Invariant($"{(int)time.TotalHours:N0} h {time.Minutes} min");

    /// <summary>A picture as a <c>data:</c> address, so that the page needs no file beside it.</summary>
    public static string DataAddress(PictureGrid picture) => "data:image/png;base64," + Convert.ToBase64String(picture.ToImage().ToPng());

    /// <summary>An <c>img</c> element that is so many times as large as the picture that it can be looked at.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">About how many pixels of the page it is to be wide.</param>
    /// <param name="alternative">What it shows, in words.</param>
    public static string Picture(PictureGrid picture, int width, string alternative)
    {
        var scale = Math.Max(1, (int)Math.Round((double)width / picture.Width));
        return Invariant($"<img width=\"{picture.Width * scale}\" height=\"{picture.Height * scale}\" alt=\"{Text(alternative)}\" src=\"{DataAddress(picture)}\">");
    }
}
