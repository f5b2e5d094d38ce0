using System.Net;

namespace DeepGen.Examples.Report;

/// <summary>Text into HTML.</summary>
internal static class Html
{
    /// <summary>The text with the characters that HTML reads as markup escaped; right in an element and in a quoted attribute.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);
}
