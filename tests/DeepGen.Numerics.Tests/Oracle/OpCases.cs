using DeepGen.Generators.Ops;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>
/// Configurations of every op: a few chosen corners (batch 1, odd sizes, stride over kernel, dilation, groups, Padding.Same), then random ones from a fixed seed.
/// </summary>
internal static class OpCases
{
    /// <summary>Random configurations beside the corners, in the quick tier.</summary>
    public const int Quick = 1;

    /// <summary>And in the long one.</summary>
    public const int Long = 20;

    private static readonly Dictionary<string, (OpCase[] Corners, Func<Random, string, OpCase?> Random)> Table = new(StringComparer.Ordinal)
    {
        ["Conv2d"] = (
            [
                Case("Conv2d", 1, [[1, 5, 5]], ("channels", 1), ("kernel", 1)),
                Case("Conv2d", 3, [[3, 9, 7]], ("channels", 5), ("kernel", 3), ("padding", 1)),
                Case("Conv2d", 2, [[2, 11, 8]], ("channels", 3), ("kernel", 2), ("stride", 3)),
                Case("Conv2d", 2, [[4, 7, 9]], ("channels", 6), ("kernel", 3), ("stride", 2), ("padding", -1), ("dilation", 2), ("groups", 2)),
                Case("Conv2d", 2, [[6, 6, 6]], ("channels", 6), ("kernel", 3), ("padding", 1), ("groups", 6), ("bias", false)),
                Case("Conv2d", 1, [[20, 19, 33]], ("channels", 35), ("kernel", 5), ("padding", 2)),
                Case("Conv2d", 2, [[3, 9, 10]], ("channels", 4), ("kernel", new[] { 1, 7 }), ("padding", new[] { 0, 3 })),
                Case("Conv2d", 2, [[3, 9, 10]], ("channels", 50), ("kernel", new[] { 7, 1 }), ("stride", new[] { 1, 2 }), ("padding", new[] { -1, 0 })),
                Case("Conv2d", 2, [[2, 6, 7]], ("channels", 3), ("kernel", 3), ("stride", 2), ("padding", new[] { 0, 1, 2, 0 })),
                Case("Conv2d", 2, [[2, 4, 5]], ("channels", 3), ("kernel", 3), ("dilation", 2), ("padding", -2)),
            ],
            (r, op) => Conv(op, r, 2, 20)
        ),
        ["Conv1d"] = (
            [
                Case("Conv1d", 1, [[1, 5]], ("channels", 1), ("kernel", 1)),
                Case("Conv1d", 3, [[3, 17]], ("channels", 5), ("kernel", 3), ("padding", 1)),
                Case("Conv1d", 2, [[4, 23]], ("channels", 6), ("kernel", 3), ("stride", 2), ("padding", -1), ("dilation", 2), ("groups", 2)),
                Case("Conv1d", 2, [[5, 9]], ("channels", 50), ("kernel", 4), ("padding", -2)),
                Case("Conv1d", 2, [[2, 11]], ("channels", 3), ("kernel", new[] { 3 }), ("padding", new[] { 4, 0 }), ("dilation", 2)),
                Case("Conv1d", 2, [[3, 4]], ("channels", 2), ("kernel", 4), ("bias", false)),
            ],
            (r, op) => Conv(op, r, 1, 40)
        ),
        ["Conv3d"] = (
            [
                Case("Conv3d", 1, [[1, 3, 4, 5]], ("channels", 1), ("kernel", 1)),
                Case("Conv3d", 2, [[3, 4, 7, 6]], ("channels", 5), ("kernel", 3), ("padding", 1)),
                Case("Conv3d", 2, [[4, 5, 6, 7]], ("channels", 6), ("kernel", new[] { 2, 3, 1 }), ("stride", new[] { 2, 1, 3 }), ("padding", new[] { 0, 1, -1 }), ("groups", 2)),
                Case("Conv3d", 1, [[2, 6, 6, 6]], ("channels", 50), ("kernel", 2), ("stride", 2), ("dilation", 2), ("padding", -1)),
                Case("Conv3d", 1, [[2, 2, 3, 4]], ("channels", 3), ("kernel", 2), ("padding", -2), ("bias", false)),
                Case("Conv3d", 1, [[1, 1, 5, 5]], ("channels", 4), ("kernel", new[] { 1, 3, 3 }), ("padding", new[] { 0, 0, 2, 0, 1, 1 })),
            ],
            (r, op) => Conv(op, r, 3, 8)
        ),
        ["DepthwiseConv2d"] = (
            [
                Case("DepthwiseConv2d", 1, [[1, 5, 5]], ("kernel", 3)),
                Case("DepthwiseConv2d", 2, [[6, 9, 8]], ("kernel", 3), ("padding", 1), ("multiplier", 2)),
                Case("DepthwiseConv2d", 3, [[5, 7, 11]], ("kernel", new[] { 1, 5 }), ("stride", new[] { 2, 1 }), ("padding", new[] { -1 }), ("bias", false)),
            ],
            (r, op) => Window(op, r, 2, 20, 1, ("multiplier", r.Next(1, 4)), ("bias", r.Next(3) > 0))
        ),
        ["ConvTranspose1d"] = (
            [
                Case("ConvTranspose1d", 1, [[1, 5]], ("channels", 1), ("kernel", 1)),
                Case("ConvTranspose1d", 2, [[4, 7]], ("channels", 6), ("kernel", 4), ("stride", 2), ("padding", 1), ("groups", 2)),
                Case("ConvTranspose1d", 2, [[3, 6]], ("channels", 5), ("kernel", 2), ("stride", 3), ("padding", -1)),
            ],
            (r, op) => Transposed(op, r, 1, 20)
        ),
        ["ConvTranspose2d"] = (
            [
                Case("ConvTranspose2d", 1, [[1, 1, 1]], ("channels", 3), ("kernel", 4)),
                Case("ConvTranspose2d", 2, [[6, 5, 7]], ("channels", 4), ("kernel", 4), ("stride", 2), ("padding", 1), ("bias", false)),
                Case("ConvTranspose2d", 2, [[3, 4, 5]], ("channels", 2), ("kernel", 3), ("stride", 2), ("padding", 1), ("outputPadding", 1)),
                Case("ConvTranspose2d", 2, [[4, 5, 4]], ("channels", 6), ("kernel", new[] { 2, 3 }), ("stride", new[] { 1, 3 }), ("dilation", new[] { 3, 1 }), ("outputPadding", new[] { 2, 0 }), ("groups", 2)),
                Case("ConvTranspose2d", 2, [[50, 6, 5]], ("channels", 51), ("kernel", 3), ("padding", -2)),
                Case("ConvTranspose2d", 3, [[2, 5, 6]], ("channels", 3), ("kernel", 3), ("stride", 2), ("padding", new[] { 1, 0, 0, 2 })),
            ],
            (r, op) => Transposed(op, r, 2, 9)
        ),
        ["ConvTranspose3d"] = (
            [
                Case("ConvTranspose3d", 1, [[3, 1, 1, 1]], ("channels", 2), ("kernel", 4)),
                Case("ConvTranspose3d", 2, [[4, 3, 4, 5]], ("channels", 2), ("kernel", 4), ("stride", 2), ("padding", 1), ("groups", 2)),
                Case("ConvTranspose3d", 1, [[2, 3, 3, 2]], ("channels", 50), ("kernel", new[] { 2, 3, 1 }), ("stride", new[] { 3, 1, 2 }), ("outputPadding", new[] { 1, 0, 1 })),
            ],
            (r, op) => Transposed(op, r, 3, 5)
        ),
        ["Dense"] = (
            [
                Case("Dense", 1, [[1]], ("features", 1)),
                Case("Dense", 1, [[67]], ("features", 33)),
                Case("Dense", 64, [[37]], ("features", 10)),
                Case("Dense", 5, [[16]], ("features", 48), ("bias", false)),
                Case("Dense", 13, [[130]], ("features", 71)),
                Case("Dense", 33, [[400]], ("features", 120)),
                Case("Dense", 3, [[5, 7]], ("features", 9)),
                Case("Dense", 1, [[1, 33]], ("features", 2), ("bias", false)),
            ],
            (r, _) => Case("Dense", r.Next(1, 40), [r.Next(3) == 0 ? [r.Next(1, 9), r.Next(1, 60)] : [r.Next(1, 200)]], ("features", r.Next(1, 100)), ("bias", r.Next(3) > 0))),
        ["Embedding"] = (
            [
                Case("Embedding", 1, [[1]], ("count", 1), ("dimension", 1)),
                Case("Embedding", 5, [[7]], ("count", 11), ("dimension", 19)),
                Case("Embedding", 3, [[]], ("count", 4), ("dimension", 33)),
                Case("Embedding", 4, [[3, 5]], ("count", 6), ("dimension", 5), ("paddingIndex", 0)),
                Case("Embedding", 20, [[40]], ("count", 70), ("dimension", 24), ("paddingIndex", 69)),
            ],
            (r, _) => Case("Embedding", r.Next(1, 9), [[r.Next(1, 12)]], ("count", r.Next(2, 40)), ("dimension", r.Next(1, 50)), ("paddingIndex", r.Next(-1, 2)))),
        ["OneHot"] = (
            [
                Case("OneHot", 1, [[1]], ("classes", 1)),
                Case("OneHot", 5, [[7]], ("classes", 19)),
                Case("OneHot", 3, [[]], ("classes", 4)),
                Case("OneHot", 2, [[3, 4]], ("classes", 5)),
            ],
            (r, _) => Case("OneHot", r.Next(1, 9), [[r.Next(1, 12)]], ("classes", r.Next(1, 40)))),
        ["MatMul"] = (
            [
                Case("MatMul", 1, [[1, 1], [1, 1]]),
                Case("MatMul", 3, [[5, 7], [7, 9]]),
                Case("MatMul", 2, [[5, 7], [9, 7]], ("transposeB", true)),
                Case("MatMul", 4, [[7, 5], [7, 9]], ("transposeA", true)),
                Case("MatMul", 2, [[19, 3], [40, 19]], ("transposeA", true), ("transposeB", true)),
                Case("MatMul", 3, [[2, 17, 8], [2, 17, 8]], ("transposeB", true)),
                Case("MatMul", 2, [[3, 2, 4, 1], [3, 2, 1, 6]]),
            ],
            (r, _) =>
            {
                int m = r.Next(1, 20), k = r.Next(1, 20), n = r.Next(1, 40);
                bool ta = r.Next(2) == 0, tb = r.Next(2) == 0;
                int[] leading = r.Next(2) == 0 ? [] : [r.Next(1, 4)];
                return Case("MatMul", r.Next(1, 6), [[.. leading, .. ta ? [k, m] : (int[])[m, k]], [.. leading, .. tb ? [n, k] : (int[])[k, n]]], ("transposeA", ta), ("transposeB", tb));
            }
        ),
        ["Gram"] = (
            [
                Case("Gram", 1, [[1, 1, 1]]),
                Case("Gram", 3, [[5, 4, 7]]),
                Case("Gram", 2, [[13, 6]], ("normalize", false)),
                Case("Gram", 2, [[4, 3, 2, 5]]),
            ],
            (r, _) => Case("Gram", r.Next(1, 6), [r.Next(2) == 0 ? Map(r) : [r.Next(1, 12), r.Next(1, 12)]], ("normalize", r.Next(2) == 0))),
        ["Rbf"] = (
            [
                Case("Rbf", 1, [[1]], ("features", 1)),
                Case("Rbf", 5, [[84]], ("features", 10)),
                Case("Rbf", 3, [[7]], ("features", 33)),
                Case("Rbf", 16, [[21]], ("features", 2)),
            ],
            (r, _) => Case("Rbf", r.Next(1, 9), [[r.Next(1, 40)]], ("features", r.Next(1, 40)))),
        ["MaxPool2d"] = (
            [
                Case("MaxPool2d", 1, [[1, 2, 2]], ("kernel", 2)),
                Case("MaxPool2d", 3, [[5, 9, 7]], ("kernel", 3), ("stride", 2), ("padding", 1)),
                Case("MaxPool2d", 2, [[2, 11, 8]], ("kernel", 2), ("stride", 3)),
                Case("MaxPool2d", 2, [[3, 8, 7]], ("kernel", 3), ("stride", 1), ("padding", -1)),
                Case("MaxPool2d", 4, [[17, 8, 8]], ("kernel", 2)),
                Case("MaxPool2d", 2, [[2, 9, 41]], ("kernel", 3), ("stride", 2)),
                Case("MaxPool2d", 2, [[2, 10, 40]], ("kernel", 3), ("stride", 2), ("ceilMode", true)),
                Case("MaxPool2d", 2, [[2, 8, 9]], ("kernel", new[] { 3, 2 }), ("stride", new[] { 1, 0 }), ("padding", new[] { 0, 1, 1, 0 })),
            ],
            (r, op) => Pool(op, r, 2)),
        ["MaxPool1d"] = (
            [
                Case("MaxPool1d", 1, [[1, 2]], ("kernel", 2)),
                Case("MaxPool1d", 3, [[5, 41]], ("kernel", 3), ("stride", 2), ("padding", 1)),
                Case("MaxPool1d", 2, [[3, 8]], ("kernel", 3), ("stride", 2), ("ceilMode", true)),
            ],
            (r, op) => Pool(op, r, 1)),
        ["MaxPool3d"] = (
            [
                Case("MaxPool3d", 1, [[1, 2, 2, 2]], ("kernel", 2)),
                Case("MaxPool3d", 2, [[3, 5, 8, 7]], ("kernel", 3), ("stride", 2), ("padding", 1), ("ceilMode", true)),
                Case("MaxPool3d", 2, [[3, 4, 6, 6]], ("kernel", new[] { 1, 2, 2 })),
                Case("MaxPool3d", 1, [[2, 5, 4, 3]], ("kernel", new[] { 2, 1, 1 }), ("padding", -1)),
            ],
            (r, op) => Pool(op, r, 3)),
        ["MaxUnpool2d"] = (
            [
                Case("MaxUnpool2d", 2, [[3, 2, 3], [3, 4, 6]], ("kernel", 2)),
                Case("MaxUnpool2d", 1, [[2, 3, 4], [2, 6, 7]], ("kernel", 3), ("stride", 2), ("padding", 1)),
                Case("MaxUnpool2d", 2, [[2, 3, 20], [2, 5, 40]], ("kernel", 2), ("ceilMode", true)),
                Case("MaxUnpool2d", 2, [[1, 2, 3], [1, 7, 5]], ("kernel", new[] { 3, 2 }), ("stride", new[] { 4, 2 }), ("padding", new[] { 0, 1 })),
            ],
            (r, op) => Pool("MaxPool2d", r, 2) is { } pool ? pool with { Op = op, Shapes = [pool.ToGraph() is var g ? g.Nodes[g.Outputs[0]].Shape.ToArray() : [], pool.Shapes[0]] } : null),
        ["AvgPool2d"] = (
            [
                Case("AvgPool2d", 1, [[1, 2, 2]], ("kernel", 2)),
                Case("AvgPool2d", 3, [[5, 9, 7]], ("kernel", 3), ("stride", 2), ("padding", 1), ("countPadding", false)),
                Case("AvgPool2d", 2, [[2, 11, 8]], ("kernel", 2), ("stride", 3)),
                Case("AvgPool2d", 2, [[3, 8, 7]], ("kernel", 3), ("stride", 1), ("padding", -1)),
                Case("AvgPool2d", 4, [[6, 28, 28]], ("kernel", 2)),
                Case("AvgPool2d", 2, [[2, 9, 41]], ("kernel", 3), ("stride", 2), ("padding", 1)),
                Case("AvgPool2d", 2, [[2, 10, 40]], ("kernel", 3), ("stride", 2), ("padding", 1), ("ceilMode", true)),
                Case("AvgPool2d", 2, [[2, 8, 9]], ("kernel", new[] { 3, 1 }), ("stride", new[] { 2, 1 }), ("countPadding", false), ("ceilMode", true)),
            ],
            (r, op) => Pool(op, r, 2, ("countPadding", r.Next(2) == 0))),
        ["AvgPool1d"] = (
            [
                Case("AvgPool1d", 1, [[1, 2]], ("kernel", 2)),
                Case("AvgPool1d", 3, [[5, 40]], ("kernel", 3), ("stride", 2), ("padding", 1), ("ceilMode", true)),
                Case("AvgPool1d", 2, [[3, 9]], ("kernel", 4), ("stride", 1), ("padding", -1), ("countPadding", false)),
            ],
            (r, op) => Pool(op, r, 1, ("countPadding", r.Next(2) == 0))),
        ["AvgPool3d"] = (
            [
                Case("AvgPool3d", 1, [[1, 2, 2, 2]], ("kernel", 2)),
                Case("AvgPool3d", 2, [[3, 5, 8, 7]], ("kernel", 3), ("stride", 2), ("padding", 1), ("ceilMode", true)),
                Case("AvgPool3d", 2, [[2, 6, 5, 6]], ("kernel", new[] { 2, 3, 3 }), ("stride", new[] { 2, 1, 2 }), ("padding", 1), ("countPadding", false), ("ceilMode", true)),
            ],
            (r, op) => Pool(op, r, 3, ("countPadding", r.Next(2) == 0))),
        ["GlobalMaxPool1d"] = Global("GlobalMaxPool1d", 1),
        ["GlobalMaxPool2d"] = Global("GlobalMaxPool2d", 2),
        ["GlobalMaxPool3d"] = Global("GlobalMaxPool3d", 3),
        ["GlobalAvgPool1d"] = Global("GlobalAvgPool1d", 1),
        ["GlobalAvgPool3d"] = Global("GlobalAvgPool3d", 3),
        ["GlobalAvgPool2d"] = Global("GlobalAvgPool2d", 2),
        ["Flatten"] = ([Case("Flatten", 1, [[3, 5, 7]]), Case("Flatten", 4, [[2, 3]])], (r, _) => Case("Flatten", r.Next(1, 6), [Any(r)])),
        ["Reshape"] = (
            [
                Case("Reshape", 1, [[3, 5, 8]], ("shape", new[] { 5, 24 })),
                Case("Reshape", 4, [[2, 6]], ("shape", new[] { 3, 2, -1 })),
                Case("Reshape", 2, [[12]], ("shape", new[] { 12, 1, 1 })),
            ],
            (r, _) =>
            {
                int a = r.Next(1, 5), b = r.Next(1, 6), c = r.Next(1, 7);
                return Case("Reshape", r.Next(1, 6), [[a, b, c]], ("shape", (int[])(r.Next(2) == 0 ? [b, a * c] : [c, a, -1])));
            }
        ),
        ["Concat"] = (
            [
                Case("Concat", 1, [[2, 3, 3], [1, 3, 3]]),
                Case("Concat", 4, [[5], [3], [17], [1]]),
                Case("Concat", 3, [[4, 5, 2], [4, 5, 2]]),
                Case("Concat", 3, [[4, 5]]),
                Case("Concat", 2, [[2, 3, 4], [2, 1, 4], [2, 5, 4]], ("axis", 1)),
                Case("Concat", 3, [[4, 5], [4, 17], [4, 1]], ("axis", -1)),
            ],
            (r, _) =>
            {
                var map = Any(r);
                var axis = r.Next(map.Length);
                return Case("Concat", r.Next(1, 6), Enumerable.Range(0, r.Next(2, 6)).Select(_ => map.Select((e, i) => i == axis ? r.Next(1, 7) : e).ToArray()).ToArray(), ("axis", axis));
            }
        ),
        ["Slice"] = (
            [
                Case("Slice", 1, [[5]], ("axis", 0), ("start", 4), ("length", 1)),
                Case("Slice", 3, [[6, 5, 7]], ("axis", 0), ("start", 2), ("length", 3)),
                Case("Slice", 2, [[3, 9, 20]], ("axis", 1), ("start", 0), ("length", 7)),
                Case("Slice", 2, [[3, 4, 37]], ("axis", -1), ("start", 5), ("length", 20)),
                Case("Slice", 4, [[7, 19]], ("axis", 1), ("start", 3), ("length", 16)),
                Case("Slice", 2, [[4, 6]], ("axis", 0), ("start", 0), ("length", 4)),
            ],
            (r, _) =>
            {
                var map = Any(r);
                int axis = r.Next(map.Length), start = r.Next(map[axis]);
                return Case("Slice", r.Next(1, 6), [map], ("axis", axis), ("start", start), ("length", r.Next(1, map[axis] - start + 1)));
            }
        ),
        ["CenterCrop"] = (
            [
                Case("CenterCrop", 1, [[1, 1, 1]], ("height", 1), ("width", 1)),
                Case("CenterCrop", 3, [[5, 9, 7]], ("height", 4), ("width", 4)),
                Case("CenterCrop", 2, [[2, 6, 40]], ("height", 6), ("width", 37)),
                Case("CenterCrop", 2, [[3, 8, 8]], ("height", 2), ("width", 8)),
            ],
            (r, _) => Map(r) is var map ? Case("CenterCrop", r.Next(1, 6), [map], ("height", r.Next(1, map[1] + 1)), ("width", r.Next(1, map[2] + 1))) : null),
        ["Permute"] = (
            [
                Case("Permute", 1, [[5, 7]], ("axes", new[] { 1, 0 })),
                Case("Permute", 3, [[3, 6, 7]], ("axes", new[] { 1, 2, 0 })),
                Case("Permute", 2, [[7, 5, 3]], ("axes", new[] { 2, 0, 1 })),
                Case("Permute", 2, [[4, 9, 21]], ("axes", new[] { 1, 0, 2 })),
                Case("Permute", 2, [[3, 1, 4]], ("axes", new[] { 1, 0, 2 })),
                Case("Permute", 2, [[33, 70]], ("axes", new[] { 1, 0 })),
                Case("Permute", 2, [[3, 4, 5, 2]], ("axes", new[] { 3, 1, 0, 2 })),
                Case("Permute", 2, [[3, 4]], ("axes", new[] { 0, 1 })),
            ],
            (r, _) => Enumerable.Range(0, r.Next(1, 5)).Select(_ => r.Next(1, 9)).ToArray() is var shape
                ? Case("Permute", r.Next(1, 6), [shape], ("axes", Enumerable.Range(0, shape.Length).OrderBy(_ => r.Next()).ToArray()))
                : null),
        ["BroadcastTo"] = (
            [
                Case("BroadcastTo", 1, [[1]], ("shape", new[] { 33 })),
                Case("BroadcastTo", 3, [[4, 1, 1]], ("shape", new[] { 4, 5, 6 })),
                Case("BroadcastTo", 2, [[7]], ("shape", new[] { 3, 2, 7 })),
                Case("BroadcastTo", 2, [[]], ("shape", new[] { 5 })),
            ],
            (r, _) => Any(r) is var shape ? Case("BroadcastTo", r.Next(1, 6), [shape[r.Next(shape.Length)..].Select(e => r.Next(2) == 0 ? 1 : e).ToArray()], ("shape", shape)) : null),
        ["Repeat"] = (
            [
                Case("Repeat", 1, [[1]], ("times", 1)),
                Case("Repeat", 3, [[5]], ("times", 4)),
                Case("Repeat", 2, [[3, 4, 5]], ("times", 2), ("axis", 1)),
                Case("Repeat", 2, [[3, 17]], ("times", 3), ("axis", -1)),
            ],
            (r, _) => Any(r) is var shape ? Case("Repeat", r.Next(1, 6), [shape], ("times", r.Next(1, 5)), ("axis", r.Next(shape.Length))) : null),
        ["ZeroPad2d"] = Padding("ZeroPad2d", reflects: false),
        ["ReflectPad2d"] = Padding("ReflectPad2d", reflects: true),
        ["ReplicatePad2d"] = Padding("ReplicatePad2d", reflects: false),
        ["UpsampleNearest2d"] = (
            [
                Case("UpsampleNearest2d", 1, [[1, 1, 1]], ("scale", 1)),
                Case("UpsampleNearest2d", 3, [[2, 5, 7]], ("scale", 2)),
                Case("UpsampleNearest2d", 2, [[3, 4, 20]], ("scale", 3)),
            ],
            (r, _) => Case("UpsampleNearest2d", r.Next(1, 4), [Map(r)], ("scale", r.Next(1, 5)))),
        ["UpsampleBilinear2d"] = (
            [
                Case("UpsampleBilinear2d", 1, [[1, 1, 1]], ("scale", 3)),
                Case("UpsampleBilinear2d", 3, [[2, 5, 7]], ("scale", 2)),
                Case("UpsampleBilinear2d", 2, [[3, 4, 20]], ("scale", 3), ("alignCorners", true)),
                Case("UpsampleBilinear2d", 2, [[1, 1, 9]], ("scale", 8)),
                Case("UpsampleBilinear2d", 1, [[2, 3, 3]], ("scale", 1), ("alignCorners", true)),
            ],
            (r, _) => Case("UpsampleBilinear2d", r.Next(1, 4), [Map(r)], ("scale", r.Next(1, 5)), ("alignCorners", r.Next(2) == 0))),
        ["ScatterAdd"] = (
            [
                Case("ScatterAdd", 1, [[1], [1]], ("rows", 1)),
                Case("ScatterAdd", 5, [[7, 19], [7]], ("rows", 3)),
                Case("ScatterAdd", 3, [[6], [6]], ("rows", 9)),
                Case("ScatterAdd", 4, [[40, 2, 5], [40]], ("rows", 6)),
            ],
            (r, _) => Any(r) is var shape ? Case("ScatterAdd", r.Next(1, 6), [shape, [shape[0]]], ("rows", r.Next(1, 12))) : null),
        ["Gather"] = (
            [
                Case("Gather", 1, [[1], [1]]),
                Case("Gather", 5, [[7, 19], [4]]),
                Case("Gather", 3, [[6], [2, 3]]),
                Case("Gather", 4, [[3, 2, 5], [40]]),
            ],
            (r, _) => Case("Gather", r.Next(1, 6), [Any(r), [r.Next(1, 12)]])),
        ["Add"] = Broadcast("Add"),
        ["Subtract"] = Broadcast("Subtract"),
        ["Multiply"] = Broadcast("Multiply"),
        ["Divide"] = Broadcast("Divide", 0.4, 2),
        ["Pow"] = Broadcast("Pow", 0.3, 2),
        ["Maximum"] = Broadcast("Maximum"),
        ["Minimum"] = Broadcast("Minimum"),
        ["Greater"] = Broadcast("Greater"),
        ["GreaterOrEqual"] = Broadcast("GreaterOrEqual"),
        ["Less"] = Broadcast("Less"),
        ["LessOrEqual"] = Broadcast("LessOrEqual"),
        ["EqualTo"] = Broadcast("EqualTo"),
        ["Where"] = (
            [
                Case("Where", 1, [[3, 5, 7], [3, 5, 7], [3, 5, 7]]),
                Case("Where", 3, [[1, 5, 7], [3, 5, 7], [3, 1, 1]]),
                Case("Where", 4, [[33], [1], [33]]),
            ],
            (r, _) =>
            {
                var map = Any(r);
                int[] Thin() => map.Select(e => r.Next(4) == 0 ? 1 : e).ToArray();
                return Case("Where", r.Next(1, 6), [map, Thin(), Thin()]);
            }
        ),
        ["Negate"] = Unary("Negate"),
        ["Exp"] = Unary("Exp", 3),
        ["Log"] = Positive("Log"),
        ["Sqrt"] = Positive("Sqrt"),
        ["Abs"] = Unary("Abs"),
        ["StopGradient"] = Unary("StopGradient"),
        ["Sum"] = Reduction("Sum"),
        ["Mean"] = Reduction("Mean"),
        ["Max"] = Reduction("Max"),
        ["LogSumExp"] = Reduction("LogSumExp"),
        ["ArgMax"] = (
            [
                Case("ArgMax", 1, [[7]]),
                Case("ArgMax", 3, [[4, 5, 6]], ("axis", 1)),
                Case("ArgMax", 2, [[4, 5, 6]], ("axis", -1), ("keepDims", true)),
                Case("ArgMax", 2, [[1, 6]]),
                Case("ArgMax", 4, [[33, 5]]),
            ],
            (r, _) =>
            {
                var map = Any(r);
                return Case("ArgMax", r.Next(1, 6), [map], ("axis", r.Next(-map.Length, map.Length)), ("keepDims", r.Next(2) == 0));
            }
        ),
        ["Relu"] = Unary("Relu"),
        ["LeakyRelu"] = (
            [Case("LeakyRelu", 1, [[3, 5, 7]]), Case("LeakyRelu", 4, [[33]], ("slope", 0.25)), Case("LeakyRelu", 2, [[3, 4, 4]], ("slope", 0.0)), Case("LeakyRelu", 2, [[19]], ("slope", 1.5))],
            (r, _) => Case("LeakyRelu", r.Next(1, 6), [Any(r)], ("slope", Math.Round(r.NextDouble(), 2)))),
        ["Sigmoid"] = Unary("Sigmoid", 8),
        ["Tanh"] = Unary("Tanh", 5),
        ["PRelu"] = (
            [
                Case("PRelu", 1, [[3, 5, 7]]),
                Case("PRelu", 4, [[33]], ("perChannel", true)),
                Case("PRelu", 2, [[3, 4, 4]], ("perChannel", true), ("init", 0.5)),
                Case("PRelu", 3, [[5, 9]], ("perChannel", true)),
                Case("PRelu", 2, [[1]]),
            ],
            (r, _) => Case("PRelu", r.Next(1, 6), [Any(r)], ("perChannel", r.Next(2) == 0))),
        ["Elu"] = (
            [Case("Elu", 1, [[3, 5, 7]]) with { Low = -4, High = 4 }, Case("Elu", 4, [[33]], ("alpha", 0.5)) with { Low = -90, High = 90 }, Case("Elu", 1, [[1]]), Case("Elu", 2, [[19]], ("alpha", -1.0))],
            (r, _) => Case("Elu", r.Next(1, 6), [Any(r)], ("alpha", Math.Round(2 * r.NextDouble(), 2))) with { Low = -4, High = 4 }),
        ["Selu"] = Unary("Selu", 6),
        ["Gelu"] = (
            [
                Case("Gelu", 1, [[3, 5, 7]]) with { Low = -4, High = 4 },
                Case("Gelu", 4, [[33]], ("approximate", true)) with { Low = -4, High = 4 },
                Case("Gelu", 2, [[40]]) with { Low = -50, High = 50 },
                Case("Gelu", 2, [[40]], ("approximate", true)) with { Low = -50, High = 50 },
                Case("Gelu", 1, [[1]]),
            ],
            (r, _) => Case("Gelu", r.Next(1, 6), [Any(r)], ("approximate", r.Next(2) == 0)) with { Low = -3, High = 3 }),
        ["Silu"] = Unary("Silu", 8),
        ["Softplus"] = (
            [
                Case("Softplus", 1, [[3, 5, 7]]) with { Low = -6, High = 6 },
                Case("Softplus", 4, [[33]], ("beta", 2.5)) with { Low = -6, High = 6 },
                Case("Softplus", 2, [[33]], ("beta", 0.5), ("threshold", 200.0)) with { Low = -90, High = 90 },
                Case("Softplus", 1, [[1]]),
            ],
            (r, _) => Case("Softplus", r.Next(1, 6), [Any(r)], ("beta", Math.Round(0.1 + (2 * r.NextDouble()), 2))) with { Low = -5, High = 5 }),
        ["Hardtanh"] = (
            [Case("Hardtanh", 1, [[3, 5, 7]]) with { Low = -3, High = 3 }, Case("Hardtanh", 4, [[33]], ("min", 0.0), ("max", 0.6)), Case("Hardtanh", 1, [[1]])],
            (r, _) => Case("Hardtanh", r.Next(1, 6), [Any(r)], ("min", Math.Round(-r.NextDouble(), 2)), ("max", Math.Round(0.1 + r.NextDouble(), 2))) with { Low = -2, High = 2 }),
        ["LogSoftmax"] = (
            [
                Case("LogSoftmax", 1, [[2]]),
                Case("LogSoftmax", 5, [[10]]) with { Low = -20, High = 20 },
                Case("LogSoftmax", 2, [[7, 3, 5]]) with { Low = -5, High = 5 },
                Case("LogSoftmax", 3, [[131]]) with { Low = -5, High = 5 },
            ],
            (r, _) => Case("LogSoftmax", r.Next(1, 9), [Any(r)]) with { Low = -4, High = 4 }),
        ["Maxout"] = (
            [
                Case("Maxout", 1, [[1]], ("features", 1), ("pieces", 1)),
                Case("Maxout", 5, [[16]], ("features", 9), ("pieces", 2)),
                Case("Maxout", 3, [[37]], ("features", 33), ("pieces", 5), ("bias", false)),
                Case("Maxout", 2, [[8]], ("features", 1), ("pieces", 4)),
                Case("Maxout", 4, [[8]], ("features", 5), ("pieces", 1)),
            ],
            (r, _) => Case("Maxout", r.Next(1, 20), [[r.Next(1, 60)]], ("features", r.Next(1, 30)), ("pieces", r.Next(1, 6)), ("bias", r.Next(3) > 0))),
        ["Softmax"] = (
            [
                Case("Softmax", 1, [[2]]),
                Case("Softmax", 5, [[10]]) with { Low = -20, High = 20 },
                Case("Softmax", 2, [[7, 3, 5]]) with { Low = -5, High = 5 },
                Case("Softmax", 3, [[1]]),
                Case("Softmax", 3, [[131]]) with { Low = -5, High = 5 },
            ],
            (r, _) => Case("Softmax", r.Next(1, 9), [Any(r)]) with { Low = -4, High = 4 }),
        ["Map"] = (
            [
                .. ScalarSample.All.Select((s, i) => Case("Map", 1 + i, [i % 2 == 0 ? [3, 4, 5] : [19]], ("function", s.Name)) with { Low = -3, High = 3 }),
                Case("Map", 2, [[3, 4, 5], [3, 1, 1]], ("function", "Hypot")) with { Low = -3, High = 3 },
                Case("Map", 3, [[19], [19], [1]], ("function", "Gate")) with { Low = -3, High = 3 },
                Case("Map", 2, [[5], [4, 5], [4, 1]], ("function", "Gate")) with { Low = -3, High = 3 },
                Case("Map", 3, [[7]], ("function", "Seven")),
            ],
            (r, _) => Case("Map", r.Next(1, 9), [Any(r)], ("function", ScalarSample.All[r.Next(ScalarSample.All.Count)].Name)) with { Low = -4, High = 4 }),
        ["Custom"] = (
            [Case("Custom", 2, [[3, 4, 5]], ("forward", "Root"), ("backward", "RootBackward")) with { Low = -3, High = 3 }, Case("Custom", 3, [[19]], ("forward", "Seven"), ("backward", "Nothing"))],
            (r, _) => Case("Custom", r.Next(1, 9), [Any(r)], ("forward", "Root"), ("backward", "RootBackward")) with { Low = -3, High = 3 }),
        ["LayerNorm"] = (
            [
                Case("LayerNorm", 1, [[17]]),
                Case("LayerNorm", 3, [[5, 33]]),
                Case("LayerNorm", 2, [[3, 4, 5]], ("axes", 3)),
                Case("LayerNorm", 2, [[3, 4, 5]], ("axes", 2), ("epsilon", 0.01)),
                Case("LayerNorm", 4, [[24]], ("affine", false)) with { Low = 2, High = 3 },
            ],
            (r, _) =>
            {
                var map = Any(r);
                return map[^1] < 2 ? null : Case("LayerNorm", r.Next(1, 9), [map], ("axes", r.Next(1, map.Length + 1)), ("affine", r.Next(3) > 0), ("epsilon", 1e-3));
            }
        ),
        ["InstanceNorm"] = (
            [
                Case("InstanceNorm", 1, [[3, 4, 5]]),
                Case("InstanceNorm", 3, [[5, 3, 3]], ("affine", true)),
                Case("InstanceNorm", 2, [[4, 19]], ("affine", true), ("epsilon", 0.01)),
                Case("InstanceNorm", 2, [[1, 7, 9]]) with { Low = 2, High = 3 },
            ],
            (r, _) => Any(r) is { Length: > 1 } map && map[1..].Aggregate(1, (a, e) => a * e) > 1 ? Case("InstanceNorm", r.Next(1, 9), [map], ("affine", r.Next(2) == 0), ("epsilon", 1e-3)) : null),
        ["GroupNorm"] = (
            [
                Case("GroupNorm", 1, [[4, 4, 5]], ("groups", 2)),
                Case("GroupNorm", 3, [[6, 3, 3]], ("groups", 3)),
                Case("GroupNorm", 2, [[12]], ("groups", 4)),
                Case("GroupNorm", 2, [[6, 11]], ("groups", 1), ("affine", false)) with { Low = 2, High = 3 },
                Case("GroupNorm", 2, [[5, 7, 3]], ("groups", 5), ("epsilon", 0.01)),
            ],
            (r, _) =>
            {
                int groups = r.Next(1, 5), width = r.Next(1, 5);
                int[] map = r.Next(3) == 0 ? [groups * (width + 1)] : [groups * width, r.Next(1, 9), r.Next(2, 9)];
                return Case("GroupNorm", r.Next(1, 9), [map], ("groups", groups), ("affine", r.Next(3) > 0), ("epsilon", 1e-3));
            }
        ),
        ["Dropout2d"] = (
            [
                Case("Dropout2d", 3, [[5, 5, 7]]),
                Case("Dropout2d", 4, [[17, 3]], ("probability", 0.2)),
                Case("Dropout2d", 2, [[3, 4, 4]], ("probability", 0.0)),
                Case("Dropout2d", 2, [[70, 1, 1]], ("probability", 0.9)),
                Case("Dropout2d", 2, [[6, 1, 5]], ("probability", 0.6)),
            ],
            (r, _) => Any(r) is { Length: > 1 } map ? Case("Dropout2d", r.Next(1, 6), [map], ("probability", Math.Round(0.9 * r.NextDouble(), 2))) : null),
        ["GaussianNoise"] = (
            [Case("GaussianNoise", 1, [[3, 5, 7]], ("sigma", 0.5)), Case("GaussianNoise", 4, [[33]], ("sigma", 2.0)), Case("GaussianNoise", 2, [[3, 4, 4]], ("sigma", 0.0))],
            (r, _) => Case("GaussianNoise", r.Next(1, 6), [Any(r)], ("sigma", Math.Round(r.NextDouble(), 2)))),
        ["RandomNormal"] = (
            [Case("RandomNormal", 1, [[3, 5, 7]]), Case("RandomNormal", 4, [[33]], ("mean", 1.5), ("deviation", 2.0)), Case("RandomNormal", 2, [[1]]), Case("RandomNormal", 3, [[1, 1, 1]])],
            (r, _) => Case("RandomNormal", r.Next(1, 6), [Any(r)], ("mean", Math.Round(r.NextDouble(), 2)), ("deviation", Math.Round(r.NextDouble(), 2)))),
        ["RandomUniform"] = (
            [Case("RandomUniform", 1, [[3, 5, 7]]), Case("RandomUniform", 4, [[33]], ("low", -1.5), ("high", 2.0)), Case("RandomUniform", 2, [[1]]), Case("RandomUniform", 5, [[1, 1]])],
            (r, _) => Case("RandomUniform", r.Next(1, 6), [Any(r)], ("low", Math.Round(-r.NextDouble(), 2)), ("high", Math.Round(r.NextDouble(), 2)))),
        ["BatchNorm"] = (
            [
                Case("BatchNorm", 1, [[3, 4, 5]]),
                Case("BatchNorm", 4, [[5, 3, 3]]),
                Case("BatchNorm", 8, [[17]], ("momentum", 0.3)),
                Case("BatchNorm", 2, [[2, 33]], ("epsilon", 0.01)),
                Case("BatchNorm", 6, [[32, 7, 7]]) with { Low = 2, High = 3 },
            ],
            (r, _) => Case("BatchNorm", r.Next(2, 12), [Any(r)], ("momentum", Math.Round(r.NextDouble(), 2)), ("epsilon", 1e-3))),
        ["LocalResponseNorm"] = (
            [
                Case("LocalResponseNorm", 1, [[7, 3, 4]], ("size", 5)),
                Case("LocalResponseNorm", 2, [[6, 5]], ("size", 4), ("alpha", 0.5), ("beta", 0.6), ("k", 2.0)),
                Case("LocalResponseNorm", 2, [[3, 4, 3]], ("size", 9), ("alpha", 1.0), ("beta", 1.5)),
                Case("LocalResponseNorm", 2, [[4, 2, 3, 3]], ("size", 1), ("alpha", 0.3)),
            ],
            (r, _) => Case("LocalResponseNorm", r.Next(1, 5), [r.Next(2) == 0 ? Map(r) : [r.Next(1, 9), r.Next(1, 30)]], ("size", r.Next(1, 7)), ("alpha", Math.Round(r.NextDouble(), 2)), ("beta", Math.Round(2 * r.NextDouble(), 2)), ("k", Math.Round(0.5 + r.NextDouble(), 2)))),
        ["Dropout"] = (
            [
                Case("Dropout", 1, [[3, 5, 7]]),
                Case("Dropout", 4, [[33]], ("probability", 0.2)),
                Case("Dropout", 2, [[3, 4, 4]], ("probability", 0.0)),
                Case("Dropout", 2, [[70]], ("probability", 0.9)),
            ],
            (r, _) => Case("Dropout", r.Next(1, 6), [Any(r)], ("probability", Math.Round(0.9 * r.NextDouble(), 2)))),
        ["Scan"] = (
            [
                Case("Scan", 1, [[1, 1]], ("cell", "Elman"), ("hidden", 1)),
                Case("Scan", 3, [[6, 5], [7]], ("cell", "Elman"), ("hidden", 7)),
                Case("Scan", 2, [[5, 4]], ("cell", "Memory"), ("hidden", 9), ("reverse", true)),
                Case("Scan", 4, [[7, 3], [17]], ("cell", "Leaky"), ("hidden", 17)),
                Case("Scan", 2, [[3, 2, 5, 4]], ("cell", "Convolution"), ("hidden", 3)),
                Case("Scan", 5, [[4, 6], [6], [6]], ("cell", "Shift")),
                Case("Scan", 3, [[4, 3]], ("cell", "Noisy"), ("hidden", 10)),
                Case("Scan", 3, [[4, 3]], ("cell", "Context"), ("hidden", 6)),
                Case("Scan", 5, [[6, 3], [8]], ("cell", "Memory"), ("hidden", 8)) with { Ragged = true },
                Case("Scan", 6, [[5, 4]], ("cell", "Leaky"), ("hidden", 5), ("reverse", true)) with { Ragged = true },
            ],
            (r, _) => r.Next(6) switch
            {
                5 => Case("Scan", r.Next(1, 6), [[r.Next(1, 7), r.Next(1, 20)]], [("cell", r.Next(2) == 0 ? "Noisy" : "Context"), ("hidden", r.Next(1, 40)), .. Reverse(r)]),
                0 => Case("Scan", r.Next(1, 6), [[r.Next(1, 7), r.Next(1, 20)]], [("cell", "Elman"), ("hidden", r.Next(1, 40)), .. Reverse(r)]),
                1 => Case("Scan", r.Next(1, 6), [[r.Next(1, 7), r.Next(1, 20)]], [("cell", "Memory"), ("hidden", r.Next(1, 40)), .. Reverse(r)]),
                2 => Case("Scan", r.Next(1, 6), [[r.Next(1, 7), r.Next(1, 20)]], [("cell", "Leaky"), ("hidden", r.Next(1, 40)), .. Reverse(r)]),
                3 => Case("Scan", r.Next(1, 6), [[r.Next(1, 5), r.Next(1, 4), r.Next(3, 9), r.Next(3, 9)]], [("cell", "Convolution"), ("hidden", r.Next(1, 5)), .. Reverse(r)]),
                _ => Case("Scan", r.Next(1, 6), [[r.Next(1, 7), 11], [11], [11]], [("cell", "Shift"), .. Reverse(r)]),
            }),
        ["Rnn"] = Recurrent("Rnn", ("relu", true)),
        ["Lstm"] = Recurrent("Lstm"),
        ["Gru"] = Recurrent("Gru"),
        ["StatefulRnn"] = Stateful("StatefulRnn", 1, ("relu", true)),
        ["StatefulLstm"] = Stateful("StatefulLstm", 2),
        ["StatefulGru"] = Stateful("StatefulGru", 1),
        ["SoftmaxCrossEntropy"] = (
            [
                Case("SoftmaxCrossEntropy", 1, [[2]]),
                Case("SoftmaxCrossEntropy", 7, [[10]]) with { Low = -20, High = 20 },
                Case("SoftmaxCrossEntropy", 64, [[33]]),
                Case("SoftmaxCrossEntropy", 3, [[4, 5, 3]]),
                Case("SoftmaxCrossEntropy", 9, [[3]], ("classWeights", new[] { 0.5, 2, 0 }), ("labelSmoothing", 0.1)),
                Case("SoftmaxCrossEntropy", 2, [[5, 4, 6]], ("classWeights", new[] { 0.5, 2, 1, 1.5, 0.25 }), ("ignoreIndex", 255)),
                Case("SoftmaxCrossEntropy", 4, [[3, 2, 9]], ("ignoreIndex", 0), ("labelSmoothing", 0.3)),
                Case("SoftmaxCrossEntropy", 2, [[3, 2, 9]], ("classWeights", new[] { 0.5, 2, 1 }), ("ignoreIndex", -100), ("labelSmoothing", 0.3)),
                Case("SoftmaxCrossEntropy", 5, [[7]], ("softTargets", true)) with { Low = -3, High = 3 },
                Case("SoftmaxCrossEntropy", 3, [[4, 3, 3]], ("classWeights", new[] { 0.5, 2, 1, 1.5 }), ("softTargets", true), ("labelSmoothing", 0.2)),
            ],
            (r, _) =>
            {
                int[] map = r.Next(2) == 0 ? [r.Next(2, 40)] : [r.Next(2, 7), r.Next(1, 9), r.Next(1, 9)];
                return Case("SoftmaxCrossEntropy", r.Next(1, 17), [map], [.. ClassArguments(r, map[0]), .. r.Next(2) == 0 ? [] : new (string, object)[] { ("labelSmoothing", Math.Round(r.NextDouble(), 2)) }]) with { Low = -6, High = 6 };
            }
        ),
        ["NegativeLogLikelihood"] = (
            [
                Case("NegativeLogLikelihood", 1, [[2]]),
                Case("NegativeLogLikelihood", 7, [[10]]) with { Low = -20, High = 0 },
                Case("NegativeLogLikelihood", 3, [[4, 5, 3]], ("ignoreIndex", 1)),
                Case("NegativeLogLikelihood", 6, [[3]], ("classWeights", new[] { 0.5, 2, 1 }), ("ignoreIndex", -1)),
            ],
            (r, _) =>
            {
                int[] map = r.Next(2) == 0 ? [r.Next(2, 40)] : [r.Next(2, 7), r.Next(1, 9), r.Next(1, 9)];
                return Case("NegativeLogLikelihood", r.Next(1, 17), [map], ClassArguments(r, map[0])) with { Low = -6, High = 0 };
            }
        ),
        ["Hinge"] = (
            [
                Case("Hinge", 1, [[2]]),
                Case("Hinge", 7, [[10]], ("margin", 0.5)),
                Case("Hinge", 5, [[33]], ("power", 2)),
            ],
            (r, _) => Case("Hinge", r.Next(1, 17), [[r.Next(2, 40)]], ("margin", Math.Round(2 * r.NextDouble(), 2)), ("power", r.Next(1, 3)))),
        ["MeanSquaredError"] = ElementLoss("MeanSquaredError"),
        ["L1"] = ElementLoss("L1"),
        ["Huber"] = ElementLoss("Huber", -1, 1, "delta", 0.3),
        ["BinaryCrossEntropyWithLogits"] = ElementLoss("BinaryCrossEntropyWithLogits", -4, 4, "posWeight", 3),
        ["KLDivergence"] = ElementLoss("KLDivergence", 0.05, 1),
        ["MinimaxDiscriminatorLoss"] = (
            [Case("MinimaxDiscriminatorLoss", 3, [[1], [1]]) with { Low = -8, High = 8 }, Case("MinimaxDiscriminatorLoss", 2, [[1, 5, 3], [1, 5, 3]]), Case("MinimaxDiscriminatorLoss", 2, [[4], [7]])],
            (r, _) => Any(r) is var map ? Case("MinimaxDiscriminatorLoss", r.Next(1, 6), [map, map]) with { Low = -4, High = 4 } : null),
        ["MinimaxGeneratorLoss"] = Unary("MinimaxGeneratorLoss", 8),
        ["NonSaturatingGeneratorLoss"] = Unary("NonSaturatingGeneratorLoss", 8),
        ["L1Penalty"] = Penalty("L1Penalty"),
        ["L2Penalty"] = Penalty("L2Penalty"),
        ["WeightPenalty"] = (
            [Case("WeightPenalty", 1, [[4]], ("l1", 0.1)), Case("WeightPenalty", 5, [[9]], ("l2", 0.2)), Case("WeightPenalty", 3, [[17]], ("l1", 0.3), ("l2", 0.1))],
            (r, _) => Case("WeightPenalty", r.Next(1, 9), [[r.Next(1, 30)]], ("l1", Math.Round(r.NextDouble(), 2)), ("l2", Math.Round(0.1 + r.NextDouble(), 2)))),
    };

