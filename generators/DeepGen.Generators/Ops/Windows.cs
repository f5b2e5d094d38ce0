using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>An op that slides a window over the axes behind the channels, in one to three dimensions.</summary>
internal abstract class WindowOp : OpDefinition
{
    private static readonly string[] Positions = { "p", "q", "r" };
    private static readonly string[] Taps = { "i", "j", "k" };

    protected WindowOp(string name, int axes)
    {
        Name = name;
        Axes = axes;
    }

    public override string Name { get; }

    public override bool KeepsScale => true;

    /// <summary>Axes behind the channels.</summary>
    protected int Axes { get; }

    /// <summary>Names of the extents behind the channels.</summary>
    protected string[] Extents => Axes switch { 1 => new[] { "L" }, 2 => new[] { "H", "W" }, _ => new[] { "D", "H", "W" } };

    /// <summary>Its input, as a message names it.</summary>
    protected string Map => (Axes switch { 1 => "a sequence", 2 => "a map", _ => "a volume" }) + " (C, " + string.Join(", ", Extents) + ")";

    protected string KernelDoc => Axes switch
    {
        1 => "Length of the window.",
        2 => "Height and width of the window: one number for both, or one each.",
        _ => "Depth, height and width of the window: one number for all, or one each.",
    };

    /// <summary><c>p,q</c>: an output.</summary>
    protected string At => string.Join(",", Positions.Take(Axes));

    /// <summary><c>i,j</c>: an element of the window.</summary>
    protected string Tap => string.Join(",", Taps.Take(Axes));

    /// <summary>The input that an element of the window sees.</summary>
    protected string Seen(string dilation = "") => string.Join(", ", Positions.Zip(Taps, (p, t) => $"{p}·stride + {t}{dilation} − padding").Take(Axes));

    /// <summary>A shape rule: <paramref name="rule"/> for the first extent, likewise for the others.</summary>
    protected string Rule(string channels, Func<string, string> rule) =>
        $"[C, {string.Join(", ", Extents)}] → [{channels}, {rule(Extents[0])}{(Axes > 1 ? ", likewise " + string.Join(" and ", Extents.Skip(1)) : "")}]";

    protected OpParameter Extent(string name, string doc, int? value, int minimum) => new(name, OpParameterType.Extents, doc, value, minimum) { Axes = Axes };

    protected OpParameter Border(string doc, string same = "ceil(size / stride)", string full = "adds") => new(
        "padding",
        OpParameterType.Extents,
        $"{doc}; {(Axes == 1 ? "one number, or two: before and after" : "one number for all axes, one each, or two each: before and after")}. Padding.Same gives an output of {same}, Padding.Full {full} all but one element of the window, Padding.Valid (0) none.",
        0,
        0)
    {
        Axes = Axes,
        IsBorder = true,
    };

    /// <summary>The axes of a map seen through a window.</summary>
    /// <param name="channels">What is seen of the channels.</param>
    protected static IReadOnlyList<AxisSight?> Through(WindowSpec window, AxisSight? channels) => window.Kernel
        .Select((kernel, i) => (AxisSight?)new AxisSight(i + 1, window.Stride[i], -window.PadBefore[i], ((kernel - 1) * window.Dilation[i]) + 1))
        .Prepend(channels).ToArray();

    /// <summary>The axes of a small map seen from the large one that its windows make up: those windows that an element lies in.</summary>
    protected static IReadOnlyList<AxisSight?> Back(WindowSpec window, AxisSight? channels) => window.Kernel
        .Select((kernel, i) =>
        {
            // The first window that reaches place p is the smallest i with i·stride ≥ p + padding − reach.
            var reach = (kernel - 1) * window.Dilation[i];
            return (AxisSight?)new AxisSight(i + 1, new Fraction(1, window.Stride[i]), new Fraction(window.PadBefore[i] - reach + window.Stride[i] - 1, window.Stride[i]), (reach / window.Stride[i]) + 1);
        })
        .Prepend(channels).ToArray();

    protected void RequireMap(OpContext c)
    {
        c.Require(0, Axes + 1, Map);
        if (!c.Inputs[0].PerSample)
        {
            throw c.Error(OpErrorKind.Rank, null, $"{c.CallText} needs {Map} that is computed from an input but {c.Gives()}");
        }
    }
}

/// <summary>The arithmetic of sliding windows that convolutions and pools share: padding (numbers, per side, same, full), dilation, ceil mode, output extents.</summary>
internal static class Windows
{
    /// <summary><c>Padding.Same</c>: as much as keeps ceil(size / stride).</summary>
    public const int Same = -1;

    /// <summary><c>Padding.Full</c>: every window that sees any of the map.</summary>
    public const int Full = -2;

