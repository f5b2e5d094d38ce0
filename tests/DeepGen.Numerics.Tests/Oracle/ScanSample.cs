using System.Collections.Concurrent;
using DeepGen.Generators.Graph;
using DeepGen.Numerics.Tests.Harness;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>Cells for Scan. The network's output is the sequence, and behind it the last states.</summary>
internal static class ScanSample
{
    private static readonly ConcurrentDictionary<string, NetworkGraph> Graphs = new(StringComparer.Ordinal);

    /// <summary>The cell's source, and the states that it has.</summary>
    private static readonly Dictionary<string, (string Source, int States)> Cells = new(StringComparer.Ordinal)
    {
        ["Elman"] = ("static Tensor Cell(Tensor x, Tensor h) => (Linear(x, H, \"w_x\") + Linear(h, H, \"w_h\") + Tensor.Parameter([H], name: \"b\")).Tanh();", 1),
        ["Memory"] = ("""
            static (Tensor, Tensor) Cell(Tensor x, Tensor h, Tensor c)
            {
                var forget = (Linear(x, H, "f_x") + Linear(h, H, "f_h")).Sigmoid();
                c = forget * c + (1 - forget) * (Linear(x, H, "g_x") + Linear(h, H, "g_h")).Tanh();
                return (c.Tanh(), c);
            }
            """, 2),
        ["Leaky"] = ("""
            static (Tensor, Tensor) Cell(Tensor x, Tensor h)
            {
                h = h * Tensor.Parameter([H], name: "decay") + Linear(x, H, "w_x");
                return (h, Linear(h.Relu() * h, 3, "w_y") + x.Dense(3, name: "skip"));
            }
            """, 1),
        ["Convolution"] = ("static Tensor Cell(Tensor x, Tensor h) => (x.Conv2d(h.Channels, 3, padding: 1) + h.Conv2d(h.Channels, 3, padding: 1, bias: false)).Tanh();", 1),
        ["Noisy"] = ("static Tensor Cell(Tensor x, Tensor h) => (x.Dense(H) + h.Dropout(0.25f).Dense(H)).Tanh().Dropout(0.3f);", 1),
        ["Context"] = ("", 1),
        ["Shift"] = ("static (Tensor, Tensor, Tensor) Cell(Tensor x, Tensor a, Tensor b) => (x, a, x.Dense(H) * b + a);", 2),
    };

    public static string Source(OpCase c)
    {
        var (cell, states) = Cells[(string)c.Arguments["cell"]];
        var steps = c.Shapes[0];
        int hidden = c.Arguments.TryGetValue("hidden", out var h) ? (int)h : steps[1];
        var shape = steps.Length == 2 ? [hidden] : new[] { hidden, steps[2], steps[3] };
        var inputs = string.Join(", ", c.Shapes.Select((s, i) => $"[Input({string.Join(", ", s)})] Tensor {"abc"[i]}")) + (c.Ragged ? ", [Lengths(nameof(a))] Tensor lengths" : "");
        var first = string.Join(", ", Enumerable.Range(0, states).Select(i => i + 1 < c.Shapes.Length ? "abc"[i + 1].ToString() : $"Tensor.Zeros({string.Join(", ", shape)})"));
        var reverse = c.Arguments.ContainsKey("reverse") ? ", reverse: true" : "";
        // A fixture has one output: the states as further steps of the sequence.
        var (result, value) = (c.Arguments.ContainsKey("joined"), states) switch
        {
            (true, 1) => ("Tensor", "Tensor.Concat(y, last.Reshape(1, H))"),
            (true, _) => ("Tensor", "Tensor.Concat(y, last.Reshape(1, H), other.Reshape(1, H))"),
            (_, 1) => ("(Tensor y, Tensor last)", "(y, last)"),
            _ => ("(Tensor y, Tensor last, Tensor other)", "(y, last, other)"),
        };
        var argument = "Cell";
        if (cell.Length == 0)
        {
            // A lambda that reads what is the same at every step.
            argument = "(x, h) => (x.Dense(H) + h * context + context).Tanh()";
        }

        return $$"""
            [Network]
            public partial class {{c.Name}}
            {
                const int H = {{hidden}};

                static {{result}} Forward({{inputs}})
                {
                    {{(cell.Length == 0 ? "var context = a.Flatten().Dense(H).Sigmoid();" : "")}}
                    var {{(states == 1 ? "(y, last)" : "(y, last, other)")}} = a.Scan({{argument}}, {{first}}{{reverse}});
                    return {{value}};
                }

                {{cell}}

                static Tensor Linear(Tensor x, int features, string name) => x.Dense(features, weight: Tensor.Parameter([features, x.Features], name: name), bias: false);
            }
            """;
    }

    /// <summary>The graph as the compiler reads it; a cell cannot be built by hand without the cell's code once more.</summary>
    public static NetworkGraph Graph(OpCase c) => Graphs.GetOrAdd(Source(c), CompiledNetworks.ReadGraph);
}
