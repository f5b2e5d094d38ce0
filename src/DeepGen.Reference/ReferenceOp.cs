using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Reference;

/// <summary>One op in naive loops. Backward adds to the gradients of inputs and parameters.</summary>
internal abstract class ReferenceOp
{
    public abstract void Forward(Call c);

    public abstract void Backward(Call c);

    private static readonly Dictionary<string, ReferenceOp> All = new(StringComparer.Ordinal)
    {
        ["Conv1d"] = new ReferenceConv(),
        ["Conv2d"] = new ReferenceConv(),
        ["Conv3d"] = new ReferenceConv(),
        ["DepthwiseConv2d"] = new ReferenceConv(),
        ["ConvTranspose1d"] = new ReferenceConv(isTransposed: true),
        ["ConvTranspose2d"] = new ReferenceConv(isTransposed: true),
        ["ConvTranspose3d"] = new ReferenceConv(isTransposed: true),
        ["Dense"] = new ReferenceDense(),
        ["Embedding"] = new ReferenceGather(c => c.Parameters[0], c => c.X, c => c.Int("paddingIndex")),
        ["OneHot"] = new ReferenceOneHot(),
        ["MatMul"] = new ReferenceMatMul(),
        ["Gram"] = new ReferenceGram(),
        ["Rbf"] = new ReferenceRbf(),
        ["MaxPool1d"] = new ReferenceMaxPool(),
        ["MaxPool2d"] = new ReferenceMaxPool(),
        ["MaxPool3d"] = new ReferenceMaxPool(),
        ["MaxUnpool2d"] = new ReferenceMaxUnpool(),
        ["AvgPool1d"] = new ReferenceAvgPool(),
        ["AvgPool2d"] = new ReferenceAvgPool(),
        ["AvgPool3d"] = new ReferenceAvgPool(),
        ["GlobalMaxPool1d"] = new ReferenceGlobalMaxPool(),
        ["GlobalMaxPool2d"] = new ReferenceGlobalMaxPool(),
        ["GlobalMaxPool3d"] = new ReferenceGlobalMaxPool(),
        ["GlobalAvgPool1d"] = new ReferenceGlobalAvgPool(),
        ["GlobalAvgPool2d"] = new ReferenceGlobalAvgPool(),
        ["GlobalAvgPool3d"] = new ReferenceGlobalAvgPool(),
        ["Flatten"] = new ReferenceCopy(),
        ["Reshape"] = new ReferenceCopy(),
        ["Concat"] = new ReferenceConcat(),
        ["Slice"] = ReferenceLinear.Slice,
        ["CenterCrop"] = ReferenceLinear.CenterCrop,
        ["Permute"] = ReferenceLinear.Permute,
        ["BroadcastTo"] = ReferenceLinear.BroadcastTo,
        ["Repeat"] = ReferenceLinear.Repeat,
        ["ZeroPad2d"] = ReferenceLinear.Pad((i, size) => i < size ? i : -1),
        ["ReflectPad2d"] = ReferenceLinear.Pad((i, size) => i < 0 ? -i : i < size ? i : size - 1 - (i - (size - 1))),
        ["ReplicatePad2d"] = ReferenceLinear.Pad((i, size) => i < 0 ? 0 : i < size ? i : size - 1),
        ["UpsampleNearest2d"] = ReferenceLinear.UpsampleNearest,
        ["UpsampleBilinear2d"] = ReferenceLinear.UpsampleBilinear,
        ["Gather"] = new ReferenceGather(c => c.X, c => c.Inputs[1], _ => -1),
        ["ScatterAdd"] = new ReferenceScatterAdd(),
        ["Add"] = new ReferencePointwise((a, b) => a + b, (_, _) => (1, 1)),
        ["Subtract"] = new ReferencePointwise((a, b) => a - b, (_, _) => (1, -1)),
        ["Multiply"] = new ReferencePointwise((a, b) => a * b, (a, b) => (b, a)),
        ["Divide"] = new ReferencePointwise((a, b) => a / b, (a, b) => (1 / b, -a / (b * b))),
        ["Pow"] = new ReferencePointwise(Math.Pow, (a, b) => (b == 0 ? 0 : b * Math.Pow(a, b - 1), a == 0 && b >= 0 ? 0 : Math.Log(a) * Math.Pow(a, b))),
        ["Maximum"] = new ReferencePointwise(Math.Max, (a, b) => a == b ? (0.5, 0.5) : a > b ? (1, 0) : (0, 1)),
        ["Minimum"] = new ReferencePointwise(Math.Min, (a, b) => a == b ? (0.5, 0.5) : a < b ? (1, 0) : (0, 1)),
        ["Greater"] = new ReferencePointwise((a, b) => a > b ? 1 : 0, (_, _) => (0, 0)),
        ["GreaterOrEqual"] = new ReferencePointwise((a, b) => a >= b ? 1 : 0, (_, _) => (0, 0)),
        ["Less"] = new ReferencePointwise((a, b) => a < b ? 1 : 0, (_, _) => (0, 0)),
        ["LessOrEqual"] = new ReferencePointwise((a, b) => a <= b ? 1 : 0, (_, _) => (0, 0)),
        ["EqualTo"] = new ReferencePointwise((a, b) => a == b ? 1 : 0, (_, _) => (0, 0)),
        ["Where"] = new ReferencePointwise((_, x) => x[0] != 0 ? x[1] : x[2], (_, x) => x[0] != 0 ? [0, 1, 0] : [0, 0, 1]),
        ["Negate"] = new ReferenceElementwise((_, x) => new(-x, -1)),
        ["Exp"] = new ReferenceElementwise((_, x) => new(Math.Exp(x), Math.Exp(x))),
        ["Log"] = new ReferenceElementwise((_, x) => new(Math.Log(x), 1 / x)),
        ["Sqrt"] = new ReferenceElementwise((_, x) => new(Math.Sqrt(x), 0.5 / Math.Sqrt(x))),
        ["Abs"] = new ReferenceElementwise((_, x) => new(Math.Abs(x), Math.Sign(x))),
        ["StopGradient"] = new ReferenceStopGradient(),
        ["Sum"] = new ReferenceReduction(x => x.Sum(), x => x.Select(_ => 1.0).ToArray()),
        ["Mean"] = new ReferenceReduction(x => x.Average(), x => x.Select(_ => 1.0 / x.Length).ToArray()),
        ["Max"] = new ReferenceReduction(x => x.Max(), x => x.Select(v => v == x.Max() ? 1.0 / x.Count(o => o == x.Max()) : 0).ToArray()),
        ["LogSumExp"] = new ReferenceReduction(ReferenceReduction.LogSumExp, x => x.Select(v => Math.Exp(v - ReferenceReduction.LogSumExp(x))).ToArray()),
        ["ArgMax"] = new ReferenceReduction(x => Array.IndexOf(x, x.Max()), x => new double[x.Length]),
        ["Relu"] = new ReferenceElementwise((_, x) => x > 0 ? new(x, 1) : new(x <= 0 ? 0 : x, 0)),
        ["LeakyRelu"] = new ReferenceElementwise((c, x) => x > 0 ? new(x, 1) : new(c.Float("slope") * x, c.Float("slope"))),
        ["Sigmoid"] = new ReferenceElementwise((_, x) => new(1 / (1 + Math.Exp(-x)), 1 / (1 + Math.Exp(-x)) / (1 + Math.Exp(x)))),
        ["Tanh"] = new ReferenceElementwise((_, x) => new(Math.Tanh(x), 1 - (Math.Tanh(x) * Math.Tanh(x)))),
        ["PRelu"] = new ReferencePRelu(),
        ["Elu"] = new ReferenceElementwise((c, x) => x > 0 ? new(x, 1) : new(c.Float("alpha") * (Math.Exp(x) - 1), c.Float("alpha") * Math.Exp(x))),
        ["Selu"] = new ReferenceElementwise((_, x) => x > 0 ? new(1.0507009873554805 * x, 1.0507009873554805) : new(1.7580993408473766 * (Math.Exp(x) - 1), 1.7580993408473766 * Math.Exp(x))),
        ["Gelu"] = new ReferenceElementwise((c, x) =>
        {
            if (c.Bool("approximate"))
            {
                double k = Math.Sqrt(2 / Math.PI), t = Math.Tanh(k * (x + (0.044715 * x * x * x)));
                return new(x / 2 * (1 + t), ((1 + t) / 2) + (x / 2 * (1 - (t * t)) * k * (1 + (3 * 0.044715 * x * x))));
            }

            var phi = (1 + ErrorFunction.Of(x / Math.Sqrt(2))) / 2;
            return new(x * phi, phi + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)));
        }),
        ["Silu"] = new ReferenceElementwise((_, x) =>
        {
            var s = 1 / (1 + Math.Exp(-x));
            return new(x * s, s + (x * s * (1 - s)));
        }),
        ["Softplus"] = new ReferenceElementwise((c, x) => c.Float("beta") * x > c.Float("threshold")
            ? new(x, 1)
            : new(Math.Log(1 + Math.Exp(c.Float("beta") * x)) / c.Float("beta"), 1 / (1 + Math.Exp(-c.Float("beta") * x)))),
        ["Hardtanh"] = new ReferenceElementwise((c, x) => x <= c.Float("min") ? new(c.Float("min"), 0) : x >= c.Float("max") ? new(c.Float("max"), 0) : new(x, 1)),
        ["Softmax"] = new ReferenceSoftmax(),
        ["LogSoftmax"] = new ReferenceLogSoftmax(),
        ["Maxout"] = new ReferenceMaxout(),
        ["Map"] = ReferencePointwise.Map,
        ["Custom"] = new ReferenceCustom(),
        ["BatchNorm"] = new ReferenceBatchNorm(),
        ["LayerNorm"] = new ReferenceSampleNorm(
            c => c.X.Size / c.X.Shape[^c.Int("axes")..].Aggregate(1, (a, e) => a * e),
            (c, i) => i % c.X.Shape[^c.Int("axes")..].Aggregate(1, (a, e) => a * e)),
        ["InstanceNorm"] = new ReferenceSampleNorm(c => c.X.Shape[0], (c, i) => i / (c.X.Size / c.X.Shape[0])),
        ["GroupNorm"] = new ReferenceSampleNorm(c => c.Int("groups"), (c, i) => i / (c.X.Size / c.X.Shape[0])),
        ["LocalResponseNorm"] = new ReferenceLocalResponseNorm(),
        ["Dropout"] = new ReferenceDropout(),
        ["Dropout2d"] = new ReferenceNoise((c, x, u, i) => x * ReferenceNoise.Channel(c, u, i), ReferenceNoise.Channel),
        ["GaussianNoise"] = new ReferenceNoise((c, x, u, i) => x + (c.Options.Training ? c.Float("sigma") * ReferenceNoise.Normal(u, i) : 0), (_, _, _) => 1),
        ["RandomNormal"] = new ReferenceNoise((c, _, u, i) => c.Float("mean") + (c.Options.Training ? c.Float("deviation") * ReferenceNoise.Normal(u, i) : 0), (_, _, _) => 0),
        ["RandomUniform"] = new ReferenceNoise((c, _, u, i) => c.Float("low") + ((c.Float("high") - c.Float("low")) * (c.Options.Training ? u(0, i) : 0.5)), (_, _, _) => 0),
        ["Scan"] = new ReferenceScan(),
        ["ScanState"] = new ReferenceScanState(),
        ["Rnn"] = new ReferenceRnn(),
        ["Lstm"] = new ReferenceLstm(),
        ["StatefulRnn"] = new ReferenceRnn(1),
        ["StatefulLstm"] = new ReferenceLstm(2),
        ["StatefulGru"] = new ReferenceGru(1),
        ["Gru"] = new ReferenceGru(),
        ["SoftmaxCrossEntropy"] = new ReferenceClassLoss(logits: true),
        ["NegativeLogLikelihood"] = new ReferenceClassLoss(logits: false),
        ["Hinge"] = new ReferenceHinge(),
        ["MeanSquaredError"] = new ReferenceElementwiseLoss((_, x, t) => ((x - t) * (x - t), 2 * (x - t), 2 * (t - x))),
        ["L1"] = new ReferenceElementwiseLoss((_, x, t) => (Math.Abs(x - t), Math.Sign(x - t), Math.Sign(t - x))),
        ["Huber"] = new ReferenceElementwiseLoss((c, x, t) =>
        {
            double delta = c.Float("delta"), d = x - t, slope = Math.Clamp(d, -delta, delta);
            return (Math.Abs(d) < delta ? d * d / 2 : delta * (Math.Abs(d) - (delta / 2)), slope, -slope);
        }),
        ["BinaryCrossEntropyWithLogits"] = new ReferenceElementwiseLoss((c, x, t) =>
        {
            double p = c.Float("posWeight"), s = 1 / (1 + Math.Exp(-x)), positive = ReferenceTerm.MinusLogSigmoid(x).Value, negative = ReferenceTerm.MinusLogOneMinusSigmoid(x).Value;
            return ((p * t * positive) + ((1 - t) * negative), ((1 - t) * s) - (p * t * (1 - s)), (p * positive) - negative);
        }),
        ["KLDivergence"] = new ReferenceElementwiseLoss((_, x, t) => t > 0 ? (t * (Math.Log(t) - x), -t, Math.Log(t) + 1 - x) : (-t * x, -t, -x), sum: true),
        ["MinimaxDiscriminatorLoss"] = new ReferenceTerm((_, i, x) => i == 0 ? ReferenceTerm.MinusLogSigmoid(x) : ReferenceTerm.MinusLogOneMinusSigmoid(x), mean: true),
        ["MinimaxGeneratorLoss"] = new ReferenceTerm((_, _, x) => ReferenceTerm.MinusLogOneMinusSigmoid(x) is var (v, d) ? new(-v, -d) : default, mean: true),
        ["NonSaturatingGeneratorLoss"] = new ReferenceTerm((_, _, x) => ReferenceTerm.MinusLogSigmoid(x), mean: true),
        ["L1Penalty"] = new ReferenceTerm((c, _, x) => new(c.Float("strength") * Math.Abs(x), c.Float("strength") * Math.Sign(x)), mean: false),
        ["L2Penalty"] = new ReferenceTerm((c, _, x) => new(c.Float("strength") * x * x, 2 * c.Float("strength") * x), mean: false),
        ["WeightPenalty"] = new ReferenceTerm((c, _, w) => new((c.Float("l1") * Math.Abs(w)) + (c.Float("l2") * w * w), (c.Float("l1") * Math.Sign(w)) + (2 * c.Float("l2") * w)), mean: false),
    };

    public static bool Knows(string op) => All.ContainsKey(op);

    public static ReferenceOp Get(string op) =>
        All.TryGetValue(op, out var found) ? found : throw new NotSupportedException($"The reference interpreter has no {op}; add a {nameof(ReferenceOp)} for it.");
}

