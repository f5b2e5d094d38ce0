using DeepGen;

namespace Samples;

/// <summary>Four branches joined, as in GoogLeNet.</summary>
[Network, SoftmaxCrossEntropy]
public partial class Inception
{
    static Tensor Forward([Input(3, 32, 32)] Tensor x)
    {
        x = x.Conv2d(16, 3, stride: 2, padding: 1).Relu();
        (int One, int Three, int Five, int Pool)[] widths = [(8, 12, 4, 4), (12, 16, 6, 6)];
        foreach (var w in widths)
        {
            x = Module(x, w);
        }

        return x.GlobalAvgPool2d().Dropout(0.4f).Dense(10);
    }

    [Block]
    static Tensor Module(Tensor x, (int One, int Three, int Five, int Pool) width) => Tensor.Concat(
        x.Conv2d(width.One, 1).Relu(),
        x.Conv2d(width.Three / 2, 1).Relu().Conv2d(width.Three, 3, padding: Padding.Same).Relu(),
        x.Conv2d(width.Five / 2, 1).Relu().Conv2d(width.Five, 5, padding: Padding.Same).Relu(),
        x.MaxPool2d(3, stride: 1, padding: 1).Conv2d(width.Pool, 1).Relu());
}

/// <summary>Features kept in a list and joined again and again.</summary>
[Network]
internal sealed partial class DenseNet
{
    private const int Growth = 4;

    static Tensor Forward([Input(1, 16, 16)] Tensor image)
    {
        var features = new List<Tensor> { image.Conv2d(2 * Growth, 3, padding: 1, bias: false) };
        for (var i = 0; i < 3; i++)
        {
            var joined = Tensor.Concat([.. features]);
            features.Add(joined.BatchNorm().Relu().Conv2d(Growth, 3, padding: 1, bias: false, name: $"layer{i + 1}"));
        }

        return Tensor.Concat(features.ToArray()).AvgPool2d(4).Flatten().Dense(5);
    }

    static Tensor Loss(Tensor scores, [Target(5)] Tensor wanted) => scores.MeanSquaredError(wanted);
}

/// <summary>A recursive block.</summary>
[Network, MeanSquaredError]
public partial class Pyramid
{
    static Tensor Forward([Input(2, 16, 16)] Tensor x) => Level(x, width: 4, depth: 3);

    [Block]
    static Tensor Level(Tensor x, int width, int depth)
    {
        x = x.Conv2d(width, 3, padding: 1).LeakyRelu(0.1f);
        if (depth == 0)
        {
            return x.GlobalAvgPool2d();
        }

        var here = x.GlobalAvgPool2d();
        return Tensor.Concat(here, Level(x.MaxPool2d(2), 2 * width, depth - 1));
    }
}

/// <summary>Two inputs, one set of weights, a loss of its own.</summary>
[Network]
public partial class Siamese
{
    static Tensor Forward([Input(1, 12, 12)] Tensor left, [Input(1, 12, 12)] Tensor right)
    {
        var difference = Embed(left) - Embed(right);
        return (difference * difference).Dense(1).Sigmoid();
    }

    [Block(shared: true)]
    static Tensor Embed(Tensor x) => x.Conv2d(4, 3).Relu().MaxPool2d(2).Flatten().Dense(8).Tanh();

    static Tensor Loss(Tensor same, [Target(1)] Tensor wanted) => 0.5f * same.MeanSquaredError(wanted);
}

/// <summary>Two outputs with names, each with its target.</summary>
[Network]
public partial class TwoHeads
{
    static (Tensor Class, Tensor Box) Forward([Input(3, 16, 16)] Tensor image)
    {
        var trunk = image.Conv2d(8, 3, stride: 2).BatchNorm().Relu().Flatten();
        var (classes, box) = (10, 4);
        return (trunk.Dense(classes, name: "class"), trunk.Dense(box, name: "box"));
    }

    static Tensor Loss(Tensor @class, Tensor box, [Target(type: Element.Int32)] Tensor label, [Target(4)] Tensor corners)
    {
        var weight = 1f / 4;
        return @class.SoftmaxCrossEntropy(label) + weight * box.MeanSquaredError(corners);
    }
}

/// <summary>Parameters of one's own, weights given, numbers with tensors.</summary>
[Network]
public partial class Tied
{
    static Tensor Forward([Input(6)] Tensor x)
    {
        var weight = Tensor.Parameter([6, 6], Initializer.Xavier, "tied");
        var scale = Tensor.Parameter([6], Initializer.Ones);
        var y = x.Dense(6, weight).Relu();
        y = 1 - y * scale + 0.5f;
        y -= 2;
        y *= scale;
        y += x;
        return y.Dense(6, weight: weight, bias: false);
    }
}
