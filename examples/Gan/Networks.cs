using DeepGen;

namespace DeepGen.Examples.Gan;

/// <summary>
/// Generator of deep convolutional generative adversarial networks (A. Radford, L. Metz and S. Chintala 2016), for 28 × 28: transposed convolutions with batch normalization and ReLU, Tanh at the end.
/// </summary>
[Network]
internal sealed partial class Generator
{
    /// <summary>Numbers that a picture is made of.</summary>
    public const int Noise = 64;

    static Tensor Forward([Input(Noise)] Tensor noise) =>
        noise.Reshape(-1, 1, 1)
            .ConvTranspose2d(64, 7, bias: false).BatchNorm().Relu()
            .ConvTranspose2d(32, 4, stride: 2, padding: 1, bias: false).BatchNorm().Relu()
            .ConvTranspose2d(1, 4, stride: 2, padding: 1).Tanh();
}

/// <summary>
/// Discriminator of the same paper: strided convolutions with LeakyReLU. What it sees is blurred by a little noise, so that it cannot learn few pictures by heart (C. Sønderby et al. 2017, instance noise). Real is 1, generated 0.
/// </summary>
[Network, BinaryCrossEntropyWithLogits]
internal sealed partial class Discriminator
{
    static Tensor Forward([Input(1, 28, 28)] Tensor image) =>
        image.GaussianNoise(0.1f)
            .Conv2d(32, 4, stride: 2, padding: 1).LeakyRelu(0.2f)
            .Conv2d(64, 4, stride: 2, padding: 1, bias: false).BatchNorm().LeakyRelu(0.2f).Dropout(0.3f)
            .Conv2d(1, 7).Flatten();
}

/// <summary>Tells the classes of the data, to see how many of them a generator makes.</summary>
[Network, Input(1, 28, 28)]
[Conv2d(16, 3, padding: 1), Relu, MaxPool2d(2)]
[Conv2d(32, 3, padding: 1), Relu, MaxPool2d(2)]
[Flatten, Dropout(0.3f), Dense(64), Relu, Dense(10)]
[SoftmaxCrossEntropy]
internal sealed partial class Classifier;
