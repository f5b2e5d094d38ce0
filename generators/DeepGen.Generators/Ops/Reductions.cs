using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>Some axes of a sample become one number each, or vanish.</summary>
internal abstract class Reduction : OpDefinition
{
    public override string ShapeRule => "[…] → without the axes, or with extents of 1 in their place; all axes where none is named";

    public override string Fuses => "over the last axes a row at a time, with what is computed over the same rows; over others a pass of its own";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("axes", OpParameterType.Axes, "The axes to reduce, 0 the first of a sample; negative ones count from the end. All where none is named.", EquatableArray<int>.Empty),
        new OpParameter("keepDims", OpParameterType.Bool, "Whether reduced axes stay as extents of 1.", false),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var axes = c.Axes("axes");
        var shape = c.Shape().ToArray();
        return (new Shape(c.Bool("keepDims") ? shape.Select((e, i) => axes.Contains(i) ? 1 : e) : shape.Where((_, i) => !axes.Contains(i))), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var axes = LowerContext.SampleAxes(c.X);
        var chosen = ((EquatableArray<int>)c.Argument("axes")!).Select(a => a < 0 ? a + axes.Length : a).ToArray();
        var y = chosen.Length == 0 ? Reduce(c.B, c.X, axes) : Reduce(c.B, c.X, chosen.Select(a => axes[a]).OrderBy(a => a).ToArray());
        return c.B.Reshape(y, Dims.Of(c.Node.Shape, c.X.Dims.HasBatch));
    }

    /// <summary>The reduction, with the axes kept as extents of one.</summary>
    protected abstract Val Reduce(IrBuilder b, Val x, int[] axes);

    protected static int Count(Val x, int[] axes) => axes.Aggregate(1, (n, a) => n * x.Dims[a].Size);
}

internal sealed class Sum : Reduction
{
    public override string Name => "Sum";

    public override string Summary => "Sum over axes of a sample.";

    public override string Formula => "y = Σ x";

    public override string Gradient => "dx = dy, repeated along the axes";

    protected override Val Reduce(IrBuilder b, Val x, int[] axes) => b.Sum(x, axes);
}

internal sealed class Mean : Reduction
{
    public override string Name => "Mean";

    public override string Summary => "Mean over axes of a sample.";

    public override string Formula => "y = 1/m · Σ x, m the values that are added";

    public override string Gradient => "dx = dy/m, repeated along the axes";

    public override bool KeepsScale => true;

    protected override Val Reduce(IrBuilder b, Val x, int[] axes) => b.Mul(b.Sum(x, axes), b.Const(1f / Count(x, axes)));
}

internal sealed class Max : Reduction
{
    public override string Name => "Max";

    public override string Summary => "Greatest value over axes of a sample; over time it is max-over-time pooling. Of two tensors: Maximum.";

    public override string Formula => "y = max x";

    public override string Gradient => "dx = dy where x is the greatest; equal ones share it, as PyTorch's amax does";

    public override bool KeepsScale => true;

    protected override Val Reduce(IrBuilder b, Val x, int[] axes) => b.Reduce(ReduceOp.Max, x, axes);
}

internal sealed class LogSumExp : Reduction
{
    public override string Name => "LogSumExp";

    public override string Summary => "Logarithm of the sum of exponentials over axes of a sample, without overflow.";

    public override string Formula => "y = ln Σ e^x";

    public override string Gradient => "dx = dy·e^(x − y)";

    protected override Val Reduce(IrBuilder b, Val x, int[] axes) => Stable.LogSumExp(b, x, axes);
}

internal sealed class ArgMax : OpDefinition
{
    public override string Name => "ArgMax";

    public override string Summary => "Index of the greatest value along one axis, the first of equal ones: a whole number, held as float32 so that it can be an output.";

    public override string Formula => "y = min {i : x[i] = max x}";

    public override string ShapeRule => "[…] → without the axis, or with an extent of 1 in its place";

    public override string Gradient => "none";

    public override string Fuses => "over the last axis one pass over each row; over others passes of its own";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("axis", OpParameterType.Int, "The axis, 0 the first of a sample; negative ones count from the end.", 0),
        new OpParameter("keepDims", OpParameterType.Bool, "Whether the axis stays as an extent of 1.", false),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var shape = c.Shape().ToArray();
        var axis = Axis(c.Int("axis"), shape.Length);
        if (axis < 0 || axis >= shape.Length)
        {
            throw c.Error(
                shape.Length == 0 ? OpErrorKind.Rank : OpErrorKind.Argument,
                "axis",
                shape.Length == 0 ? $"ArgMax needs a vector or a map but {c.Gives()}" : $"ArgMax's axis must lie from {-shape.Length} to {shape.Length - 1}, but is {c.Int("axis")} and {c.Gives()}");
        }

        return (new Shape(c.Bool("keepDims") ? shape.Select((e, i) => i == axis ? 1 : e) : shape.Where((_, i) => i != axis)), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var axes = LowerContext.SampleAxes(c.X);
        var axis = axes[Axis(c.Int("axis"), axes.Length)];
        var size = c.X.Dims[axis].Size;
        // Where nothing is greater; in a row with a NaN, which is greater than nothing, that is everywhere.
        var wins = b.Not(b.Binary(BinaryOp.Greater, b.Reduce(ReduceOp.Max, c.X, axis), c.X));
        var first = b.Reduce(ReduceOp.Max, b.Select(wins, b.Neg(b.Iota(size, c.X.Dims.Rank, axis)), b.Const(-size)), axis);
        // A single value has nothing to reduce.
        return b.Reshape(b.Neg(size == 1 ? b.Mul(c.X, b.Const(0)) : first), Dims.Of(c.Node.Shape, c.X.Dims.HasBatch));
    }

    private static int Axis(int axis, int rank) => axis < 0 ? axis + rank : axis;
}
