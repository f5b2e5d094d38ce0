using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>What max and average pooling share: the window, whose stride defaults to its own size.</summary>
internal abstract class Pool : WindowOp
{
    protected Pool(string name, int axes)
        : base(name, axes)
    {
        WindowParameters = new[]
        {
            Extent("kernel", KernelDoc, null, 1),
            Extent("stride", "Step between windows; 0 means the window's own size.", 0, 0),
            Border("Border added on each side, at most half of the kernel"),
        };
    }

    public override string ShapeRule => Rule("C", e => $"({e} + 2·padding − kernel) / stride + 1") + "; in ceil mode the quotient is rounded up";

    public override string Fuses => Axes == 3
        ? "nothing: it is a pool over each plane and one over the depth"
        : "activation, Map and Dropout behind it are computed while it stores its result; the derivative of the activation before it while dx is stored";

    protected IReadOnlyList<OpParameter> WindowParameters { get; }

    protected static OpParameter CeilMode { get; } = new("ceilMode", OpParameterType.Bool, "Whether a last window may hang over the end, if it begins in the map or in the border before it.", false);

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        RequireMap(c);
        var window = Window(c.Shape(), c.Argument);
        for (var i = 0; i < Axes; i++)
        {
            var border = Math.Max(window.PadBefore[i], window.PadAfter[i] - window.Overhang[i]);
            if (border > window.Kernel[i] / 2)
            {
                throw c.Error(OpErrorKind.Argument, "padding", $"{c.CallText}'s padding must be at most half of the kernel ({window.Kernel[i] / 2}), but is {border}; a window must not lie in the border alone");
            }
        }

        return (Windows.Output(c, window, c.Shape()[0]), Element.Float32);
    }

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) =>
        Through(Window(node, nodes), AxisSight.Same(0));

    /// <summary>The window of a pool's node.</summary>
    public WindowSpec Window(Node node, IReadOnlyList<Node> nodes) => Window(nodes[node.Inputs[0]].Shape, name => Argument(node.Arguments, name));

    public override Val Lower(LowerContext c)
    {
        var window = Window(c.Nodes[c.Node.Inputs[0]].Shape, c.Argument);
        if (Axes < 3)
        {
            return Over(c, c.X, window);
        }

        // A window is the product of its axes, and so are a maximum and a mean over it: first over the planes, whose slices stand as channels, then over the depth.
        Dim n = c.X.Dims[0];
        int channels = c.X.Dims[1].Size, depth = c.X.Dims[2].Size;
        Val Reshape(Val v, params Dim[] dims) => c.B.Reshape(v, new Dims(dims));
        var planes = Over(c, Reshape(c.X, n, channels * depth, c.X.Dims[3], c.X.Dims[4]), window.Part(1, 2));
        var line = window.Part(0, 1);
        var y = Over(c, Reshape(planes, n, channels, depth, planes.Dims[2].Size * planes.Dims[3].Size), line.WithPoint());
        return Reshape(y, Dims.Of(c.Node.Shape, perSample: true).ToArray());
    }

    /// <summary>The pool of one window over a map or a sequence.</summary>
    protected abstract Val Over(LowerContext c, Val x, WindowSpec window);

    private static WindowSpec Window(Shape map, Func<string, object?> argument) =>
        Windows.Spec(map, argument("kernel"), argument("stride"), argument("padding"), 1, ceil: (bool)argument("ceilMode")!);
}

/// <summary>MaxPool1d, MaxPool2d, MaxPool3d.</summary>
internal sealed class MaxPool : Pool
{
    public MaxPool(int axes)
        : base($"MaxPool{axes}d", axes) =>
        Parameters = WindowParameters.Append(CeilMode).ToArray();

    public override string Summary => "Maximum of each window; the border never wins.";

    public override string Formula => $"y[c,{At}] = max_{Tap} x[c, {Seen()}]";

    public override string Source => "Ranzato et al. 2007, Unsupervised learning of invariant feature hierarchies";

    public override string Gradient => "each window hands its dy to its maximum, the first in row-major order where several are equal; a NaN counts as maximum";

    public override IReadOnlyList<OpParameter> Parameters { get; }

    protected override Val Over(LowerContext c, Val x, WindowSpec window) => c.B.MaxPool(x, window);
}

/// <summary>AvgPool1d, AvgPool2d, AvgPool3d.</summary>
internal sealed class AvgPool : Pool
{
    public AvgPool(int axes)
        : base($"AvgPool{axes}d", axes) =>
        Parameters = WindowParameters
            .Append(new OpParameter("countPadding", OpParameterType.Bool, "Whether the zeros of the border count in the mean (PyTorch's count_include_pad).", true))
            .Append(CeilMode).ToArray();

    public override string Summary => "Mean of each window.";

    public override string Formula => $"y[c,{At}] = 1/m · Σ_{Tap} x[c, {Seen()}], m the window's taps (with the border's when countPadding)";

    public override string Source => "LeCun et al. 1998, Gradient-based learning applied to document recognition";

    public override string Gradient => "each window hands dy/m to each of its taps";

    public override IReadOnlyList<OpParameter> Parameters { get; }

    protected override Val Over(LowerContext c, Val x, WindowSpec window) => c.B.AvgPool(x, window, c.Bool("countPadding"));
}

/// <summary>One number for each channel.</summary>
internal abstract class GlobalPool : WindowOp
{
    protected GlobalPool(string name, int axes)
        : base(name, axes)
    {
    }

