namespace DeepGen.Zoo.Networks;

/// <summary>FCN-8s: fully convolutional networks for semantic segmentation (Long, Shelhamer &amp; Darrell 2015), on VGG-16.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class Fcn
{
    static Tensor Forward([Input(3, 500, 500)] Tensor image) => Body(image, width: 64);

    internal static Tensor Body(Tensor image, int width, int classes = 21)
    {
        // The border of 100 lets the head's 7 x 7 window stand anywhere on the image; each sum then begins at the offset that its paths share.
        var pool3 = Stage(Stage(Stage(image, width, 2, border: 100), 2 * width, 2), 4 * width, 3);
        var pool4 = Stage(pool3, 8 * width, 3);
        var head = Stage(pool4, 8 * width, 3).Conv2d(64 * width, 7).Relu().Dropout().Conv2d(64 * width, 1).Relu().Dropout();

        var scores = Twice(head.Conv2d(classes, 1, name: "score"));
        scores = Twice(scores + Crop(pool4.Conv2d(classes, 1, name: "score_pool4"), 5, scores));
        scores += Crop(pool3.Conv2d(classes, 1, name: "score_pool3"), 9, scores);
        return Crop(scores.ConvTranspose2d(classes, 16, stride: 8, bias: false), 31, image);
    }

    [Block]
    static Tensor Stage(Tensor x, int width, int convolutions, int border = 1)
    {
        for (var i = 0; i < convolutions; i++) x = x.Conv2d(width, 3, padding: i == 0 ? border : 1).Relu();
        return x.MaxPool2d(2, ceilMode: true);
    }

    static Tensor Twice(Tensor scores) => scores.ConvTranspose2d(scores.Channels, 4, stride: 2, bias: false);

    static Tensor Crop(Tensor x, int offset, Tensor like) => x.Slice(1, offset, like.Height).Slice(2, offset, like.Width);
}

/// <summary>FCN-8s for a small image.</summary>
[Network, SoftmaxCrossEntropy]
public sealed partial class FcnSmall
{
    static Tensor Forward([Input(3, 16, 16)] Tensor image) => Fcn.Body(image, width: 2, classes: 3);
}
