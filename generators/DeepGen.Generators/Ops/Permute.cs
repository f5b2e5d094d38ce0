using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class Permute : OpDefinition
{
    public override string Name => "Permute";

    public override string Summary => "The axes of a sample in another order: axis i of the result is axis axes[i] of the input. Permute(1, 0) transposes.";

    public override string Formula => "y[i₀, i₁, …] = x[j₀, j₁, …], j_axes[k] = i_k";

    public override string ShapeRule => "[E₀, E₁, …] → [E_axes[0], E_axes[1], …]";

    public override string Gradient => "dx = dy with the inverse permutation";

    public override string Fuses => "activation, Map, residual sum and Dropout behind it are computed while it stores its result; a permutation of a permutation is one, and moving axes of one element costs nothing";

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("axes", OpParameterType.Ints, "Every axis of a sample once."),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var axes = c.Ints("axes");
        var shape = c.Shape();
        return axes.OrderBy(a => a).SequenceEqual(Enumerable.Range(0, shape.Rank))
            ? (new Shape(axes.Select(a => shape[a])), Element.Float32)
            : throw c.Error(OpErrorKind.Argument, "axes", $"{c.CallText} must name every axis of the input once, 0 to {shape.Rank - 1} in any order ({c.Gives()})");
    }

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input)
    {
        var axes = ((EquatableArray<int>)Argument(node.Arguments, "axes")!).ToArray();
        return axes.Select((_, axis) => AxisSight.Same(Array.IndexOf(axes, axis))).ToArray();
    }

    public override Val Lower(LowerContext c)
    {
        var lead = c.X.Dims.HasBatch ? 1 : 0;
        return c.B.Permute(c.X, Enumerable.Range(0, lead).Concat(((EquatableArray<int>)c.Argument("axes")!).Select(a => a + lead)).ToArray());
    }
}

internal sealed class BroadcastTo : OpDefinition
{
    public override string Name => "BroadcastTo";

    public override string Summary => "Repeats extents of 1 to a greater shape; axes are aligned from the right. Arithmetic does so by itself.";

    public override string Formula => "y[i, j, …] = x[i or 0, j or 0, …]";

    public override string ShapeRule => "[…] → shape, each extent equal or 1 before";

    public override string Gradient => "dx = dy summed over the axes along which x was repeated";

    public override string Fuses => "never stored where its reader is elementwise";

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("shape", OpParameterType.Ints, "Extents of one sample."),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var shape = c.Ints("shape");
        var x = c.Shape();
        if (shape.FirstOrDefault(e => e < 1) is var wrong && shape.Any(e => e < 1))
        {
            throw c.Error(OpErrorKind.Argument, "shape", $"{c.CallText}'s extents must be at least 1, but one is {wrong}");
        }

        return x.Rank <= shape.Length && Enumerable.Range(1, x.Rank).All(i => x[x.Rank - i] == 1 || x[x.Rank - i] == shape[shape.Length - i])
            ? (new Shape(shape), Element.Float32)
            : throw c.Error(OpErrorKind.ShapesDiffer, "shape", $"{c.CallText} repeats extents of 1, aligned from the right, but {c.Gives()}");
    }

    public override Val Lower(LowerContext c) => c.B.Broadcast(c.Aligned(0, c.Node.Shape.Rank), c.ResultDims);
}

internal sealed class Repeat : OpDefinition
{
    public override string Name => "Repeat";

    public override string Summary => "The tensor several times in a row along one axis.";

    public override string Formula => "y[…, k·E + i, …] = x[…, i, …], k < times";

    public override string ShapeRule => "[…, E, …] → […, times·E, …]";

    public override string Gradient => "dx = the sum of the repetitions' dy";

    public override string Fuses => "what is elementwise before it is computed while the repetitions are written";

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("times", OpParameterType.Int, "How often.", Minimum: 1),
        new OpParameter("axis", OpParameterType.Int, "The axis of a sample; from the last where negative.", 0),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var extents = c.Shape().ToArray();
        var axis = extents.Length > 0 ? c.Axis("axis", extents.Length) : throw c.Error(OpErrorKind.Rank, null, $"{c.CallText} needs an axis but {c.Gives()}; use BroadcastTo");
        extents[axis] = checked(extents[axis] * c.Int("times"));
        return (new Shape(extents), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var dims = c.X.Dims.ToArray().ToList();
        var axis = c.BatchedAxis(c.Int("axis"));
        dims.Insert(axis, 1);
        var apart = c.B.Reshape(c.X, new Dims(dims));
        dims[axis] = c.Int("times");
        return c.B.Reshape(c.B.Broadcast(apart, new Dims(dims)), c.ResultDims);
    }
}
