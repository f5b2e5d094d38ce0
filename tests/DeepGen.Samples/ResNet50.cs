using DeepGen;

namespace Samples;

[Network, SoftmaxCrossEntropy]
public partial class ResNet50
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image)
    {
        var x = image.Conv2d(64, kernel: 7, stride: 2, padding: 3, bias: false).BatchNorm().Relu().MaxPool2d(3, stride: 2, padding: 1);
        ReadOnlySpan<(int Width, int Blocks)> stages = [(64, 3), (128, 4), (256, 6), (512, 3)];
        foreach (var (width, blocks) in stages)
            for (var i = 0; i < blocks; i++)
                x = Bottleneck(x, width, stride: i == 0 && width > 64 ? 2 : 1);
        return x.GlobalAvgPool2d().Dense(1000);
    }

    [Block]
    static Tensor Bottleneck(Tensor x, int width, int stride)
    {
        var y = x.Conv2d(width, 1, bias: false).BatchNorm().Relu()
                 .Conv2d(width, 3, stride, padding: 1, bias: false).BatchNorm().Relu()
                 .Conv2d(4 * width, 1, bias: false).BatchNorm();
        var skip = stride == 1 && x.Channels == 4 * width ? x : x.Conv2d(4 * width, 1, stride, bias: false).BatchNorm();
        return (y + skip).Relu();
    }
}
