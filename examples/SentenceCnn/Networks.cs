namespace DeepGen.Examples.SentenceCnn;

/// <summary>
/// Y. Kim 2014, Convolutional neural networks for sentence classification, the variant whose word vectors begin at random (CNN-rand): filters over three, four and five words, and of each its strongest answer
/// anywhere in the sentence. Sentences are filled up with word 0.
/// </summary>
[Network, SoftmaxCrossEntropy]
internal sealed partial class KimCnn
{
    /// <summary>Different words, the padding and the unknown word among them.</summary>
    public const int Words = 20_000;

    /// <summary>The words of a sentence that are read.</summary>
    public const int Length = 60;

    /// <summary>The length of a word's vector.</summary>
    public const int Dimension = 128;

    /// <summary>Filters of each width.</summary>
    public const int Maps = 100;

    static Tensor Forward([Input(Length, type: Element.Int32)] Tensor words)
    {
        // Dropout of the word vectors is not in the paper; without it 98 % of the film reviews are known by heart after six epochs.
        var sentence = words.Embedding(Words, Dimension, paddingIndex: 0, name: "words").Dropout(0.3f).Permute(1, 0);
        var strongest = new List<Tensor>();
        for (var width = 3; width <= 5; width++)
            strongest.Add(sentence.Conv1d(Maps, width).Relu().GlobalMaxPool1d());
        return Tensor.Concat([.. strongest]).Dropout(0.5f).Dense(2, name: "classes");
    }

    /// <summary>Gives the word vectors their first values, uniform in ±0.25 as in Kim's code: larger than those of a layer, because they are inputs.</summary>
    public void InitializeWords(ulong seed) => Parameters["words.weight"].Initialize(Initializer.Uniform, seed, 0.25f);
}

/// <summary>The baseline: a sum over the words of a sentence, which cannot see their order (A. Joulin et al. 2016, Bag of tricks for efficient text classification).</summary>
[Network, SoftmaxCrossEntropy]
internal sealed partial class BagOfWords
{
    static Tensor Forward([Input(KimCnn.Length, type: Element.Int32)] Tensor words) =>
        (words.Embedding(KimCnn.Words, 16, paddingIndex: 0, name: "words").Permute(1, 0).GlobalAvgPool1d() * KimCnn.Length).Dense(2, name: "classes");
}
