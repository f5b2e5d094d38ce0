namespace DeepGen.Examples.SentenceCnn;

/// <summary>Sentences as the networks read them.</summary>
internal static class Tokens
{
    /// <summary>Words that come less often are unknown: nothing can be learned from one sentence, and so the unknown word is learned.</summary>
    private const int MinCount = 2;

    /// <summary>The words of the training sentences.</summary>
    public static Vocabulary Vocabulary(IEnumerable<string> texts) => DeepGen.Vocabulary.OfWords(texts.Select(text => TextTokens.Words(text)), MinCount, KimCnn.Words - 2);

    /// <summary>Sentences as samples; what is longer than the network reads is cut off.</summary>
    public static SequenceDataset Samples(Vocabulary words, IEnumerable<string> texts, IReadOnlyList<int> labels) =>
        new([.. texts.Select(text => words.Encode(TextTokens.Words(text)))], labels, KimCnn.Length, words.Padding!.Value, truncate: true);
}
