using DeepGen;

namespace DeepGen.Examples.Segmentation;

/// <summary>
/// U-Net (O. Ronneberger, P. Fischer and T. Brox 2015, figure 1), narrower (16 to 128 channels in place of 64 to 1024), with one level less and with batch normalization, which the paper has not.
/// </summary>
internal static class UNet
{
    /// <summary>Channels of the first level; each level below has twice as many.</summary>
    public const int Width = 16;

    /// <summary>Levels below the first.</summary>
    public const int Depth = 3;

    /// <summary>Pixels that a level pools by, from the picture down to the bottom: tiles begin at multiples of it.</summary>
    public const int Grid = 1 << Depth;

    /// <summary>Pixels on each side of an output pixel that it can depend on: what unpadded convolutions cut off.</summary>
    public const int Reach = 44;

    public static Tensor Body(Tensor image, int padding) => Level(image, Width, Depth, padding).Conv2d(channels: 2, 1, name: "classes");

    /// <summary>Cross-entropy, and more of it between cells that almost touch.</summary>
    public static Tensor Loss(Tensor logits, Tensor labels, Tensor borders)
    {
        // Only ground has such weights, and of two classes its cross-entropy is softplus(cell − ground).
        var classes = logits.Split(2);
        var difference = (classes[1] - classes[0]).Reshape(logits.Height, logits.Width);
        return logits.SoftmaxCrossEntropy(labels) + (borders * difference.Softplus()).Mean();
    }

    /// <summary>One level of the U: the way down, all the levels below, and the way up beside what was kept.</summary>
    [Block]
    private static Tensor Level(Tensor x, int width, int depth, int padding)
    {
        x = Twice(x, width, padding);
        if (depth == 0) return x.Dropout(0.2f);

        var up = Level(x.MaxPool2d(2), 2 * width, depth - 1, padding).ConvTranspose2d(width, 2, stride: 2);
        return Twice(Tensor.Concat(x.CenterCropTo(up), up), width, padding);
    }

    private static Tensor Twice(Tensor x, int width, int padding) =>
        x.Conv2d(width, 3, padding: padding, bias: false).BatchNorm().Relu().Conv2d(width, 3, padding: padding, bias: false).BatchNorm().Relu();
}

/// <summary>Padded, for pictures of 128 × 128: the map has the size of the picture.</summary>
[Network]
internal sealed partial class PaddedUNet128
{
    static Tensor Forward([Input(1, 128, 128)] Tensor image) => UNet.Body(image, Padding.Same);

    static Tensor Loss(Tensor logits, [Target(128, 128, type: Element.Int32)] Tensor labels, [Target(128, 128)] Tensor borders) => UNet.Loss(logits, labels, borders);
}

/// <summary>Padded, for pictures of 256 × 256.</summary>
[Network]
internal sealed partial class PaddedUNet256
{
    static Tensor Forward([Input(1, 256, 256)] Tensor image) => UNet.Body(image, Padding.Same);

    static Tensor Loss(Tensor logits, [Target(256, 256, type: Element.Int32)] Tensor labels, [Target(256, 256)] Tensor borders) => UNet.Loss(logits, labels, borders);
}

/// <summary>Unpadded, as in the paper: of 156 × 156 pixels the 68 × 68 in the middle are judged, each with all that it depends on.</summary>
[Network]
internal sealed partial class UnpaddedUNet156
{
    static Tensor Forward([Input(1, 156, 156)] Tensor image) => UNet.Body(image, Padding.Valid);

    static Tensor Loss(Tensor logits, [Target(68, 68, type: Element.Int32)] Tensor labels, [Target(68, 68)] Tensor borders) => UNet.Loss(logits, labels, borders);
}

/// <summary>Unpadded: of 220 × 220 pixels the 132 × 132 in the middle.</summary>
[Network]
internal sealed partial class UnpaddedUNet220
{
    static Tensor Forward([Input(1, 220, 220)] Tensor image) => UNet.Body(image, Padding.Valid);

    static Tensor Loss(Tensor logits, [Target(132, 132, type: Element.Int32)] Tensor labels, [Target(132, 132)] Tensor borders) => UNet.Loss(logits, labels, borders);
}
