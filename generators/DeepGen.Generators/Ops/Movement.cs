using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class Flatten : OpDefinition
{
    public override string Name => "Flatten";

    public override string Summary => "All values of a sample as one vector, in row-major order.";

    public override string Formula => "y[(c·H + p)·W + q] = x[c,p,q]";

    public override string ShapeRule => "[C, H, W] → [C·H·W]; any rank";

    public override string Gradient => "dx = dy in the shape of x";

    public override string Fuses => "costs nothing: the same memory with other extents";

    public override bool KeepsScale => true;

    public override (Shape Shape, Element Element) Infer(OpContext c) => (new Shape(checked((int)c.Shape().Elements)), c.Inputs[0].Element);

    public override Val Lower(LowerContext c) => c.B.Reshape(c.X, Dims.Of(c.Node.Shape, c.X.Dims.HasBatch));
}

internal sealed class Reshape : OpDefinition
{
    public override string Name => "Reshape";

    public override string Summary => "The same values of a sample in another shape, row-major; one extent may be -1 and is inferred.";

    public override string Formula => "y.flat[i] = x.flat[i]";

    public override string ShapeRule => "[…] → shape, with as many elements";

    public override string Gradient => "dx = dy in the shape of x";

    public override string Fuses => "costs nothing: the same memory with other extents";

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("shape", OpParameterType.Ints, "Extents of one sample, without the batch."),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        var shape = c.Ints("shape");
        var total = c.Shape().Elements;
        if (shape.Count(e => e == -1) > 1 || shape.Any(e => e < -1 || e == 0))
        {
            throw c.Error(OpErrorKind.Argument, "shape", $"{c.CallText}'s extents must be positive; one of them may be -1 to be inferred");
        }

        var known = shape.Where(e => e != -1).Aggregate(1L, (a, e) => checked(a * e));
        if (shape.Contains(-1) && total % known == 0)
        {
            shape = shape.Select(e => e == -1 ? (int)(total / known) : e).ToArray();
        }

        return new Shape(shape).Elements == total && !shape.Contains(-1)
            ? (new Shape(shape), c.Inputs[0].Element)
            : throw c.Error(OpErrorKind.ElementCount, "shape", $"{c.CallText} gives {known} elements but {c.Gives()}, which has {total}");
    }

    public override Val Lower(LowerContext c) => c.B.Reshape(c.X, Dims.Of(c.Node.Shape, c.X.Dims.HasBatch));
}

internal sealed class Concat : OpDefinition
{
    public override string Name => "Concat";

    public override string Summary => "Joins tensors along one axis, the first where none is given: channels of maps, features of vectors. All other extents must agree.";

    public override string Formula => "y = [x₁; x₂; …] along the axis";

    public override string ShapeRule => "[C₁, …], [C₂, …] → [C₁ + C₂, …], likewise along another axis";

    public override string Gradient => "dx₁, dx₂, …: the parts of dy";

    public override string Fuses => "elementwise ops before it are computed while the parts are copied; elementwise readers of the gradient read the parts where they lie";

    public override OpForm Form => OpForm.Static;

    public override bool Variadic => true;

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("axis", OpParameterType.Int, "The axis of a sample along which they are joined; from the last where negative.", 0),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        if (c.Inputs.Count == 0)
        {
            throw c.Error(OpErrorKind.ShapesDiffer, null, "Concat needs at least one tensor");
        }

        var first = c.Shape(0);
        var axis = first.Rank == 0 ? 0 : c.Axis("axis", first.Rank);
        var joined = first.ToArray();
        IEnumerable<int> Others(Shape shape) => shape.ToArray().Where((_, i) => i != axis);
        for (var i = 0; i < c.Inputs.Count; i++)
        {
            c.RequireFloat(i);
            var s = c.Shape(i);
            if (s.Rank == 0 || s.Rank != first.Rank || !Others(s).SequenceEqual(Others(first)))
            {
                var (along, equal) = axis == 0 ? ("the first axis", "equal shapes behind it") : ($"axis {axis}", "equal extents along all others");
                throw c.Error(OpErrorKind.ShapesDiffer, null, $"Concat joins along {along} and needs {equal}, but its inputs are {string.Join(", ", c.Inputs.Select(n => n.Shape))}");
            }

            if (!c.Inputs[i].PerSample)
            {
                throw c.Error(OpErrorKind.ShapesDiffer, null, "Concat needs tensors that are computed from an input, but one of them is a parameter alone");
            }

            joined[axis] = i == 0 ? s[axis] : checked(joined[axis] + s[axis]);
        }

        return (new Shape(joined), Element.Float32);
    }

    /// <summary>Along the axis the parts stand at different places, so it counts as seen as a whole.</summary>
    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input)
    {
        var (axis, rank) = ((int)Argument(node.Arguments, "axis")!, node.Shape.Rank);
        return Enumerable.Range(0, rank).Select(a => a == (axis + rank) % rank && node.Inputs.Count > 1 ? null : AxisSight.Same(a)).ToArray();
    }

    public override Val Lower(LowerContext c) => c.Inputs.Count == 1 ? c.X : c.B.Concat(c.BatchedAxis(c.Int("axis")), c.Inputs);
}
