namespace DeepGen.Zoo.Networks;

/// <summary>AlexNet (Krizhevsky, Sutskever and Hinton 2012): two towers, one per graphics card, here as groups.</summary>
[Network, SoftmaxCrossEntropy]
public partial class AlexNet
{
    static Tensor Forward([Input(3, 227, 227)] Tensor image) => Body(image);

    internal static Tensor Body(Tensor x, int width = 32, int hidden = 4096, int classes = 1000)
    {
        x = Normalize(x.Conv2d(3 * width, 11, stride: 4).Relu()).MaxPool2d(3, stride: 2);
        x = Normalize(x.Conv2d(8 * width, 5, padding: 2, groups: 2).Relu()).MaxPool2d(3, stride: 2);
        x = x.Conv2d(12 * width, 3, padding: 1).Relu();
        x = x.Conv2d(12 * width, 3, padding: 1, groups: 2).Relu();
        x = x.Conv2d(8 * width, 3, padding: 1, groups: 2).Relu().MaxPool2d(3, stride: 2);
        x = x.Flatten().Dropout().Dense(hidden).Relu().Dropout().Dense(hidden).Relu();
        return x.Dense(classes);
    }

    /// <summary>Section 3.3; alpha is divided by the size here.</summary>
    internal static Tensor Normalize(Tensor x) => x.LocalResponseNorm(5, alpha: 5 * 1e-4f, beta: 0.75f, k: 2);
}

/// <summary><see cref="AlexNet"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class AlexNetSmall
{
    static Tensor Forward([Input(3, 67, 67)] Tensor image) => AlexNet.Body(image, width: 4, hidden: 512, classes: 10);
}

/// <summary>ZFNet (Zeiler and Fergus 2013, Visualizing and understanding convolutional networks): AlexNet with finer first filters.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ZFNet
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => Body(image);

    internal static Tensor Body(Tensor x, int width = 32, int hidden = 4096, int classes = 1000)
    {
        x = AlexNet.Normalize(x.Conv2d(3 * width, 7, stride: 2, padding: 1).Relu().MaxPool2d(3, stride: 2, ceilMode: true));
        x = AlexNet.Normalize(x.Conv2d(8 * width, 5, stride: 2).Relu().MaxPool2d(3, stride: 2, ceilMode: true));
        x = x.Conv2d(12 * width, 3, padding: 1).Relu();
        x = x.Conv2d(12 * width, 3, padding: 1).Relu();
        x = x.Conv2d(8 * width, 3, padding: 1).Relu().MaxPool2d(3, stride: 2);
        x = x.Flatten().Dense(hidden).Relu().Dropout().Dense(hidden).Relu().Dropout();
        return x.Dense(classes);
    }
}

/// <summary><see cref="ZFNet"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ZFNetSmall
{
    static Tensor Forward([Input(3, 63, 63)] Tensor image) => ZFNet.Body(image, width: 4, hidden: 512, classes: 10);
}
