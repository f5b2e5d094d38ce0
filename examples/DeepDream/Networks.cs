using DeepGen;
using DeepGen.Examples.Vgg;

namespace DeepGen.Examples.DeepDream;

/// <summary>The layers that learn patterns and dream of them.</summary>
internal static class PatternLayers
{
    public static (Tensor Shallow, Tensor Middle, Tensor Deep) Body(Tensor picture)
    {
        var shallow = (2 * picture - 1).Conv2d(24, 5, padding: 2, name: "shallow").Relu();
        var middle = shallow.MaxPool2d(2).Conv2d(48, 3, padding: 1, name: "middle1").Relu().Conv2d(48, 3, padding: 1, name: "middle2").Relu();
        var deep = middle.MaxPool2d(2).Conv2d(64, 3, padding: 1, name: "deep1").Relu().Conv2d(64, 3, padding: 1, name: "deep2").Relu();
        return (shallow, middle, deep);
    }
}

/// <summary>Tells patterns apart.</summary>
[Network, SoftmaxCrossEntropy]
internal sealed partial class PatternClassifier
{
    static Tensor Forward([Input(3, 32, 32)] Tensor picture) => PatternLayers.Body(picture).Deep.GlobalAvgPool2d().Dense(PatternPictures.Classes, name: "classes");
}

/// <summary>The front of it, on larger tiles.</summary>
[Network]
internal sealed partial class PatternDreamer
{
    static (Tensor shallow, Tensor middle, Tensor deep) Forward([Input(3, 96, 96)] Tensor picture) => PatternLayers.Body(picture);
}

/// <summary>The front of VGG-16.</summary>
[Network]
internal sealed partial class VggDreamer
{
    static (Tensor shallow, Tensor middle, Tensor deep) Forward([Input(3, 224, 224)] Tensor picture)
    {
        var x = VggLayers.Conv(VggLayers.Conv(VggLayers.Normalized(picture), 64, 0), 64, 2).MaxPool2d(2);
        x = VggLayers.Conv(VggLayers.Conv(x, 128, 5), 128, 7).MaxPool2d(2);
        var shallow = VggLayers.Conv(VggLayers.Conv(VggLayers.Conv(x, 256, 10), 256, 12), 256, 14);
        x = shallow.MaxPool2d(2);
        var middle = VggLayers.Conv(VggLayers.Conv(VggLayers.Conv(x, 512, 17), 512, 19), 512, 21);
        x = middle.MaxPool2d(2);
        var deep = VggLayers.Conv(VggLayers.Conv(VggLayers.Conv(x, 512, 24), 512, 26), 512, 28);
        return (shallow, middle, deep);
    }
}
