using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Zoo.Drawing;

/// <summary>The boxes of a layer graph: all but parameters and constants, which belong to the layers that read them, and the insides of cells.</summary>
internal static class Boxes
{
    private const int LongestDetail = 60;

    public static List<Box> Of(NetworkGraph graph)
    {
        var boxes = new List<Box>();
        var boxOf = new Dictionary<int, int>();
        foreach (var node in graph.Nodes.Where(n => n.Loop == 0 && n.Kind is (NodeKind.Input or NodeKind.Target or NodeKind.Op)))
        {
            var inputs = node.Inputs.Where(boxOf.ContainsKey).Select(i => boxOf[i]).Distinct().ToArray();
            boxOf.Add(node.Id, boxes.Count);
            boxes.Add(new Box(node.Name, Detail(graph, node), Kind(graph, node, inputs), Scope(node), inputs, graph.Outputs.Contains(node.Id)));
        }

        return boxes;
    }

    private static BoxKind Kind(NetworkGraph graph, Node node, int[] inputs) =>
        node.Kind != NodeKind.Op ? BoxKind.Leaf
        : node.Id == graph.Loss || OpCatalogue.Get(node.Op).IsLoss ? BoxKind.Loss
        : node.Parameters.Count > 0 ? BoxKind.Weighted
        : inputs.Length > 1 ? BoxKind.Joining
        : BoxKind.Plain;

    private static string[] Scope(Node node)
    {
        var names = node.Scope.Split('.', StringSplitOptions.RemoveEmptyEntries);
        return names.Select((_, i) => string.Join('.', names.Take(i + 1))).ToArray();
    }

    private static string Detail(NetworkGraph graph, Node node)
    {
        var parts = new List<string> { node.Kind == NodeKind.Op ? Call(node) : node.Kind.ToString(), node.Shape.ToCompactString() };
        var parameters = node.Parameters.Sum(p => graph.Nodes[p].Parameter is { Trainable: true } ? graph.Nodes[p].Shape.Elements : 0);
        if (parameters > 0)
            parts.Add(FormattableString.Invariant($"{parameters:N0}"));
        return string.Join("  ", parts);
    }

    /// <summary>The op with the arguments that are not its defaults.</summary>
    private static string Call(Node node)
    {
        var arguments = OpCatalogue.Get(node.Op).Parameters.Zip(node.Arguments)
            .Where(p => p.First.Default is null || Text(new ConstValue(p.First.Default)) != Text(p.Second))
            .Select(p => p.First.Default is null ? Text(p.Second) : $"{p.First.Name}: {Text(p.Second)}");
        var call = string.Join(", ", arguments) is { Length: > 0 } list ? $"{node.Op}({list})" : node.Op;
        return call.Length <= LongestDetail ? call : call[..LongestDetail] + "…";
    }

    private static string Text(ConstValue value) => value.Value is ScalarFunction function ? function.Name : value.ToString();
}
