namespace DeepGen.Zoo.Networks;

/// <summary>Generator of image-to-image translation with conditional adversarial networks (Isola et al. 2017): a U-Net whose dropout is its noise.</summary>
[Network]
public sealed partial class Pix2pixGenerator
{
    static Tensor Forward([Input(3, 256, 256)] Tensor sketch) => Body(sketch, width: 64);

    internal static Tensor Body(Tensor sketch, int width)
    {
        var most = 8 * width;
        return Level(sketch, [width, 2 * width, 4 * width, most, most, most, most, most], outermost: true).Tanh();
    }

    /// <summary>Half the size and back, by way of all the levels within; the first and the last way down are not normalized.</summary>
    [Block]
    static Tensor Level(Tensor x, ReadOnlySpan<int> widths, bool outermost = false)
    {
        var y = (outermost ? x : x.LeakyRelu(0.2f)).Conv2d(widths[0], 4, stride: 2, padding: 1, bias: false);
        if (widths.Length > 1)
        {
            if (!outermost) y = y.BatchNorm();
            y = Tensor.Concat(y, Level(y, widths[1..]));
        }

        y = y.Relu().ConvTranspose2d(x.Channels, 4, stride: 2, padding: 1, bias: outermost);
        if (outermost) return y;
        y = y.BatchNorm();
        return widths.Length > 3 ? y : y.Dropout();
    }
}

/// <summary>Discriminator of pix2pix (Isola et al. 2017): a PatchGAN that judges each of the overlapping 70 × 70 patches of a photo beside its sketch.</summary>
[Network, BinaryCrossEntropyWithLogits]
public sealed partial class Pix2pixDiscriminator
{
    static Tensor Forward([Input(3, 256, 256)] Tensor sketch, [Input(3, 256, 256)] Tensor photo) => Body(sketch, photo, width: 64);

    internal static Tensor Body(Tensor sketch, Tensor photo, int width)
    {
        var x = Tensor.Concat(sketch, photo).Conv2d(width, 4, stride: 2, padding: 1).LeakyRelu(0.2f);
        for (var i = 1; i <= 3; i++)
            x = x.Conv2d(width << i, 4, stride: i < 3 ? 2 : 1, padding: 1, bias: false).BatchNorm().LeakyRelu(0.2f);
        return x.Conv2d(1, 4, padding: 1);
    }
}

/// <summary>The generator with narrow layers: its eight levels need the whole image.</summary>
[Network]
public sealed partial class Pix2pixGeneratorSmall
{
    static Tensor Forward([Input(3, 256, 256)] Tensor sketch) => Pix2pixGenerator.Body(sketch, width: 2);
}

/// <summary>The discriminator with narrow layers, for the images of the small generator.</summary>
[Network, BinaryCrossEntropyWithLogits]
public sealed partial class Pix2pixDiscriminatorSmall
{
    static Tensor Forward([Input(3, 256, 256)] Tensor sketch, [Input(3, 256, 256)] Tensor photo) => Pix2pixDiscriminator.Body(sketch, photo, width: 2);
}