    public static bool Has(string op) => Table.ContainsKey(op);

    /// <summary>The configurations of every op.</summary>
    public static IEnumerable<OpCase> All(int randoms) => OpCatalogue.All.SelectMany(op => For(op.Name, randoms));

    /// <param name="randoms">How many configurations beside the corners.</param>
    public static IEnumerable<OpCase> For(string op, int randoms)
    {
        var (corners, random) = Table[op];
        // A string's own hash code differs from run to run.
        var r = new Random(op.Aggregate(17, (h, c) => unchecked((h * 31) + c)));
        var cases = corners.ToList();
        while (cases.Count < corners.Length + randoms)
        {
            if (random(r, op) is { } c)
            {
                cases.Add(c);
            }
        }

        return cases.Select((c, i) => c with { Name = $"{op}_{i}" });
    }

    private static OpCase Case(string op, int batch, int[][] shapes, params (string Name, object Value)[] arguments) =>
        new(op, op, batch, shapes, arguments.ToDictionary(a => a.Name, a => a.Value));

    private static OpCase? Conv(string op, Random r, int axes, int size)
    {
        var groups = r.Next(3) == 0 ? r.Next(1, 4) : 1;
        return Window(op, r, axes, size, groups, ("channels", groups * r.Next(1, 9)), ("groups", groups), ("bias", r.Next(3) > 0));
    }

