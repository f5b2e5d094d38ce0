using DeepGen;

/// <summary>
/// ResNet-20 for images of 32 × 32 (K. He et al. 2016, Deep residual learning, section 4.2): three stages of three residual blocks. Where the shape changes the shortcut is a 1 × 1 convolution
/// (option B of the paper).
/// </summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet20
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image)
    {
        var x = image.Conv2d(16, 3, padding: 1, bias: false).BatchNorm().Relu();
        ReadOnlySpan<int> widths = [16, 32, 64];
        foreach (var width in widths)
            for (var i = 0; i < 3; i++)
                x = Residual(x, width, stride: i == 0 && width > 16 ? 2 : 1);
        return x.GlobalAvgPool2d().Dense(10);
    }

    [Block]
    static Tensor Residual(Tensor x, int width, int stride)
    {
        var y = x.Conv2d(width, 3, stride, padding: 1, bias: false).BatchNorm().Relu()
                 .Conv2d(width, 3, padding: 1, bias: false).BatchNorm();
        var skip = stride == 1 && x.Channels == width ? x : x.Conv2d(width, 1, stride, bias: false).BatchNorm();
        return (y + skip).Relu();
    }
}
