using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>A contiguous part of a tensor: read where it lies by everything elementwise and by Concat, copied for others.</summary>
internal abstract class Part : OpDefinition
{
    public override string Fuses => "costs nothing where its reader is elementwise or a Concat: they read the part where it lies; a copy before products, convolutions and pools";

    public override bool KeepsScale => true;
}

internal sealed class Slice : Part
{
    public override string Name => "Slice";

    public override string Summary => "A part along one axis: length elements from start. Tensor.Split cuts the whole axis into equal parts.";

    public override string Formula => "y[…, i, …] = x[…, start + i, …]";

    public override string ShapeRule => "[…, E, …] → […, length, …]";

    public override string Gradient => "dx = dy with zeros around it; the parts of a split are joined";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("axis", OpParameterType.Int, "The axis of a sample; from the last where negative."),
        new OpParameter("start", OpParameterType.Int, "The first element.", Minimum: 0),
        new OpParameter("length", OpParameterType.Int, "The number of elements.", Minimum: 1),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var extents = c.Shape().ToArray();
        int axis = c.Axis("axis", extents.Length), start = c.Int("start"), length = c.Int("length");
        if (length > extents[axis] - start)
        {
            throw c.Error(OpErrorKind.OutsideTensor, null, $"{c.CallText} takes {length} elements from {start} but axis {axis} has {extents[axis]} ({c.Gives()})");
        }

        extents[axis] = length;
        return (new Shape(extents), Element.Float32);
    }

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input)
    {
        int axis = (int)Argument(node.Arguments, "axis")!, start = (int)Argument(node.Arguments, "start")!;
        return Enumerable.Range(0, node.Shape.Rank).Select(a => AxisSight.Same(a, a == (axis + node.Shape.Rank) % node.Shape.Rank ? start : 0)).ToArray();
    }

    public override Val Lower(LowerContext c) => c.B.Slice(c.X, c.BatchedAxis(c.Int("axis")), c.Int("start"), c.Int("length"));
}

internal sealed class CenterCrop : Part
{
    public override string Name => "CenterCrop";

    public override string Summary => "The middle of a map, as U-Net crops a skip connection; x.CenterCropTo(other) crops to the height and width of another map.";

    public override string Formula => "y[c,p,q] = x[c, p + ⌊(H − height)/2⌋, q + ⌊(W − width)/2⌋]";

    public override string ShapeRule => "[C, H, W] → [C, height, width]";

    public override string Source => "Ronneberger, Fischer & Brox 2015, U-Net";

    public override string Gradient => "dx = dy with zeros around it";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("height", OpParameterType.Int, "Height of the middle.", Minimum: 1),
        new OpParameter("width", OpParameterType.Int, "Width of the middle.", Minimum: 1),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.Require(0, 3, "a map (C, H, W)");
        var map = c.Shape();
        int height = c.Int("height"), width = c.Int("width");
        return height <= map[1] && width <= map[2]
            ? (new Shape(map[0], height, width), Element.Float32)
            : throw c.Error(OpErrorKind.OutsideTensor, height > map[1] ? "height" : "width", $"{c.CallText} is larger than the map ({c.Gives()}); crop the larger of the two maps");
    }

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) =>
        Enumerable.Range(0, 3).Select(a => AxisSight.Same(a, (nodes[node.Inputs[0]].Shape[a] - node.Shape[a]) / 2)).ToArray();

    public override Val Lower(LowerContext c)
    {
        Val Middle(Val x, int axis, int size) => c.B.Slice(x, axis, (x.Dims[axis].Size - size) / 2, size);
        return Middle(Middle(c.X, c.BatchedAxis(1), c.Int("height")), c.BatchedAxis(2), c.Int("width"));
    }
}