    public override string ShapeRule => $"[C, {string.Join(", ", Extents)}] → [C]";

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        RequireMap(c);
        return (new Shape(c.Shape()[0]), Element.Float32);
    }

    public override Val Lower(LowerContext c) => c.B.Reshape(Over(c, c.X.Dims.ToArray().Skip(2).Aggregate(1, (p, d) => p * d.Size)), new Dims(c.X.Dims.ToArray().Take(2)));

    protected abstract Val Over(LowerContext c, int positions);
}

/// <summary>GlobalAvgPool1d, GlobalAvgPool2d, GlobalAvgPool3d.</summary>
internal sealed class GlobalAvgPool : GlobalPool
{
    public GlobalAvgPool(int axes)
        : base($"GlobalAvgPool{axes}d", axes)
    {
    }

    public override string Summary => "Mean of each channel over all positions.";

    public override string Formula => $"y[c] = 1/({string.Join("·", Extents)}) · Σ_{At} x[c,{At}]";

    public override string Source => "Lin, Chen & Yan 2014, Network in network";

    public override string Gradient => $"dx[c,{At}] = dy[c]/({string.Join("·", Extents)})";

    public override string Fuses => "what is elementwise before it, and is not stored for another reader, is computed while it adds up";

    protected override Val Over(LowerContext c, int positions) => c.B.Mul(c.B.Sum(c.X, Enumerable.Range(2, Axes).ToArray()), c.B.Const(1f / positions));
}

/// <summary>GlobalMaxPool1d, GlobalMaxPool2d, GlobalMaxPool3d.</summary>
internal sealed class GlobalMaxPool : GlobalPool
{
    public GlobalMaxPool(int axes)
        : base($"GlobalMaxPool{axes}d", axes)
    {
    }

    public override string Summary => "Maximum of each channel over all positions" + (Axes == 1 ? " (\"max over time\")." : ".");

    public override string Formula => $"y[c] = max_{At} x[c,{At}]";

    public override string Source => "Collobert et al. 2011, Natural language processing (almost) from scratch";

    public override string Gradient => "dy[c] goes to the channel's maximum, the first in row-major order where several are equal; a NaN counts as maximum";

    public override string Fuses => Axes == 3 ? "nothing" : "the derivative of the activation before it is computed while dx is stored";

    /// <summary>A pool of one window, whose gradient chooses one of equal maxima; a volume is a map with its depth as the height.</summary>
    protected override Val Over(LowerContext c, int positions)
    {
        var dims = c.X.Dims.ToArray();
        var x = Axes < 3 ? c.X : c.B.Reshape(c.X, new Dims(new[] { dims[0], dims[1], dims[2], positions / dims[2].Size }));
        var map = new Shape(x.Dims.ToArray().Skip(1).Select(d => d.Size));
        return c.B.MaxPool(x, Windows.Spec(map, new EquatableArray<int>(map.ToArray().Skip(1)), 1, 0, 1));
    }
}

internal sealed class MaxUnpool2d : WindowOp
{
    public MaxUnpool2d()
        : base("MaxUnpool2d", 2)
    {
    }

    public override string Summary => "Undoes a MaxPool2d: each value goes to where its window's maximum was, everything else is zero. pooled is the result of that MaxPool2d, which brings its window, its indices and the size of its map with it.";

    public override string Formula => "y[c, place of window (p,q)'s maximum in the pooled map] = x[c,p,q], summed where windows share it; zero elsewhere";

    public override string ShapeRule => "x as the pooled map [C, P, Q] → [C, H, W], what the pool was given";

    public override string Source => "Zeiler & Fergus 2014, Visualizing and understanding convolutional networks; Badrinarayanan, Kendall & Cipolla 2017, SegNet";

    public override string Gradient => "dx[c,p,q] = dy at the place of window (p,q)'s maximum; none for the pooled map, whose places do not change";

    public override string Fuses => "activation, Map and Dropout behind it are computed while it stores its result; the derivative of the activation before it while dx is stored. No indices are kept: they are found again in the pool's input";

    public override OpForm Form => OpForm.Method;

    public override IReadOnlyList<string> Inputs => new[] { "x", "pooled" };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        RequireMap(c);
        var pool = c.Inputs[1];
        if (pool.Op != "MaxPool2d")
        {
            throw c.Error(OpErrorKind.Unpool, "pooled", $"MaxUnpool2d needs the result of a MaxPool2d, which knows where its maxima were, but {c.Gives(1)}; give it what MaxPool2d returned, before any other layer");
        }

        return c.Shape() == pool.Shape
            ? (c.Node(pool.Inputs[0]).Shape, Element.Float32)
            : throw c.Error(OpErrorKind.Unpool, null, $"MaxUnpool2d puts one value into each window of its pool and needs its shape {pool.Shape}, but {c.Gives()}");
    }

    /// <summary>Of both inputs those windows that an element lies in: the second says which of them it is the maximum of.</summary>
    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input)
    {
        var pooled = nodes[node.Inputs[1]];
        return Back(((Pool)OpCatalogue.Get(pooled.Op)).Window(pooled, nodes), AxisSight.Same(0));
    }

    public override Val Lower(LowerContext c)
    {
        // The gradient of a pool does the same: it adds each window's value to its maximum.
        var pool = c.Inputs[1];
        return c.B.MaxPoolGrad(pool.Inputs[0], c.X, ((MaxPoolPrim)pool.Prim).Window);
    }
}
