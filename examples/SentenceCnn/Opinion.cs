namespace DeepGen.Examples.SentenceCnn;

/// <summary>What a network says of a sentence.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Label">The class that it finds more probable.</param>
/// <param name="Probability">The probability of that class.</param>
internal sealed record Opinion(string Text, int Label, double Probability)
{
    /// <summary>What it says of sentences.</summary>
    /// <param name="network">The network.</param>
    /// <param name="words">The words that it knows.</param>
    /// <param name="texts">The sentences; each has a word at least.</param>
    public static IReadOnlyList<Opinion> Of(KimCnn network, Vocabulary words, IReadOnlyList<string> texts)
    {
        // The network has a target, so its samples have a class; a prediction does not look at it.
        var samples = Tokens.Samples(words, texts, new int[texts.Count]);
        var opinions = new List<Opinion>();
        using var batch = new Batch(network);
        var scores = new float[2 * batch.Capacity];
        for (var first = 0; first < texts.Count; first += batch.Capacity)
        {
            int[] indices = [.. Enumerable.Range(first, Math.Min(batch.Capacity, texts.Count - first))];
            samples.Fill(indices, batch);
            network.Predict(batch, scores.AsSpan(0, 2 * indices.Length));
            for (var i = 0; i < indices.Length; i++)
            {
                var positive = 1 / (1 + Math.Exp(scores[2 * i] - scores[(2 * i) + 1]));
                opinions.Add(new Opinion(texts[indices[i]], positive > 0.5 ? 1 : 0, Math.Max(positive, 1 - positive)));
            }
        }

        return opinions;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Sentences.Classes[Label]} {Probability:0.000}  {Text}");
}
