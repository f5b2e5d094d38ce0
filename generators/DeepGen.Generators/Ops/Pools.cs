using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>What max and average pooling share: the window, whose stride defaults to its own size.</summary>
internal abstract class Pool2d : OpDefinition
{
    public override string ShapeRule => "[C, H, W] → [C, (H + 2·padding − kernel) / stride + 1, likewise W]";

    public override string Fuses => "activation, Map and Dropout behind it are computed while it stores its result; the derivative of the activation before it while dx is stored";

    public override bool KeepsScale => true;

    protected static OpParameter[] WindowParameters { get; } =
    {
        new("kernel", OpParameterType.Int, "Height and width of the window.", Minimum: 1),
        new("stride", OpParameterType.Int, "Step between windows; 0 means the window's own size.", 0, 0),
        new("padding", OpParameterType.Int, "Border added on each side; at most half of the kernel. Padding.Same gives an output of ceil(size / stride).", 0, -1),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.Require(0, 3, "a map (C, H, W)");
        if (c.Int("padding") > c.Int("kernel") / 2)
        {
            throw c.Error(OpErrorKind.Argument, "padding", $"{c.CallText}'s padding must be at most half of the kernel ({c.Int("kernel") / 2}), but is {c.Int("padding")}; a window must not lie in the border alone");
        }

        return (Windows.Output(c, Window(c.Shape(), c.Argument), c.Shape()[0]), Element.Float32);
    }

    protected static WindowSpec Window(Shape map, Func<string, object?> argument)
    {
        var kernel = (int)argument("kernel")!;
        var stride = (int)argument("stride")!;
        return Windows.Spec(map, kernel, stride == 0 ? kernel : stride, (int)argument("padding")!, 1, 1);
    }
}

internal sealed class MaxPool2d : Pool2d
{
    public override string Name => "MaxPool2d";

    public override string Summary => "Maximum of each window; the border never wins.";

    public override string Formula => "y[c,p,q] = max_i,j x[c, p·stride + i − padding, q·stride + j − padding]";

    public override string Source => "Ranzato et al. 2007, Unsupervised learning of invariant feature hierarchies";

    public override string Gradient => "each window hands its dy to its maximum, the first in row-major order where several are equal; a NaN counts as maximum";

    public override IReadOnlyList<OpParameter> Parameters => WindowParameters;

    public override Val Lower(LowerContext c) => c.B.MaxPool(c.X, Window(c.Nodes[c.Node.Inputs[0]].Shape, c.Argument));
}

internal sealed class AvgPool2d : Pool2d
{
    public override string Name => "AvgPool2d";

    public override string Summary => "Mean of each window.";

    public override string Formula => "y[c,p,q] = 1/m · Σ_i,j x[c, p·stride + i − padding, q·stride + j − padding], m the window's taps (with the border's when countPadding)";

    public override string Source => "LeCun et al. 1998, Gradient-based learning applied to document recognition";

    public override string Gradient => "each window hands dy/m to each of its taps";

    public override IReadOnlyList<OpParameter> Parameters { get; } = WindowParameters.Concat(new[]
    {
        new OpParameter("countPadding", OpParameterType.Bool, "Whether the zeros of the border count in the mean (PyTorch's count_include_pad).", true),
    }).ToArray();

    public override Val Lower(LowerContext c) => c.B.AvgPool(c.X, Window(c.Nodes[c.Node.Inputs[0]].Shape, c.Argument), c.Bool("countPadding"));
}

internal sealed class GlobalAvgPool2d : OpDefinition
{
    public override string Name => "GlobalAvgPool2d";

    public override string Summary => "Mean of each channel over all positions.";

    public override string Formula => "y[c] = 1/(H·W) · Σ_p,q x[c,p,q]";

    public override string ShapeRule => "[C, H, W] → [C]";

    public override string Source => "Lin, Chen & Yan 2014, Network in network";

    public override string Gradient => "dx[c,p,q] = dy[c]/(H·W)";

    public override string Fuses => "what is elementwise before it, and is not stored for another reader, is computed while it adds up";

    public override bool KeepsScale => true;

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.Require(0, 3, "a map (C, H, W)");
        return (new Shape(c.Shape()[0]), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var positions = c.X.Dims[2].Size * c.X.Dims[3].Size;
        var mean = c.B.Mul(c.B.Sum(c.X, 2, 3), c.B.Const(1f / positions));
        return c.B.Reshape(mean, new Dims(new[] { c.X.Dims[0], c.X.Dims[1] }));
    }
}
