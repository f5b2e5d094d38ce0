namespace DeepGen.Zoo.Networks;

/// <summary>Kim 2014, Convolutional neural networks for sentence classification: filters over three, four and five words, and the strongest answer of each. Sentences are filled up with word 0.</summary>
[Network, SoftmaxCrossEntropy]
public partial class TextCnn
{
    static Tensor Forward([Input(56, type: Element.Int32)] Tensor words) => Body(words, vocabulary: 18_765);

    internal static Tensor Body(Tensor words, int vocabulary, int dimension = 300, int filters = 100)
    {
        var sentence = words.Embedding(vocabulary, dimension, paddingIndex: 0).Permute(1, 0);
        var strongest = new List<Tensor>();
        for (var width = 3; width <= 5; width++)
            strongest.Add(sentence.Conv1d(filters, width).Relu().GlobalMaxPool1d());
        return Tensor.Concat([.. strongest]).Dropout().Dense(2);
    }
}

/// <summary><see cref="TextCnn"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class TextCnnSmall
{
    static Tensor Forward([Input(12, type: Element.Int32)] Tensor words) => TextCnn.Body(words, vocabulary: 50, dimension: 32, filters: 16);
}
