using DeepGen.Numerics.Tests.Harness;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>Networks that put elementwise ops, reductions, noise, losses and penalties together as the literature does.</summary>
public sealed class PointwiseNetworks
{
    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile(Text, string.Concat(PointwiseTests.Expressions.Select((x, i) => $$"""

        [Network]
        public partial class Extreme{{i}}
        {
            static Tensor Forward([Input(12)] Tensor x) => {{x}};
        }

        """)));

    internal const string Text = """
        [Network]
        public partial class Vae
        {
            static (Tensor reconstruction, Tensor mean, Tensor logVariance) Forward([Input(9)] Tensor image)
            {
                var h = image.Dense(7).Relu();
                Tensor mean = h.Dense(3), logVariance = h.Dense(3);
                var code = mean + (0.5f * logVariance).Exp() * mean.RandomNormal();
                return (code.Dense(7).Relu().Dense(9), mean, logVariance);
            }

            static Tensor Loss(Tensor reconstruction, Tensor mean, Tensor logVariance, [Target(9)] Tensor image) =>
                9 * reconstruction.BinaryCrossEntropyWithLogits(image) + 0.5f * (mean * mean + logVariance.Exp() - logVariance - 1).Sum();
        }

        [Network]
        public partial class Auxiliary
        {
            static (Tensor main, Tensor first, Tensor second) Forward([Input(6)] Tensor x)
            {
                var a = x.Dense(8).Elu();
                var b = a.Dense(8).Softplus();
                return (b.Dense(4), a.Dense(4), b.Silu().Dense(4));
            }

            static Tensor Loss(Tensor main, Tensor first, Tensor second, [Target(type: Element.Int32)] Tensor label)
            {
                Tensor total = main.SoftmaxCrossEntropy(label);
                foreach (var y in new[] { first, second })
                    total += 0.3f * y.SoftmaxCrossEntropy(label, labelSmoothing: 0.1f);
                return total;
            }
        }

        [Network, WeightPenalty(l1: 0.01f, l2: 0.05f)]
        public partial class LossWithWeights
        {
            static Tensor Forward([Input(5)] Tensor x) => x.Dense(6).BatchNorm().PRelu(perChannel: true).Dense(4);

            static Tensor Loss(Tensor y, [Target(3)] Tensor t) => y.Tanh().Dense(3).MeanSquaredError(t) + Tensor.WeightPenalty(l2: 0.1f);
        }

        [Network]
        public partial class Adversarial
        {
            static (Tensor real, Tensor fake) Forward([Input(2, 4, 4)] Tensor image, [Input(5)] Tensor z) =>
                (Discriminate(image), Discriminate(z.Dense(32).Reshape(2, 4, 4).Hardtanh()));

            [Block(shared: true)]
            static Tensor Discriminate(Tensor x) => x.Conv2d(4, 3, padding: 1).LeakyRelu(0.2f).Conv2d(1, 2, stride: 2);

            static Tensor Loss(Tensor real, Tensor fake) =>
                real.MinimaxDiscriminatorLoss(fake) + 0.5f * fake.NonSaturatingGeneratorLoss() - 0.1f * fake.MinimaxGeneratorLoss();
        }

        [Network]
        public partial class SparseAutoencoder
        {
            static (Tensor y, Tensor sparsity) Forward([Input(6)] Tensor x)
            {
                var code = x.Dense(11).Relu();
                return (code.Dense(6), code.L1Penalty(0.05f));
            }

            static Tensor Loss(Tensor y, Tensor sparsity, [Target(6)] Tensor t) => y.Huber(t) + y.L1(t) + sparsity + y.L2Penalty(0.01f);
        }

        [Network]
        public partial class Masked
        {
            static Tensor Forward([Input(7, type: Element.Int32)] Tensor tokens, [Input(7)] Tensor x)
            {
                var padding = tokens.EqualTo(0);
                var y = Tensor.Where(padding, 0, x.Exp());
                return y / (y.Sum(axis: 0, keepDims: true) + 1e-3f) * (1 - padding) + (x > 0.5f) * (tokens >= 2) - x.ArgMax(keepDims: true);
            }
        }

        [Network]
        public partial class SqueezeAndExcite
        {
            static Tensor Forward([Input(5, 6, 7)] Tensor x)
            {
                var s = x.Mean([1, 2]).Dense(5).Sigmoid().Reshape(5, 1, 1);
                var y = x.Conv2d(5, 3, padding: 1) * s;
                y = y / (1 + y.Abs()) - 2 / (x * x + 1);
                return (-y).Maximum(x).Minimum(0.7f).LogSumExp(axis: 0);
            }
        }

        [Network, WeightPenalty(l2: 0.01f)]
        public partial class Segmentation
        {
            static Tensor Forward([Input(3, 6, 6)] Tensor x) =>
                x.Conv2d(6, 3, padding: 1, bias: false).GroupNorm(2).Silu().Dropout2d(0.3f).Conv2d(4, 3, padding: 1).InstanceNorm(affine: true).Gelu().Conv2d(3, 1);

            static Tensor Loss(Tensor y, [Target(6, 6, type: Element.Int32)] Tensor labels) =>
                y.SoftmaxCrossEntropy(labels, classWeights: [0.5f, 1f, 2f], ignoreIndex: 255);
        }

        [Network, WeightPenalty(l2: 0.01f), SoftmaxCrossEntropy(ignoreIndex: 2)]
        public partial class IgnoringStack
        {
            static Tensor Forward([Input(4, 5)] Tensor x) => x.Dropout2d(0.4f).LayerNorm().GaussianNoise(0.1f).Flatten().Maxout(6, 3).Dense(3);
        }

        [Network]
        public partial class ConvolutionAndSlopes
        {
            static Tensor Forward([Input(3, 7, 7)] Tensor x) =>
                x.Conv2d(6, 3, padding: 1).PRelu(perChannel: true).Conv2d(6, 3, stride: 2).PRelu().Conv2d(4, 1).Gelu(true).Max([1, 2]);
        }

        [Network]
        public partial class NoisyRows
        {
            static Tensor Forward([Input(4, 9)] Tensor x)
            {
                var level = x.Mean(axis: 1, keepDims: true);
                var noise = level + 0.3f * level.RandomNormal() + level.RandomUniform(-1, 1);
                return (x - noise).Softmax() + noise.Dropout(0.5f) + x.Sum(axis: 1, keepDims: true).GaussianNoise(0.2f);
            }
        }

        [Network]
        public partial class StraightThrough
        {
            static Tensor Forward([Input(8)] Tensor x) => x.Dense(8).Custom(Binarize, Clipped).Dense(3) + x.StopGradient().Dense(3) + x.Custom(Same, Reversed).Dense(3);

            static float Binarize(float x) => x > 0f ? 1f : -1f;

            static float Clipped(float x, float y, float dy) => MathF.Abs(x) <= 1f ? dy : 0f;

            static float Same(float x) => x;

            static float Reversed(float x, float y, float dy) => -dy;
        }

        [Network]
        public partial class ThreeTensors
        {
            static Tensor Forward([Input(3, 4, 5)] Tensor a, [Input(3, 1, 1)] Tensor b) =>
                Tensor.Map(Blend, a.Conv2d(3, 1), b, a) + Tensor.Map((x, y) => x * x * y, a, b) + a.Pow(3) + (a * a + 0.1f).Pow(b * b);

            static float Blend(float a, float b, float c) => c > 0f ? a * b : MathF.Max(a, b) - c;
        }

        [Network]
        public partial class Unit
        {
            static (Tensor norm, Tensor best) Forward([Input(9)] Tensor x)
            {
                var y = x.Dense(9);
                return (y / (y * y).Sum(axis: 0, keepDims: true).Sqrt(), y.ArgMax());
            }
        }
        """;
}

