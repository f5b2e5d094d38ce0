namespace DeepGen.Zoo.Networks;

/// <summary>
/// Image transformation network of perceptual losses for real-time style transfer and super-resolution (Johnson, Alahi &amp; Fei-Fei 2016). The loss here is
/// the paper's pixel loss; its perceptual ones compare maps of a VGG-16 that was trained before.
/// </summary>
[Network, MeanSquaredError]
public sealed partial class ImageTransformNet
{
    static Tensor Forward([Input(3, 256, 256)] Tensor image) => Body(image, width: 32);

    internal static Tensor Body(Tensor image, int width)
    {
        // The residual blocks are not padded: what they cut off the sides is added before.
        var x = image.ReflectPad2d(40).Conv2d(width, 9, padding: 4, bias: false).BatchNorm().Relu()
            .Conv2d(2 * width, 3, stride: 2, padding: 1, bias: false).BatchNorm().Relu()
            .Conv2d(4 * width, 3, stride: 2, padding: 1, bias: false).BatchNorm().Relu();
        for (var i = 0; i < 5; i++) x = Residual(x);
        x = x.ConvTranspose2d(2 * width, 3, stride: 2, padding: 1, outputPadding: 1, bias: false).BatchNorm().Relu()
            .ConvTranspose2d(width, 3, stride: 2, padding: 1, outputPadding: 1, bias: false).BatchNorm().Relu()
            .Conv2d(3, 9, padding: 4).Tanh();
        return 0.5f * x + 0.5f;
    }

    [Block]
    static Tensor Residual(Tensor x)
    {
        var y = x.Conv2d(x.Channels, 3, bias: false).BatchNorm().Relu().Conv2d(x.Channels, 3, bias: false).BatchNorm();
        return x.CenterCropTo(y) + y;
    }
}

/// <summary>The transformation of the smallest image that can be mirrored so far beyond its sides.</summary>
[Network, MeanSquaredError]
public sealed partial class ImageTransformNetSmall
{
    static Tensor Forward([Input(3, 44, 44)] Tensor image) => ImageTransformNet.Body(image, width: 2);
}
