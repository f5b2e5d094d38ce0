namespace DeepGen.Zoo.Networks;

/// <summary>
/// Show and tell: a neural image caption generator (Vinyals et al. 2015), here with VGG-16 as its encoder. The image is the first thing the LSTM reads;
/// then it is told each word of the caption (teacher forcing; the first is the sign for the start) and gives the next.
/// </summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class ImageCaption
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image, [Input(20, type: Element.Int32)] Tensor before) => Body(image, before, width: 64, state: 512, words: 10000);

    internal static Tensor Body(Tensor image, Tensor before, int width, int state, int words)
    {
        var seen = Encoder(image, width).Dense(state, name: "image").Reshape(1, state);
        var read = Tensor.Concat(0, seen, before.Embedding(words, state, name: "words"));
        var states = read.Lstm(state, returnSequence: true, name: "lstm");
        return states.Slice(0, 1, before.Extent(0)).Dropout().Dense(words, name: "next").Permute(1, 0);
    }

    [Block]
    static Tensor Encoder(Tensor x, int width)
    {
        ReadOnlySpan<(int Width, int Convolutions)> stages = [(width, 2), (2 * width, 2), (4 * width, 3), (8 * width, 3), (8 * width, 3)];
        foreach (var (channels, convolutions) in stages)
        {
            for (var i = 0; i < convolutions; i++) x = x.Conv2d(channels, 3, padding: 1).Relu();
            x = x.MaxPool2d(2);
        }

        return x.Flatten().Dense(64 * width).Relu().Dropout().Dense(64 * width).Relu();
    }
}

/// <summary>The caption generator for a small image and few words.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class ImageCaptionSmall
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image, [Input(5, type: Element.Int32)] Tensor before) => ImageCaption.Body(image, before, width: 4, state: 32, words: 20);
}