    /// <summary>The window over the axes of <paramref name="map"/> behind its channels.</summary>
    /// <param name="stride">A zero stands for the window's own size.</param>
    /// <param name="ceil">A last window that begins in the map, or in the border before it, may hang over the end.</param>
    public static WindowSpec Spec(Shape map, object? kernel, object? stride, object? padding, object? dilation, int groups = 1, bool ceil = false)
    {
        var axes = map.Rank - 1;
        int[] kernels = Each(kernel, axes), dilations = Each(dilation, axes);
        var strides = Each(stride, axes).Select((s, i) => s == 0 ? kernels[i] : s).ToArray();
        var extents = kernels.Select((k, i) => checked(((k - 1) * dilations[i]) + 1)).ToArray();
        var borders = Borders(padding, extents, i => Math.Max(checked(((map[i + 1] - 1) / strides[i] * strides[i]) + extents[i] - map[i + 1]), 0));
        var overhang = new int[axes];
        for (var i = 0; ceil && i < axes; i++)
        {
            var room = checked(map[i + 1] + borders[i].Before + borders[i].After - extents[i]);
            var last = checked(room + strides[i] - 1) / strides[i] * strides[i];
            overhang[i] = room > -strides[i] && last > room && last < map[i + 1] + borders[i].Before ? last - room : 0;
        }

        return Spec(kernels, strides, borders.Select((b, i) => (b.Before, checked(b.After + overhang[i]))).ToArray(), dilations, groups) with { Overhang = EquatableArray<int>.Own(overhang) };
    }

    /// <summary>
    /// The window of the convolution that a transposed one is the gradient of, and what that convolution takes: <paramref name="outputPadding"/> are elements at the
    /// end that padding would cut off, or that no window reaches.
    /// </summary>
    public static (WindowSpec Window, Shape Output) Transposed(Shape map, int channels, object? kernel, object? stride, object? padding, object? outputPadding, object? dilation, int groups)
    {
        var axes = map.Rank - 1;
        int[] kernels = Each(kernel, axes), strides = Each(stride, axes), dilations = Each(dilation, axes), more = Each(outputPadding, axes);
        var extents = kernels.Select((k, i) => checked(((k - 1) * dilations[i]) + 1)).ToArray();
        // Same: size·stride.
        var borders = Borders(padding, extents, i => extents[i] - strides[i]).Select((b, i) => (b.Before, After: b.After - more[i])).ToArray();
        var output = new[] { channels }.Concat(Enumerable.Range(0, axes).Select(i => checked(((map[i + 1] - 1) * strides[i]) + extents[i] - borders[i].Before - borders[i].After)));
        return (Spec(kernels, strides, borders, dilations, groups), new Shape(output));
    }

    public static Shape Output(OpContext c, WindowSpec window, int channels)
    {
        var map = c.Shape();
        var result = new int[map.Rank];
        result[0] = channels;
        for (var i = 0; i < map.Rank - 1; i++)
        {
            var extent = ((window.Kernel[i] - 1) * window.Dilation[i]) + 1;
            var padded = checked(map[i + 1] + window.PadBefore[i] + window.PadAfter[i]);
            if (extent > padded)
            {
                throw c.Error(OpErrorKind.WindowTooLarge, "kernel", $"{c.CallText}'s window spans {extent} but the padded {AxisName(map.Rank - 1, i)} is {padded} ({c.Gives()}); use a smaller kernel or more padding");
            }

            result[i + 1] = window.Out(i, map[i + 1]);
        }

        return new Shape(result);
    }

    public static string AxisName(int axes, int axis) => axes == 1 ? "length" : new[] { "depth", "height", "width" }[axis + 3 - axes];

    /// <summary>One number for each axis: they were given, or one for all.</summary>
    public static int[] Each(object? value, int axes) =>
        value is EquatableArray<int> { Count: > 1 } numbers ? numbers.ToArray() : Enumerable.Repeat(value is EquatableArray<int> one ? one[0] : (int)value!, axes).ToArray();

    /// <param name="same">The sum of both sides for Padding.Same. The odd one is at the end, and so is all of it where it is negative.</param>
    private static (int Before, int After)[] Borders(object? padding, int[] extents, Func<int, int> same)
    {
        if (padding is EquatableArray<int> sides && sides.Count == 2 * extents.Length)
        {
            return extents.Select((_, i) => (sides[2 * i], sides[(2 * i) + 1])).ToArray();
        }

        return Each(padding, extents.Length).Select((p, i) => p switch
        {
            Same => (Math.Max(same(i), 0) / 2, same(i) - (Math.Max(same(i), 0) / 2)),
            Full => (extents[i] - 1, extents[i] - 1),
            _ => (p, p),
        }).ToArray();
    }

    private static WindowSpec Spec(int[] kernel, int[] stride, (int Before, int After)[] borders, int[] dilation, int groups) => new(
        EquatableArray<int>.Own(kernel),
        EquatableArray<int>.Own(stride),
        new EquatableArray<int>(borders.Select(b => b.Before)),
        new EquatableArray<int>(borders.Select(b => b.After)),
        EquatableArray<int>.Own(dilation),
        groups);
}
