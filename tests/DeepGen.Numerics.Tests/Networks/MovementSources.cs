namespace DeepGen.Numerics.Tests.Networks;

/// <summary>Networks in which movement, indices and products of activations stand beside each other and beside what they fuse with, as the literature uses them.</summary>
internal static class MovementSources
{
    public const string Text = """
        [Network]
        public partial class SmallUNet
        {
            static Tensor Forward([Input(2, 20, 22)] Tensor x) => Level(x, 3, 2).Conv2d(2, 1);

            [Block]
            static Tensor Level(Tensor x, int width, int depth)
            {
                x = x.Conv2d(width, 3).Relu();
                if (depth == 0)
                    return x;
                var up = Level(x.MaxPool2d(2), 2 * width, depth - 1).UpsampleNearest2d(2).Conv2d(width, 1);
                return Tensor.Concat(x.CenterCropTo(up), up).Conv2d(width, 1).Tanh();
            }
        }

        [Network]
        public partial class CropsBeforeEverything
        {
            static Tensor Forward([Input(3, 9, 11)] Tensor x)
            {
                var y = x.Conv2d(4, 3, padding: 1).Sigmoid();
                var crop = y.CenterCrop(6, 8);
                var part = y.CenterCrop(8, 10).CenterCrop(6, 8);
                var shifted = y.Slice(1, 1, 6).Slice(2, 3, 8);
                return (crop.Conv2d(2, 3) + part.AvgPool2d(3, stride: 1).Slice(0, 0, 2)) * shifted.CenterCrop(4, 6).Slice(0, 2, 2);
            }
        }

        [Network]
        public partial class AttentionBlock
        {
            static Tensor Forward([Input(5, 12)] Tensor x)
            {
                var q = Heads(x.Dense(12, bias: false));
                var k = Heads(x.Dense(12));
                var v = Heads(x.Dense(12));
                var scores = q.MatMul(k, transposeB: true) * 0.5f;
                var weights = scores.Permute(2, 0, 1).Softmax().Permute(1, 2, 0);
                var joined = weights.MatMul(v).Permute(1, 0, 2).Reshape(5, 12);
                x = x + joined.Dense(12);
                return x + x.Dense(20).Map(Swish).Dense(12);
            }

            static Tensor Heads(Tensor x) => x.Reshape(5, 3, 4).Permute(1, 0, 2);

            static float Swish(float x) => x / (1f + MathF.Exp(-x));
        }

        [Network]
        public partial class Gates
        {
            static Tensor Forward([Input(7)] Tensor x, [Input(5)] Tensor state)
            {
                var gates = (x.Dense(20) + state.Dense(20, bias: false)).Split(4);
                var cell = gates[0].Sigmoid() * gates[1].Tanh() + gates[2].Sigmoid() * state;
                return gates[3].Sigmoid() * cell.Tanh();
            }
        }

        [Network]
        public partial class UnequalParts
        {
            static Tensor Forward([Input(12)] Tensor x)
            {
                var y = x.Dense(17).Tanh();
                var ends = Tensor.Concat(y.Slice(0, 14, 3), y.Slice(0, 0, 5));
                return ends * y.Slice(0, 5, 8) + y.Slice(0, 4, 8) + y.Slice(0, 9, 8);
            }
        }

        [Network]
        public partial class TiedLanguageModel
        {
            static Tensor Forward([Input(6, type: Element.Int32)] Tensor words)
            {
                var table = Tensor.Parameter([13, 10], Initializer.Normal, "table");
                var place = Tensor.Parameter([6, 10], Initializer.Normal, "place");
                var x = words.Embedding(13, 10, weight: table, paddingIndex: 0) + place;
                x = x.Dense(10).Tanh();
                return x.Dense(13, weight: table);
            }
        }

        [Network, SoftmaxCrossEntropy]
        public partial class WordsToClass
        {
            static Tensor Forward([Input(9, type: Element.Int32)] Tensor words, [Input(2, 2, type: Element.Int32)] Tensor tags)
            {
                var x = words.Embedding(30, 8).Permute(1, 0).Reshape(8, 9, 1).Conv2d(6, 1).Relu().MaxPool2d(1, stride: 2).Flatten();
                var t = tags.Flatten().OneHot(4).Dense(3).Tanh().Flatten();
                return Tensor.Concat(x, t, tags.Reshape(4).Embedding(4, 2, paddingIndex: 3).Relu().Flatten()).Dense(5);
            }
        }

        [Network]
        public partial class IndicesTwice
        {
            static Tensor Forward([Input(3, type: Element.Int32)] Tensor at, [Input(7, 4)] Tensor x)
            {
                var rows = x.Dense(6).Relu().Gather(at);
                var shared = Tensor.Parameter([5, 6], Initializer.Normal, "shared");
                return rows * shared.Gather(at).Tanh() + at.OneHot(6) * 2f;
            }
        }

        [Network]
        public partial class StyleAndBorders
        {
            static (Tensor style, Tensor map) Forward([Input(3, 6, 7)] Tensor x)
            {
                var y = x.ReflectPad2d(2).Conv2d(4, 5).Relu();
                var z = y.UpsampleBilinear2d(2).ReplicatePad2d(1, 2, 0, 1).Conv2d(2, 3).Tanh();
                var w = y.Tanh().ZeroPad2d(1, 0, 2, 1).ZeroPad2d(2).Conv2d(2, 3);
                return (y.Gram() + z.Gram(normalize: false).Permute(1, 0).Repeat(2, 0).Repeat(2, 1), (w.Sigmoid() + z.CenterCropTo(w)).Relu());
            }
        }

        [Network]
        public partial class EpiloguesOfMovement
        {
            static Tensor Forward([Input(4, 5, 6)] Tensor x)
            {
                var scale = Tensor.Parameter([4, 1, 1], Initializer.Ones, "scale");
                var a = (x.Conv2d(5, 1).Permute(1, 0, 2).Slice(0, 0, 4).Permute(0, 2, 1) * scale).ZeroPad2d(0, 1, 0, 0);
                var b = (x.Sigmoid().UpsampleNearest2d(2) * scale + 1f).Relu();
                var c = (x.ReflectPad2d(1) + scale).Tanh();
                return Tensor.Concat(2, a.Permute(0, 2, 1).Flatten().Reshape(4, 6, 6), b.CenterCrop(6, 9), c.Slice(1, 1, 6).Slice(2, 0, 7));
            }
        }

        [Network]
        public partial class SequenceNorm
        {
            static Tensor Forward([Input(6, 8)] Tensor x) => (x.Dense(6).BatchNorm().Relu() + x.Slice(1, 1, 6)).Permute(1, 0).Dense(4, bias: false).BatchNorm().Dense(9).Sigmoid();
        }

        [Network]
        public partial class ParametersAlone
        {
            static Tensor Forward([Input(4, 3)] Tensor x)
            {
                var w = Tensor.Parameter([6, 4], Initializer.Normal, "w");
                var v = Tensor.Parameter([2, 3, 5], Initializer.Normal, "v");
                var map = Tensor.Parameter([2, 3, 3], Initializer.Normal, "map");
                var u = v.Permute(2, 0, 1).Reshape(5, 6).MatMul(w);
                var grown = map.ZeroPad2d(1, 0).UpsampleBilinear2d(2).CenterCrop(4, 3).Slice(0, 1, 1).Reshape(4, 3);
                var left = w.MatMul(x + grown);
                return u.MatMul(x).Permute(1, 0).MatMul(v.Reshape(2, 15).Slice(0, 1, 1).Reshape(3, 5), transposeB: true) + left.Slice(0, 2, 3) + x.MatMul(w, transposeA: true, transposeB: true).Repeat(1).Slice(1, 0, 3);
            }
        }

        [Network, MeanSquaredError]
        public partial class Prototypes
        {
            static Tensor Forward([Input(9)] Tensor x) => (x.Dense(7).Tanh().Rbf(5) * -0.3f).Map(Bell).Rbf(3).Dense(2);

            static float Bell(float x) => MathF.Exp(x);
        }

        [Network]
        public partial class IndicesInTheLoss
        {
            static Tensor Forward([Input(8)] Tensor x) => x.Dense(12).Tanh().Reshape(3, 4);

            static Tensor Loss(Tensor y, [Target(3, type: Element.Int32)] Tensor t, [Target(2, type: Element.Int32)] Tensor rows, [Target(2, 4)] Tensor values) =>
                y.MeanSquaredError(t.OneHot(4)) + 0.3f * y.Gather(rows).MeanSquaredError(values);
        }

        [Network]
        public partial class SumsByIndex
        {
            static Tensor Forward([Input(6, 3)] Tensor x, [Input(6, type: Element.Int32)] Tensor segment)
            {
                var same = Tensor.Parameter([6, 3], Initializer.Normal, "same");
                return x.Dense(3).Relu().ScatterAdd(segment, 4).Tanh() * same.ScatterAdd(segment, rows: 4).Unchanged();
            }
        }

        [Network]
        public partial class SumsOfSlices
        {
            static Tensor Forward([Input(3, 8)] Tensor x)
            {
                var (a, b) = (x.Slice(1, 0, 4), x.Slice(1, 4, 4));
                return (a.Sum(0) + (a * b).Sum(0)).Dense(5) * (x * x).Max(0).Slice(0, 2, 5);
            }
        }

        [Network]
        public partial class PartsInTheLoss
        {
            static (Tensor y, Tensor z) Forward([Input(8)] Tensor x)
            {
                var h = x.Dense(6).Tanh();
                return (Tensor.Concat(0, h.Dense(4), h.Dense(4).Exp()), h.Dense(6).Reshape(2, 3));
            }

            static Tensor Loss(Tensor y, Tensor z, [Target(4)] Tensor t, [Target(6)] Tensor u) =>
                y.Slice(0, 0, 4).MeanSquaredError(t) + 0.1f * (y.Slice(0, 4, 4) * y.Slice(0, 4, 4)).Sum() + z.Reshape(6).MeanSquaredError(u);
        }

        [Network]
        public partial class Broadcasts
        {
            static Tensor Forward([Input(3)] Tensor x, [Input(2, 1, 4)] Tensor y)
            {
                var z = x.Dense(4).Tanh().BroadcastTo(2, 5, 4);
                return (z * y.BroadcastTo(2, 5, 4)).Permute(1, 2, 0).Dense2();
            }
        }

        static class Extra
        {
            public static Tensor Unchanged(this Tensor x) => x.Reshape(1, 4, 3).ZeroPad2d(0).UpsampleBilinear2d(1).Reshape(4, 3);

            public static Tensor Dense2(this Tensor x) => x.Reshape(5, 8).Dense(3).Repeat(2, axis: 1);
        }
        """;
}
