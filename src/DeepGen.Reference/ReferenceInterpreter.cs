using DeepGen.Generators.Graph;

namespace DeepGen.Reference;

/// <param name="Training">Batch statistics and dropout, or running averages and none.</param>
/// <param name="Step">The number of training runs before this one: the dropout mask depends on it.</param>
internal sealed record RunOptions(bool Training, ulong Seed = 0, uint Step = 0, uint FirstSample = 0)
{
    /// <summary>Of the size of a tensor, how much is added at random to the results of sums of products, as rounding in float would: shows how far that reaches.</summary>
    public double Noise { get; init; }

    /// <summary>Which random numbers those are.</summary>
    public int NoiseSeed { get; init; }
}

/// <summary>
/// The oracle: walks the layer graph (not the primitives, so that it shares nothing with the lowering) with naive loops in double.
/// </summary>
internal sealed class ReferenceInterpreter
{
    private readonly NetworkGraph graph;

    public ReferenceInterpreter(NetworkGraph graph)
    {
        this.graph = graph;
        foreach (var p in graph.Parameters)
        {
            (p.Parameter!.Trainable ? Parameters : States).Add(p.Name, new double[p.Shape.Elements]);
        }
    }

    public NetworkGraph Graph => graph;

    /// <summary>Trainable parameters by name.</summary>
    public Dictionary<string, double[]> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>Running statistics by name; a training run moves them.</summary>
    public Dictionary<string, double[]> States { get; } = new(StringComparer.Ordinal);

    /// <summary>The array of a parameter or a running statistic.</summary>
    public double[] Weights(string name) => Parameters.TryGetValue(name, out var p) ? p : States[name];

    /// <param name="inputs">One array per input, samples outermost.</param>
    /// <param name="targets">One array per target; none where the loss is not asked for.</param>
    public ReferenceRun Run(int batch, IReadOnlyList<double[]> inputs, IReadOnlyList<double[]>? targets, RunOptions options)
    {
        var values = new Value?[graph.Nodes.Count];
        var calls = new List<(ReferenceOp Op, Call Call)>();
        int input = 0, target = 0;
        var random = new Random(options.NoiseSeed);
        foreach (var node in graph.Nodes)
        {
            var shape = node.Shape.ToArray();
            switch (node.Kind)
            {
                case NodeKind.Input:
                    values[node.Id] = new Value(shape, batch, true, inputs[input++]);
                    break;
                case NodeKind.Target when targets is not null:
                    values[node.Id] = new Value(shape, batch, true, targets[target++]);
                    break;
                case NodeKind.Parameter:
                    values[node.Id] = new Value(shape, 1, false, Weights(node.Name));
                    break;
                case NodeKind.Constant:
                    values[node.Id] = new Value(shape, 1, false, Enumerable.Repeat(Convert.ToDouble(node.Arguments[0].Value), (int)node.Shape.Elements).ToArray());
                    break;
                case NodeKind.Op when node.Loop == 0 && node.Inputs.Concat(node.Parameters).All(i => values[i] is not null):
                    var y = new Value(shape, node.PerSample ? batch : 1, node.PerSample);
                    var call = new Call(node, node.Inputs.Select(i => values[i]!).ToArray(), node.Parameters.Select(i => values[i]!).ToArray(), y, options, States, graph.Nodes);
                    var op = ReferenceOp.Get(node.Op);
                    op.Forward(call);
                    if (options.Noise > 0 && (node.Parameters.Count > 0 || node.Op == "MatMul"))
                    {
                        AddNoise(y.Data, options.Noise, random);
                    }

                    y.Maker = call;
                    values[node.Id] = y;
                    calls.Add((op, call));
                    break;
            }
        }

        return new ReferenceRun(graph, values, calls);
    }

    private static void AddNoise(double[] values, double share, Random random)
    {
        var size = Math.Sqrt(values.Sum(v => v * v) / values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] += share * size * ((2 * random.NextDouble()) - 1);
        }
    }
}

/// <summary>What a run computed; can be differentiated once, from the loss or from gradients handed in.</summary>
internal sealed class ReferenceRun(NetworkGraph graph, Value?[] values, List<(ReferenceOp Op, Call Call)> calls)
{
    public double[][] Outputs => graph.Outputs.Select(o => values[o]!.Data).ToArray();

    /// <summary>The mean of the loss over the batch.</summary>
    public double Loss => values[graph.Loss]!.Data.Sum() / values[graph.Loss]!.Samples;

    public double[] Value(int node) => values[node]!.Data;

    /// <summary>Gradients of the loss.</summary>
    public void Backward()
    {
        var loss = values[graph.Loss]!;
        for (var i = 0; i < loss.Gradient.Length; i++)
        {
            loss.Gradient[i] += 1.0 / loss.Samples;
        }

        Propagate();
    }

    /// <summary>Gradients of Σ dy · y over all outputs.</summary>
    public void Backward(IReadOnlyList<double[]> outputGradients)
    {
        for (var o = 0; o < graph.Outputs.Count; o++)
        {
            var y = values[graph.Outputs[o]]!;
            for (var i = 0; i < y.Gradient.Length; i++)
            {
                y.Gradient[i] += outputGradients[o][i];
            }
        }

        Propagate();
    }

    /// <summary>Gradients of Σ dy · y over the values of one node.</summary>
    public void Backward(int node, double[] gradient)
    {
        gradient.CopyTo(values[node]!.Gradient, 0);
        Propagate();
    }

    public double[][] InputGradients => graph.Inputs.Select(n => values[n.Id]!.Gradient).ToArray();

    public Dictionary<string, double[]> ParameterGradients =>
        graph.Parameters.Where(p => p.Parameter!.Trainable).ToDictionary(p => p.Name, p => values[p.Id]!.Gradient, StringComparer.Ordinal);

    private void Propagate()
    {
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            calls[i].Op.Backward(calls[i].Call);
        }
    }
}
