namespace DeepGen.Numerics.Tests.Networks;

/// <summary>Networks at the edges of the language: unusual names, results used twice, weights shared by layers with state, functions that overflow on the side not taken.</summary>
internal static class EdgeSources
{
    public const string Text = """
        [Network]
        public partial class LocalNames
        {
            static (Tensor out0, Tensor y) Forward([Input(3)] Tensor in0, [Input(4)] Tensor n, [Input(2)] Tensor f)
                => (in0.Dense(3).Tanh(), Tensor.Concat(n, f).Dense(2));
        }

        [Network, MeanSquaredError]
        public partial class KeywordNames
        {
            static Tensor Forward([Input(3)] Tensor @class) => @class.Dense(3).Tanh();
        }

        [Network]
        public partial class SharedNorm
        {
            static Tensor Forward([Input(4)] Tensor a, [Input(4)] Tensor b) => Encode(a) * Encode(b);

            [Block(shared: true)]
            static Tensor Encode(Tensor x) => x.Dense(5).BatchNorm().Tanh();
        }

        [Network]
        public partial class OutputTwice
        {
            static (Tensor first, Tensor second) Forward([Input(5)] Tensor x)
            {
                var y = x.Dense(4).Tanh();
                return (y, y);
            }

            static Tensor Loss(Tensor first, Tensor second, [Target(4)] Tensor t) => first.MeanSquaredError(t) + second.MeanSquaredError(t);
        }

        [Network]
        public partial class OutputOfOutput
        {
            static (Tensor logits, Tensor probabilities) Forward([Input(5)] Tensor x)
            {
                var y = x.Dense(4);
                return (y, y.Softmax());
            }

            static Tensor Loss(Tensor logits, Tensor probabilities, [Target(4)] Tensor t, [Target(type: Element.Int32)] Tensor label)
                => logits.SoftmaxCrossEntropy(label) + 0.3f * probabilities.MeanSquaredError(t);
        }

        [Network]
        public partial class EluOverflow
        {
            static Tensor Forward([Input(6)] Tensor x) => (x * 200f).Map(Elu);

            static float Elu(float x) => x > 0f ? x : MathF.Exp(x) - 1f;
        }

        [Network]
        public partial class SquareRoot
        {
            static Tensor Forward([Input(6)] Tensor x) => x.Map(Root).Dense(3);

            static float Root(float x) => x > 0f ? MathF.Sqrt(x) : 0f;
        }

        [Network]
        public partial class ViewsOnly
        {
            static Tensor Forward([Input(2, 3, 4)] Tensor x) => x.Flatten().Reshape(4, 6);
        }

        [Network]
        public partial class ReshapeBetween
        {
            static Tensor Forward([Input(2, 6, 4)] Tensor x)
            {
                var y = x.Conv2d(4, 3, padding: 1).BatchNorm().Relu().Reshape(8, 3, 4).BatchNorm().Tanh();
                return (y.Flatten() + x.Conv2d(4, 1).Flatten()).Reshape(4, 4, 6).MaxPool2d(2);
            }
        }

        [Network]
        public partial class BroadcastSums
        {
            static Tensor Forward([Input(3, 4, 5)] Tensor x, [Input(3, 1, 5)] Tensor rows, [Input(1, 4, 1)] Tensor columns)
            {
                var a = (x.Sigmoid() + rows) * columns.Tanh();
                return a * (rows - columns) + x;
            }
        }

        [Network]
        public partial class SoftmaxMap
        {
            static Tensor Forward([Input(3, 5, 4)] Tensor x) => (x.Conv2d(4, 3, padding: 1).Softmax() * x.Conv2d(4, 1)).Relu();
        }

        [Network]
        public partial class PoolOfConcat
        {
            static Tensor Forward([Input(1, 6, 6)] Tensor x)
            {
                var y = Tensor.Concat(x, x.Conv2d(1, 3, padding: 1), x.Tanh());
                return Tensor.Concat(y.MaxPool2d(2), y.AvgPool2d(2).Relu()).GlobalAvgPool2d();
            }
        }

        [Network]
        public partial class Doubled
        {
            static Tensor Forward([Input(4)] Tensor x)
            {
                var y = x.Dense(4);
                return (y + y) * y - x * x + (x + x);
            }
        }

        [Network]
        public partial class TwoLosses
        {
            static Tensor Forward([Input(4)] Tensor x) => x.Dense(5).Tanh();

            static Tensor Loss(Tensor y, [Target(5)] Tensor t, [Target(type: Element.Int32)] Tensor label)
            {
                var total = 0.5f * y.MeanSquaredError(t);
                for (var i = 1; i < 3; i++)
                    total += i * y.SoftmaxCrossEntropy(label);
                return total - 1f;
            }
        }
        """;
}
