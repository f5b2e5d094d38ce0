using System.Text;

namespace DeepGen;

/// <summary>Cuts texts into words.</summary>
public static class TextTokens
{
    /// <summary>What stands between spaces, for a text whose words and marks are apart already.</summary>
    public static string[] BySpace(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Words are letters, digits and what joins them (an apostrophe or a hyphen between two of them); every other sign that is no space is a word of its own.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lowerCase">Whether capital letters become small ones.</param>
    public static string[] Words(string text, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        if (lowerCase) text = text.ToLowerInvariant();
        for (var i = 0; i < text.Length;)
        {
            var begin = i;
            if (IsLetter(text, i))
            {
                for (i += Length(text, i); i < text.Length; i += Length(text, i))
                    if (!IsLetter(text, i) && !(text[i] is '\'' or '’' or '-' && IsLetter(text, i + 1)))
                        break;
            }
            else
            {
                i += Length(text, i);
                if (char.IsWhiteSpace(text[begin])) continue;
            }

            words.Add(text[begin..i]);
        }

        return [.. words];
    }

    private static bool IsLetter(string text, int index) =>
        index < text.Length && Rune.TryGetRuneAt(text, index, out var rune) && (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark);

    /// <summary>The units of UTF-16 of one letter; half a letter counts as one.</summary>
    private static int Length(string text, int index) => Rune.TryGetRuneAt(text, index, out var rune) ? rune.Utf16SequenceLength : 1;
}