public class PointwiseTests(PointwiseNetworks networks) : IClassFixture<PointwiseNetworks>
{
    public static TheoryData<string> Names => new(System.Text.RegularExpressions.Regex.Matches(PointwiseNetworks.Text, @"partial class (\w+)").Select(m => m.Groups[1].Value));

    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_network_equals_interpreter(string name) => NetworkCheck.Run(networks.Compiled[name], 6, 1e-4);

    /// <summary>What must give finite values and gradients for every input of moderate size, however far from 0.</summary>
    internal static IReadOnlyList<string> Expressions { get; } =
    [
        "x.Elu()", "x.Selu()", "x.Gelu()", "x.Gelu(true)", "x.Silu()", "x.Softplus()", "x.Softplus(3f, 1e30f)", "x.Hardtanh()", "x.PRelu()", "x.LogSoftmax()", "x.Softmax()", "x.LogSumExp()",
        "x.MinimaxDiscriminatorLoss(x)", "x.MinimaxGeneratorLoss()", "x.NonSaturatingGeneratorLoss()", "x.BinaryCrossEntropyWithLogits(x.Sigmoid(), 2f)", "x.Pow(0)", "x.Pow(2)", "x.Abs().Pow(x.Sigmoid() * 0)",
        "x.Huber(0 * x)", "x.LayerNorm()", "Tensor.Where(x > 0, x, x.Minimum(0).Exp())", "x.KLDivergence(x.Relu() * 0)", "x.Max(axis: 0)",
    ];

    public static TheoryData<string> Extremes => new(Expressions);

    [Theory]
    [MemberData(nameof(Extremes))]
    public void Nothing_overflows(string expression)
    {
        var network = networks.Compiled["Extreme" + Expressions.ToList().IndexOf(expression)];
        using var driver = network.Create(2);
        float[] x = [0, -0f, 1e-30f, -1e-30f, 20, -20, 90, -90, 200, -200, 1e4f, -1e4f];
        var y = NetworkCheck.OutputArrays(network.Graph, 1);
        driver.Forward([x], y);
        Assert.All(y[0], v => Assert.True(float.IsFinite(v), $"{expression} gives {v}"));
        var dx = new float[x.Length];
        driver.Backward([Enumerable.Repeat(1f, y[0].Length).ToArray()], [dx]);
        Assert.All(dx, (d, i) => Assert.True(float.IsFinite(d), $"the derivative of {expression} at {x[i]} is {d}"));
    }

    /// <summary>A batch in which nothing counts has no loss, and moves nothing.</summary>
    [Fact]
    public void All_labels_ignored()
    {
        using var driver = networks.Compiled["Segmentation"].Create(2);
        var before = driver.Network.Parameters["Conv2d3.bias"].Values.ToArray();
        var loss = driver.Step([new float[2 * 108]], [Enumerable.Repeat(255, 2 * 36).ToArray()], new Sgd(0.1f));
        Assert.True(float.IsFinite(loss));
        Assert.Equal(before, driver.Network.Parameters["Conv2d3.bias"].Values.ToArray());
    }

    [Fact]
    public void A_label_that_is_neither_a_class_nor_ignored_is_named()
    {
        using var driver = networks.Compiled["Segmentation"].Create(2);
        var labels = Enumerable.Repeat(255, 2 * 36).ToArray();
        labels[40] = 3;
        var e = Assert.Throws<ArgumentException>(() => driver.Step([new float[2 * 108]], [labels], new Sgd(0.1f)));
        Assert.Contains("sample 1, element 4, is 3, but there are 3 classes", e.Message, StringComparison.Ordinal);
    }
}
