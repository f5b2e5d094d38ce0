using System.Text;

namespace DeepGen.Zoo.Sampling;

/// <summary>The letters of the character models: printable ASCII and the end of a line.</summary>
internal static class Alphabet
{
    private const char First = ' ', Last = '~';

    public const int Size = Last - First + 2;

    /// <summary>What is no letter becomes a question mark, and every kind of line end one letter.</summary>
    public static int[] Read(string text) => [.. text.ReplaceLineEndings("\n").Select(c => c == '\n' ? Size - 1 : c is >= First and <= Last ? c - First : '?' - First)];

    public static string Write(IEnumerable<int> letters)
    {
        var text = new StringBuilder();
        foreach (var letter in letters) text.Append(letter == Size - 1 ? '\n' : (char)(First + letter));
        return text.ToString();
    }
}
