namespace DeepGen.Zoo.Networks;

/// <summary>
/// The context module of multi-scale context aggregation by dilated convolutions (Yu &amp; Koltun 2016), in its basic form: it refines the class scores
/// of a front end, each with a receptive field of 67 × 67 and at full resolution.
/// </summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class DilatedContext
{
    static Tensor Forward([Input(21, 64, 64)] Tensor scores) => Body(scores);

    internal static Tensor Body(Tensor x)
    {
        var channels = x.Channels;
        ReadOnlySpan<int> dilations = [1, 1, 2, 4, 8, 16, 1];
        foreach (var dilation in dilations) x = x.Conv2d(channels, 3, padding: dilation, dilation: dilation).Relu();
        return x.Conv2d(channels, 1);
    }
}

/// <summary>The context module where the widest window just has its outer taps on the map.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class DilatedContextSmall
{
    static Tensor Forward([Input(8, 17, 17)] Tensor scores) => DilatedContext.Body(scores);
}
