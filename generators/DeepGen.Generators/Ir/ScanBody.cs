namespace DeepGen.Generators.Ir;

/// <summary>
/// What a loop over time computes in one step: a small program of its own. The derivative of a loop asks it for more outputs after it was made;
/// a loop is therefore equal to itself alone.
/// </summary>
internal sealed class ScanBody
{
    private readonly List<Val> outputs = new();

    public ScanBody(int steps, Phase phase, string origin)
    {
        Steps = steps;
        Builder = new IrBuilder { Phase = phase, Origin = origin };
    }

    /// <summary>T, the number of steps.</summary>
    public int Steps { get; }

    public IrBuilder Builder { get; }

    /// <summary>The leaves, in the order of the loop's inputs: steps of sequences, states, what is the same at every step.</summary>
    public List<Val> Sequences { get; } = new();

    public List<Val> Carries { get; } = new();

    public List<Val> Shared { get; } = new();

    /// <summary>The states after the step.</summary>
    public List<Val> Next { get; } = new();

    /// <summary>What is kept of every step.</summary>
    public IReadOnlyList<Val> Outputs => outputs;

    /// <param name="sequence">[T·n, …].</param>
    public Val Sequence(Val sequence)
    {
        var leaf = Builder.Leaf(new StepPrim(Sequences.Count), sequence.Dims.WithFirst(new Dim("n", sequence.Dims[0].Size / Steps)), sequence.Element);
        Sequences.Add(leaf);
        return leaf;
    }

    public Val Carry(Dims dims)
    {
        var leaf = Builder.Leaf(new CarryPrim(Carries.Count), dims);
        Carries.Add(leaf);
        return leaf;
    }

    public Val Invariant(Val shared)
    {
        var leaf = Builder.Leaf(new SharedPrim(Shared.Count), shared.Dims, shared.Element);
        Shared.Add(leaf);
        return leaf;
    }

    /// <summary>The number of the output that is <paramref name="value"/> at every step.</summary>
    public int Output(Val value)
    {
        var index = outputs.IndexOf(value);
        if (index < 0)
        {
            index = outputs.Count;
            outputs.Add(value);
        }

        return index;
    }
}
