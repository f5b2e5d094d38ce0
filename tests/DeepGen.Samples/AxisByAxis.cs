using DeepGen;

namespace Samples.AxisByAxis;

/// <summary>Windows with a number for each axis, as attributes write them.</summary>
[Network, Input(3, 17, 17)]
[Conv2d(6, new[] { 1, 7 }, padding: new[] { 0, 3 }, bias: false), BatchNorm, Relu]
[Conv2d(6, kernel: new int[] { 7, 1 }, stride: new[] { 2 }, padding: new[] { 3, 2, Padding.Valid, 0 }), Relu]
[MaxPool2d(new[] { 3, 2 }, new[] { 2, 0 }, ceilMode: true), DepthwiseConv2d(new[] { 3, 3 }, padding: new[] { Padding.Same, Padding.Full }, multiplier: 2)]
[ConvTranspose2d(4, 4, stride: 2, padding: 1), AvgPool2d(2, countPadding: false, ceilMode: true), GlobalMaxPool2d]
public partial class FactorizedStack;

/// <summary>The same as methods: collections that are written, computed and passed on.</summary>
[Network]
public partial class FactorizedMethods
{
    private static readonly int[] Row = [1, 7];

    static Tensor Forward([Input(3, 16, 16)] Tensor image)
    {
        var pooled = Both(image, 7).MaxPool2d(2);
        int[] sides = [.. Row[..1], 1, 0, 2];
        var x = pooled.Conv2d(8, [3, 3], padding: sides).Relu().Conv2d(8, kernel: Row, padding: [0, Row[1] / 2]);
        return x.MaxUnpool2d(pooled).Conv2d(2, 3, padding: Padding.Full);
    }

    private static Tensor Both(Tensor x, int n) => x.Conv2d(8, [1, n], padding: [0, n / 2]).Conv2d(8, [n, 1], padding: new[] { n / 2, 0 }).Relu();
}

/// <summary>One and three dimensions.</summary>
[Network]
public partial class LinesAndVolumes
{
    static (Tensor Line, Tensor Volume) Forward([Input(4, 20)] Tensor line, [Input(2, 6, 8, 8)] Tensor volume) => (
        line.Conv1d(6, [3], dilation: [2], padding: [4, 0]).Relu().MaxPool1d(2).ConvTranspose1d(3, 4, stride: 2).GlobalMaxPool1d(),
        volume.Conv3d(4, 3, padding: 1).Relu().MaxPool3d([1, 2, 2]).ConvTranspose3d(2, [2, 1, 1], stride: [2, 1, 1]).GlobalAvgPool3d());
}
