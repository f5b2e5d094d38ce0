using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Numerics.Tests.Oracle;

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
        ["Add"] = new ReferenceArithmetic((a, b) => a + b, (_, _) => (1, 1)),
        ["Subtract"] = new ReferenceArithmetic((a, b) => a - b, (_, _) => (1, -1)),
        ["Multiply"] = new ReferenceArithmetic((a, b) => a * b, (a, b) => (b, a)),
        ["Relu"] = new ReferenceElementwise((_, x) => x > 0 ? new(x, 1) : new(x <= 0 ? 0 : x, 0)),
        ["LeakyRelu"] = new ReferenceElementwise((c, x) => x > 0 ? new(x, 1) : new(c.Float("slope") * x, c.Float("slope"))),
        ["Sigmoid"] = new ReferenceElementwise((_, x) => new(1 / (1 + Math.Exp(-x)), 1 / (1 + Math.Exp(-x)) / (1 + Math.Exp(x)))),
        ["Tanh"] = new ReferenceElementwise((_, x) => new(Math.Tanh(x), 1 - (Math.Tanh(x) * Math.Tanh(x)))),
        ["Softmax"] = new ReferenceSoftmax(),
        ["Map"] = new ReferenceElementwise((c, x) => ScalarDual.Evaluate(((ScalarFunction)c.Argument("function")!).Body, x)),
        ["BatchNorm"] = new ReferenceBatchNorm(),
        ["LocalResponseNorm"] = new ReferenceLocalResponseNorm(),
        ["Dropout"] = new ReferenceDropout(),
        ["Scan"] = new ReferenceScan(),
        ["ScanState"] = new ReferenceScanState(),
        ["Rnn"] = new ReferenceRnn(),
        ["Lstm"] = new ReferenceLstm(),
        ["Gru"] = new ReferenceGru(),
        ["SoftmaxCrossEntropy"] = new ReferenceSoftmaxCrossEntropy(),
        ["MeanSquaredError"] = new ReferenceMeanSquaredError(),
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
