namespace DeepGen.Zoo.Networks;

/// <summary>
/// SegNet: a deep convolutional encoder-decoder architecture for image segmentation (Badrinarayanan, Kendall &amp; Cipolla 2017): on the way back,
/// each pool's indices say where its values go.
/// </summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class SegNet
{
    static Tensor Forward([Input(3, 360, 480)] Tensor image) => Body(image, width: 64, classes: 11);

    internal static Tensor Body(Tensor image, int width, int classes) =>
        Stage(image, [(width, 2), (2 * width, 2), (4 * width, 3), (8 * width, 3), (8 * width, 3)]).Conv2d(classes, 3, padding: 1);

    /// <summary>One stage of VGG-16, the stages below it, and its mirror image, which leaves as many channels as the stage above has.</summary>
    [Block]
    static Tensor Stage(Tensor x, ReadOnlySpan<(int Width, int Convolutions)> stages, int above = 0)
    {
        var (width, convolutions) = stages[0];
        var pooled = Convolve(x, width, convolutions).MaxPool2d(2, ceilMode: true);
        var below = stages.Length == 1 ? pooled : Stage(pooled, stages[1..], width);
        x = Convolve(below.MaxUnpool2d(pooled), width, convolutions - 1);
        return above == 0 ? x : Convolve(x, above, 1);
    }

    static Tensor Convolve(Tensor x, int width, int convolutions)
    {
        for (var i = 0; i < convolutions; i++) x = x.Conv2d(width, 3, padding: 1, bias: false).BatchNorm().Relu();
        return x;
    }
}

/// <summary>SegNet for a small image: one pixel is left in the middle.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class SegNetSmall
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => SegNet.Body(image, width: 4, classes: 3);
}
