using DeepGen.Zoo.Networks;

namespace DeepGen.Zoo;

internal static partial class Catalogue
{
    private static ZooNetwork[] Classifiers() =>
    [
        new("Perceptron", Perceptron.Create, Perceptron.Create) { Fill = Xor, Optimizer = () => new Sgd(0.5f) },
        new("XOR-MLP", XorMlp.Create, XorMlp.Create) { Fill = Xor, Optimizer = () => new Adam(0.2f) },
        new("LeNet-5", LeNet5.Create, LeNet5.Create),
        new("LeNet-5-1998", LeNet5In1998.Create, LeNet5In1998.Create),
        new("AlexNet", AlexNet.Create, AlexNetSmall.Create) { Note = "an eighth of the width, 10 classes", Optimizer = () => new Adam(3e-3f) },
        new("ZFNet", ZFNet.Create, ZFNetSmall.Create) { Note = "an eighth of the width, 10 classes" },
        new("VGG-16", Vgg16.Create, Vgg16Small.Create) { Note = "an eighth of the width, 10 classes", Optimizer = () => new Adam(3e-3f) },
        new("VGG-19", Vgg19.Create, Vgg19Small.Create) { Note = "an eighth of the width, 10 classes", Optimizer = () => new Adam(3e-3f) },
        new("GoogLeNet", GoogLeNet.Create, GoogLeNetSmall.Create) { Note = "half of the width, 10 classes" },
        new("GoogLeNet-aux", GoogLeNetAux.Create, GoogLeNetAuxSmall.Create) { Note = "a quarter of the width, 10 classes" },
        new("Inception-v3", InceptionV3.Create, InceptionV3Small.Create) { Note = "an eighth of the width, 10 classes", Optimizer = () => new Adam(3e-3f) },
        new("ResNet-18", ResNet18.Create, ResNet18Small.Create) { Note = "an eighth of the width, 10 classes" },
        new("ResNet-34", ResNet34.Create, ResNet34Small.Create) { Note = "an eighth of the width, 10 classes" },
        new("ResNet-50", ResNet50.Create, ResNet50Small.Create) { Note = "an eighth of the width, 10 classes" },
        new("ResNet-101", ResNet101.Create, ResNet101Small.Create) { Note = "an eighth of the width, 10 classes", Optimizer = () => new Sgd(0.02f) },
        new("ResNet-152", ResNet152.Create, ResNet152Small.Create) { Batch = 16, Note = "an eighth of the width, 10 classes", Optimizer = () => new Sgd(0.02f) },
        new("ResNet-20", ResNet20.Create, ResNet20Small.Create),
        new("WideResNet-28-10", WideResNet28.Create, WideResNet28Small.Create) { Note = "a tenth of the width" },
        new("WideResNet-28-10-dropout", WideResNet28Dropout.Create, WideResNet28DropoutSmall.Create) { Note = "a tenth of the width" },
        new("Text-CNN", TextCnn.Create, TextCnnSmall.Create) { Note = "50 words of 32 numbers, 16 filters of each width", Fill = Sentences, Optimizer = () => new Adam(3e-3f) },
        new("C3D", C3D.Create, C3DSmall.Create) { Note = "an eighth of the width, 10 classes", Optimizer = () => new Adam(1e-2f) },
    ];

    /// <summary>The four samples of XOR.</summary>
    private static void Xor(Batch batch, Random random)
    {
        ReadOnlySpan<float> inputs = [0, 0, 0, 1, 1, 0, 1, 1], targets = [0, 1, 1, 0];
        inputs.CopyTo(batch.Input<float>());
        targets.CopyTo(batch.Target<float>());
    }

    /// <summary>Sentences of any words; the labels alternate.</summary>
    private static void Sentences(Batch batch, Random random)
    {
        foreach (ref var word in batch.Input<int>()) word = random.Next(50);
        var labels = batch.Target<int>();
        for (var i = 0; i < labels.Length; i++) labels[i] = i % 2;
    }
}
