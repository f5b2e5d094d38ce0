using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Generators.Passes;

/// <summary>
/// The receptive field of each layer: the part of the network's input that one element of its result depends on (size), how far the fields of neighbours are apart (stride) and how far the first reaches beyond the
/// input (padding). A. Araujo, W. Norris and J. Sim 2019, "Computing receptive fields of convolutional neural networks", equations 1 to 4, axis by axis and for any graph: branches see what they see together.
/// </summary>
internal sealed class ReceptiveFields
{
    /// <summary>For each node, what it sees of each axis of each input of the network; nothing where it does not depend on that input.</summary>
    private readonly IReadOnlyList<AxisSight?>?[][] fields;
    private readonly NetworkGraph graph;
    private readonly int[] inputs;

    public ReceptiveFields(NetworkGraph graph)
    {
        this.graph = graph;
        inputs = graph.Inputs.Select(i => i.Id).ToArray();
        fields = new IReadOnlyList<AxisSight?>?[graph.Nodes.Count][];
        foreach (var node in graph.Nodes)
        {
            fields[node.Id] = inputs.Select(input => Of(node, input, Array.IndexOf(inputs, input))).ToArray();
        }
    }

    /// <summary>The field of a node over the axes behind the channels of the first input that it sees in parts; null where it sees none so.</summary>
    public Field? Of(Node node)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            // The first axis of a map is that of its channels.
            var axes = fields[node.Id][i]?.Skip(graph.Nodes[inputs[i]].Shape.Rank > 2 ? 1 : 0).ToArray();
            if (axes is not null && axes.Any(a => a is not null))
            {
                return new Field(axes);
            }
        }

        return null;
    }

    /// <summary>Whether a node depends on an input, but on no part of it alone.</summary>
    public bool IsGlobal(Node node) => fields[node.Id].Any(f => f is not null) && fields[node.Id].All(f => f is null || f.All(a => a is null));

    private IReadOnlyList<AxisSight?>? Of(Node node, int input, int place)
    {
        var rank = graph.Nodes[input].Shape.Rank;
        if (node.Id == input)
        {
            return AxisSight.Each(rank);
        }

        if (node.Kind != NodeKind.Op)
        {
            return null;
        }

        AxisSight?[]? seen = null;
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (fields[node.Inputs[i]][place] is not { } below)
            {
                continue;
            }

            // A cell's nodes, and what reads the lengths of sequences, see the whole.
            var through = node.Loop != 0 || OpCatalogue.Find(node.Op) is not { } op || graph.Nodes[node.Inputs[i]].Loop != node.Loop ? null : op.Sees(node, graph.Nodes, i);
            var one = below.Select(axis => axis is not null && through?.ElementAtOrDefault(axis.Along) is { } sight ? sight.Through(axis) : null).ToArray();
            seen = seen is null ? one : seen.Zip(one, AxisSight.Union).ToArray();
        }

        return seen;
    }
}

/// <summary>A receptive field, axis by axis; null for an axis that is seen as a whole.</summary>
internal sealed record Field(IReadOnlyList<AxisSight?> Axes)
{
    /// <summary><c>212</c>, or <c>7x23</c> where axes differ, <c>all</c> for a whole axis.</summary>
    public string Size => Text(a => new Fraction(a.Size).ToString());

    public string Stride => Text(a => a.Step.ToString());

    /// <summary>What the first field has of the border.</summary>
    public string Padding => Text(a => new Fraction(-a.Start(0)).ToString());

    private string Text(Func<AxisSight, string> of)
    {
        var texts = Axes.Select(a => a is null ? "all" : of(a)).ToArray();
        return texts.Distinct().Count() == 1 ? texts[0] : string.Join("x", texts);
    }
}
