using System.Globalization;
using DeepGen.Examples.CharLstm;

namespace DeepGen.Examples.Tests;

/// <summary>The character-level language model.</summary>
public sealed class CharLstmTests() : ExampleTest("CharLstm")
{
    private const string Verse = "The quick brown fox jumps over the lazy dog, and the dog sleeps on.\n";

    [Fact]
    public void It_learns_writes_and_writes_the_same_from_its_file()
    {
        File.WriteAllText(Path.Combine(Folder, "verses.txt"), string.Concat(Enumerable.Repeat(Verse, 150)));
        string[] training = ["--data", "verses.txt", "--epochs", "3", "--batch", "8", "--seed", "3", "--threads", "2", "--sample", "40", "--prime", "The quick"];
        var trained = Run(training).Succeeded();
        Assert.Empty(trained.Errors);
        Assert.Matches(@"^validation \d\.\d{4} nats per letter, \d\.\d{4} bits, perplexity \d+\.\d{3}$", trained.Lines[^1]);

        // Of its 30 letters, each as probable as the next, it would be 3.4, and of the network's 128 at the start 4.9.
        Assert.InRange(double.Parse(trained.Lines[^1].Split(' ')[1], CultureInfo.InvariantCulture), 0.01, 3.2);
        Assert.Equal(["charlstm", "verses.txt"], Files);
        var report = File.ReadAllText(Path.Combine(Folder, "charlstm", "report.html"));
        Assert.Contains("What it writes", report, StringComparison.Ordinal);
        Assert.Contains("after epoch 3", report, StringComparison.Ordinal);

        var written = Run("--load", Path.Combine("charlstm", "charlstm.safetensors"), "--seed", "3", "--sample", "40", "--prime", "The quick").Succeeded();
        Assert.StartsWith("The quick", written.Output, StringComparison.Ordinal);
        Assert.Contains(written.Output.Trim(), trained.Output, StringComparison.Ordinal);

        // It is not trained again, and not by mistake.
        Assert.Equal(trained.Lines[^1], Run([.. training, "--resume"]).Succeeded().Lines[^1]);
        var refused = Run(training);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--resume", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Tier", "Long")]
    public void A_minute_on_the_embedded_text_is_enough_for_words()
    {
        var trained = Run("--epochs", "6", "--seed", "1").Succeeded();
        Assert.InRange(double.Parse(trained.Lines[^1].Split(' ')[1], CultureInfo.InvariantCulture), 1, 2.6);
    }

    [Theory]
    [InlineData("--epochs", "many", "--epochs takes a whole number")]
    [InlineData("--temperature", "0", "--temperature takes a number")]
    [InlineData("--data", "nowhere.txt", "nowhere.txt")]
    [InlineData("--load", "nowhere.safetensors", "nowhere.safetensors")]
    [InlineData("--speed", "9", "--speed")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string option, string value, string expected) => Refused(expected, option, value);

    [Fact]
    public void Wrong_data_are_named_before_anything_is_written()
    {
        Refused("'short.txt' has 5 letters", "--data", Write("short.txt", "short"u8.ToArray()));
        Refused("'latin.txt': line 2 has the byte E9", "--data", Write("latin.txt", [.. "a\n"u8, 0xE9, (byte)'\n']));
        Refused("'packed.txt': its gzip data are damaged", "--data", Write("packed.txt", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 1]));
        Refused("'x.safetensors'", "--load", Write("x.safetensors", [1, 2, 3]));
    }

    [Fact]
    public void There_is_nothing_to_go_on_with() => Refused("no checkpoint", "--resume");

    [Fact]
    public void Help_lists_every_option() =>
        HelpLists("--data", "--epochs", "--batch", "--rate", "--seed", "--threads", "--out", "--resume", "--load", "--sample", "--prime", "--temperature");

    [Fact]
    public void A_text_is_cut_into_a_part_to_learn_from_and_one_to_judge_by()
    {
        var corpus = Corpus.Of("text", string.Concat(Enumerable.Repeat("abc\r\n", 600)) + "zzzz");
        Assert.Equal(2404, corpus.Text.Length);
        Assert.Equal(["<unk>", "\n", "a", "b", "c"], corpus.Letters.Tokens);
        Assert.Equal((2163 - 1) / LanguageModel.Length, corpus.Train.Count);
        Assert.Equal((241 - 1) / LanguageModel.Length, corpus.Validation.Count);
        Assert.Contains("has 1299 letters", Assert.Throws<UsageException>(() => Corpus.Of("text", new string('a', 1299))).Message);
        var many = Corpus.Of("text", string.Concat(Enumerable.Range(0, 3000).Select(i => (char)(0x4E00 + (i * 7 % 500)))));
        Assert.Equal(LanguageModel.Letters, many.Letters.Count);
    }

    [Fact]
    public void The_embedded_text_is_there()
    {
        var corpus = Corpus.Embedded();
        Assert.Equal(100_458, corpus.Text.Length);
        Assert.StartsWith("First Citizen:\n", corpus.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(corpus.Letters.Unknown!.Value, corpus.Letters.EncodeCharacters(corpus.Text));
    }

    /// <summary>Letter by letter, the network that writes says what the one that learns says of a whole piece.</summary>
    [Fact]
    public void The_writer_is_the_network_that_was_trained()
    {
        using var trained = LanguageModel.Create(new NetworkOptions { Seed = 5, MaxBatch = 1 });
        using var one = OneLetterModel.Create();
        using var writer = new Writer(one, Vocabulary.OfCharacters("abc"));
        writer.Follow(trained);
        int[] letters = [.. Enumerable.Range(0, LanguageModel.Length).Select(i => i * i % 7)];
        const int states = LanguageModel.Layers * LanguageModel.Units;
        var expected = new float[LanguageModel.Letters * LanguageModel.Length];
        var (hidden, cells) = (new float[states], new float[states]);
        trained.Predict(letters, new float[states], new float[states], expected, hidden, cells);
        var (h, c, scores) = (new float[states], new float[states], new float[LanguageModel.Letters]);
        for (var t = 0; t < letters.Length; t++)
        {
            one.Predict([letters[t]], [.. h], [.. c], scores, h, c);
            for (var k = 0; k < scores.Length; k++) Assert.Equal(expected[(k * LanguageModel.Length) + t], scores[k], 1e-4f);
        }

        Assert.All(hidden.Zip(h), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.All(cells.Zip(c), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void What_is_written_depends_on_seed_temperature_and_prime_alone()
    {
        using var writer = new Writer(OneLetterModel.Create(new NetworkOptions { Seed = 2 }), Vocabulary.OfCharacters("abcdefgh"));
        var text = writer.Write("a", 200, 1, seed: 1);
        Assert.Equal(200, text.Length);
        Assert.All(text, letter => Assert.Contains(letter, "abcdefgh"));
        Assert.Equal(text, writer.Write("a", 200, 1, seed: 1));
        Assert.NotEqual(text, writer.Write("a", 200, 1, seed: 2));
        Assert.True(text.Distinct().Count() > writer.Write("a", 200, 0.01, seed: 1)[100..].Distinct().Count());
    }
}
