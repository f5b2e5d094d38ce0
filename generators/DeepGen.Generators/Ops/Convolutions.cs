using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>What convolutions have in common: filters of their own, and a bias for each channel of the output.</summary>
internal abstract class Convolution : WindowOp
{
    protected Convolution(string name, int axes)
        : base(name, axes)
    {
    }

    public override bool KeepsScale => false;

    public override string Fuses => "bias, activation, residual sum, Map and Dropout behind it are computed while it stores its result; db in the pass of dw; the derivative of the activation before it while dx is stored. In inference the scale of a BatchNorm behind it goes into the weight, its shift into the bias";

    public override IReadOnlyList<string> ParameterLeaves { get; } = new[] { "weight", "bias" };

    public override long Macs(Node node, IReadOnlyList<Node> nodes) =>
        node.Shape.Elements * nodes[node.Parameters[0]].Shape.Elements / node.Shape[0];

    protected static OpParameter ChannelsParameter { get; } = new("channels", OpParameterType.Int, "Number of filters: channels of the output.", Minimum: 1);

    protected static OpParameter GroupsParameter { get; } = new("groups", OpParameterType.Int, "Channels are split in this many groups that do not see each other.", 1, 1);

    protected static OpParameter BiasParameter { get; } = new("bias", OpParameterType.Bool, "Whether a bias per filter is added.", true);

    /// <summary>Kernel, stride, padding and dilation.</summary>
    protected IReadOnlyList<OpParameter> WindowParameters => new[]
    {
        Extent("kernel", KernelDoc.Replace("the window", "each filter"), null, 1),
        Extent("stride", "Step between windows.", 1, 1),
        Border("Zeros added on each side"),
        Extent("dilation", "Distance between the filter's taps.", 1, 1),
    };

    protected static void CheckGroups(OpContext c, int groups, int channels)
    {
        var input = c.Shape()[0];
        if (input % groups != 0 || channels % groups != 0)
        {
            throw c.Error(OpErrorKind.Groups, "groups", $"{c.CallText} has {groups} groups, which must divide the {input} input channels and the {channels} output channels");
        }
    }

    /// <param name="rows">First extent of the weight, then the second.</param>
    protected static void MakeParameters(OpContext c, int rows, int columns, WindowSpec window, int channels, int fanIn, int fanOut)
    {
        c.Parameter("weight", new Shape(new[] { rows, columns }.Concat(window.Kernel)), fanIn, fanOut);
        if (c.Bool("bias"))
        {
            c.Parameter("bias", new Shape(channels), fanIn, fanOut, Initializer.Zeros);
        }
    }

    protected static Val WithBias(LowerContext c, Val y) => c.Parameters.Count > 1 ? c.B.Add(y, c.PerChannel(c.Parameters[1], y.Dims.Rank)) : y;
}

/// <summary>Conv1d, Conv2d, Conv3d.</summary>
internal class Conv : Convolution
{
    public Conv(int axes)
        : this($"Conv{axes}d", axes, new[] { ChannelsParameter }, GroupsParameter)
    {
    }

    protected Conv(string name, int axes, OpParameter[] first, OpParameter filters)
        : base(name, axes) => Parameters = first.Concat(WindowParameters).Append(filters).Append(BiasParameter).ToArray();

    public override string Summary => $"{Axes}-D convolution (cross-correlation) over ({string.Join(", ", Extents.Prepend("C"))}); the input channels are inferred.{(Axes == 1 ? " A sequence (T, F), as Embedding gives it, is brought to (F, T) by Permute." : "")}";

    public override string Formula => $"y[o,{At}] = b[o] + Σ_c,{Tap} w[o,c,{Tap}] · x[c, {Seen("·dilation")}]";

    public override string ShapeRule => Rule("channels", e => $"({e} + 2·padding − dilation·(kernel − 1) − 1) / stride + 1");

    public override string Source => Axes switch
    {
        1 => "Waibel et al. 1989, Phoneme recognition using time-delay neural networks",
        2 => "LeCun et al. 1989, Backpropagation applied to handwritten zip code recognition; groups: Krizhevsky et al. 2012; dilation: Yu & Koltun 2016",
        _ => "Ji et al. 2010, 3D convolutional neural networks for human action recognition; Tran et al. 2015, Learning spatiotemporal features with 3D convolutional networks",
    };

    public override string Gradient => $"dx: each input position gathers w·dy of the windows it lies in; dw[o,c,{Tap}] = Σ_n,{At} dy[o,{At}]·x[c, p·stride + i·dilation − padding{(Axes > 1 ? ", …" : "")}]; db[o] = Σ_n,{At} dy[o,{At}]";

    public override IReadOnlyList<OpParameter> Parameters { get; }

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        RequireMap(c);
        var (channels, groups) = Filters(c.Shape(), c.Argument);
        CheckGroups(c, groups, channels);
        var window = Window(c.Shape(), c.Argument);
        var shape = Windows.Output(c, window, channels);
        int taps = window.Taps, inputs = c.Shape()[0] / groups;
        MakeParameters(c, channels, inputs, window, channels, inputs * taps, channels / groups * taps);
        return (shape, Element.Float32);
    }

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) =>
        Through(Window(nodes[node.Inputs[0]].Shape, name => Argument(node.Arguments, name)), null);

    public override Val Lower(LowerContext c) => WithBias(c, c.B.Conv(c.X, c.Parameters[0], Window(c.Nodes[c.Node.Inputs[0]].Shape, c.Argument)));

    /// <summary>Channels of the output, and groups.</summary>
    protected virtual (int Channels, int Groups) Filters(Shape map, Func<string, object?> argument) => ((int)argument("channels")!, (int)argument("groups")!);

    private WindowSpec Window(Shape map, Func<string, object?> argument) =>
        Windows.Spec(map, argument("kernel"), argument("stride"), argument("padding"), argument("dilation"), Filters(map, argument).Groups);
}

