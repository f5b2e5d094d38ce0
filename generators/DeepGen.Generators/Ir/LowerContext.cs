using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Generators.Ir;

/// <summary>One op being lowered: its inputs and parameters as values, its arguments, and whether this is the training program.</summary>
internal sealed class LowerContext
{
    private readonly OpDefinition op;

    /// <summary>Lowers the nodes of a cell (by its number) with a builder of their own, given what is known of the values.</summary>
    public Action<IrBuilder, int, Val?[]> LowerCell { get; init; } = (_, _, _) => throw new InvalidOperationException("No cell here.");

    public LowerContext(IrBuilder builder, OpDefinition op, Node node, IReadOnlyList<Node> nodes, IReadOnlyList<Val> inputs, IReadOnlyList<Val> parameters, bool training, ICollection<StateUpdate> stateUpdates)
    {
        B = builder;
        this.op = op;
        Node = node;
        Nodes = nodes;
        Inputs = inputs;
        Parameters = parameters;
        Training = training;
        StateUpdates = stateUpdates;
    }

    public IrBuilder B { get; }

    public Node Node { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public IReadOnlyList<Val> Inputs { get; }

    public IReadOnlyList<Val> Parameters { get; }

    public bool Training { get; }

    public ICollection<StateUpdate> StateUpdates { get; }

    public Val X => Inputs[0];

    public object? Argument(string name) => op.Argument(Node.Arguments, name);

    public int Int(string name) => (int)Argument(name)!;

    public float Float(string name) => Convert.ToSingle(Argument(name), System.Globalization.CultureInfo.InvariantCulture);

    public bool Bool(string name) => (bool)Argument(name)!;

    public EquatableArray<float> Floats(string name) => (EquatableArray<float>)Argument(name)!;

    public ScalarFunction Function(string name) => (ScalarFunction)Argument(name)!;

    /// <summary>The axes of <paramref name="x"/> that belong to a sample.</summary>
    public static int[] SampleAxes(Val x) => Enumerable.Range(0, x.Dims.Rank).Skip(x.Dims.HasBatch ? 1 : 0).ToArray();

    /// <summary>The sum of a sample's values times a factor, one result each.</summary>
    public Val SumOfSample(Val x, float factor = 1) => SumOfSample(x, () => B.Const(factor));

    public Val SumOfSample(Val x, Func<Val> factor) =>
        // The factor comes before the reshape, so that it is computed where the sum is.
        B.Reshape(B.Mul(B.Sum(x, SampleAxes(x)), factor()), x.Dims.HasBatch ? new Dims(new[] { x.Dims[0] }) : Dims.Scalar);

    public Val MeanOfSample(Val x) => SumOfSample(x, 1f / x.Dims.Elements);

    /// <summary>The per-channel vector [C] as [C, 1, 1, …], to broadcast over the positions of a map of <paramref name="rank"/> axes, batch included.</summary>
    public Val PerChannel(Val vector, int rank) => B.Reshape(vector, new Dims(new[] { vector.Dims[0] }.Concat(Enumerable.Repeat((Dim)1, rank - 2))));

    /// <summary>A vector [C] as the channels of the first input, or a single number for all.</summary>
    public Val Channel(Val vector, bool perChannel = true)
    {
        var rank = SampleAxes(X).Length;
        return perChannel && rank > 1 ? PerChannel(vector, rank + 1) : vector;
    }

    /// <summary>The axis of the first input's value that is this axis of a sample; negative ones count from the last.</summary>
    public int BatchedAxis(int axis) => axis < 0 ? X.Dims.Rank + axis : axis + (X.Dims.HasBatch ? 1 : 0);

    /// <summary>The shape of a sample of the result, with the batch where the first input has it.</summary>
    public Dims ResultDims => Dims.Of(Node.Shape, Node.PerSample);

    /// <summary>Input <paramref name="i"/> with its sample axes aligned to the right of <paramref name="sampleRank"/>, so that the batch axes of all inputs meet.</summary>
    public Val Aligned(int i, int sampleRank)
    {
        var x = Inputs[i];
        if (!x.Dims.HasBatch || x.Dims.Rank == sampleRank + 1)
        {
            return x;
        }

        var dims = x.Dims.ToArray();
        return B.Reshape(x, new Dims(new[] { dims[0] }.Concat(Enumerable.Repeat((Dim)1, sampleRank + 1 - dims.Length)).Concat(dims.Skip(1))));
    }
}

/// <summary>A state that a training step moves: running averages.</summary>
/// <param name="Node">Id of the state's node.</param>
internal sealed record StateUpdate(int Node, Val Value);
