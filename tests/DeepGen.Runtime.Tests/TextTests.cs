using System.Text;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class TextTests
{
    [Fact]
    public void A_vocabulary_of_characters()
    {
        var vocabulary = Vocabulary.OfCharacters("banana 🙂\n");
        Assert.Equal(["<unk>", "\n", " ", "a", "b", "n", "🙂"], vocabulary.Tokens);
        Assert.Equal((7, 0, null), (vocabulary.Count, vocabulary.Unknown, vocabulary.Padding));
        Assert.Equal([4, 3, 0, 6, 1], vocabulary.EncodeCharacters("baz🙂\n"));
        Assert.Equal("ab🙂<unk>", vocabulary.Decode([3, 4, 6, 0]));
        Assert.Equal([4, 3], new Vocabulary(vocabulary.Tokens).EncodeCharacters("ba"));

        Assert.Equal(["<unk>", "a", "n"], Vocabulary.OfCharacters("banana", maxCharacters: 2).Tokens);
        Assert.Equal(["a", "b"], Vocabulary.OfCharacters("dcba abcd ab", unknown: false, maxCharacters: 2).Tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.OfCharacters("a", maxCharacters: 0));

        var known = Vocabulary.OfCharacters("ab", unknown: false);
        Assert.Equal(2, known.Count);
        Assert.Null(known.IndexOf("c"));
        Assert.Equal("Token 2 of the text is the character 'c' (U+0063), which is not in the vocabulary, and the vocabulary has no unknown token.", Assert.Throws<InvalidDataException>(() => known.EncodeCharacters("abc")).Message);
        Assert.Throws<ArgumentException>(() => Vocabulary.OfCharacters("", unknown: false));
        Assert.Throws<ArgumentException>(() => new Vocabulary(["a", "b", "a"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => known.Decode([2]));
    }

    [Fact]
    public void A_vocabulary_of_words()
    {
        string[][] texts = [["the", "cat", "sat"], ["the", "dog", "sat"], ["a", "<unk>", "the"]];
        var vocabulary = Vocabulary.OfWords(texts);
        Assert.Equal(["<pad>", "<unk>", "the", "sat", "a", "cat", "dog"], vocabulary.Tokens);
        Assert.Equal((1, 0), (vocabulary.Unknown, vocabulary.Padding));
        Assert.Equal([2, 1, 6], vocabulary.Encode(["the", "bird", "dog"]));
        Assert.Equal("the dog", vocabulary.Decode([2, 6], " "));
        Assert.Equal(["<pad>", "<unk>", "the", "sat"], Vocabulary.OfWords(texts, minCount: 2).Tokens);
        Assert.Equal(["<pad>", "<unk>", "the"], Vocabulary.OfWords(texts, maxWords: 1).Tokens);
    }

    [Fact]
    public void Texts_are_cut_into_words()
    {
        Assert.Equal(["It's", "a", "well-made", "film", ",", "isn't", "it", "?"], TextTokens.Words("It's a well-made film, isn't it? ", lowerCase: false));
        Assert.Equal(["-", "über", "'", "3", ".", "14", "-", "🙂", "x"], TextTokens.Words("- Über ' 3.14 -🙂x\t"));
        Assert.Equal(["it's", ",", "A"], TextTokens.BySpace(" it's ,\n A "));
        Assert.Empty(TextTokens.Words(" \n"));
    }

    [Fact]
    public void Text_files_in_both_encodings()
    {
        using var folder = new TemporaryFolder();
        var latin = folder.File("latin.txt", Encoding.Latin1.GetBytes("déjà\r\nvu\n"));
        Assert.Equal("déjà\r\nvu\n", TextFile.Read(latin, TextEncoding.Latin1));
        Assert.Equal(["déjà", "vu"], TextFile.ReadLines(latin, TextEncoding.Latin1));
        Assert.Contains("line 1 has the byte E9", Assert.Throws<InvalidDataException>(() => TextFile.Read(latin)).Message);
        Assert.Equal(["a", "", "b"], TextFile.ReadLines(folder.File("u", [.. Encoding.UTF8.Preamble, .. "a\n\nb"u8])));
    }

    [Fact]
    public void Windows_of_a_text_hold_it_and_what_comes_next()
    {
        var definition = Letters(4);
        var windows = new TextWindows([.. Enumerable.Range(0, 14)], 4);
        Assert.Equal(3, windows.Count);
        using var batch = new Batch(definition, 3);
        windows.Fill([2, 0], batch);
        Assert.Equal([8, 9, 10, 11, 0, 1, 2, 3], batch.Input<int>().ToArray());
        Assert.Equal([9, 10, 11, 12, 1, 2, 3, 4], batch.Target<int>().ToArray());
        var sliding = new TextWindows([.. Enumerable.Range(0, 14)], 4, step: 3);
        Assert.Equal(4, sliding.Count);
        sliding.Fill([3], batch);
        Assert.Equal([9, 10, 11, 12], batch.Input<int>().ToArray());
        Assert.Equal(1, new TextWindows(new int[5], 4).Count);
        Assert.Contains("the text has 4 tokens", Assert.Throws<ArgumentException>(() => new TextWindows(new int[4], 4)).Message, StringComparison.OrdinalIgnoreCase);
        using var other = new Batch(Letters(5), 1);
        Assert.Equal("Letters's first input 'text' needs 5 int values (5 per sample), but a piece of the text has 4 int values.", Assert.Throws<ArgumentException>(() => windows.Fill([0], other)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => windows.Fill([3], batch));
    }

    [Fact]
    public void In_streams_every_batch_goes_on_where_the_last_one_ended()
    {
        var windows = new TextWindows([.. Enumerable.Range(0, 50)], 4);
        Assert.Equal(12, windows.Count);
        var sampler = Sampler.Streams(3);
        var order = new int[sampler.Count(windows.Count)];
        sampler.Order(windows.Count, 1, order);
        using var batch = new Batch(Letters(4), 3);
        var ends = new int[3];
        for (var step = 0; step < 4; step++)
        {
            windows.Fill(order.AsSpan(3 * step, 3), batch);
            for (var row = 0; row < 3; row++)
            {
                if (step > 0) Assert.Equal(ends[row] + 1, batch.Input<int>()[4 * row]);
                ends[row] = batch.Input<int>()[(4 * row) + 3];
            }
        }

        Assert.Equal([15, 31, 47], ends);
    }

    [Fact]
    public void Inputs_that_are_no_text_are_left_alone()
    {
        var definition = Letters(2) with { Inputs = [new("text", [2], Element.Int32, 10), new("h", [3])] };
        using var batch = new Batch(definition, 1) { Count = 1 };
        batch.Input<float>(1).Fill(7);
        new TextWindows([1, 2, 3], 2).Fill([0], batch);
        Assert.Equal([7, 7, 7], batch.Input<float>(1).ToArray());
    }

    [Fact]
    public void Sequences_are_filled_up_and_have_lengths()
    {
        var dataset = new SequenceDataset([[1, 2, 3], [4], [5, 6, 7, 8]], [0, 1, 2], 4, padding: 9);
        var definition = Linear.Static with { Inputs = [new("words", [4], Element.Int32, 10), new("lengths", [], Element.Int32) { MaxLength = 4 }] };
        using var batch = new Batch(definition, 3);
        dataset.Fill([1, 2, 0], batch);
        Assert.Equal([4, 9, 9, 9, 5, 6, 7, 8, 1, 2, 3, 9], batch.Input<int>().ToArray());
        Assert.Equal([1, 4, 3], batch.Input<int>(1).ToArray());
        Assert.Equal([1, 2, 0], batch.Target<int>().ToArray());
        using var plain = new Batch(Linear.Static with { Inputs = [new("words", [4], Element.Int32, 10)], Targets = [] }, 1);
        dataset.Fill([0], plain);
        Assert.Equal([1, 2, 3, 9], plain.Input<int>().ToArray());

        var cut = new SequenceDataset([[1, 2, 3, 4, 5]], null, 4, truncate: true);
        cut.Fill([0], plain);
        Assert.Equal([1, 2, 3, 4], plain.Input<int>().ToArray());
        Assert.Contains("no class", Assert.Throws<ArgumentException>(() => cut.Fill([0], batch)).Message);
        Assert.Contains("Sequence 1 has 5 tokens", Assert.Throws<ArgumentException>(() => new SequenceDataset([[1], [1, 2, 3, 4, 5]], null, 4)).Message);
        Assert.Contains("Sequence 1 is empty", Assert.Throws<ArgumentException>(() => new SequenceDataset([[1], []], null, 4)).Message);
        Assert.Contains("1 label", Assert.Throws<ArgumentException>(() => new SequenceDataset([[1], [2]], [1], 4)).Message);
        using var wrong = new Batch(Linear.Static, 1);
        Assert.Contains("sequences fill one of 4 int values", Assert.Throws<ArgumentException>(() => dataset.Fill([0], wrong)).Message);
    }

    private static NetworkDefinition Letters(int length) => Linear.Static with
    {
        Name = "Letters",
        Inputs = [new("text", [length], Element.Int32, 100)],
        Targets = [new("next", [length], Element.Int32, 100)],
    };
}
