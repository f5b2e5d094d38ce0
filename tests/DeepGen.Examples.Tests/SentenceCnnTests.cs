using System.Globalization;
using System.Text;
using DeepGen.Examples.SentenceCnn;

namespace DeepGen.Examples.Tests;

/// <summary>The convolutional network for sentences.</summary>
public sealed class SentenceCnnTests() : ExampleTest("SentenceCnn")
{
    [Fact]
    public void It_learns_and_classifies_the_same_from_its_file()
    {
        string[] training = ["--count", "400", "--epochs", "2", "--seed", "3", "--threads", "2"];
        string[] asked = ["--classify", "the plot is far from dull", "--classify", "Utterly unheard-of!"];
        var trained = Run([.. training, .. asked]).Succeeded();
        Assert.Empty(trained.Errors);
        Assert.Matches(@"^test accuracy 0\.\d{4}$", trained.Lines[^1]);
        Assert.Contains("a bag of words, for comparison: test accuracy", trained.Output, StringComparison.Ordinal);
        Assert.Equal(["sentencecnn"], Files);
        var report = File.ReadAllText(Path.Combine(Folder, "sentencecnn", "report.html"));
        Assert.Contains("The surest mistakes", report, StringComparison.Ordinal);
        Assert.Contains("the plot is far from dull", report, StringComparison.Ordinal);

        var said = Run(["--load", Path.Combine("sentencecnn", "sentencecnn.safetensors"), .. asked]).Succeeded();
        Assert.Equal(2, said.Lines.Count);
        Assert.All(said.Lines, line => Assert.Contains(line, trained.Lines));
        Assert.Equal(trained.Lines[^1], Run([.. training, "--resume"]).Succeeded().Lines[^1]);
    }

    [Fact]
    [Trait("Tier", "Long")]
    public void It_sees_what_a_bag_of_words_cannot_see()
    {
        var trained = Run("--seed", "1").Succeeded();
        double Number(string beginning) => double.Parse(trained.Lines.Single(line => line.StartsWith(beginning, StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture);
        Assert.InRange(Number("test accuracy"), Number("a bag of words") + 0.1, 1);
    }

    [Fact]
    public void The_reviews_are_read_from_a_folder()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "reviews")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "rt-polarity.neg"), Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, 12).Select(i => $"a clich\u00e9 number {i} .\n"))));
        Assert.Contains("rt-polarity.pos", Assert.Throws<FileNotFoundException>(() => Sentences.FromFolder(folder)).Message);
        File.WriteAllText(Path.Combine(folder, "rt-polarity.pos"), "good\n\n");
        Assert.Contains("has 1 sentences", Assert.Throws<InvalidDataException>(() => Sentences.FromFolder(folder)).Message);
        File.WriteAllText(Path.Combine(folder, "rt-polarity.pos"), string.Concat(Enumerable.Repeat("good\n\n", 11)));
        var sentences = Sentences.FromFolder(folder);
        Assert.Equal(("reviews", 23, 11), (sentences.Name, sentences.Texts.Count, sentences.Labels.Sum()));
        Assert.Equal("a clich\u00e9 number 0 .", sentences.Texts[0]);
    }

    [Fact]
    public void The_generated_opinions_use_the_same_words_for_both()
    {
        var sentences = GeneratedReviews.Make(2000, seed: 1);
        Assert.Equal(2000, sentences.Texts.Distinct().Count());
        Assert.Equal(1000, sentences.Labels.Sum());
        Assert.Equal(sentences.Texts, GeneratedReviews.Make(2000, seed: 1).Texts);
        Assert.NotEqual(sentences.Texts, GeneratedReviews.Make(2000, seed: 2).Texts);
        foreach (var word in new[] { "brilliant", "warm", "dull", "cold" })
        {
            int[] labels = [.. Enumerable.Range(0, 2000).Where(i => sentences.Texts[i].Split(' ').Contains(word)).Select(i => sentences.Labels[i])];
            Assert.InRange(labels.Average(), 0.2, 0.8);
        }
    }

    /// <summary>What each means, by a reading of its words that knows nothing of how it was made.</summary>
    [Fact]
    public void The_generated_opinions_mean_what_their_labels_say()
    {
        var sentences = GeneratedReviews.Make(1000, seed: 1);
        string[] good = ["brilliant", "charming", "clever", "funny", "gripping", "fresh", "moving", "sharp", "witty", "warm", "smart", "elegant", "inventive", "honest", "lively", "touching"];
        string[] negations = [" not ", " never ", " hardly ", " far from ", " anything but ", " no longer ", " nothing "];
        for (var i = 0; i < sentences.Texts.Count; i++)
        {
            var main = sentences.Texts[i].Split(" , ") switch
            {
                [var only] => only,
                [var first, var second] => first.StartsWith("although ", StringComparison.Ordinal) || second.StartsWith("but ", StringComparison.Ordinal) ? second : first,
                _ => throw new InvalidOperationException(sentences.Texts[i]),
            };
            var negated = Array.Exists(negations, negation => main.Replace(" not only ", " ", StringComparison.Ordinal).Contains(negation, StringComparison.Ordinal));
            Assert.Equal(main.Split(' ').Any(good.Contains) != negated, sentences.Labels[i] == 1);
        }
    }

    [Theory]
    [InlineData("--epochs", "many", "--epochs takes a whole number")]
    [InlineData("--rate", "0", "--rate takes a number")]
    [InlineData("--data", "nowhere", "nowhere")]
    [InlineData("--load", "nowhere.safetensors", "--classify")]
    [InlineData("--speed", "9", "--speed")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string option, string value, string expected) => Refused(expected, option, value);

    [Fact]
    public void A_sentence_without_a_word_is_refused_before_the_training() => Refused("has no word", "--classify", " ");

    [Fact]
    public void Wrong_data_are_named_before_anything_is_written()
    {
        Write("data/rt-polarity.neg", Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("bad\n", 12))));
        Refused("no file 'data/rt-polarity.pos'", "--data", "data");
        Write("data/rt-polarity.pos", []);
        Refused("'data/rt-polarity.pos' has 0 sentences", "--data", "data");
        Refused("'x.safetensors'", "--load", Write("x.safetensors", [1, 2, 3]), "--classify", "good");
    }

    [Fact]
    public void Help_lists_every_option() => HelpLists("--data", "--count", "--epochs", "--batch", "--rate", "--seed", "--threads", "--out", "--resume", "--load", "--classify");
}
