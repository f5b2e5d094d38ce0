namespace DeepGen.Zoo.Networks;

/// <summary>Simonyan and Zisserman 2014, Very deep convolutional networks. Parameters are named as in torchvision, whose files therefore load.</summary>
internal static class Vgg
{
    public static readonly int[] Sixteen = [2, 2, 3, 3, 3], Nineteen = [2, 2, 4, 4, 4];

    /// <param name="x">The image.</param>
    /// <param name="blocks">Convolutions before each pooling.</param>
    /// <param name="width">Channels of the first block.</param>
    /// <param name="hidden">Features of the two hidden layers.</param>
    /// <param name="classes">Features of the last layer.</param>
    public static Tensor Body(Tensor x, int[] blocks, int width = 64, int hidden = 4096, int classes = 1000)
    {
        var layer = 0;
        for (var block = 0; block < blocks.Length; block++, layer++)
        {
            for (var i = 0; i < blocks[block]; i++, layer += 2)
                x = x.Conv2d(width << Math.Min(block, 3), 3, padding: 1, name: $"features.{layer}").Relu();
            x = x.MaxPool2d(2);
        }

        x = x.Flatten().Dense(hidden, name: "classifier.0").Relu().Dropout();
        x = x.Dense(hidden, name: "classifier.3").Relu().Dropout();
        return x.Dense(classes, name: "classifier.6");
    }
}

/// <summary>VGG-16, configuration D of the paper.</summary>
[Network, SoftmaxCrossEntropy]
public partial class Vgg16
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => Vgg.Body(image, Vgg.Sixteen);
}

/// <summary><see cref="Vgg16"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class Vgg16Small
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => Vgg.Body(image, Vgg.Sixteen, width: 8, hidden: 512, classes: 10);
}

/// <summary>VGG-19, configuration E of the paper.</summary>
[Network, SoftmaxCrossEntropy]
public partial class Vgg19
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => Vgg.Body(image, Vgg.Nineteen);
}

/// <summary><see cref="Vgg19"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class Vgg19Small
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => Vgg.Body(image, Vgg.Nineteen, width: 8, hidden: 512, classes: 10);
}
