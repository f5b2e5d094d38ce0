namespace DeepGen.Generators.Graph;

internal enum Element
{
    Float32,
    Int32,
}

internal enum NodeKind
{
    /// <summary>Handed in by the caller for every sample.</summary>
    Input,

    /// <summary>What the loss compares with; handed in for every sample of a training step.</summary>
    Target,

    /// <summary>A trainable tensor or a state (running statistics); see <see cref="Node.Parameter"/>.</summary>
    Parameter,

    /// <summary>A number of the source; its value is the only argument.</summary>
    Constant,

    /// <summary>A call of an op of the catalogue.</summary>
    Op,

    /// <summary>In a cell: what the sequence has at this step.</summary>
    Step,

    /// <summary>In a cell: a state before this step.</summary>
    State,
}

/// <summary>How a tensor starts. The names are those of the public <c>Initializer</c> enum of the runtime.</summary>
internal enum Initializer
{
    Auto,
    Xavier,
    He,
    Kumar,
    Normal,
    Uniform,
    Zeros,
    Ones,
    Constant,
}

/// <param name="Trainable">False for states such as running_mean: saved, never differentiated.</param>
/// <param name="FanIn">Inputs that one output sums, for the initializer.</param>
/// <param name="FanOut">Outputs that one input feeds, for the initializer.</param>
/// <param name="Activation">Name of the op that follows the layer ("Relu", "Tanh", "" when none): decides <see cref="Initializer.Auto"/>.</param>
/// <param name="Value">The number that the initializer takes, such as a standard deviation; null for its default.</param>
internal sealed record ParameterSpec(bool Trainable, Initializer Initializer, int FanIn, int FanOut, string Activation = "", float? Value = null);

/// <summary>One node of the layer graph: immutable, compared by value, without any Roslyn type and without any position in the source.</summary>
internal sealed record Node(
    int Id,
    NodeKind Kind,
    string Op,
    EquatableArray<ConstValue> Arguments,
    EquatableArray<int> Inputs,
    EquatableArray<int> Parameters,
    Shape Shape,
    Element Element,
    string Name)
{
    /// <summary>False for parameters, constants and what is computed from those alone: such a tensor has no batch axis.</summary>
    public bool PerSample { get; init; }

    /// <summary>Only for <see cref="NodeKind.Parameter"/>.</summary>
    public ParameterSpec? Parameter { get; init; }

    /// <summary>The cell that computes it at every step, counted from 1; 0 for what is computed once.</summary>
    public int Loop { get; init; }

    /// <summary>Only for a Scan.</summary>
    public Cell? Cell { get; init; }

    /// <summary>The input that says how many steps each sample has, -1 where all have all of them.</summary>
    public int Lengths { get; init; } = -1;

    /// <summary>The scope the node was made in: the path of [Block] calls, "" at the top.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The call of a [Recompute] block that it belongs to, counted from 1; 0 for what the backward pass may keep.</summary>
    public int Segment { get; init; }
}

/// <summary>What a Scan computes at every step: the nodes whose <see cref="Node.Loop"/> is this one, in their order. They may read nodes outside, which are then inputs of the Scan.</summary>
/// <param name="Step">Id of the leaf that is a step of the sequence.</param>
/// <param name="States">Ids of the leaves that are the states before the step.</param>
/// <param name="Next">Ids of the states after it.</param>
/// <param name="Output">Id of what is kept of every step.</param>
internal sealed record Cell(int Loop, int Step, EquatableArray<int> States, EquatableArray<int> Next, int Output)
{
    public IEnumerable<int> Results => Next.Append(Output);
}
