namespace DeepGen.Runtime.Tests.Networks;

/// <summary>Pictures of one of four kinds of thing.</summary>
[Network, Input(1, 8, 8)]
[Conv2d(6, 3, padding: 1), Relu, MaxPool2d(2)]
[Conv2d(8, 3, padding: 1), Relu, MaxPool2d(2)]
[Flatten, Dense(16), Relu, Dense(4)]
[SoftmaxCrossEntropy]
public partial class Things;

/// <summary>The same features for two classes of other things.</summary>
[Network, Input(1, 8, 8)]
[Conv2d(6, 3, padding: 1), Relu, MaxPool2d(2)]
[Conv2d(8, 3, padding: 1), Relu, MaxPool2d(2)]
[Flatten, Dense(16), Relu, Dense(2)]
[SoftmaxCrossEntropy]
public partial class OtherThings;

/// <summary>A class and a number from one trunk.</summary>
[Network]
public partial class ClassAndNumber
{
    static (Tensor kind, Tensor size, Tensor marks) Forward([Input(5)] Tensor x)
    {
        var trunk = x.Dense(16, name: "trunk").Tanh();
        return (trunk.Dense(3, name: "kind"), trunk.Dense(1, name: "size"), trunk.Dense(2, name: "marks"));
    }

    static Tensor Loss(Tensor kind, Tensor size, Tensor marks, [Target(type: Element.Int32)] Tensor label, [Target(1)] Tensor length, [Target(2)] Tensor present) =>
        kind.SoftmaxCrossEntropy(label) + 0.5f * size.MeanSquaredError(length) + 2 * marks.BinaryCrossEntropyWithLogits(present);
}

/// <summary>A class for each pixel; places of class 3 do not count.</summary>
[Network, Input(2, 6, 5)]
[Conv2d(4, 3, padding: 1)]
[SoftmaxCrossEntropy(ignoreIndex: 3)]
public partial class PixelClasses;

/// <summary>Yes or no for each pixel, unpadded: 12 x 10 pixels in, 6 x 4 out, two channels to three.</summary>
[Network, Input(2, 12, 10)]
[Conv2d(5, 3), Tanh, Conv2d(4, 3), Tanh, Conv2d(3, 3)]
[BinaryCrossEntropyWithLogits]
public partial class UnpaddedMask;

/// <summary>The same weights on a large picture.</summary>
[Network, Input(2, 40, 37)]
[Conv2d(5, 3), Tanh, Conv2d(4, 3), Tanh, Conv2d(3, 3)]
public partial class LargeUnpaddedMask;

/// <summary>The same weights with padding: the output is as large as the input.</summary>
[Network, Input(2, 16, 16)]
[Conv2d(5, 3, padding: 1), Tanh, Conv2d(4, 3, padding: 1), Tanh, Conv2d(3, 3, padding: 1)]
public partial class PaddedMask;

/// <summary>Probabilities at the end.</summary>
[Network, Input(5)]
[Dense(3), Softmax]
public partial class Softly;

/// <summary>A regression of two numbers.</summary>
[Network, Input(5)]
[Dense(2), MeanSquaredError]
public partial class TwoNumbers;

/// <summary>Random numbers and running statistics while training.</summary>
[Network, Input(1, 8, 8)]
[Conv2d(6, 3, padding: 1), BatchNorm, Relu, MaxPool2d(2)]
[Flatten, Dropout(0.3f), Dense(16), BatchNorm, Relu, Dense(4)]
[SoftmaxCrossEntropy]
public partial class Dropping;

/// <summary>Rectifiers alone, whose weights a test sets.</summary>
[Network, Input(5)]
[Dense(8), Relu, Dense(6), Relu, Dense(3)]
[SoftmaxCrossEntropy]
public partial class Rectified;

/// <summary>Letter by letter through a recurrent layer; the state comes in and goes out, first of all so that the calls which give the first output alone give it.</summary>
[Network]
public partial class Letters
{
    static (Tensor after, Tensor scores) Forward([Input(4, type: Element.Int32)] Tensor text, [Input(2, 6)] Tensor before)
    {
        var (read, after) = text.OneHot(5).StatefulGru(before);
        return (after, read.Dense(5).Permute(1, 0));
    }

    static Tensor Loss(Tensor after, Tensor scores, [Target(4, type: Element.Int32)] Tensor next) => scores.SoftmaxCrossEntropy(next);
}

/// <summary>Features of a picture, and the style of two layers.</summary>
[Network]
public partial class Styles
{
    static (Tensor content, Tensor style1, Tensor style2) Forward([Input(3, 12, 10)] Tensor picture)
    {
        var first = picture.Conv2d(4, 3, padding: 1, name: "first").Relu();
        var second = first.AvgPool2d(2).Conv2d(6, 3, padding: 1, name: "second").Relu();
        return (second, first.Gram(), second.Gram());
    }
}

/// <summary>The way to a layer's features, and the way back that a deconvnet takes.</summary>
[Network]
public partial class ThereAndBack
{
    static (Tensor features, Tensor projection) Forward([Input(3, 12, 10)] Tensor picture, [Input(6, 6, 5)] Tensor chosen)
    {
        var first = Tensor.Parameter([4, 3, 3, 3], name: "first.weight");
        var second = Tensor.Parameter([6, 4, 3, 3], name: "second.weight");
        var map = picture.Conv2d(4, 3, weight: first, padding: 1, name: "first").Relu();
        var pooled = map.MaxPool2d(2);
        var features = pooled.Conv2d(6, 3, weight: second, padding: 1, name: "second").Relu();
        var back = chosen.Relu().ConvTranspose2d(4, 3, weight: second, padding: 1, bias: false).MaxUnpool2d(pooled);
        return (features, back.Relu().ConvTranspose2d(3, 3, weight: first, padding: 1, bias: false));
    }
}

/// <summary>Two outputs of a small picture, for dreams.</summary>
[Network]
public partial class Dreamer
{
    static (Tensor lines, Tensor shapes) Forward([Input(2, 12, 10)] Tensor picture)
    {
        var lines = picture.Conv2d(5, 3, padding: 1).Relu();
        return (lines, lines.MaxPool2d(2).Conv2d(6, 3, padding: 1).Relu());
    }
}

/// <summary>A class for each pixel in the middle, and what it counts more.</summary>
[Network]
public partial class WeightedPixels
{
    static Tensor Forward([Input(1, 14, 12)] Tensor picture) => picture.Conv2d(2, 3);

    static Tensor Loss(Tensor logits, [Target(12, 10, type: Element.Int32)] Tensor labels, [Target(12, 10)] Tensor weights)
    {
        var classes = logits.Split(2);
        return logits.SoftmaxCrossEntropy(labels) + (weights * (classes[1] - classes[0]).Reshape(12, 10).Softplus()).Mean();
    }
}
