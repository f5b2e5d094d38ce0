using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>
/// What a recurrent layer becomes where its state outlives the sequence: it begins in states that are given and gives those after its last step, for truncated backpropagation
/// through time and for sampling step by step. Weights and their names are those of the layer it is a form of.
/// </summary>
internal static class Stateful
{
    public const string ShapeRule = "sequence [T, F], states [layers, hidden] before it → Sequence [T, hidden], states [layers, hidden] after it";

    public const string Summary = "The states go in and come out: what one batch ends with, the next may begin with (truncated backpropagation through time), and a network of one step can be run letter by letter.";

    /// <summary>A state for each layer; there is one direction.</summary>
    public static readonly IReadOnlyList<OpParameter> Parameters = new[] { new OpParameter("bias", OpParameterType.Bool, "Whether biases are added.", true) };

    public static (Shape Shape, Element Element) Infer(OpContext c, int kinds, Action makeWeights)
    {
        c.Require(0, 2, "a sequence (T, F)");
        c.RequireSample(0);
        c.Require(1, 2, "states (layers, hidden)");
        if (kinds == 2 && (c.Shape(2) != c.Shape(1) || c.Inputs[2].Element != Element.Float32))
        {
            throw c.Error(OpErrorKind.ShapesDiffer, "cell", $"{c.CallText} needs states and cells of one shape (layers, hidden), but {c.Gives(1)} and {c.Gives(2)}");
        }

        makeWeights();
        return (new Shape(c.Shape()[0] + (kinds * c.Shape(1)[0]), c.Shape(1)[1]), Element.Float32);
    }

    /// <summary>The states of each layer, [n, hidden].</summary>
    public static IReadOnlyList<Val> Before(LowerContext c, int kinds)
    {
        var b = c.B;
        var states = new List<Val>();
        for (var kind = 1; kind <= kinds; kind++)
        {
            int layers = c.Nodes[c.Node.Inputs[kind]].Shape[0], hidden = c.Nodes[c.Node.Inputs[kind]].Shape[1];
            var all = b.Broadcast(c.Inputs[kind], new Dims(new[] { Dim.Batch, (Dim)layers, (Dim)hidden }));
            for (var layer = 0; layer < layers; layer++)
            {
                states.Add(b.Reshape(b.Slice(all, 1, layer, 1), new Dims(new[] { Dim.Batch, (Dim)hidden })));
            }
        }

        return states;
    }

    /// <summary>Sequence and last states, one behind the other.</summary>
    public static Val Joined(LowerContext c, int kinds, Val top, IReadOnlyList<Val> scans)
    {
        var b = c.B;
        var parts = new List<Val> { b.SampleMajor(top) };
        for (var kind = 0; kind < kinds; kind++)
        {
            parts.AddRange(scans.Select(s => b.LastState(s, kind)).Select(s => b.Reshape(s, new Dims(new[] { Dim.Batch, (Dim)1, s.Dims[1] }))));
        }

        return b.Concat(1, parts);
    }

    public static IReadOnlyList<int> ResultLengths(Node node, IReadOnlyList<Node> nodes, int kinds)
    {
        var layers = nodes[node.Inputs[1]].Shape[0];
        return new[] { nodes[node.Inputs[0]].Shape[0] }.Concat(Enumerable.Repeat(layers, kinds)).ToArray();
    }
}

internal sealed class StatefulRnn : Rnn
{
    public override string Name => "StatefulRnn";

    public override string Summary => "Rnn whose state is given and handed on, layer by layer as its rows. " + Stateful.Summary;

    public override string Formula => "as for Rnn, but h[−1] is given";

    public override string ShapeRule => Stateful.ShapeRule;

    public override string Gradient => "as for Rnn, and those of the states before the first step";

    public override OpForm Form => OpForm.Method;

    public override IReadOnlyList<string> Inputs => new[] { "x", "state" };

    public override IReadOnlyList<string> Results => new[] { "Sequence", "State" };

    public override IReadOnlyList<OpParameter> Parameters => parameters ??= Stateful.Parameters.Append(new OpParameter("relu", OpParameterType.Bool, "A rectifier in place of tanh.", false)).ToArray();

