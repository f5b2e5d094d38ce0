using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>A map whose height and width are each mapped on their own: padding and enlarging.</summary>
internal abstract class Resample2d : OpDefinition
{
    public override string Fuses => "activation, Map, residual sum and Dropout behind it are computed while it stores its result; the derivative of the activation before it while dx is stored";

    public override bool KeepsScale => true;

    /// <param name="axis">0 for the height, 1 for the width.</param>
    protected abstract AxisMap Axis(int axis, int size, Func<string, object?> argument);

    /// <summary>Checks one axis.</summary>
    protected virtual void Check(OpContext c, AxisMap map, int axis)
    {
    }

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.Require(0, 3, "a map (C, H, W)");
        var map = c.Shape();
        AxisMap rows = Axis(0, map[1], c.Argument), columns = Axis(1, map[2], c.Argument);
        Check(c, rows, 0);
        Check(c, columns, 1);
        return (new Shape(map[0], rows.Out, columns.Out), Element.Float32);
    }

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input)
    {
        var map = nodes[node.Inputs[0]].Shape;
        AxisSight Of(int axis) => Axis(axis, map[axis + 1], name => Argument(node.Arguments, name)) switch
        {
            { Rule: AxisRule.Nearest } nearest => new AxisSight(axis + 1, new Fraction(1, nearest.Scale), 0, 1),
            { Rule: AxisRule.Linear, AlignCorners: true, Size: > 1 } linear => new AxisSight(axis + 1, new Fraction(linear.Size - 1, (linear.Scale * linear.Size) - 1), 0, 2),
            { Rule: AxisRule.Linear } linear => new AxisSight(axis + 1, new Fraction(1, linear.Scale), new Fraction(1 - linear.Scale, 2 * linear.Scale), linear.Scale > 1 ? 2 : 1),
            var border => AxisSight.Same(axis + 1, -border.Before),
        };
        return new[] { AxisSight.Same(0), Of(0), Of(1) };
    }

    public override Val Lower(LowerContext c)
    {
        // A parameter alone has no batch.
        var x = c.X.Dims.HasBatch ? c.X : c.B.Reshape(c.X, new Dims(c.X.Dims.ToArray().Prepend(1)));
        return c.B.Reshape(c.B.Resample(x, Axis(0, x.Dims[2].Size, c.Argument), Axis(1, x.Dims[3].Size, c.Argument)), c.ResultDims);
    }
}

internal abstract class Pad2d : Resample2d
{
    public override string ShapeRule => "[C, H, W] → [C, H + top + bottom, W + left + right]";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("left", OpParameterType.Int, "Columns added on the left, and on every side that is not given.", Minimum: 0),
        new OpParameter("right", OpParameterType.Int, "Columns added on the right; -1: as left.", -1, -1),
        new OpParameter("top", OpParameterType.Int, "Rows added on top; -1: as left.", -1, -1),
        new OpParameter("bottom", OpParameterType.Int, "Rows added at the bottom; -1: as right.", -1, -1),
    };

    protected abstract AxisRule Rule { get; }

    protected override AxisMap Axis(int axis, int size, Func<string, object?> argument)
    {
        int Side(string name, int other) => (int)argument(name)! is >= 0 and var given ? given : other;
        int left = Side("left", 0), right = Side("right", left);
        return axis == 1 ? new AxisMap(Rule, size, left, right) : new AxisMap(Rule, size, Side("top", left), Side("bottom", right));
    }
}

internal sealed class ZeroPad2d : Pad2d
{
    public override string Name => "ZeroPad2d";

    public override string Summary => "Zeros around a map, the same number on every side or so many on each.";

    public override string Formula => "y[c,p,q] = x[c, p − top, q − left] inside, else 0";

    public override string Gradient => "dx = the middle of dy";

    protected override AxisRule Rule => AxisRule.Zero;
}

internal sealed class ReflectPad2d : Pad2d
{
    public override string Name => "ReflectPad2d";

    public override string Summary => "A border that mirrors the map at its outermost rows and columns, which are not repeated.";

    public override string Formula => "y[c,p,q] = x[c, r(p − top, H), r(q − left, W)], r(i, n) = |i| for i < n, else 2·(n − 1) − i";

    public override string Gradient => "dx: each position sums dy of all its images";

    protected override AxisRule Rule => AxisRule.Reflect;

    protected override void Check(OpContext c, AxisMap map, int axis)
    {
        var most = map.Size - 1;
        if (Math.Max(map.Before, map.After) > most)
        {
            var (before, after, extent) = axis == 0 ? ("top", "bottom", "height") : ("left", "right", "width");
            var (side, size) = map.Before > most ? (before, map.Before) : (after, map.After);
            throw c.Error(OpErrorKind.OutsideTensor, (int)c.Argument(side)! >= 0 ? side : "left", $"{c.CallText} mirrors {size} of a {extent} of {map.Size}, of which there are {most} beside the outermost ({c.Gives()}); use at most {most}, or ReplicatePad2d");
        }
    }
}

internal sealed class ReplicatePad2d : Pad2d
{
    public override string Name => "ReplicatePad2d";

    public override string Summary => "A border that repeats the outermost rows and columns of a map.";

    public override string Formula => "y[c,p,q] = x[c, min(max(p − top, 0), H − 1), min(max(q − left, 0), W − 1)]";

    public override string Gradient => "dx: each position sums dy of all its copies";

    protected override AxisRule Rule => AxisRule.Replicate;
}

internal abstract class Upsample2d : Resample2d
{
    public override string ShapeRule => "[C, H, W] → [C, scale·H, scale·W]";

    protected static OpParameter ScaleParameter { get; } = new("scale", OpParameterType.Int, "How many times higher and wider the map becomes.", Minimum: 1);
}

internal sealed class UpsampleNearest2d : Upsample2d
{
    public override string Name => "UpsampleNearest2d";

    public override string Summary => "Enlarges a map by repeating every row and column.";

    public override string Formula => "y[c,p,q] = x[c, ⌊p/scale⌋, ⌊q/scale⌋]";

    public override string Gradient => "dx[c,p,q] = the sum of dy over the scale × scale copies";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[] { ScaleParameter };

    protected override AxisMap Axis(int axis, int size, Func<string, object?> argument) => new(AxisRule.Nearest, size, Scale: (int)argument("scale")!);
}

internal sealed class UpsampleBilinear2d : Upsample2d
{
    public override string Name => "UpsampleBilinear2d";

    public override string Summary => "Enlarges a map by bilinear interpolation, as PyTorch's interpolate.";

    public override string Formula => "y[c,p,q] = Σ_i,j (1 − |s(p) − i|)₊·(1 − |s(q) − j|)₊·x[c,i,j], s(p) = (p + ½)/scale − ½ clamped to the map; with alignCorners p·(H − 1)/(scale·H − 1)";

    public override string Gradient => "dx: each position gathers dy with the weights that it had";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        ScaleParameter,
        new OpParameter("alignCorners", OpParameterType.Bool, "Whether corner values stay at the corners (true) or pixels are areas (false).", false),
    };

    protected override AxisMap Axis(int axis, int size, Func<string, object?> argument) =>
        new(AxisRule.Linear, size, Scale: (int)argument("scale")!, AlignCorners: (bool)argument("alignCorners")!);
}
