using DeepGen;
using DeepGen.Examples.Vgg;

namespace DeepGen.Examples.StyleTransfer;

/// <summary>
/// Small random features: the textures of convolutions with random filters do for a style, if there are several sizes (I. Ustyuzhaninov et al. 2016, Texture synthesis using shallow convolutional networks with random filters).
/// </summary>
[Network]
internal sealed partial class RandomFeatures
{
    static (Tensor content, Tensor style1, Tensor style2, Tensor style3, Tensor style4) Forward([Input(3, 128, 128)] Tensor picture)
    {
        var first = (2 * picture - 1).Conv2d(48, 7, padding: 3).Relu();
        var second = first.AvgPool2d(2).Conv2d(64, 5, padding: 2).Relu();
        var third = second.AvgPool2d(2).Conv2d(64, 5, padding: 2).Relu();
        var fourth = third.AvgPool2d(2).Conv2d(64, 5, padding: 2).Relu();
        return (second, first.Gram(), second.Gram(), third.Gram(), fourth.Gram());
    }
}

/// <summary>Content and style as L. Gatys, A. Ecker and M. Bethge 2016 take them (there from VGG-19), with means in place of maxima (their section 2).</summary>
[Network]
internal sealed partial class VggFeatures
{
    static (Tensor content, Tensor style1, Tensor style2, Tensor style3, Tensor style4, Tensor style5) Forward([Input(3, 256, 256)] Tensor picture)
    {
        var x = VggLayers.Normalized(picture);
        var first = VggLayers.Conv(x, 64, 0);
        x = VggLayers.Conv(first, 64, 2).AvgPool2d(2);
        var second = VggLayers.Conv(x, 128, 5);
        x = VggLayers.Conv(second, 128, 7).AvgPool2d(2);
        var third = VggLayers.Conv(x, 256, 10);
        x = VggLayers.Conv(VggLayers.Conv(third, 256, 12), 256, 14).AvgPool2d(2);
        var fourth = VggLayers.Conv(x, 512, 17);
        var content = VggLayers.Conv(fourth, 512, 19);
        x = VggLayers.Conv(content, 512, 21).AvgPool2d(2);
        var fifth = VggLayers.Conv(x, 512, 24);
        return (content, first.Gram(), second.Gram(), third.Gram(), fourth.Gram(), fifth.Gram());
    }
}