internal sealed class DepthwiseConv2d : Conv
{
    public DepthwiseConv2d()
        : base("DepthwiseConv2d", 2, Array.Empty<OpParameter>(), new OpParameter("multiplier", OpParameterType.Int, "Filters for each input channel.", 1, 1))
    {
    }

    public override string Summary => "2-D convolution of each channel by itself: a Conv2d with as many groups as input channels.";

    public override string Formula => "y[c·multiplier + m, p,q] = b[c·multiplier + m] + Σ_i,j w[c·multiplier + m, i,j] · x[c, p·stride + i·dilation − padding, q·stride + j·dilation − padding]";

    public override string ShapeRule => Rule("C·multiplier", e => $"({e} + 2·padding − dilation·(kernel − 1) − 1) / stride + 1");

    public override string Source => "Chollet 2017, Xception; Howard et al. 2017, MobileNets";

    public override string Gradient => "as that of Conv2d, each channel by itself";

    protected override (int Channels, int Groups) Filters(Shape map, Func<string, object?> argument) => (checked(map[0] * (int)argument("multiplier")!), map[0]);
}

/// <summary>ConvTranspose1d, ConvTranspose2d, ConvTranspose3d: the gradient of a convolution with respect to its input, as a layer.</summary>
internal sealed class ConvTranspose : Convolution
{
    public ConvTranspose(int axes)
        : base($"ConvTranspose{axes}d", axes)
    {
        var window = WindowParameters;
        Parameters = new[]
        {
            ChannelsParameter,
            window[0],
            window[1],
            Border("Elements cut off each side of the result: what a convolution with this padding adds", "size · stride", "cuts off"),
            Extent("outputPadding", "Elements added at the end of each axis, to tell apart the sizes that a strided convolution takes to the same; below stride or dilation.", 0, 0),
            window[3],
            GroupsParameter,
            BiasParameter,
        };
    }

    public override string Summary => $"Transposed {Axes}-D convolution (\"deconvolution\"): enlarges by the stride; the input channels are inferred. Its weight is laid out [C, channels / groups, kernel…], as in PyTorch.";

    public override string Formula => $"y[o, {Seen("·dilation")}] = b[o] + Σ over all c,{At},{Tap} that meet there of w[c,o,{Tap}] · x[c,{At}]";

    public override string ShapeRule => Rule("channels", e => $"({e} − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1");

    public override string Source => "Zeiler et al. 2010, Deconvolutional networks; Long, Shelhamer & Darrell 2015, Fully convolutional networks; Radford, Metz & Chintala 2016 (DCGAN)";

    public override string Gradient => "dx: a convolution of dy with w; dw: the weight gradient of that convolution, dy in the place of its input; db[o] = Σ dy[o]";

    public override string Fuses => "bias, activation, residual sum, Map and Dropout behind it are computed while it stores its result; the derivative of the activation before it while dx is stored. In inference the scale of a BatchNorm behind it goes into the weight, its shift into the bias";

    public override IReadOnlyList<OpParameter> Parameters { get; }

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        RequireMap(c);
        int channels = c.Int("channels"), groups = c.Int("groups"), input = c.Shape()[0];
        CheckGroups(c, groups, channels);
        var (window, shape) = Window(c.Shape(), c.Argument);
        for (var i = 0; i < Axes; i++)
        {
            var more = Windows.Each(c.Argument("outputPadding"), Axes)[i];
            if (more >= Math.Max(window.Stride[i], window.Dilation[i]))
            {
                throw c.Error(OpErrorKind.Argument, "outputPadding", $"{c.CallText}'s outputPadding must be below its stride or dilation ({Math.Max(window.Stride[i], window.Dilation[i])}), but is {more}; what lies further no window reaches");
            }

            if (shape[i + 1] < 1)
            {
                throw c.Error(OpErrorKind.Argument, "padding", $"{c.CallText}'s padding leaves nothing of the {Windows.AxisName(Axes, i)}: {shape[i + 1] + window.PadBefore[i] + window.PadAfter[i] + more} without it, and {window.PadBefore[i] + window.PadAfter[i] + more} are cut off");
            }
        }

        // About one window in stride sees each element of the output.
        var steps = window.Stride.Aggregate(1.0, (p, s) => p * s);
        MakeParameters(c, input, channels / groups, window, channels, Math.Max(1, (int)(input / groups * window.Taps / steps)), channels / groups * window.Taps);
        return (shape, Element.Float32);
    }

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) =>
        Back(Window(nodes[node.Inputs[0]].Shape, name => Argument(node.Arguments, name)).Window, null);

    public override Val Lower(LowerContext c)
    {
        var window = Window(c.Nodes[c.Node.Inputs[0]].Shape, c.Argument).Window;
        return WithBias(c, c.B.ConvGradInput(c.X, c.Parameters[0], window, Dims.Of(c.Node.Shape, perSample: true)));
    }

    public override long Macs(Node node, IReadOnlyList<Node> nodes)
    {
        var x = nodes[node.Inputs[0]].Shape;
        return x.Elements * nodes[node.Parameters[0]].Shape.Elements / x[0];
    }

    private static (WindowSpec Window, Shape Output) Window(Shape map, Func<string, object?> argument) => Windows.Transposed(
        map, (int)argument("channels")!, argument("kernel"), argument("stride"), argument("padding"), argument("outputPadding"), argument("dilation"), (int)argument("groups")!);
}
