using System.Text;

namespace DeepGen;

/// <summary>
/// The tokens, characters or words, that a network knows, and their indices. It is made from the training part of the data alone: what is not in it becomes the unknown token, as it will be
/// when the network is used.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>What stands for tokens that are not in a vocabulary.</summary>
    public const string UnknownToken = "<unk>";

    /// <summary>What fills sequences up to their length.</summary>
    public const string PaddingToken = "<pad>";

    private readonly Dictionary<string, int> _indices;
    private readonly Dictionary<Rune, int> _characters = [];

    /// <summary>A vocabulary from its tokens, as <see cref="Tokens"/> gave them.</summary>
    /// <param name="tokens">The tokens in the order of their indices. Where <see cref="PaddingToken"/> and <see cref="UnknownToken"/> are among them they have their meaning.</param>
    /// <exception cref="ArgumentException">There is none, or one comes twice.</exception>
    public Vocabulary(IReadOnlyList<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0) throw new ArgumentException("A vocabulary has at least one token.", nameof(tokens));
        Tokens = [.. tokens];
        _indices = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!_indices.TryAdd(tokens[i], i)) throw new ArgumentException($"The token '{tokens[i]}' comes twice, as {_indices[tokens[i]]} and {i}.", nameof(tokens));
            if (Rune.TryGetRuneAt(tokens[i] + '\0', 0, out var rune) && rune.Utf16SequenceLength == tokens[i].Length) _characters.Add(rune, i);
        }

        Unknown = _indices.TryGetValue(UnknownToken, out var unknown) ? unknown : null;
        Padding = _indices.TryGetValue(PaddingToken, out var padding) ? padding : null;
    }

    /// <summary>The tokens in the order of their indices; the constructor makes the vocabulary from them again.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The number of tokens, the special ones included: the classes of an <c>Embedding</c> or a <c>OneHot</c>.</summary>
    public int Count => Tokens.Count;

    /// <summary>The index of the unknown token; null without one, and then such a token is an error.</summary>
    public int? Unknown { get; }

    /// <summary>The index of the padding; null without one.</summary>
    public int? Padding { get; }

    /// <summary>The characters of a text, in the order of their code points.</summary>
    /// <param name="text">The training part of the text.</param>
    /// <param name="unknown">Whether the unknown token is added, as the first.</param>
    /// <param name="maxCharacters">The largest number of characters, the unknown token not counted: the most frequent, of equally frequent ones the lower code point; all when null.</param>
    /// <exception cref="ArgumentException">The text is empty and there is no unknown token.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of characters is below 1.</exception>
    public static Vocabulary OfCharacters(string text, bool unknown = true, int? maxCharacters = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCharacters ?? 1, 1, nameof(maxCharacters));
        var counts = new Dictionary<Rune, int>();
        foreach (var rune in text.EnumerateRunes()) counts[rune] = counts.GetValueOrDefault(rune) + 1;
        var characters = counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Select(entry => entry.Key).Take(maxCharacters ?? int.MaxValue).Order();
        return new Vocabulary([.. unknown ? [UnknownToken] : Array.Empty<string>(), .. characters.Select(rune => rune.ToString())]);
    }

    /// <summary>The words of texts, the most frequent first, equally frequent ones in ordinal order; before them the padding (0) and the unknown token (1).</summary>
    /// <param name="texts">The words of each text of the training part.</param>
    /// <param name="minCount">Words that come less often are left out; at least 1.</param>
    /// <param name="maxWords">The largest number of words, the special tokens not counted; all when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static Vocabulary OfWords(IEnumerable<IReadOnlyList<string>> texts, int minCount = 1, int? maxWords = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(minCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWords ?? 1, 1, nameof(maxWords));
        var counts = texts.SelectMany(words => words).CountBy(word => word, StringComparer.Ordinal).Where(entry => entry.Value >= minCount);
        var words = counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Key).Except([PaddingToken, UnknownToken]);
        return new Vocabulary([PaddingToken, UnknownToken, .. words.Take(maxWords ?? int.MaxValue)]);
    }

    /// <summary>The index of a token; that of the unknown token when it is none of the vocabulary, and null where there is no such.</summary>
    public int? IndexOf(string token) => _indices.TryGetValue(token, out var index) ? index : Unknown;

    /// <summary>The indices of the characters of a text.</summary>
    /// <exception cref="InvalidDataException">A character is not in the vocabulary, which has no unknown token.</exception>
    public int[] EncodeCharacters(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var indices = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            indices.Add(_characters.TryGetValue(rune, out var index) ? index : Unknown ?? throw Missing($"the character '{rune}' (U+{rune.Value:X4})", indices.Count));
        return [.. indices];
    }

    /// <summary>The indices of words.</summary>
    /// <exception cref="InvalidDataException">A word is not in the vocabulary, which has no unknown token.</exception>
    public int[] Encode(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var indices = new int[words.Count];
        for (var i = 0; i < indices.Length; i++) indices[i] = IndexOf(words[i]) ?? throw Missing($"the word '{words[i]}'", i);
        return indices;
    }

    /// <summary>The text of characters.</summary>
    /// <param name="indices">Indices of the vocabulary.</param>
    /// <param name="separator">What stands between two tokens: nothing between characters, a space between words.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is none of the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> indices, string separator = "")
    {
        var text = new StringBuilder();
        for (var i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(indices), indices[i], $"The vocabulary has {Count} tokens, 0 to {Count - 1}.");
            text.Append(i > 0 ? separator : "").Append(Tokens[indices[i]]);
        }

        return text.ToString();
    }

    private static InvalidDataException Missing(string what, int place) => new($"Token {place} of the text is {what}, which is not in the vocabulary, and the vocabulary has no unknown token.");
}
