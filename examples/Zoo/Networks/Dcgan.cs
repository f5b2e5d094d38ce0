namespace DeepGen.Zoo.Networks;

/// <summary>Generator of deep convolutional generative adversarial networks (Radford, Metz &amp; Chintala 2016).</summary>
[Network]
public sealed partial class DcganGenerator
{
    static Tensor Forward([Input(100)] Tensor noise) => Body(noise, width: 64);

    internal static Tensor Body(Tensor noise, int width)
    {
        var x = noise.Reshape(-1, 1, 1).ConvTranspose2d(8 * width, 4, bias: false).BatchNorm().Relu();
        for (var channels = 4 * width; channels >= width; channels /= 2)
            x = x.ConvTranspose2d(channels, 4, stride: 2, padding: 1, bias: false).BatchNorm().Relu();
        return x.ConvTranspose2d(3, 4, stride: 2, padding: 1, bias: false).Tanh();
    }
}

/// <summary>Discriminator of deep convolutional generative adversarial networks (Radford, Metz &amp; Chintala 2016). Real is 1, generated 0.</summary>
[Network, BinaryCrossEntropyWithLogits]
public sealed partial class DcganDiscriminator
{
    static Tensor Forward([Input(3, 64, 64)] Tensor image) => Body(image, width: 64);

    internal static Tensor Body(Tensor image, int width)
    {
        var x = image.Conv2d(width, 4, stride: 2, padding: 1, bias: false).LeakyRelu(0.2f);
        for (var channels = 2 * width; channels <= 8 * width; channels *= 2)
            x = x.Conv2d(channels, 4, stride: 2, padding: 1, bias: false).BatchNorm().LeakyRelu(0.2f);
        return x.Conv2d(1, 4, bias: false).Flatten();
    }
}

/// <summary>The generator with narrow layers.</summary>
[Network]
public sealed partial class DcganGeneratorSmall
{
    static Tensor Forward([Input(100)] Tensor noise) => DcganGenerator.Body(noise, width: 8);
}

/// <summary>The discriminator with narrow layers.</summary>
[Network, BinaryCrossEntropyWithLogits]
public sealed partial class DcganDiscriminatorSmall
{
    static Tensor Forward([Input(3, 64, 64)] Tensor image) => DcganDiscriminator.Body(image, width: 8);
}
