using System.Text;

namespace DeepGen.Examples.CharLstm;

/// <summary>A text to learn from: its first nine tenths; the last tenth judges.</summary>
internal sealed class Corpus
{
    private const int Tenths = 10;

    private Corpus(string name, string text)
    {
        (Name, Text) = (name, text);
        var learned = text[..(int)((long)text.Length * (Tenths - 1) / Tenths)];
        Letters = Vocabulary.OfCharacters(learned, maxCharacters: LanguageModel.Letters - 1);
        Train = Pieces(learned);
        Validation = Pieces(text[learned.Length..]);
    }

    /// <summary>What is read, for people.</summary>
    public string Name { get; }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The most frequent letters of the training part; others are unknown.</summary>
    public Vocabulary Letters { get; }

    /// <summary>The training part in pieces that touch.</summary>
    public TextWindows Train { get; }

    /// <summary>The rest.</summary>
    public TextWindows Validation { get; }

    /// <summary>The beginning of Shakespeare's Coriolanus.</summary>
    public static Corpus Embedded()
    {
        using var stream = typeof(Corpus).Assembly.GetManifestResourceStream("coriolanus.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Of("the beginning of Coriolanus (embedded)", reader.ReadToEnd());
    }

    /// <summary>A text file in UTF-8.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no UTF-8.</exception>
    /// <exception cref="UsageException">It is too short.</exception>
    public static Corpus FromFile(string path) => Of(Path.GetFileName(path), TextFile.Read(path), path);

    /// <summary>A text; every kind of line end becomes one letter.</summary>
    /// <param name="name">What it is, for people.</param>
    /// <param name="text">The text.</param>
    /// <param name="path">Its file, for the message.</param>
    /// <exception cref="UsageException">It is too short.</exception>
    public static Corpus Of(string name, string text, string? path = null)
    {
        text = text.ReplaceLineEndings("\n");
        const int least = Tenths * 2 * (LanguageModel.Length + 1);
        if (text.Length < least)
            throw new UsageException($"--data: '{path ?? name}' has {text.Length} letters; at least {least} are needed to learn from and to judge by.");
        return new Corpus(name, text);
    }

    private TextWindows Pieces(string part) => new(Letters.EncodeCharacters(part), LanguageModel.Length);
}
