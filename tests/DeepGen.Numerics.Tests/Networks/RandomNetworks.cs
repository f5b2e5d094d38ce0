using System.Text;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>
/// Networks from a grammar: a map goes through layers, residual blocks, branches and reductions to a vector, through dense layers to an output or a loss.
/// The same seed gives the same text.
/// </summary>
internal sealed class RandomNetworks
{
    private const int MaxElements = 600;

    private readonly Random random;
    private readonly StringBuilder body = new();
    private readonly string name;
    private int locals;

    private RandomNetworks(int seed)
    {
        random = new Random(seed);
        name = "Random_" + seed;
    }

    public static string Name(int seed) => "Random_" + seed;

    public static string Write(int seed) => new RandomNetworks(seed).Network();

    private string Network()
    {
        int[] shape = random.Next(4) == 0 ? [random.Next(2, 40)] : [random.Next(1, 5), random.Next(5, 14), random.Next(5, 14)];
        var first = shape;
        var x = "x";
        var layers = random.Next(2, 7);
        for (var i = 0; i < layers; i++)
        {
            (x, shape) = Layer(x, shape);
        }

        if (shape.Length == 3 && random.Next(3) > 0)
        {
            (x, shape) = random.Next(2) == 0 ? Let($"{x}.GlobalAvgPool2d()", [shape[0]]) : Let($"{x}.Flatten()", [shape.Aggregate(1, (n, e) => n * e)]);
            for (var i = random.Next(3); i >= 0; i--)
            {
                (x, shape) = Layer(x, shape);
            }
        }

        var loss = "";
        if (shape.Length == 1 && random.Next(3) == 0)
        {
            var classes = random.Next(2, 12);
            (x, shape) = Let($"{x}.Dense({classes})", [classes]);
            loss = ", SoftmaxCrossEntropy";
        }
        else if (random.Next(3) == 0)
        {
            loss = ", MeanSquaredError";
        }

        return $$"""
            [Network{{loss}}]
            public partial class {{name}}
            {
                static Tensor Forward([Input({{string.Join(", ", first)}})] Tensor x)
                {
            {{body}}        return {{(x == "x" ? "x.Tanh()" : x)}};
                }

                static float Swish(float x) => x / (1f + MathF.Exp(-x));

                static float Bent(float x) => x > 0f ? x + 0.1f * x * x : 0.5f * x;
            }
            """;
    }

    private (string X, int[] Shape) Let(string expression, int[] shape)
    {
        var local = "t" + ++locals;
        body.Append($"        var {local} = {expression};\n");
        return (local, shape);
    }

    private (string X, int[] Shape) Layer(string x, int[] shape)
    {
        if (shape.Length == 1)
        {
            var features = random.Next(1, 40);
            return random.Next(7) switch
            {
                0 or 1 or 2 => Let($"{x}.Dense({features}{Bias()}){Activation()}", [features]),
                3 => Let($"{x}.Dense({features}, bias: false).BatchNorm(){Activation()}", [features]),
                4 => Let($"({x}.Dense({shape[0]}){Activation()}.Dense({shape[0]}) + {x}){Activation()}", shape),
                5 => Let($"Tensor.Concat({x}.Dense({features}){Activation()}, {x})", [features + shape[0]]),
                _ => Let($"{x}.Dropout(0.{random.Next(1, 6)}f).Dense({features}){Activation()}", [features]),
            };
        }

        int channels = random.Next(1, 9), height = shape[1], width = shape[2];
        switch (random.Next(9))
        {
            case 0 or 1 or 2 when height > 2 && width > 2:
                int kernel = random.Next(1, 4), stride = random.Next(4) == 0 ? 2 : 1, padding = random.Next(-1, 3), dilation = random.Next(5) == 0 && height > 5 && width > 5 ? 2 : 1;
                int groups = random.Next(4) == 0 ? shape[0] : 1;
                channels = groups * (1 + (channels / groups));
                int[] result = [channels, Windows(height, kernel, stride, padding, dilation), Windows(width, kernel, stride, padding, dilation)];
                if (result[1] < 1 || result[2] < 1 || result[0] * result[1] * result[2] > MaxElements)
                {
                    break;
                }

                var norm = random.Next(3) == 0;
                return Let(
                    $"{x}.Conv2d({channels}, {kernel}{(stride > 1 ? $", stride: {stride}" : "")}{(padding < 0 ? ", padding: Padding.Same" : padding > 0 ? $", padding: {padding}" : "")}{(dilation > 1 ? ", dilation: 2" : "")}{(groups > 1 ? $", groups: {groups}" : "")}{(norm ? ", bias: false" : Bias())}){(norm ? ".BatchNorm()" : "")}{Activation()}",
                    result);
            case 3 when height > 3 && width > 3:
                var pool = random.Next(2) == 0 ? "MaxPool2d" : "AvgPool2d";
                return random.Next(3) == 0
                    ? Let($"{x}.{pool}(3, stride: 2, padding: 1){Activation()}", [shape[0], Windows(height, 3, 2, 1, 1), Windows(width, 3, 2, 1, 1)])
                    : Let($"{x}.{pool}(2){Activation()}", [shape[0], height / 2, width / 2]);
            case 4:
                return Let($"({x}.Conv2d({shape[0]}, 3, padding: 1, bias: false).BatchNorm(){Activation()}.Conv2d({shape[0]}, 3, padding: 1) + {x}){Activation()}", shape);
            case 5:
                return Let($"Tensor.Concat({x}.Conv2d({channels}, 1){Activation()}, {x}.Conv2d(2, 3, padding: 1), {x})", [channels + 2 + shape[0], height, width]);
            case 6:
                var (gate, _) = Let($"{x}.GlobalAvgPool2d().Dense({shape[0]}).Sigmoid().Reshape({shape[0]}, 1, 1)", [shape[0], 1, 1]);
                return Let($"{x} * {gate}", shape);
            case 7:
                return Let($"{x} * {random.Next(1, 9)}f * 0.25f - {x}.BatchNorm(){Activation()}", shape);
        }

        return Let($"{x}.Conv2d({channels}, 1){Activation()}", [channels, height, width]);
    }

    private static int Windows(int size, int kernel, int stride, int padding, int dilation) =>
        padding < 0 ? (size + stride - 1) / stride
        : size + (2 * padding) < ((kernel - 1) * dilation) + 1 ? 0
        : ((size + (2 * padding) - ((kernel - 1) * dilation) - 1) / stride) + 1;

    private string Bias() => random.Next(3) == 0 ? ", bias: false" : "";

    private string Activation() => random.Next(9) switch
    {
        0 or 1 => ".Relu()",
        2 => ".LeakyRelu(0.2f)",
        3 => ".Tanh()",
        4 => ".Sigmoid()",
        5 => ".Map(Swish)",
        6 => ".Map(Bent)",
        _ => "",
    };
}
