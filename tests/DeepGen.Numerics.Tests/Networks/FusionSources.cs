using System.Text;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>Networks that put every pair of neighbours the fusion pass knows next to each other, and every feature of the language that shapes a program.</summary>
internal static class FusionSources
{
    private static readonly (string Name, string Call, string? Function)[] Activations =
    [
        ("Relu", "Relu()", null),
        ("LeakyRelu", "LeakyRelu(0.1f)", null),
        ("Sigmoid", "Sigmoid()", null),
        ("Tanh", "Tanh()", null),
        ("Softmax", "Softmax()", null),
        ("Mish", "Map(Mish)", "static float Mish(float x) => x * MathF.Tanh(MathF.Log(1f + MathF.Exp(x)));"),
        ("Swish", "Map(Swish)", "static float Swish(float x) => x / (1f + MathF.Exp(-x));"),
        ("Selu", "Map(Selu)", "static float Selu(float x) => 1.0507f * (x > 0f ? x : 1.67326f * (MathF.Exp(x) - 1f));"),
        ("Piecewise", "Map(Piecewise)", "static float Piecewise(float x)\n    {\n        if (x < -0.5f)\n            return 0.25f * x;\n        return x is > 0.5f ? x * x : MathF.Abs(x - 0.1f);\n    }"),
    ];

    /// <summary>Convolution and dense layer, with and without bias, before each activation; the activation's gradient meets the layer's.</summary>
    public static string ActivationNets()
    {
        var text = new StringBuilder();
        foreach (var (name, call, function) in Activations)
        {
            foreach (var bias in new[] { "true", "false" })
            {
                var suffix = name + (bias == "true" ? "" : "_NoBias");
                Net($"Conv_{suffix}", $"[Input(3, 7, 6)] Tensor x", $"x.Conv2d(5, 3, padding: 1, bias: {bias}).{call}.Conv2d(4, 3, bias: {bias}).{call}");
                Net($"Dense_{suffix}", $"[Input(19)] Tensor x", $"x.Dense(21, bias: {bias}).{call}.Dense(7, bias: {bias}).{call}");
            }

            Net($"Residual_{name}", "[Input(4, 6, 5)] Tensor x", $"(x.Conv2d(4, 3, padding: 1).{call}.Conv2d(4, 3, padding: 1) + x).{call}");
            Net($"Norm_{name}", "[Input(4, 6, 5)] Tensor x", $"x.Conv2d(5, 3, bias: false).BatchNorm().{call}.Conv2d(3, 1).BatchNorm().{call}");
            Net($"Pool_{name}", "[Input(2, 9, 8)] Tensor x", $"x.Conv2d(5, 3).{call}.AvgPool2d(2).Conv2d(3, 2).{call}.MaxPool2d(2)");

            void Net(string className, string inputs, string body)
            {
                text.AppendLine($"[Network]\npublic partial class {className}\n{{\n    static Tensor Forward({inputs}) => {body};");
                text.AppendLine(function is null ? "}\n" : $"\n    {function}\n}}\n");
            }
        }

        return text.ToString();
    }

