using DeepGen.Generators.Ops;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>
/// Configurations of every op: a few chosen corners (batch 1, odd sizes, stride over kernel, dilation, groups, Padding.Same), then random ones from a fixed seed.
/// </summary>
internal static class OpCases
{
    public const int Quick = 6;

    public const int Long = 24;

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
            ],
            (r, _) =>
            {
                var groups = r.Next(3) == 0 ? r.Next(1, 4) : 1;
                int kernel = r.Next(1, 6), dilation = r.Next(3) == 0 ? r.Next(2, 4) : 1, padding = r.Next(-1, 4);
                var extent = ((kernel - 1) * dilation) + 1;
                int[] map = [groups * r.Next(1, 6), r.Next(3, 20), r.Next(3, 20)];
                return padding >= 0 && Math.Min(map[1], map[2]) + (2 * padding) < extent
                    ? null
                    : Case("Conv2d", r.Next(1, 6), [map], ("channels", groups * r.Next(1, 9)), ("kernel", kernel), ("stride", r.Next(1, 5)), ("padding", padding), ("dilation", dilation), ("groups", groups), ("bias", r.Next(3) > 0));
            }
        ),
        ["Dense"] = (
            [
                Case("Dense", 1, [[1]], ("features", 1)),
                Case("Dense", 1, [[67]], ("features", 33)),
                Case("Dense", 64, [[37]], ("features", 10)),
                Case("Dense", 5, [[16]], ("features", 48), ("bias", false)),
                Case("Dense", 13, [[130]], ("features", 71)),
                Case("Dense", 33, [[400]], ("features", 120)),
            ],
            (r, _) => Case("Dense", r.Next(1, 40), [[r.Next(1, 200)]], ("features", r.Next(1, 100)), ("bias", r.Next(3) > 0))),
        ["MaxPool2d"] = (
            [
                Case("MaxPool2d", 1, [[1, 2, 2]], ("kernel", 2)),
                Case("MaxPool2d", 3, [[5, 9, 7]], ("kernel", 3), ("stride", 2), ("padding", 1)),
                Case("MaxPool2d", 2, [[2, 11, 8]], ("kernel", 2), ("stride", 3)),
                Case("MaxPool2d", 2, [[3, 8, 7]], ("kernel", 3), ("stride", 1), ("padding", -1)),
                Case("MaxPool2d", 4, [[17, 8, 8]], ("kernel", 2)),
                Case("MaxPool2d", 2, [[2, 9, 41]], ("kernel", 3), ("stride", 2)),
            ],
            (r, _) => Pool("MaxPool2d", r)),
        ["AvgPool2d"] = (
            [
                Case("AvgPool2d", 1, [[1, 2, 2]], ("kernel", 2)),
                Case("AvgPool2d", 3, [[5, 9, 7]], ("kernel", 3), ("stride", 2), ("padding", 1), ("countPadding", false)),
                Case("AvgPool2d", 2, [[2, 11, 8]], ("kernel", 2), ("stride", 3)),
                Case("AvgPool2d", 2, [[3, 8, 7]], ("kernel", 3), ("stride", 1), ("padding", -1)),
                Case("AvgPool2d", 4, [[6, 28, 28]], ("kernel", 2)),
                Case("AvgPool2d", 2, [[2, 9, 41]], ("kernel", 3), ("stride", 2), ("padding", 1)),
            ],
            (r, _) => Pool("AvgPool2d", r, ("countPadding", r.Next(2) == 0))),
        ["GlobalAvgPool2d"] = (
            [
                Case("GlobalAvgPool2d", 1, [[1, 1, 1]]),
                Case("GlobalAvgPool2d", 3, [[5, 7, 7]]),
                Case("GlobalAvgPool2d", 2, [[33, 3, 11]]),
            ],
            (r, _) => Case("GlobalAvgPool2d", r.Next(1, 6), [Map(r)])),
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
            ],
            (r, _) =>
            {
                var map = Any(r);
                return Case("Concat", r.Next(1, 6), Enumerable.Range(0, r.Next(2, 6)).Select(_ => (int[])[r.Next(1, 7), .. map[1..]]).ToArray());
            }
        ),
        ["Add"] = Broadcast("Add"),
        ["Subtract"] = Broadcast("Subtract"),
        ["Multiply"] = Broadcast("Multiply"),
        ["Relu"] = Unary("Relu"),
        ["LeakyRelu"] = (
            [Case("LeakyRelu", 1, [[3, 5, 7]]), Case("LeakyRelu", 4, [[33]], ("slope", 0.25)), Case("LeakyRelu", 2, [[3, 4, 4]], ("slope", 0.0)), Case("LeakyRelu", 2, [[19]], ("slope", 1.5))],
            (r, _) => Case("LeakyRelu", r.Next(1, 6), [Any(r)], ("slope", Math.Round(r.NextDouble(), 2)))),
        ["Sigmoid"] = Unary("Sigmoid", 8),
        ["Tanh"] = Unary("Tanh", 5),
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
            ScalarSample.All.Select((s, i) => Case("Map", 1 + i, [i % 2 == 0 ? [3, 4, 5] : [19]], ("function", s.Name)) with { Low = -3, High = 3 }).ToArray(),
            (r, _) => Case("Map", r.Next(1, 9), [Any(r)], ("function", ScalarSample.All[r.Next(ScalarSample.All.Count)].Name)) with { Low = -4, High = 4 }),
        ["BatchNorm"] = (
            [
                Case("BatchNorm", 1, [[3, 4, 5]]),
                Case("BatchNorm", 4, [[5, 3, 3]]),
                Case("BatchNorm", 8, [[17]], ("momentum", 0.3)),
                Case("BatchNorm", 2, [[2, 33]], ("epsilon", 0.01)),
                Case("BatchNorm", 6, [[32, 7, 7]]) with { Low = 2, High = 3 },
            ],
            (r, _) => Case("BatchNorm", r.Next(2, 12), [Any(r)], ("momentum", Math.Round(r.NextDouble(), 2)), ("epsilon", 1e-3))),
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
        ["SoftmaxCrossEntropy"] = (
            [
                Case("SoftmaxCrossEntropy", 1, [[2]]),
                Case("SoftmaxCrossEntropy", 7, [[10]]) with { Low = -20, High = 20 },
                Case("SoftmaxCrossEntropy", 64, [[33]]),
            ],
            (r, _) => Case("SoftmaxCrossEntropy", r.Next(1, 33), [[r.Next(2, 40)]]) with { Low = -6, High = 6 }),
        ["MeanSquaredError"] = (
            [
                Case("MeanSquaredError", 1, [[1]]),
                Case("MeanSquaredError", 5, [[33]]),
                Case("MeanSquaredError", 3, [[2, 5, 3]]),
            ],
            (r, _) => Case("MeanSquaredError", r.Next(1, 9), [r.Next(2) == 0 ? Map(r) : [r.Next(1, 40)]])),
    };

    public static bool Has(string op) => Table.ContainsKey(op);

    /// <summary><paramref name="count"/> configurations of every op, or all corners where there are more.</summary>
    public static IEnumerable<OpCase> All(int count) => OpCatalogue.All.SelectMany(op => For(op.Name, count));

    public static IEnumerable<OpCase> For(string op, int count)
    {
        var (corners, random) = Table[op];
        // A string's own hash code differs from run to run.
        var r = new Random(op.Aggregate(17, (h, c) => unchecked((h * 31) + c)));
        var cases = corners.ToList();
        while (cases.Count < count)
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

    private static OpCase? Pool(string op, Random r, params (string Name, object Value)[] more)
    {
        int kernel = r.Next(1, 6), padding = r.Next(-1, (kernel / 2) + 1);
        var map = Map(r);
        return padding >= 0 && Math.Min(map[1], map[2]) + (2 * padding) < kernel
            ? null
            : Case(op, r.Next(1, 6), [map], [("kernel", kernel), ("stride", r.Next(0, 5)), ("padding", padding), .. more]);
    }

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Unary(string op, double range = 1) => (
        [Case(op, 1, [[3, 5, 7]]) with { Low = -range, High = range }, Case(op, 4, [[33]]) with { Low = -range, High = range }, Case(op, 1, [[1]])],
        (r, _) => Case(op, r.Next(1, 6), [Any(r)]) with { Low = -range / 2, High = range / 2 });

    private static (OpCase[] Corners, Func<Random, string, OpCase?> Random) Broadcast(string op) => (
        [
            Case(op, 1, [[3, 5, 7], [3, 5, 7]]),
            Case(op, 3, [[3, 5, 7], [3, 1, 1]]),
            Case(op, 3, [[3, 1, 1], [3, 5, 7]]),
            Case(op, 2, [[4, 1, 3], [1, 5, 1]]),
            Case(op, 4, [[33], [33]]),
            Case(op, 2, [[2, 3, 5], [5]]),
        ],
        (r, _) =>
        {
            var map = Any(r);
            int[] Thin() => map.Select(e => r.Next(4) == 0 ? 1 : e).ToArray();
            return Case(op, r.Next(1, 6), [r.Next(2) == 0 ? map : Thin(), Thin()]);
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

    private static int[] Map(Random r) => [r.Next(1, 9), r.Next(1, 15), r.Next(1, 15)];

    private static int[] Any(Random r) => r.Next(3) switch
    {
        0 => [r.Next(1, 60)],
        1 => [r.Next(1, 12), r.Next(1, 12)],
        _ => Map(r),
    };
}