    private IReadOnlyList<OpParameter>? parameters;

    public override IReadOnlyList<int> ResultLengths(Node node, IReadOnlyList<Node> nodes) => Stateful.ResultLengths(node, nodes, 1);

    protected override Plan PlanOf(Func<string, object?> argument, IReadOnlyList<Shape> inputs) => new(inputs[1][1], inputs[1][0], false, true, (bool)argument("bias")!);

    public override (Shape Shape, Element Element) Infer(OpContext c) => Stateful.Infer(c, 1, () => MakeWeights(c, PlanOf(c.Argument, c.Inputs.Select(i => i.Shape).ToArray())));

    public override Val Lower(LowerContext c)
    {
        var (top, scans) = Loops(c, PlanOf(c.Argument, c.Node.Inputs.Select(i => c.Nodes[i].Shape).ToArray()), Stateful.Before(c, 1));
        return Stateful.Joined(c, 1, top, scans);
    }
}

internal sealed class StatefulLstm : Lstm
{
    public override string Name => "StatefulLstm";

    public override string Summary => "Lstm whose state is given and handed on, layer by layer as its rows. " + Stateful.Summary;

    public override string Formula => "as for Lstm, but h[−1] and c[−1] are given";

    public override string ShapeRule => Stateful.ShapeRule + "; cells like states";

    public override string Gradient => "as for Lstm, and those of the states before the first step";

    public override OpForm Form => OpForm.Method;

    public override IReadOnlyList<string> Inputs => new[] { "x", "state", "cell" };

    public override IReadOnlyList<string> Results => new[] { "Sequence", "State", "Cell" };

    public override IReadOnlyList<OpParameter> Parameters => Stateful.Parameters;

    public override IReadOnlyList<int> ResultLengths(Node node, IReadOnlyList<Node> nodes) => Stateful.ResultLengths(node, nodes, 2);

    protected override Plan PlanOf(Func<string, object?> argument, IReadOnlyList<Shape> inputs) => new(inputs[1][1], inputs[1][0], false, true, (bool)argument("bias")!);

    public override (Shape Shape, Element Element) Infer(OpContext c) => Stateful.Infer(c, 2, () => MakeWeights(c, PlanOf(c.Argument, c.Inputs.Select(i => i.Shape).ToArray())));

    public override Val Lower(LowerContext c)
    {
        var (top, scans) = Loops(c, PlanOf(c.Argument, c.Node.Inputs.Select(i => c.Nodes[i].Shape).ToArray()), Stateful.Before(c, 2));
        return Stateful.Joined(c, 2, top, scans);
    }
}

internal sealed class StatefulGru : Gru
{
    public override string Name => "StatefulGru";

    public override string Summary => "Gru whose state is given and handed on, layer by layer as its rows. " + Stateful.Summary;

    public override string Formula => "as for Gru, but h[−1] is given";

    public override string ShapeRule => Stateful.ShapeRule;

    public override string Gradient => "as for Gru, and those of the states before the first step";

    public override OpForm Form => OpForm.Method;

    public override IReadOnlyList<string> Inputs => new[] { "x", "state" };

    public override IReadOnlyList<string> Results => new[] { "Sequence", "State" };

    public override IReadOnlyList<OpParameter> Parameters => Stateful.Parameters;

    public override IReadOnlyList<int> ResultLengths(Node node, IReadOnlyList<Node> nodes) => Stateful.ResultLengths(node, nodes, 1);

    protected override Plan PlanOf(Func<string, object?> argument, IReadOnlyList<Shape> inputs) => new(inputs[1][1], inputs[1][0], false, true, (bool)argument("bias")!);

    public override (Shape Shape, Element Element) Infer(OpContext c) => Stateful.Infer(c, 1, () => MakeWeights(c, PlanOf(c.Argument, c.Inputs.Select(i => i.Shape).ToArray())));

    public override Val Lower(LowerContext c)
    {
        var (top, scans) = Loops(c, PlanOf(c.Argument, c.Node.Inputs.Select(i => c.Nodes[i].Shape).ToArray()), Stateful.Before(c, 1));
        return Stateful.Joined(c, 1, top, scans);
    }
}