    public static string Rest => """
        [Network, Input(1, 12, 12)]
        [Conv2d(3, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(4, 3), Tanh, AvgPool2d(2)]
        [Flatten, Dense(12), Tanh, Dense(5)]
        [SoftmaxCrossEntropy]
        public partial class SmallLeNet;

        [Network, Input(9), Dense(11), Relu, Dense(9), MeanSquaredError]
        public partial class Autoencoder;

        [Network, Input(9), Dense(11), Relu, Dense(1)]
        public partial class OneOutput;

        [Network]
        public partial class ResidualSkipFirst
        {
            static Tensor Forward([Input(4, 6, 6)] Tensor x) => (x + x.Conv2d(4, 3, padding: 1)).Relu();
        }

        [Network]
        public partial class ResidualDifference
        {
            static Tensor Forward([Input(4, 6, 6)] Tensor x)
            {
                var a = x.Conv2d(4, 3, padding: 1).Relu();
                return (a - x.Conv2d(4, 1)).Tanh() * a;
            }
        }

        [Network]
        public partial class ResidualProjection
        {
            static Tensor Forward([Input(3, 9, 7)] Tensor x)
            {
                var y = x.Conv2d(6, 3, stride: 2, padding: 1, bias: false).BatchNorm().Relu().Conv2d(6, 3, padding: 1, bias: false).BatchNorm();
                return (y + x.Conv2d(6, 1, stride: 2, bias: false).BatchNorm()).Relu();
            }
        }

        [Network]
        public partial class ResidualDense
        {
            static Tensor Forward([Input(13)] Tensor x)
            {
                for (var i = 0; i < 3; i++)
                    x = (x.Dense(13).Relu().Dense(13) + x).Relu();
                return x;
            }
        }

        [Network]
        public partial class SkipUsedTwice
        {
            static Tensor Forward([Input(3, 6, 6)] Tensor x)
            {
                var a = x.Conv2d(4, 3, padding: 1).Relu();
                var b = (a.Conv2d(4, 3, padding: 1) + a).Relu();
                return (b.Conv2d(4, 1) + a + b).Tanh();
            }
        }

        [Network]
        public partial class SqueezeExcitation
        {
            static Tensor Forward([Input(3, 6, 5)] Tensor x)
            {
                var y = x.Conv2d(6, 3, padding: 1).Relu();
                var s = y.GlobalAvgPool2d().Dense(3).Relu().Dense(6).Sigmoid().Reshape(6, 1, 1);
                return (y * s).Conv2d(2, 1);
            }
        }

        [Network]
        public partial class NormFirst
        {
            static Tensor Forward([Input(3, 6, 5)] Tensor x) => x.BatchNorm().Relu().Conv2d(4, 3).BatchNorm(momentum: 0.3f).Relu().Conv2d(2, 3);
        }

        [Network]
        public partial class NormVectors
        {
            static Tensor Forward([Input(9)] Tensor x) => x.Dense(12, bias: false).BatchNorm().Tanh().Dense(7).BatchNorm(epsilon: 0.001f).Sigmoid().BatchNorm();
        }

        [Network]
        public partial class NormAfterSum
        {
            static Tensor Forward([Input(3, 6, 5)] Tensor x)
            {
                var y = (x.Conv2d(4, 3, padding: 1) + x.Conv2d(4, 1)).BatchNorm().Relu();
                return (y.Conv2d(4, 3, padding: 1, bias: false).BatchNorm() + y).Relu();
            }
        }

        [Network]
        public partial class NormAfterPool
        {
            static Tensor Forward([Input(3, 8, 8)] Tensor x) => x.Conv2d(4, 3, padding: 1).MaxPool2d(2).BatchNorm().Relu().AvgPool2d(2).BatchNorm();
        }

        [Network]
        public partial class NormTwice
        {
            static Tensor Forward([Input(3, 5, 5)] Tensor x)
            {
                var y = x.Conv2d(4, 3, bias: false);
                return Tensor.Concat(y.BatchNorm(), y.BatchNorm().Relu(), y);
            }
        }

        [Network]
        public partial class NormScaled
        {
            static Tensor Forward([Input(3, 5, 5)] Tensor x) => x.Conv2d(4, 3) * 0.5f * 3f + 1f;
        }

        [Network]
        public partial class PoolThenActivation
        {
            static Tensor Forward([Input(2, 9, 8)] Tensor x) => x.Conv2d(4, 2).MaxPool2d(2).Relu().Conv2d(3, 2).AvgPool2d(2, stride: 1).Tanh();
        }

        [Network]
        public partial class PoolOverlap
        {
            static Tensor Forward([Input(3, 11, 9)] Tensor x) => x.Conv2d(4, 3, padding: 1).BatchNorm().Relu().MaxPool2d(3, stride: 2, padding: 1).Sigmoid().AvgPool2d(3, stride: 2, padding: 1, countPadding: false);
        }

        [Network]
        public partial class PoolOfInput
        {
            static Tensor Forward([Input(3, 9, 9)] Tensor x) => Tensor.Concat(x.MaxPool2d(3), x.AvgPool2d(3)).Conv2d(2, 2).GlobalAvgPool2d().Tanh();
        }

        [Network]
        public partial class Inception
        {
            static Tensor Forward([Input(4, 8, 7)] Tensor x)
            {
                var a = x.Conv2d(3, 1).Relu();
                var b = x.Conv2d(2, 1).Relu().Conv2d(4, 3, padding: 1).Relu();
                var c = x.Conv2d(2, 1).Relu().Conv2d(3, 5, padding: 2).Relu();
                var d = x.MaxPool2d(3, stride: 1, padding: 1).Conv2d(2, 1).Relu();
                return Tensor.Concat(a, b, c, d).GlobalAvgPool2d().Dense(6);
            }
        }

        [Network]
        public partial class DenseBlock
        {
            static Tensor Forward([Input(3, 6, 6)] Tensor x)
            {
                for (var i = 0; i < 3; i++)
                    x = Tensor.Concat(x, x.BatchNorm().Relu().Conv2d(2, 3, padding: 1, bias: false));
                return x.GlobalAvgPool2d().Dense(4);
            }
        }

        [Network]
        public partial class ConcatOutput
        {
            static Tensor Forward([Input(5)] Tensor x, [Input(3)] Tensor z) => Tensor.Concat(x.Dense(4).Relu(), z, x);
        }

        [Network]
        public partial class ConcatReused
        {
            static Tensor Forward([Input(3, 4, 4)] Tensor x)
            {
                var a = x.Conv2d(2, 1).Relu();
                var b = Tensor.Concat(a, x);
                return Tensor.Concat(b, a, b.Conv2d(2, 3, padding: 1).Tanh()).Flatten().Dense(5);
            }
        }

        [Network]
        public partial class Siamese
        {
            static Tensor Forward([Input(1, 9, 9)] Tensor left, [Input(1, 9, 9)] Tensor right)
            {
                var d = Encode(left) - Encode(right);
                return (d * d).Dense(1).Sigmoid();
            }

            [Block(shared: true)]
            static Tensor Encode(Tensor x) => x.Conv2d(4, 3).Relu().MaxPool2d(2).Flatten().Dense(8).Tanh();

            static Tensor Loss(Tensor y, [Target(1)] Tensor same) => y.MeanSquaredError(same);
        }

        [Network]
        public partial class Recurrent
        {
            static Tensor Forward([Input(6)] Tensor x)
            {
                var h = x.Dense(6).Tanh();
                for (var i = 0; i < 4; i++)
                    h = Cell(h, x);
                return h;
            }

            [Block(shared: true)]
            static Tensor Cell(Tensor h, Tensor x) => (h.Dense(6) + x.Dense(6, bias: false)).Tanh();
        }

        [Network]
        public partial class TiedWeights
        {
            static Tensor Forward([Input(7)] Tensor x)
            {
                var w = Tensor.Parameter([7, 7], name: "tied");
                return x.Dense(7, weight: w).Tanh().Dense(7, weight: w, bias: false).Tanh().Dense(3);
            }
        }

        [Network]
        public partial class ComputedWeights
        {
            static Tensor Forward([Input(7)] Tensor x)
            {
                var w = Tensor.Parameter([5, 7], name: "raw");
                return x.Dense(5, weight: w.Tanh() * 0.5f).Relu().Dense(3);
            }
        }

        [Network]
        public partial class LayerScale
        {
            static Tensor Forward([Input(3, 5, 4)] Tensor x)
            {
                var scale = Tensor.Parameter([4, 1, 1], Initializer.Ones, name: "gamma");
                var shift = Tensor.Parameter([4, 5, 4], Initializer.Zeros, name: "position");
                return (x.Conv2d(4, 3, padding: 1) * scale + shift).Relu();
            }
        }

        [Network]
        public partial class TwoOutputs
        {
            static (Tensor mean, Tensor deviation) Forward([Input(8)] Tensor x)
            {
                var h = x.Dense(10).Tanh();
                return (h.Dense(3), h.Dense(3).Sigmoid());
            }
        }

        [Network]
        public partial class OutputInside
        {
            static (Tensor code, Tensor picture) Forward([Input(1, 6, 6)] Tensor x)
            {
                var code = x.Flatten().Dense(5).Relu();
                return (code, code.Dense(36).Sigmoid().Reshape(1, 6, 6));
            }
        }

        [Network]
        public partial class WeighedLosses
        {
            static (Tensor logits, Tensor picture) Forward([Input(1, 6, 6)] Tensor x)
            {
                var h = x.Conv2d(3, 3, padding: 1).Relu();
                return (h.Flatten().Dense(4), h.Conv2d(1, 3, padding: 1));
            }

            static Tensor Loss(Tensor logits, Tensor picture, [Target(type: Element.Int32)] Tensor label, [Target(1, 6, 6)] Tensor original)
                => logits.SoftmaxCrossEntropy(label) + 0.5f * picture.MeanSquaredError(original);
        }

        [Network]
        public partial class AuxiliaryHead
        {
            static (Tensor main, Tensor auxiliary) Forward([Input(2, 8, 8)] Tensor x)
            {
                var h = x.Conv2d(4, 3, padding: 1).BatchNorm().Relu().MaxPool2d(2);
                var aux = h.GlobalAvgPool2d().Dense(3);
                return (h.Conv2d(5, 3).Relu().Flatten().Dense(3), aux);
            }

            static Tensor Loss(Tensor main, Tensor auxiliary, [Target(type: Element.Int32)] Tensor labels)
                => main.SoftmaxCrossEntropy(labels) * 0.7f + auxiliary.SoftmaxCrossEntropy(labels) * 0.3f;
        }

        [Network]
        public partial class LossOfSoftmax
        {
            static Tensor Forward([Input(8)] Tensor x) => x.Dense(5).Softmax();

            static Tensor Loss(Tensor y, [Target(5)] Tensor t) => y.MeanSquaredError(t) * 2f;
        }

        [Network]
        public partial class DropoutNet
        {
            static Tensor Forward([Input(3, 6, 6)] Tensor x) =>
                x.Dropout(0.1f).Conv2d(4, 3).Relu().Dropout(0.25f).Flatten().Dense(11).Dropout().Tanh().Dense(4);

            static Tensor Loss(Tensor y, [Target(type: Element.Int32)] Tensor labels) => y.SoftmaxCrossEntropy(labels);
        }

        [Network]
        public partial class Arithmetic
        {
            static Tensor Forward([Input(3, 4)] Tensor x, [Input(4)] Tensor v, [Input] Tensor s)
            {
                var y = 1f - x * 2f + v;
                return (y * y - 0.5f) * s + v * 3f;
            }
        }

        [Network]
        public partial class Groups
        {
            static Tensor Forward([Input(4, 8, 8)] Tensor x) =>
                x.Conv2d(8, 3, padding: 1, groups: 4).Relu().Conv2d(6, 1).BatchNorm().Relu().Conv2d(6, 3, stride: 2, padding: Padding.Same, groups: 6, bias: false).BatchNorm().Conv2d(4, 3, dilation: 2, padding: 2, groups: 2);
        }

        [Network]
        public partial class Moves
        {
            static Tensor Forward([Input(24)] Tensor x) => x.Reshape(2, 3, 4).Conv2d(3, 2).Tanh().Reshape(-1, 2).Flatten().Dense(6).Reshape(3, 2);
        }

        [Network]
        public partial class DeepMlp
        {
            static Tensor Forward([Input(17)] Tensor x)
            {
                ReadOnlySpan<int> widths = [33, 16, 50, 8, 12, 64];
                foreach (var width in widths)
                    x = x.Dense(width).Relu();
                return x.Dense(3);
            }

            static Tensor Loss(Tensor y, [Target(type: Element.Int32)] Tensor labels) => y.SoftmaxCrossEntropy(labels);
        }

        [Network]
        public partial class Gated
        {
            static Tensor Forward([Input(3, 6, 6)] Tensor x)
            {
                var a = x.Conv2d(4, 3);
                return x.Conv2d(4, 3).Tanh() * a.Sigmoid() + a.Relu().Conv2d(4, 1);
            }
        }

        [Network, Input(4, 11)]
        [Conv1d(6, 3, padding: 1, bias: false), BatchNorm, Relu, MaxPool1d(2, ceilMode: true), Conv1d(5, 3), Tanh, AvgPool1d(2), Flatten, Dense(3)]
        public partial class Sequence;

        [Network, Input(2, 5, 8, 7)]
        [Conv3d(4, 3, padding: 1, bias: false), BatchNorm, Relu, MaxPool3d(new[] { 1, 2, 2 }), Conv3d(5, 2), Relu, AvgPool3d(2), GlobalMaxPool3d, Dense(3)]
        public partial class Video;

        [Network]
        public partial class ResidualVideo
        {
            static Tensor Forward([Input(3, 3, 4, 5)] Tensor x) => (x.Conv3d(3, 3, padding: 1) + x).Relu().GlobalAvgPool3d();
        }

        [Network, Input(6, 3, 2)]
        [ConvTranspose2d(8, 4, stride: 2, padding: 1, groups: 2, bias: false), BatchNorm, Relu, ConvTranspose2d(5, 3, stride: 2), BatchNorm, LeakyRelu, ConvTranspose2d(2, 4, stride: 2, padding: 1), Tanh]
        public partial class TransposedGenerator;

        [Network, Input(4, 2, 2, 3)]
        [ConvTranspose3d(4, 4, stride: 2, padding: 1, bias: false), BatchNorm, Relu, ConvTranspose3d(1, new[] { 1, 3, 3 }), Sigmoid]
        public partial class VolumeGenerator;

        [Network]
        public partial class TransposedResidual
        {
            static Tensor Forward([Input(3, 6, 6)] Tensor x) => (x.Conv2d(5, 3, stride: 2, padding: 1).Tanh().ConvTranspose2d(3, 4, stride: 2, padding: 1) + x).Relu();
        }

        [Network]
        public partial class MaxOverTime
        {
            static Tensor Forward([Input(5, 12)] Tensor x) =>
                Tensor.Concat(x.Conv1d(4, 3).Relu().GlobalMaxPool1d(), x.Conv1d(4, 4).Relu().GlobalMaxPool1d(), x.Conv1d(4, 5).Relu().GlobalMaxPool1d()).Dropout(0.5f).Dense(2);
        }

        [Network]
        public partial class Unpooling
        {
            static Tensor Forward([Input(3, 9, 8)] Tensor x)
            {
                var first = x.Conv2d(4, 3, padding: 1, bias: false).BatchNorm().Relu().MaxPool2d(2);
                var second = first.Conv2d(6, 3, padding: 1).Relu().MaxPool2d(2);
                var y = second.MaxUnpool2d(second).Conv2d(4, 3, padding: 1).Relu();
                return y.MaxUnpool2d(first).Relu().Conv2d(2, 3, padding: 1);
            }
        }

        [Network]
        public partial class UnpoolingTheSameTwice
        {
            static Tensor Forward([Input(2, 7, 7)] Tensor x)
            {
                var y = x.Conv2d(3, 3, padding: 1).Tanh();
                var pooled = y.MaxPool2d(3, stride: 2, padding: 1);
                return pooled.Map(Swish).MaxUnpool2d(pooled) * y + pooled.Conv2d(3, 1).MaxUnpool2d(pooled);
            }

            static float Swish(float x) => x / (1f + MathF.Exp(-x));
        }

        [Network, Input(2, 13, 13)]
        [Conv2d(6, 5, stride: 2), Relu, LocalResponseNorm(5, alpha: 0.5f), MaxPool2d(3, stride: 2), Conv2d(8, 3, padding: 1, groups: 2), Relu, LocalResponseNorm(3, alpha: 0.2f, k: 2f), Flatten, Dense(3)]
        public partial class ResponseNorm;

        [Network]
        public partial class Factorized
        {
            static Tensor Forward([Input(3, 9, 9)] Tensor x)
            {
                var y = x.Conv2d(5, [1, 7], padding: [0, 3], bias: false).BatchNorm().Relu().Conv2d(5, [7, 1], padding: [3, 0], bias: false).BatchNorm().Relu();
                return Tensor.Concat(y, x.DepthwiseConv2d(3, padding: 1, multiplier: 2).Relu(), x.MaxPool2d([1, 3], stride: [1, 1], padding: [0, 1])).GlobalMaxPool2d();
            }
        }

        [Network]
        public partial class OneActivationManyReaders
        {
            static Tensor Forward([Input(3, 6, 6)] Tensor x)
            {
                var a = x.Conv2d(4, 3, padding: 1).Map(Swish);
                return Tensor.Concat(a.Conv2d(2, 3), a.Conv2d(2, 3).Map(Swish), a.MaxPool2d(3, stride: 1), a.AvgPool2d(3, stride: 1));
            }

            static float Swish(float x) => x / (1f + MathF.Exp(-x));
        }
        """;
}
