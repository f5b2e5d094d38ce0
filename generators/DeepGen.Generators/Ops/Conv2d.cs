using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class Conv2d : OpDefinition
{
    public override string Name => "Conv2d";

    public override string Summary => "2-D convolution (cross-correlation) over (C, H, W); the input channels are inferred.";

    public override string Formula => "y[o,p,q] = b[o] + Σ_c,i,j w[o,c,i,j] · x[c, p·stride + i·dilation − padding, q·stride + j·dilation − padding]";

    public override string ShapeRule => "[C, H, W] → [channels, (H + 2·padding − dilation·(kernel − 1) − 1) / stride + 1, likewise W]";

    public override string Source => "LeCun et al. 1989, Backpropagation applied to handwritten zip code recognition; groups: Krizhevsky et al. 2012; dilation: Yu & Koltun 2016";

    public override string Gradient => "dx: each input position gathers w·dy of the windows it lies in; dw[o,c,i,j] = Σ_n,p,q dy[o,p,q]·x[c, p·stride + i·dilation − padding, …]; db[o] = Σ_n,p,q dy[o,p,q]";

    public override string Fuses => "bias, activation, residual sum, Map and Dropout behind it are computed while it stores its result; db in the pass of dw; the derivative of the activation before it while dx is stored. In inference the scale of a BatchNorm behind it goes into the weight, its shift into the bias";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("channels", OpParameterType.Int, "Number of filters: channels of the output.", Minimum: 1),
        new OpParameter("kernel", OpParameterType.Int, "Height and width of each filter.", Minimum: 1),
        new OpParameter("stride", OpParameterType.Int, "Step between windows.", 1, 1),
        new OpParameter("padding", OpParameterType.Int, Windows.PaddingDoc, 0, -1),
        new OpParameter("dilation", OpParameterType.Int, "Distance between the filter's taps.", 1, 1),
        new OpParameter("groups", OpParameterType.Int, "Channels are split in this many groups that do not see each other.", 1, 1),
        new OpParameter("bias", OpParameterType.Bool, "Whether a bias per filter is added.", true),
    };

    public override IReadOnlyList<string> ParameterLeaves { get; } = new[] { "weight", "bias" };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.Require(0, 3, "a map (C, H, W)");
        int channels = c.Int("channels"), kernel = c.Int("kernel"), groups = c.Int("groups"), input = c.Shape()[0];
        if (input % groups != 0 || channels % groups != 0)
        {
            throw c.Error(OpErrorKind.Groups, "groups", $"{c.CallText} has {groups} groups, which must divide the {input} input channels and the {channels} output channels");
        }

        var shape = Windows.Output(c, Window(c.Shape(), c.Argument), channels);
        var taps = kernel * kernel;
        c.Parameter("weight", new Shape(channels, input / groups, kernel, kernel), input / groups * taps, channels / groups * taps);
        if (c.Bool("bias"))
        {
            c.Parameter("bias", new Shape(channels), input / groups * taps, channels / groups * taps, Initializer.Zeros);
        }

        return (shape, Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var window = Window(c.Nodes[c.Node.Inputs[0]].Shape, c.Argument);
        var y = c.B.Conv(c.X, c.Parameters[0], window);
        return c.Parameters.Count > 1 ? c.B.Add(y, c.PerChannel(c.Parameters[1], y.Dims.Rank)) : y;
    }

    public override long Macs(Node node, IReadOnlyList<Node> nodes) =>
        node.Shape.Elements * nodes[node.Parameters[0]].Shape.Elements / node.Shape[0];

    private static WindowSpec Window(Shape map, Func<string, object?> argument) =>
        Windows.Spec(map, (int)argument("kernel")!, (int)argument("stride")!, (int)argument("padding")!, (int)argument("dilation")!, (int)argument("groups")!);
}
