namespace DeepGen.Generators.Graph;

/// <summary>A tensor of the public members: its name in the source and the type of its span.</summary>
internal sealed record ApiTensor(string Name, Element Element);

/// <summary>What the public members of the generated class look like: from symbols alone, never from the evaluated graph, so that it is the same when the network has an error.</summary>
internal sealed record NetworkApi(
    string Namespace,
    string ClassName,
    string Accessibility,
    EquatableArray<ApiTensor> Inputs,
    EquatableArray<string> Outputs,
    EquatableArray<ApiTensor> Targets,
    bool HasLoss)
{
    /// <summary>A class modifier other than accessibility and partial: "sealed" or "".</summary>
    public string Modifier { get; init; } = "";
}

/// <summary>The whole network as layers. Nodes stand in the order of evaluation: inputs of a node precede it.</summary>
/// <param name="Outputs">Node ids, in the order of <see cref="NetworkApi.Outputs"/>.</param>
/// <param name="Loss">The node whose mean over the batch is minimized, or -1.</param>
internal sealed record NetworkGraph(NetworkApi Api, EquatableArray<Node> Nodes, EquatableArray<int> Outputs, int Loss)
{
    public IEnumerable<Node> Inputs => Nodes.Where(n => n.Kind == NodeKind.Input);

    public IEnumerable<Node> Targets => Nodes.Where(n => n.Kind == NodeKind.Target);

    public IEnumerable<Node> Parameters => Nodes.Where(n => n.Kind == NodeKind.Parameter);
}