    /// <summary>Stride, padding and dilation for all axes, or for each.</summary>
    private static OpCase? Window(string op, Random r, int axes, int size, int groups, params (string Name, object Value)[] more)
    {
        int[] map = [groups * r.Next(1, 6), .. Extents(r, axes, 3, size)];
        var perAxis = r.Next(3) == 0;
        int[] kernel = Numbers(r, perAxis, axes, 1, axes > 2 ? 4 : 6), dilation = r.Next(3) == 0 ? Numbers(r, perAxis, axes, 2, 4) : [1], padding = Numbers(r, perAxis, perAxis && r.Next(2) == 0 ? 2 * axes : axes, -2, 4);
        var sides = padding.Length == 2 * axes;
        if (sides)
        {
            padding = padding.Select(Math.Abs).ToArray();
        }

        for (var i = 0; i < axes; i++)
        {
            var (before, after) = sides ? (padding[2 * i], padding[(2 * i) + 1]) : (padding[i % padding.Length], padding[i % padding.Length]);
            if (before >= 0 && map[i + 1] + before + after <= (kernel[i % kernel.Length] - 1) * dilation[i % dilation.Length])
            {
                return null;
            }
        }

        return Case(op, r.Next(1, 6), [map], [("kernel", Given(kernel, perAxis)), ("stride", Given(Numbers(r, perAxis, axes, 1, 5), perAxis)), ("padding", Given(padding, perAxis)), ("dilation", Given(dilation, perAxis)), .. more]);
    }

