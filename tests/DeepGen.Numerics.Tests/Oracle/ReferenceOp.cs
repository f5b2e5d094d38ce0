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
        ["Conv2d"] = new ReferenceConv2d(),
        ["Dense"] = new ReferenceDense(),
        ["MaxPool2d"] = new ReferenceMaxPool2d(),
        ["AvgPool2d"] = new ReferenceAvgPool2d(),
        ["GlobalAvgPool2d"] = new ReferenceGlobalAvgPool2d(),
        ["Flatten"] = new ReferenceCopy(),
        ["Reshape"] = new ReferenceCopy(),
        ["Concat"] = new ReferenceConcat(),
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

    public int Int(string name) => Convert.ToInt32(Argument(name));

    public double Float(string name) => Convert.ToSingle(Argument(name));

    public bool Bool(string name) => (bool)Argument(name)!;
}
