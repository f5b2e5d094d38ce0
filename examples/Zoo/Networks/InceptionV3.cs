namespace DeepGen.Zoo.Networks;

/// <summary>Inception-v3 (Szegedy et al. 2015, Rethinking the Inception architecture) without its auxiliary classifier: large filters as stacks of small and flat ones.</summary>
[Network, SoftmaxCrossEntropy]
public partial class InceptionV3
{
    static Tensor Forward([Input(3, 299, 299)] Tensor image) => Body(image);

    /// <summary>All channels are divided by <paramref name="shrink"/>.</summary>
    internal static Tensor Body(Tensor x, int shrink = 1, int classes = 1000)
    {
        x = Conv(Conv(Conv(x, 32 / shrink, 3, stride: 2), 32 / shrink, 3), 64 / shrink, 3, padding: 1).MaxPool2d(3, stride: 2);
        x = Conv(Conv(x, 80 / shrink, 1), 192 / shrink, 3).MaxPool2d(3, stride: 2);
        ReadOnlySpan<int> pools = [32, 64, 64], sevens = [128, 160, 160, 192];
        foreach (var pool in pools)
            x = Square(x, shrink, pool / shrink);
        x = ReduceTo17(x, shrink);
        foreach (var seven in sevens)
            x = Flat(x, shrink, seven / shrink);
        x = ReduceTo8(x, shrink);
        for (var i = 0; i < 2; i++)
            x = Wide(x, shrink);
        return x.GlobalAvgPool2d().Dropout().Dense(classes);
    }

    /// <summary>Figure 5: two 3x3 in place of one of the 5x5.</summary>
    [Block]
    static Tensor Square(Tensor x, int shrink, int pool) => Tensor.Concat(
        Conv(x, 64 / shrink, 1),
        Conv(Conv(x, 48 / shrink, 1), 64 / shrink, 5, padding: 2),
        Conv(Conv(Conv(x, 64 / shrink, 1), 96 / shrink, 3, padding: 1), 96 / shrink, 3, padding: 1),
        Conv(x.AvgPool2d(3, stride: 1, padding: 1), pool, 1));

    /// <summary>Figure 6: 7x7 as 1x7 and 7x1.</summary>
    [Block]
    static Tensor Flat(Tensor x, int shrink, int seven)
    {
        var once = Down7(Along7(Conv(x, seven, 1), seven), 192 / shrink);
        var twice = Along7(Down7(Along7(Down7(Conv(x, seven, 1), seven), seven), seven), 192 / shrink);
        return Tensor.Concat(Conv(x, 192 / shrink, 1), once, twice, Conv(x.AvgPool2d(3, stride: 1, padding: 1), 192 / shrink, 1));
    }

    /// <summary>Figure 7: 1x3 and 3x1 side by side.</summary>
    [Block]
    static Tensor Wide(Tensor x, int shrink) => Tensor.Concat(
        Conv(x, 320 / shrink, 1),
        Fork(Conv(x, 384 / shrink, 1)),
        Fork(Conv(Conv(x, 448 / shrink, 1), 384 / shrink, 3, padding: 1)),
        Conv(x.AvgPool2d(3, stride: 1, padding: 1), 192 / shrink, 1));

    /// <summary>Figure 10: convolutions and a pooling of stride 2 side by side.</summary>
    [Block]
    static Tensor ReduceTo17(Tensor x, int shrink) => Tensor.Concat(
        Conv(x, 384 / shrink, 3, stride: 2),
        Conv(Conv(Conv(x, 64 / shrink, 1), 96 / shrink, 3, padding: 1), 96 / shrink, 3, stride: 2),
        x.MaxPool2d(3, stride: 2));

    [Block]
    static Tensor ReduceTo8(Tensor x, int shrink) => Tensor.Concat(
        Conv(Conv(x, 192 / shrink, 1), 320 / shrink, 3, stride: 2),
        Conv(Down7(Along7(Conv(x, 192 / shrink, 1), 192 / shrink), 192 / shrink), 192 / shrink, 3, stride: 2),
        x.MaxPool2d(3, stride: 2));

    static Tensor Fork(Tensor x) => Tensor.Concat(Conv(x, x.Channels, [1, 3], [0, 1]), Conv(x, x.Channels, [3, 1], [1, 0]));

    static Tensor Along7(Tensor x, int channels) => Conv(x, channels, [1, 7], [0, 3]);

    static Tensor Down7(Tensor x, int channels) => Conv(x, channels, [7, 1], [3, 0]);

    static Tensor Conv(Tensor x, int channels, int kernel, int stride = 1, int padding = 0) =>
        x.Conv2d(channels, kernel, stride, padding, bias: false).BatchNorm(epsilon: 1e-3f).Relu();

    static Tensor Conv(Tensor x, int channels, int[] kernel, int[] padding) =>
        x.Conv2d(channels, kernel, padding: padding, bias: false).BatchNorm(epsilon: 1e-3f).Relu();
}

/// <summary><see cref="InceptionV3"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class InceptionV3Small
{
    static Tensor Forward([Input(3, 75, 75)] Tensor image) => InceptionV3.Body(image, shrink: 8, classes: 10);
}
