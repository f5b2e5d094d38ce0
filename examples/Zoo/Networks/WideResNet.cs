namespace DeepGen.Zoo.Networks;

/// <summary>Zagoruyko and Komodakis 2016, Wide residual networks; normalization and rectifier stand before each convolution (He et al. 2016).</summary>
internal static class WideResNet
{
    /// <param name="x">The image.</param>
    /// <param name="widening">By how much it is wider than a ResNet of that depth: the k of WRN-28-k.</param>
    /// <param name="dropout">Probability between the two convolutions of a block; 0 for none.</param>
    public static Tensor Body(Tensor x, int widening, float dropout = 0)
    {
        x = x.Conv2d(16, 3, padding: 1, bias: false);
        for (var group = 0; group < 3; group++)
            for (var i = 0; i < 4; i++)
                x = Block(x, (16 << group) * widening, stride: i == 0 && group > 0 ? 2 : 1, dropout);
        return x.BatchNorm().Relu().GlobalAvgPool2d().Dense(10);
    }

    [Block]
    static Tensor Block(Tensor x, int width, int stride, float dropout)
    {
        var before = x.BatchNorm().Relu();
        var y = before.Conv2d(width, 3, stride, padding: 1, bias: false).BatchNorm().Relu();
        if (dropout > 0)
            y = y.Dropout(dropout);
        y = y.Conv2d(width, 3, padding: 1, bias: false);
        return y + (x.Channels == width ? x : before.Conv2d(width, 1, stride, bias: false));
    }
}

/// <summary>WRN-28-10.</summary>
[Network, SoftmaxCrossEntropy]
public partial class WideResNet28
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => WideResNet.Body(image, widening: 10);
}

/// <summary><see cref="WideResNet28"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class WideResNet28Small
{
    static Tensor Forward([Input(3, 8, 8)] Tensor image) => WideResNet.Body(image, widening: 1);
}

/// <summary>WRN-28-10 with dropout.</summary>
[Network, SoftmaxCrossEntropy]
public partial class WideResNet28Dropout
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => WideResNet.Body(image, widening: 10, dropout: 0.3f);
}

/// <summary><see cref="WideResNet28Dropout"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class WideResNet28DropoutSmall
{
    static Tensor Forward([Input(3, 8, 8)] Tensor image) => WideResNet.Body(image, widening: 1, dropout: 0.3f);
}
