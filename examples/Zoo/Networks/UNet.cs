namespace DeepGen.Zoo.Networks;

/// <summary>U-Net: convolutional networks for biomedical image segmentation (Ronneberger, Fischer &amp; Brox 2015): unpadded, so the mask is smaller than the image.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class UNet
{
    static Tensor Forward([Input(1, 572, 572)] Tensor image) => Body(image, width: 64, Padding.Valid);

    internal static Tensor Body(Tensor image, int width, int padding) => Level(image, width, depth: 4, padding).Conv2d(channels: 2, 1);

    /// <summary>One level of the U: the way down, all the levels below, and the way up beside what was kept.</summary>
    [Block]
    static Tensor Level(Tensor x, int width, int depth, int padding)
    {
        x = Twice(x, width, padding);
        if (depth == 0) return x.Dropout();

        var up = Level(x.MaxPool2d(2), 2 * width, depth - 1, padding).ConvTranspose2d(width, 2, stride: 2);
        return Twice(Tensor.Concat(x.CenterCropTo(up), up), width, padding);
    }

    static Tensor Twice(Tensor x, int width, int padding) => x.Conv2d(width, 3, padding: padding).Relu().Conv2d(width, 3, padding: padding).Relu();
}

/// <summary>U-Net with padded convolutions, as most use it today: the mask has the size of the image.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class UNetPadded
{
    static Tensor Forward([Input(1, 512, 512)] Tensor image) => UNet.Body(image, width: 64, Padding.Same);
}

/// <summary>The smallest U-Net: 4 × 4 of its 188 × 188 pixels are left.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class UNetSmall
{
    static Tensor Forward([Input(1, 188, 188)] Tensor image) => UNet.Body(image, width: 2, Padding.Valid);
}

/// <summary>The smallest padded U-Net: one pixel is left at the bottom.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class UNetPaddedSmall
{
    static Tensor Forward([Input(1, 16, 16)] Tensor image) => UNet.Body(image, width: 8, Padding.Same);
}
