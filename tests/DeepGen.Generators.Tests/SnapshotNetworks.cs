namespace DeepGen.Generators.Tests;

/// <summary>The networks whose generated code is kept: small ones that together show every kind of kernel and every fusion.</summary>
internal static class SnapshotNetworks
{
    public const string LeNet5 = """
        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(16, 5), Tanh, AvgPool2d(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class LeNet5;
        """;

    public const string Perceptron = """
        [Network, Input(784), Dense(128), Relu, Dense(10), SoftmaxCrossEntropy]
        public partial class Perceptron;
        """;

    public const string Autoencoder = """
        [Network, Input(64), Dense(16), LeakyRelu(0.1f), Dense(64), Sigmoid, MeanSquaredError]
        public partial class Autoencoder;
        """;

    public const string ResidualNet = """
        [Network, SoftmaxCrossEntropy]
        public partial class ResidualNet
        {
            static Tensor Forward([Input(3, 16, 16)] Tensor image)
            {
                var x = image.Conv2d(8, 3, padding: 1, bias: false).BatchNorm().Relu();
                for (var i = 0; i < 2; i++)
                    x = Residual(x, 8 << i, stride: 1 + i);
                return x.GlobalAvgPool2d().Dense(10);
            }

            [Block]
            static Tensor Residual(Tensor x, int width, int stride)
            {
                var y = x.Conv2d(width, 3, stride, padding: 1, bias: false).BatchNorm().Relu().Conv2d(width, 3, padding: 1, bias: false).BatchNorm();
                var skip = stride == 1 && x.Channels == width ? x : x.Conv2d(width, 1, stride, bias: false).BatchNorm();
                return (y + skip).Relu();
            }
        }
        """;

    public const string ResNetStem = """
        [Network]
        public partial class ResNetStem
        {
            static Tensor Forward([Input(3, 64, 64)] Tensor image) =>
                Bottleneck(image.Conv2d(16, kernel: 7, stride: 2, padding: 3, bias: false).BatchNorm().Relu().MaxPool2d(3, stride: 2, padding: 1), 8);

            [Block]
            static Tensor Bottleneck(Tensor x, int width)
            {
                var y = x.Conv2d(width, 1, bias: false).BatchNorm().Relu()
                         .Conv2d(width, 3, padding: 1, bias: false).BatchNorm().Relu()
                         .Conv2d(4 * width, 1, bias: false).BatchNorm();
                return (y + x.Conv2d(4 * width, 1, bias: false).BatchNorm()).Relu();
            }
        }
        """;

    public const string DropoutNet = """
        [Network, Input(2, 10, 10)]
        [Conv2d(4, 3), Relu, Dropout(0.25f), MaxPool2d(2), Flatten, Dense(32), Relu, Dropout(0.5f), Dense(5)]
        [SoftmaxCrossEntropy]
        public partial class DropoutNet;
        """;

    public const string MishNet = """
        [Network, MeanSquaredError]
        public partial class MishNet
        {
            static Tensor Forward([Input(12)] Tensor x) => x.Dense(24).Map(Mish).Dense(3);

            static float Mish(float x) => x * MathF.Tanh(MathF.Log(1f + MathF.Exp(x)));
        }
        """;

    public const string TwoHeads = """
        [Network]
        public partial class TwoHeads
        {
            static (Tensor Value, Tensor Policy) Forward([Input(3, 6, 6)] Tensor board, [Input(5)] Tensor clock)
            {
                var x = board.Conv2d(4, 3).Relu().Flatten().Dense(16) + clock.Dense(16);
                return (x.Tanh().Dense(1), x.Relu().Dense(9));
            }

            static Tensor Loss(Tensor value, Tensor policy, [Target(1)] Tensor outcome, [Target(type: Element.Int32)] Tensor move) =>
                value.MeanSquaredError(outcome) + 0.5f * policy.SoftmaxCrossEntropy(move);
        }
        """;

    public const string Branches = """
        [Network, SoftmaxCrossEntropy]
        public partial class Branches
        {
            static Tensor Forward([Input(3, 12, 12)] Tensor x)
            {
                var y = Tensor.Concat([x.Conv2d(4, 1).Relu(), x.Conv2d(4, 3, padding: 1).Relu(), x.MaxPool2d(3, stride: 1, padding: 1)]);
                return y.AvgPool2d(2).GlobalAvgPool2d().Dense(6);
            }
        }
        """;

    public const string Siamese = """
        [Network, MeanSquaredError]
        public partial class Siamese
        {
            static Tensor Forward([Input(10)] Tensor left, [Input(10)] Tensor right)
            {
                var difference = Encode(left) - Encode(right);
                return (difference * difference).Dense(1);
            }

            [Block(shared: true)]
            static Tensor Encode(Tensor x) => x.Dense(20).Tanh().Dense(8);
        }
        """;

    public const string GroupsAndDilation = """
        [Network, Input(6, 15, 13)]
        [Conv2d(6, 3, padding: 1, groups: 6), Relu, Conv2d(8, 1), LeakyRelu]
        [Conv2d(8, 3, padding: Padding.Same, dilation: 2, groups: 2), Sigmoid, Conv2d(4, 3, stride: 2)]
        public partial class GroupsAndDilation;
        """;

    public const string Attention = """
        [Network, MeanSquaredError]
        public partial class Attention
        {
            static Tensor Forward([Input(8, 7, 5)] Tensor x)
            {
                var weights = x.Conv2d(1, 1).Reshape(35).Softmax().Reshape(1, 7, 5);
                return (x * weights).Conv2d(2, 3);
            }
        }
        """;

    public static IReadOnlyList<string> All { get; } =
        [LeNet5, Perceptron, Autoencoder, ResidualNet, ResNetStem, DropoutNet, MishNet, TwoHeads, Branches, Siamese, GroupsAndDilation, Attention];
}