    private static OpCase? Transposed(string op, Random r, int axes, int size)
    {
        var groups = r.Next(3) == 0 ? r.Next(1, 4) : 1;
        int kernel = r.Next(1, 5), stride = r.Next(1, 4), dilation = r.Next(3) == 0 ? 2 : 1, padding = r.Next(-2, 3), extent = ((kernel - 1) * dilation) + 1;
        int[] map = [groups * r.Next(1, 6), .. Extents(r, axes, 1, size)];
        var cut = padding == -2 ? 2 * (extent - 1) : Math.Max(2 * padding, 0);
        return ((map[1..].Min() - 1) * stride) + extent <= cut
            ? null
            : Case(op, r.Next(1, 5), [map], ("channels", groups * r.Next(1, 9)), ("kernel", kernel), ("stride", stride), ("padding", padding), ("dilation", dilation), ("outputPadding", r.Next(0, Math.Max(stride, dilation))), ("groups", groups), ("bias", r.Next(3) > 0));
    }

    private static OpCase? Pool(string op, Random r, int axes, params (string Name, object Value)[] more)
    {
        var perAxis = r.Next(3) == 0;
        var kernel = Numbers(r, perAxis, axes, 1, axes > 2 ? 4 : 6);
        var padding = r.Next(4) == 0 ? [-1] : kernel.Select(k => r.Next(0, (k / 2) + 1)).ToArray();
        int[] map = [r.Next(1, 6), .. Extents(r, axes, 1, axes switch { 1 => 40, 2 => 15, _ => 8 })];
        for (var i = 0; i < axes; i++)
        {
            var border = padding[i % padding.Length];
            if (border >= 0 && map[i + 1] + (2 * border) < kernel[i % kernel.Length])
            {
                return null;
            }
        }

        return Case(op, r.Next(1, 6), [map], [("kernel", Given(kernel, perAxis)), ("stride", Given(Numbers(r, perAxis, axes, 0, 5), perAxis)), ("padding", Given(padding, perAxis)), ("ceilMode", r.Next(2) == 0), .. more]);
    }

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Global(string op, int axes) => (
        [
            Case(op, 1, [[1, .. Enumerable.Repeat(1, axes)]]),
            Case(op, 3, [[5, .. Enumerable.Repeat(7, axes)]]),
            Case(op, 2, [[33, .. new[] { 11, 3, 2 }[..axes]]]),
        ],
        (r, _) => Case(op, r.Next(1, 6), [[r.Next(1, 9), .. Extents(r, axes, 1, axes switch { 1 => 60, 2 => 15, _ => 8 })]])
    );

