using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>The user's own recurrent cell. The graph builder calls it once; <see cref="Lower"/> makes its nodes the body of a loop.</summary>
internal sealed class Scan : OpDefinition
{
    public override string Name => "Scan";

    public override string Summary => "A static method of yours at every step of a sequence, with states that go from step to step; the weights it makes are the same at every step.";

    public override string Formula => "(s[t], y[t]) = cell(x[t], s[t−1]); without an output of its own, y = s, of two states the first";

    public override string ShapeRule => "[T, …], states […] → Sequence [T, …] of the cell's output, State […] after the last step";

    public override string Gradient => "backpropagation through time: (dx[t], ds[t−1]) = the derivative of the cell, for (dy[t], ds[t]), backwards in time; weights summed over all steps";

    public override string Fuses => "within a step, as outside of loops; products of a step with weights are one product over all steps in front of the loop, and the gradients of weights are one product over all steps behind it, where the cell uses them in products and sums";

    public override OpForm Form => OpForm.Cell;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("reverse", OpParameterType.Bool, "From the last step to the first.", false),
    };

    public override bool ReadsLengths => true;

    public override (Shape Shape, Element Element) Infer(OpContext c) => throw new InvalidOperationException("The graph builder makes a Scan.");

    /// <exception cref="OpException">There is no sequence, or no state.</exception>
    public static void Check(Node x, IReadOnlyList<Node> states, bool inCell)
    {
        if (inCell)
        {
            throw new OpException(OpErrorKind.InCell, null, "A cell cannot contain another Scan; compute that one before, and use its result in the cell");
        }

        if (!x.PerSample || x.Shape.Rank == 0)
        {
            throw new OpException(OpErrorKind.Rank, null, $"Scan needs a sequence (T, …) that is computed from an input, but '{x.Name}' is {x.Shape}{(x.PerSample ? "" : " and the same for every sample")}");
        }

        if (states.FirstOrDefault(s => s.Element != Element.Float32) is { } integers)
        {
            throw new OpException(OpErrorKind.ElementType, null, $"A state must hold floats, but '{integers.Name}' holds integers");
        }
    }

    /// <exception cref="OpException">A state changes its shape.</exception>
    public static void CheckResults(IReadOnlyList<Node> before, IReadOnlyList<Node> next, Node output)
    {
        for (var i = 0; i < before.Count; i++)
        {
            if (next[i].Shape != before[i].Shape || next[i].Element != Element.Float32)
            {
                var which = before.Count == 1 ? "a state" : $"state {i + 1}";
                throw new OpException(OpErrorKind.StateShape, "cell", $"The cell is given {which} of shape {before[i].Shape} but gives one of {(next[i].Element == Element.Float32 ? "shape " + next[i].Shape : "integers")}; a state keeps its shape from step to step");
            }
        }

        if (output.Element != Element.Float32)
        {
            throw new OpException(OpErrorKind.ElementType, "cell", "The output of a cell must hold floats, but this one holds integers");
        }
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var cell = c.Node.Cell!;
        var hasLengths = c.Node.Lengths >= 0;
        var before = 1 + cell.States.Count;
        var steps = c.X.Dims[1].Size;
        var body = new ScanBody(steps, b.Phase, b.Origin);
        var sequences = new List<Val> { b.TimeMajor(c.X) };
        var known = new Val?[c.Node.Id];
        known[cell.Step] = body.Sequence(sequences[0]);
        foreach (var state in cell.States)
        {
            known[state] = body.Carry(Dims.Of(c.Nodes[state].Shape, true));
        }

        var outside = c.Node.Inputs.Zip(c.Inputs, (id, v) => (id, v)).Skip(before + (hasLengths ? 1 : 0)).Concat(c.Node.Parameters.Zip(c.Parameters, (id, v) => (id, v))).ToArray();
        foreach (var (id, value) in outside)
        {
            known[id] = body.Invariant(value);
        }

        c.LowerCell(body.Builder, cell.Loop, known);
        Val Full(int id) => body.Builder.Broadcast(known[id]!, Dims.Of(c.Nodes[id].Shape, true));
        var y = SequenceMask.Apply(body, hasLengths ? SequenceMask.Of(b, c.Inputs[before], steps) : null, sequences, cell.Next.Select(Full).ToArray(), Full(cell.Output));
        var hoisted = ScanHoist.Run(b, body, sequences, outside.Select(o => o.v).ToArray(), y);
        var scan = b.Scan(hoisted.Body, c.Bool("reverse"), hoisted.Sequences, c.Inputs.Skip(1).Take(cell.States.Count), hoisted.Shared);
        return b.SampleMajor(b.Stacked(scan, hoisted.Output));
    }
}

/// <summary>A state of a <see cref="Scan"/> after its last step.</summary>
internal sealed class ScanState : OpDefinition
{
    public override string Name => "ScanState";

    public override string Summary => "A state after the last step.";

    public override string Formula => "s[T−1]";

    public override string ShapeRule => "[…]";

    public override string Gradient => "the loop's first";

    public override string Fuses => "nothing";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[] { new OpParameter("index", OpParameterType.Int, "Which.", Minimum: 0) };

    public override (Shape Shape, Element Element) Infer(OpContext c) => (c.ShapeOf(c.Inputs[0].Cell!.States[c.Int("index")]), Element.Float32);

    public override Val Lower(LowerContext c) => c.B.LastState(c.X.Inputs[0].Inputs[0], c.Int("index"));
}
