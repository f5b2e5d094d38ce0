namespace DeepGen.Zoo.Networks;

/// <summary>GoogLeNet (Szegedy et al. 2014, Going deeper with convolutions): modules of four branches, which look at one, three, five pixels and the greatest of nine.</summary>
[Network, SoftmaxCrossEntropy]
public partial class GoogLeNet
{
    static Tensor Forward([Input(3, 224, 224)] Tensor image) => Body(image).Main;

    /// <summary>The scores of the classes, and the maps that the auxiliary classifiers see. All channels are divided by <paramref name="shrink"/>.</summary>
    internal static (Tensor Main, Tensor At4a, Tensor At4d) Body(Tensor x, int shrink = 1, int classes = 1000)
    {
        x = Pool(x.Conv2d(64 / shrink, 7, stride: 2, padding: 3).Relu()).LocalResponseNorm(5);
        x = x.Conv2d(64 / shrink, 1).Relu().Conv2d(192 / shrink, 3, padding: 1).Relu();
        x = Pool(x.LocalResponseNorm(5));
        x = Module(x, "3a", shrink, 64, 96, 128, 16, 32, 32);
        x = Module(x, "3b", shrink, 128, 128, 192, 32, 96, 64);
        var a = x = Module(Pool(x), "4a", shrink, 192, 96, 208, 16, 48, 64);
        x = Module(x, "4b", shrink, 160, 112, 224, 24, 64, 64);
        x = Module(x, "4c", shrink, 128, 128, 256, 24, 64, 64);
        var d = x = Module(x, "4d", shrink, 112, 144, 288, 32, 64, 64);
        x = Module(x, "4e", shrink, 256, 160, 320, 32, 128, 128);
        x = Module(Pool(x), "5a", shrink, 256, 160, 320, 32, 128, 128);
        x = Module(x, "5b", shrink, 384, 192, 384, 48, 128, 128);
        return (x.GlobalAvgPool2d().Dropout(0.4f).Dense(classes, name: "loss3"), a, d);
    }

    /// <summary>A classifier on the way, which brings gradient to the layers below.</summary>
    [Block]
    internal static Tensor Auxiliary(Tensor x, string name, int shrink = 1, int classes = 1000) =>
        x.AvgPool2d(5, stride: 3).Conv2d(128 / shrink, 1).Relu().Flatten().Dense(1024 / shrink).Relu().Dropout(0.7f).Dense(classes);

    /// <summary>Table 1: the widths of the 1x1, the reduction before the 3x3, the 3x3, the reduction before the 5x5, the 5x5, the 1x1 behind the pooling.</summary>
    [Block]
    static Tensor Module(Tensor x, string name, int shrink, int one, int reduce3, int three, int reduce5, int five, int pool) => Tensor.Concat(
        x.Conv2d(one / shrink, 1).Relu(),
        x.Conv2d(reduce3 / shrink, 1).Relu().Conv2d(three / shrink, 3, padding: 1).Relu(),
        x.Conv2d(reduce5 / shrink, 1).Relu().Conv2d(five / shrink, 5, padding: 2).Relu(),
        x.MaxPool2d(3, stride: 1, padding: 1).Conv2d(pool / shrink, 1).Relu());

    static Tensor Pool(Tensor x) => x.MaxPool2d(3, stride: 2, ceilMode: true);
}

/// <summary><see cref="GoogLeNet"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class GoogLeNetSmall
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => GoogLeNet.Body(image, shrink: 2, classes: 10).Main;
}

/// <summary><see cref="GoogLeNet"/> as it is trained: with two auxiliary classifiers, whose losses count 0.3 each.</summary>
[Network]
public partial class GoogLeNetAux
{
    static (Tensor Main, Tensor Aux1, Tensor Aux2) Forward([Input(3, 224, 224)] Tensor image)
    {
        var (main, a, d) = GoogLeNet.Body(image);
        return (main, GoogLeNet.Auxiliary(a, "loss1"), GoogLeNet.Auxiliary(d, "loss2"));
    }

    static Tensor Loss(Tensor main, Tensor aux1, Tensor aux2, [Target(type: Element.Int32)] Tensor label) =>
        main.SoftmaxCrossEntropy(label) + 0.3f * aux1.SoftmaxCrossEntropy(label) + 0.3f * aux2.SoftmaxCrossEntropy(label);
}

/// <summary><see cref="GoogLeNetAux"/>, small.</summary>
[Network]
public partial class GoogLeNetAuxSmall
{
    static (Tensor Main, Tensor Aux1, Tensor Aux2) Forward([Input(3, 80, 80)] Tensor image)
    {
        var (main, a, d) = GoogLeNet.Body(image, shrink: 4, classes: 10);
        return (main, GoogLeNet.Auxiliary(a, "loss1", shrink: 4, classes: 10), GoogLeNet.Auxiliary(d, "loss2", shrink: 4, classes: 10));
    }

    static Tensor Loss(Tensor main, Tensor aux1, Tensor aux2, [Target(type: Element.Int32)] Tensor label) =>
        main.SoftmaxCrossEntropy(label) + 0.3f * aux1.SoftmaxCrossEntropy(label) + 0.3f * aux2.SoftmaxCrossEntropy(label);
}