    private static int[] Extents(Random r, int axes, int from, int to) => Enumerable.Range(0, axes).Select(_ => r.Next(from, to)).ToArray();

    /// <summary>One number, or one for each of so many.</summary>
    private static int[] Numbers(Random r, bool each, int count, int from, int to) => Extents(r, each ? count : 1, from, to);

    private static object Given(int[] numbers, bool perAxis) => perAxis ? numbers : numbers[0];

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Unary(string op, double range = 1) => (
        [Case(op, 1, [[3, 5, 7]]) with { Low = -range, High = range }, Case(op, 4, [[33]]) with { Low = -range, High = range }, Case(op, 1, [[1]])],
        (r, _) => Case(op, r.Next(1, 6), [Any(r)]) with { Low = -range / 2, High = range / 2 });

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Broadcast(string op, double low = -1, double high = 1) => (
        new[]
        {
            Case(op, 1, [[3, 5, 7], [3, 5, 7]]),
            Case(op, 3, [[3, 5, 7], [3, 1, 1]]),
            Case(op, 3, [[3, 1, 1], [3, 5, 7]]),
            Case(op, 2, [[4, 1, 3], [1, 5, 1]]),
            Case(op, 4, [[33], [33]]),
            Case(op, 2, [[2, 3, 5], [5]]),
        }.Select(c => c with { Low = low, High = high }).ToArray(),
        (r, _) =>
        {
            var map = Any(r);
            int[] Thin() => map.Select(e => r.Next(4) == 0 ? 1 : e).ToArray();
            return Case(op, r.Next(1, 6), [r.Next(2) == 0 ? map : Thin(), Thin()]) with { Low = low, High = high };
        }
    );

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Positive(string op) => (
        [Case(op, 1, [[3, 5, 7]]) with { Low = 0.2, High = 4 }, Case(op, 4, [[33]]) with { Low = 0.2, High = 40 }, Case(op, 1, [[1]]) with { Low = 0.5 }],
        (r, _) => Case(op, r.Next(1, 6), [Any(r)]) with { Low = 0.3, High = 3 });

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Reduction(string op) => (
        [
            Case(op, 1, [[7]]),
            Case(op, 3, [[4, 5, 6]]),
            Case(op, 3, [[4, 5, 6]], ("axes", new[] { 0 })),
            Case(op, 2, [[4, 5, 6]], ("axes", new[] { 1, 2 })),
            Case(op, 2, [[4, 5, 6]], ("axes", new[] { -1, 0 }), ("keepDims", true)),
            Case(op, 2, [[3, 19]], ("axes", new[] { 1 })),
            Case(op, 2, [[1, 6]], ("axes", new[] { 0 })),
            Case(op, 2, [[9, 33]], ("axes", new[] { -2 }), ("keepDims", true)),
        ],
        (r, _) =>
        {
            var map = Any(r);
            var axes = Enumerable.Range(0, map.Length).Where(_ => r.Next(2) == 0).Select(a => r.Next(2) == 0 ? a : a - map.Length).ToArray();
            return Case(op, r.Next(1, 6), [map], ("axes", axes), ("keepDims", r.Next(2) == 0));
        }
    );

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) ElementLoss(string op, double low = -1, double high = 1, string? argument = null, double value = 0)
    {
        (string, object)[] Some(bool given) => argument is null || !given ? [] : [(argument, value)];
        return (
            new[] { Case(op, 1, [[1]]), Case(op, 5, [[33]], Some(true)), Case(op, 3, [[2, 5, 3]]) }.Select(c => c with { Low = low, High = high }).ToArray(),
            (r, _) => Case(op, r.Next(1, 9), [r.Next(2) == 0 ? Map(r) : [r.Next(1, 40)]], Some(r.Next(2) == 0)) with { Low = low, High = high });
    }

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Penalty(string op) => (
        [Case(op, 1, [[3, 5, 7]]), Case(op, 4, [[33]], ("strength", 0.25)), Case(op, 2, [[1]])],
        (r, _) => Case(op, r.Next(1, 6), [Any(r)], ("strength", Math.Round(r.NextDouble(), 2))));

    private static (string, object)[] ClassArguments(Random r, int classes) =>
    [
        .. r.Next(2) == 0 ? [] : new (string, object)[] { ("classWeights", Enumerable.Range(0, classes).Select(_ => Math.Round(0.1 + r.NextDouble(), 2)).ToArray()) },
        .. r.Next(2) == 0 ? [] : new (string, object)[] { ("ignoreIndex", r.Next(-1, classes + 1)) },
    ];

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Padding(string op, bool reflects) => (
        [
            Case(op, 1, [[1, 2, 2]], ("left", 1)),
            Case(op, 3, [[2, 5, 7]], ("left", 1), ("right", 2), ("top", 3), ("bottom", 4)),
            Case(op, 2, [[3, 4, 37]], ("left", 0), ("right", 3), ("top", 2)),
            Case(op, 2, [[2, 4, 4]], ("left", 3)),
            Case(op, 2, [[2, 4, 4]], ("left", 0)),
        ],
        (r, _) =>
        {
            var map = Map(r);
            int Side(int axis) => r.Next(0, reflects ? map[axis] : 6);
            return Case(op, r.Next(1, 6), [map], ("left", Side(2)), ("right", Side(2)), ("top", Side(1)), ("bottom", Side(1)));
        }
    );

    private static (string, object)[] Reverse(Random r) => r.Next(2) == 0 ? [("reverse", true)] : [];

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Recurrent(string op, params (string Name, object Value)[] more) => (
        [
            Case(op, 1, [[1, 1]], ("hidden", 1)),
            Case(op, 3, [[5, 4]], ("hidden", 7), ("returnSequence", true)),
            Case(op, 2, [[7, 3]], [("hidden", 16), ("bidirectional", true), .. more]),
            Case(op, 5, [[4, 6]], ("hidden", 5), ("layers", 2), ("bidirectional", true), ("returnSequence", true)),
            Case(op, 1, [[9, 33]], ("hidden", 35), ("layers", 3), ("bias", false)),
            Case(op, 33, [[3, 17]], ("hidden", 64), ("returnSequence", true)),
            Case(op, 2, [[1, 5]], ("hidden", 3), ("layers", 2)) with { Ragged = true },
            Case(op, 7, [[6, 5]], ("hidden", 9), ("layers", 2), ("bidirectional", true)) with { Ragged = true },
            Case(op, 5, [[8, 3]], ("hidden", 16), ("bidirectional", true), ("returnSequence", true)) with { Ragged = true },
        ],
        (r, _) => Case(op, r.Next(1, 20), [[r.Next(1, 9), r.Next(1, 20)]], [("hidden", r.Next(1, 40)), ("layers", r.Next(1, 4)), ("bidirectional", r.Next(2) == 0), ("returnSequence", r.Next(2) == 0), ("bias", r.Next(3) > 0), .. r.Next(3) == 0 ? more : []]) with { Ragged = r.Next(3) == 0 });

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Stateful(string op, int kinds, params (string Name, object Value)[] more)
    {
        int[][] Shapes(int steps, int features, int layers, int hidden) => [[steps, features], .. Enumerable.Repeat<int[]>([layers, hidden], kinds)];
        return (
            [
                Case(op, 1, Shapes(1, 1, 1, 1)),
                Case(op, 3, Shapes(5, 4, 1, 7), ("bias", false)),
                Case(op, 2, Shapes(4, 3, 3, 16), more),
                Case(op, 33, Shapes(1, 17, 2, 35)),
                Case(op, 5, Shapes(6, 5, 2, 9)) with { Ragged = true },
            ],
            (r, _) => Case(op, r.Next(1, 20), Shapes(r.Next(1, 9), r.Next(1, 20), r.Next(1, 4), r.Next(1, 40)), [("bias", r.Next(3) > 0), .. r.Next(3) == 0 ? more : []]) with { Ragged = r.Next(3) == 0 });
    }

    private static int[] Map(Random r) => [r.Next(1, 9), r.Next(1, 15), r.Next(1, 15)];

    private static int[] Any(Random r) => r.Next(3) switch
    {
        0 => [r.Next(1, 60)],
        1 => [r.Next(1, 12), r.Next(1, 12)],
        _ => Map(r),
    };
}
