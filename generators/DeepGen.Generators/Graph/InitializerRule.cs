using DeepGen.Generators.Ops;

namespace DeepGen.Generators.Graph;

/// <summary>
/// Finds the activation that follows each layer with weights: the default initializer depends on it (He before rectifiers, Xavier otherwise).
/// The search passes through ops that keep the scale (BatchNorm, pooling, reshapes, sums).
/// </summary>
internal static class InitializerRule
{
    public static IEnumerable<Node> Apply(IReadOnlyList<Node> nodes)
    {
        var consumers = new List<Node>?[nodes.Count];
        foreach (var node in nodes)
        {
            foreach (var input in node.Inputs)
            {
                (consumers[input] ??= new List<Node>()).Add(node);
            }
        }

        // Backwards, so that a node's answer is known before its producers ask for it.
        var after = new string[nodes.Count];
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            after[i] = "";
            foreach (var consumer in consumers[i] ?? Enumerable.Empty<Node>())
            {
                var op = OpCatalogue.Find(consumer.Op);
                var found = op is null ? "" : op.Activation is not null ? op.Name : op.KeepsScale ? after[consumer.Id] : "";
                if (found.Length > 0)
                {
                    after[i] = found;
                    break;
                }
            }
        }

        var activation = new string?[nodes.Count];
        foreach (var node in nodes)
        {
            foreach (var parameter in node.Parameters)
            {
                activation[parameter] ??= after[node.Id];
            }
        }

        foreach (var node in nodes)
        {
            yield return node.Parameter is { } spec && activation[node.Id] is { Length: > 0 } a
                ? node with { Parameter = spec with { Activation = a } }
                : node;
        }
    }
}