/// <summary>One node being run: its values, its arguments, and what the run is given.</summary>
internal sealed class Call(Node node, Value[] inputs, Value[] parameters, Value y, RunOptions options, IDictionary<string, double[]> states, IReadOnlyList<Node> nodes)
{
    public Value[] Inputs { get; } = inputs;

    public Value[] Parameters { get; } = parameters;

    public Value X => Inputs[0];

    public Value Y { get; } = y;

    public RunOptions Options { get; } = options;

    public int NodeId => Node.Id;

    /// <summary>Whatever forward keeps for backward.</summary>
    public double[] Kept { get; set; } = [];

    /// <summary>The calls of a cell, step by step.</summary>
    public List<ReferenceScan.Step> Steps { get; } = [];

    /// <summary>In a cell: the step.</summary>
    public int Time { get; init; }

    public Node Node { get; } = node;

    public IReadOnlyList<Node> Nodes { get; } = nodes;

    public IDictionary<string, double[]> States { get; } = states;

    /// <summary>The current values of state parameter <paramref name="i"/>; training moves them.</summary>
    public double[] State(int i) => States[Nodes[Node.Parameters[i]].Name];

    public object? Argument(string name)
    {
        var node = Node;
        var parameters = OpCatalogue.Get(node.Op).Parameters;
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].Name == name)
            {
                return node.Arguments[i].Value;
            }
        }

        throw new NotSupportedException($"{node.Op} has no {name}.");
    }

    public bool Has(string name) => OpCatalogue.Get(Node.Op).Parameters.Any(p => p.Name == name);

    public int Int(string name) => Convert.ToInt32(Argument(name));

    public double Float(string name) => Convert.ToSingle(Argument(name));

    public bool Bool(string name) => (bool)Argument(name)!;
}
