using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>The network at a glance: what a hover over the class shows. Totals first, at most forty rows, repeated blocks as one.</summary>
internal static class LayerTable
{
    private const int UsualRows = 40;

    private sealed record Row(string Name, string Op, string Shape, string Field, string Stride, string Padding, long Parameters, long Macs, int Count);

    /// <summary>Multiply-adds of one sample through all layers, the loss included.</summary>
    public static long Macs(NetworkGraph graph) => Nodes(graph).Sum(n => MacsOf(graph, n));

    /// <param name="mostRows">Of more rows, those of a block become one; what is then still too much is left out.</param>
    public static IReadOnlyList<string> Of(NetworkGraph graph, int mostRows = UsualRows)
    {
        var trainable = graph.Parameters.Where(p => p.Parameter!.Trainable).Sum(p => p.Shape.Elements);
        var fields = new ReceptiveFields(graph);
        var rows = Layers(graph, fields);
        var macs = rows.Sum(r => r.Macs);
        if (rows.Count > mostRows)
        {
            rows = Collapse(graph, fields);
        }

        var lines = new List<string>
        {
            $"{Literals.Grouped(trainable)} parameters, {Literals.Grouped(macs)} multiply-adds a sample.",
            "",
        };
        var cells = new List<string[]> { new[] { "layer", "output", "field", "stride", "padding", "parameters", "multiply-adds" } };
        cells.AddRange(graph.Inputs.Select(i => new[] { i.Name, i.Shape.ToCompactString(), "", "", "", "", "" }));
        cells.AddRange(rows.Take(mostRows).Select(r => new[]
        {
            r.Name + (r.Count > 1 ? " ×" + Literals.Int(r.Count) : ""),
            r.Shape,
            r.Field,
            r.Stride,
            r.Padding,
            r.Parameters == 0 ? "" : Literals.Grouped(r.Parameters),
            r.Macs == 0 ? "" : Literals.Grouped(r.Macs),
        }));
        if (rows.Count > mostRows)
        {
            cells.Add(new[] { $"… {Literals.Int(rows.Count - mostRows)} more", "", "", "", "", "", "" });
        }

        var hasFields = rows.Any(r => r.Stride.Length > 0 && r.Field != "1");
        if (hasFields)
        {
            lines[0] += " Field, stride and padding are those of the receptive field.";
        }

        // Names and shapes stand at the left; fields are left out where all is seen at once.
        var columns = Enumerable.Range(0, 7).Where(i => i is < 2 or > 4 || hasFields).ToArray();
        var widths = columns.ToDictionary(i => i, i => cells.Max(c => c[i].Length));
        lines.AddRange(cells.Select(c => string.Join("  ", columns.Select(i => i < 2 ? c[i].PadRight(widths[i]) : c[i].PadLeft(widths[i]))).TrimEnd()));
        return lines;
    }

    private static IEnumerable<Node> Nodes(NetworkGraph graph) => graph.Nodes.Where(n => n.Kind == NodeKind.Op && !OpCatalogue.IsOneOfSeveral(n, graph.Nodes));

    private static List<Row> Layers(NetworkGraph graph, ReceptiveFields fields) => Nodes(graph).Select(n => RowOf(graph, fields, n)).ToList();

    private static long MacsOf(NetworkGraph graph, Node n) => OpCatalogue.Get(n.Op).Macs(n, graph.Nodes) * Steps(graph, n);

    private static Row RowOf(NetworkGraph graph, ReceptiveFields fields, Node n) => new(
        n.Name,
        n.Op,
        n.Shape.ToCompactString(),
        fields.Of(n)?.Size ?? (fields.IsGlobal(n) && !OpCatalogue.Get(n.Op).IsLoss ? "all" : ""),
        fields.Of(n)?.Stride ?? "",
        fields.Of(n)?.Padding ?? "",
        n.Cell is null ? n.Parameters.Sum(p => graph.Nodes[p].Parameter is { Trainable: true } ? graph.Nodes[p].Shape.Elements : 0) : 0,
        MacsOf(graph, n),
        1);

    /// <summary>How often a layer is computed: in a cell, once for every step.</summary>
    private static int Steps(NetworkGraph graph, Node n) => n.Loop == 0 ? 1 : graph.Nodes.First(s => s.Cell is { } c && c.Loop == n.Loop).Shape[0];

    /// <summary>One row for each block, equal neighbours as one.</summary>
    private static List<Row> Collapse(NetworkGraph graph, ReceptiveFields fields)
    {
        var blocks = new List<Row>();
        string? scope = null;
        foreach (var n in Nodes(graph))
        {
            var row = RowOf(graph, fields, n);
            var top = n.Scope.Length == 0 ? null : n.Scope.Split('.')[0];
            if (top is not null && top == scope)
            {
                var last = blocks[blocks.Count - 1];
                blocks[blocks.Count - 1] = row with { Name = last.Name, Op = last.Op, Parameters = last.Parameters + row.Parameters, Macs = last.Macs + row.Macs };
            }
            else
            {
                blocks.Add(top is null ? row : row with { Name = top, Op = top.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') });
            }

            scope = top;
        }

        var result = new List<Row>();
        foreach (var row in blocks)
        {
            if (result.Count > 0 && result[result.Count - 1] is var last && last.Op == row.Op && last.Shape == row.Shape && last.Parameters / last.Count == row.Parameters)
            {
                result[result.Count - 1] = row with { Name = last.Name, Parameters = last.Parameters + row.Parameters, Macs = last.Macs + row.Macs, Count = last.Count + 1 };
            }
            else
            {
                result.Add(row);
            }
        }

        return result;
    }
}
