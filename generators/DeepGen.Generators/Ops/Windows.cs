using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>The arithmetic of sliding windows that convolutions and pools share: padding (numbers, same, valid), dilation, output extents.</summary>
internal static class Windows
{
    /// <summary><c>Padding.Same</c>: as much as keeps ceil(size / stride).</summary>
    public const int Same = -1;

    public const string PaddingDoc = "Zeros added on each side of both axes; Padding.Same gives an output of ceil(size / stride), Padding.Valid (0) adds none.";

    /// <summary>The window over the spatial axes of <paramref name="map"/> [C, H, W].</summary>
    public static WindowSpec Spec(Shape map, int kernel, int stride, int padding, int dilation, int groups)
    {
        var axes = map.Rank - 1;
        var before = new int[axes];
        var after = new int[axes];
        for (var i = 0; i < axes; i++)
        {
            var size = map[i + 1];
            var total = padding == Same
                ? Math.Max(((((size + stride - 1) / stride) - 1) * stride) + ((kernel - 1) * dilation) + 1 - size, 0)
                : 2 * padding;
            before[i] = total / 2;
            after[i] = total - before[i];
        }

        static EquatableArray<int> All(int value, int count) => new(Enumerable.Repeat(value, count));
        return new WindowSpec(All(kernel, axes), All(stride, axes), EquatableArray<int>.Own(before), EquatableArray<int>.Own(after), All(dilation, axes), groups);
    }

    public static Shape Output(OpContext c, WindowSpec window, int channels)
    {
        var map = c.Shape();
        var result = new int[map.Rank];
        result[0] = channels;
        for (var i = 0; i < map.Rank - 1; i++)
        {
            var extent = ((window.Kernel[i] - 1) * window.Dilation[i]) + 1;
            var padded = map[i + 1] + window.PadBefore[i] + window.PadAfter[i];
            if (extent > padded)
            {
                var axis = map.Rank == 3 ? (i == 0 ? "height" : "width") : "axis " + (i + 1);
                throw c.Error(OpErrorKind.WindowTooLarge, "kernel", $"{c.CallText}'s window spans {extent} but the padded {axis} is {padded} ({c.Gives()}); use a smaller kernel or more padding");
            }

            result[i + 1] = window.Out(i, map[i + 1]);
        }

        return new Shape(result);
    }
}
