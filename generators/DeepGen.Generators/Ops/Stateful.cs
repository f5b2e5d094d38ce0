using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>
/// What a recurrent layer becomes where its state outlives the sequence: it begins in states that are given and gives those after its last step, for truncated backpropagation
/// through time and for sampling step by step. Weights and their names are those of the layer it is a form of. There is one direction, and the shape of the states says how many layers.
/// </summary>
internal sealed class Stateful : Recurrent
{
    private readonly Recurrent layer;

    public Stateful(Recurrent layer)
    {
        this.layer = layer;
        Inputs = layer.MoreStates == 0 ? new[] { "x", "state" } : new[] { "x", "state", "cell" };
        Results = layer.MoreStates == 0 ? new[] { "Sequence", "State" } : new[] { "Sequence", "State", "Cell" };
        Parameters = layer.Parameters.Where(p => p.Name is not ("hidden" or "layers" or "bidirectional" or "returnSequence")).ToArray();
    }

    public override string Name => "Stateful" + layer.Name;

    public override string Summary => layer.Name + " whose state is given and handed on, layer by layer as its rows. "
        + "The states go in and come out: what one batch ends with, the next may begin with (truncated backpropagation through time), and a network of one step can be run letter by letter.";

    public override string Formula => $"as for {layer.Name}, but {(MoreStates == 0 ? "h[−1] is" : "h[−1] and c[−1] are")} given";

    public override string ShapeRule => "sequence [T, F], states [layers, hidden] before it → Sequence [T, hidden], states [layers, hidden] after it" + (MoreStates == 0 ? "" : "; cells like states");

    public override string Source => layer.Source;

    public override string Gradient => $"as for {layer.Name}, and those of the states before the first step";

    public override OpForm Form => OpForm.Method;

    public override IReadOnlyList<string> Inputs { get; }

    public override IReadOnlyList<string> Results { get; }

    public override IReadOnlyList<OpParameter> Parameters { get; }

    public override int Gates => layer.Gates;

    public override int MoreStates => layer.MoreStates;

    public override bool GatesBias => layer.GatesBias;

    public override Val[] Cell(LowerContext c, IrBuilder b, Val x, Val h, Val[] states) => layer.Cell(c, b, x, h, states);

    /// <summary>h, and c where there is one.</summary>
    private int Kinds => 1 + MoreStates;

    protected override Plan PlanOf(Func<string, object?> argument, IReadOnlyList<Shape> inputs) => new(inputs[1][1], inputs[1][0], false, true, (bool)argument("bias")!);

    public override IReadOnlyList<int> ResultLengths(Node node, IReadOnlyList<Node> nodes) =>
        Enumerable.Repeat(nodes[node.Inputs[1]].Shape[0], Kinds).Prepend(nodes[node.Inputs[0]].Shape[0]).ToArray();

    protected override void Check(OpContext c)
    {
        base.Check(c);
        c.Require(1, 2, "states (layers, hidden)");
        if (Kinds == 2 && (c.Shape(2) != c.Shape(1) || c.Inputs[2].Element != Element.Float32))
        {
            throw c.Error(OpErrorKind.ShapesDiffer, "cell", $"{c.CallText} needs states and cells of one shape (layers, hidden), but {c.Gives(1)} and {c.Gives(2)}");
        }
    }

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        var (sequence, element) = base.Infer(c);
        return (new Shape(sequence[0] + (Kinds * c.Shape(1)[0]), sequence[1]), element);
    }

    /// <summary>Sequence and last states, one behind the other.</summary>
    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var (top, scans) = Loops(c, PlanOf(c), Before(c));
        var parts = new List<Val> { b.SampleMajor(top) };
        for (var kind = 0; kind < Kinds; kind++)
        {
            parts.AddRange(scans.Select(s => b.LastState(s, kind)).Select(s => b.Reshape(s, new Dims(new[] { Dim.Batch, (Dim)1, s.Dims[1] }))));
        }

        return b.Concat(1, parts);
    }

    /// <summary>The states of each layer, [n, hidden].</summary>
    private List<Val> Before(LowerContext c)
    {
        var b = c.B;
        var states = new List<Val>();
        for (var kind = 1; kind <= Kinds; kind++)
        {
            var shape = c.Nodes[c.Node.Inputs[kind]].Shape;
            var all = b.Broadcast(c.Inputs[kind], Dims.Of(shape, true));
            for (var i = 0; i < shape[0]; i++)
            {
                states.Add(b.Reshape(b.Slice(all, 1, i, 1), new Dims(new[] { Dim.Batch, (Dim)shape[1] })));
            }
        }

        return states;
    }
}
