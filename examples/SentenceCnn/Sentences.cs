namespace DeepGen.Examples.SentenceCnn;

/// <summary>Sentences with an opinion each.</summary>
/// <param name="Name">What they are, for people.</param>
/// <param name="Texts">The sentences.</param>
/// <param name="Labels">Of each 0 for negative, 1 for positive.</param>
internal sealed record Sentences(string Name, IReadOnlyList<string> Texts, IReadOnlyList<int> Labels)
{
    /// <summary>The names of the classes.</summary>
    public static readonly IReadOnlyList<string> Classes = ["negative", "positive"];

    /// <summary>Sentences from film reviews (B. Pang and L. Lee 2005): <c>rt-polarity.neg</c> and <c>rt-polarity.pos</c>, a sentence a line, in Latin-1.</summary>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file has too few sentences.</exception>
    public static Sentences FromFolder(string folder)
    {
        InputFiles.CheckFolder("--data", folder);
        var texts = new List<string>();
        var labels = new List<int>();
        for (var label = 0; label < 2; label++)
        {
            var path = Path.Combine(folder, label == 0 ? "rt-polarity.neg" : "rt-polarity.pos");
            string[] lines = [.. TextFile.ReadLines(path, TextEncoding.Latin1).Where(line => TextTokens.Words(line).Length > 0)];
            if (lines.Length < 10) throw new InvalidDataException($"'{path}' has {lines.Length} sentences; at least 10 are needed to learn from, to choose the best epoch by and to test on.");
            texts.AddRange(lines);
            labels.AddRange(Enumerable.Repeat(label, lines.Length));
        }

        return new Sentences(Path.GetFileName(Path.GetFullPath(folder)), texts, labels);
    }
}
