using DeepGen;

namespace DeepGen.Examples.Vgg;

/// <summary>
/// The convolutions of VGG-16 (K. Simonyan and A. Zisserman 2014, configuration D), with torchvision's names, so that its weights load: <c>features.0.weight</c> [64, 3, 3, 3], <c>features.0.bias</c> [64], …, <c>features.28.weight</c>
/// [512, 512, 3, 3]. What else a file has, such as <c>classifier.6.weight</c>, is not needed.
/// </summary>
internal static class VggLayers
{
    /// <summary>A picture of 0 to 1 as torchvision's weights expect it.</summary>
    public static Tensor Normalized(Tensor picture)
    {
        var colors = picture.Split(3);
        return Tensor.Concat((colors[0] - 0.485f) / 0.229f, (colors[1] - 0.456f) / 0.224f, (colors[2] - 0.406f) / 0.225f);
    }

    public static Tensor Conv(Tensor x, int channels, int number) => x.Conv2d(channels, 3, padding: 1, name: $"features.{number}").Relu();
}
