namespace DeepGen.Zoo.Networks;

/// <summary>He et al. 2015, Deep residual learning. Parameters are named as in torchvision, whose files therefore load.</summary>
internal static class ResNet
{
    public static readonly int[] Eighteen = [2, 2, 2, 2], ThirtyFour = [3, 4, 6, 3], HundredAndOne = [3, 4, 23, 3], HundredAndFiftyTwo = [3, 8, 36, 3];

    /// <param name="x">The image.</param>
    /// <param name="blocks">Residual blocks of each stage.</param>
    /// <param name="bottleneck">Whether a block is three convolutions, the middle one narrow, in place of two.</param>
    /// <param name="width">Channels of the first stage.</param>
    /// <param name="classes">Features of the last layer.</param>
    public static Tensor Body(Tensor x, int[] blocks, bool bottleneck = false, int width = 64, int classes = 1000)
    {
        x = x.Conv2d(width, 7, stride: 2, padding: 3, bias: false, name: "conv1").BatchNorm(name: "bn1").Relu().MaxPool2d(3, stride: 2, padding: 1);
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            for (var i = 0; i < blocks[stage]; i++)
            {
                var (channels, stride, name) = (width << stage, i == 0 && stage > 0 ? 2 : 1, $"layer{stage + 1}.{i}");
                x = bottleneck ? Bottleneck(x, channels, stride, name) : Basic(x, channels, stride, name);
            }
        }

        return x.GlobalAvgPool2d().Dense(classes, name: "fc");
    }

    [Block]
    public static Tensor Basic(Tensor x, int width, int stride, string name)
    {
        var y = x.Conv2d(width, 3, stride, padding: 1, bias: false, name: "conv1").BatchNorm(name: "bn1").Relu()
                 .Conv2d(width, 3, padding: 1, bias: false, name: "conv2").BatchNorm(name: "bn2");
        return (y + Shortcut(x, width, stride)).Relu();
    }

    /// <summary>The 3x3 has the stride: in the paper the first 1x1 has it, which then drops three quarters of what it is given.</summary>
    [Block]
    static Tensor Bottleneck(Tensor x, int width, int stride, string name)
    {
        var y = x.Conv2d(width, 1, bias: false, name: "conv1").BatchNorm(name: "bn1").Relu()
                 .Conv2d(width, 3, stride, padding: 1, bias: false, name: "conv2").BatchNorm(name: "bn2").Relu()
                 .Conv2d(4 * width, 1, bias: false, name: "conv3").BatchNorm(name: "bn3");
        return (y + Shortcut(x, 4 * width, stride)).Relu();
    }

    static Tensor Shortcut(Tensor x, int channels, int stride) => stride == 1 && x.Channels == channels
        ? x
        : x.Conv2d(channels, 1, stride, bias: false, name: "downsample.0").BatchNorm(name: "downsample.1");
}

/// <summary>ResNet-18.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet18
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => ResNet.Body(image, ResNet.Eighteen);
}

/// <summary><see cref="ResNet18"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet18Small
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => ResNet.Body(image, ResNet.Eighteen, width: 8, classes: 10);
}

/// <summary>ResNet-34.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet34
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => ResNet.Body(image, ResNet.ThirtyFour);
}

/// <summary><see cref="ResNet34"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet34Small
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => ResNet.Body(image, ResNet.ThirtyFour, width: 8, classes: 10);
}

/// <summary>ResNet-50.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet50
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => ResNet.Body(image, ResNet.ThirtyFour, bottleneck: true);
}

/// <summary><see cref="ResNet50"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet50Small
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => ResNet.Body(image, ResNet.ThirtyFour, bottleneck: true, width: 8, classes: 10);
}

/// <summary>ResNet-101.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet101
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => ResNet.Body(image, ResNet.HundredAndOne, bottleneck: true);
}

/// <summary><see cref="ResNet101"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet101Small
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => ResNet.Body(image, ResNet.HundredAndOne, bottleneck: true, width: 8, classes: 10);
}

/// <summary>ResNet-152.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet152
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => ResNet.Body(image, ResNet.HundredAndFiftyTwo, bottleneck: true);
}

/// <summary><see cref="ResNet152"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet152Small
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => ResNet.Body(image, ResNet.HundredAndFiftyTwo, bottleneck: true, width: 8, classes: 10);
}
