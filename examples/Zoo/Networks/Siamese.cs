namespace DeepGen.Zoo.Networks;

/// <summary>
/// Siamese network for face verification (Bromley et al. 1993; Chopra, Hadsell &amp; LeCun 2005) with the contrastive loss of Hadsell, Chopra &amp; LeCun 2006:
/// both images pass the same weights; pairs of one person come together, others part.
/// </summary>
[Network]
public sealed partial class Siamese
{
    static (Tensor Left, Tensor Right) Forward([Input(1, 56, 46)] Tensor left, [Input(1, 56, 46)] Tensor right) => (Embed(left, width: 15), Embed(right, width: 15));

    static Tensor Loss(Tensor left, Tensor right, [Target(1)] Tensor same) => Contrast(left, right, same);

    /// <summary>A point for each image. The last layer has no bias, which would cancel in the difference of two.</summary>
    [Block(shared: true)]
    internal static Tensor Embed(Tensor x, int width) => x.Conv2d(width, 7).Tanh().AvgPool2d(2).Conv2d(3 * width, 6).Tanh().AvgPool2d([4, 3])
        .Conv2d(250 * width / 15, 5).Tanh().Flatten().Dense(50, bias: false);

    internal static Tensor Contrast(Tensor left, Tensor right, Tensor same, float margin = 1)
    {
        var squared = ((left - right) * (left - right)).Sum(0, keepDims: true);
        var missing = (margin - (squared + 1e-6f).Sqrt()).Maximum(0);
        return 0.5f * (same * squared + (1 - same) * missing * missing).Sum();
    }
}

/// <summary>The Siamese network with a fifth of the maps; its images cannot be smaller.</summary>
[Network]
public sealed partial class SiameseSmall
{
    static (Tensor Left, Tensor Right) Forward([Input(1, 56, 46)] Tensor left, [Input(1, 56, 46)] Tensor right) => (Siamese.Embed(left, width: 3), Siamese.Embed(right, width: 3));

    static Tensor Loss(Tensor left, Tensor right, [Target(1)] Tensor same) => Siamese.Contrast(left, right, same);
}
