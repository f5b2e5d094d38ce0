using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>Random inputs, targets, weights and output gradients of a network: floats, so that both sides compute from the same numbers, and the same in every run.</summary>
internal sealed class RandomData
{
    private readonly NetworkGraph graph;
    private readonly Random random;

    public RandomData(string name, NetworkGraph graph, int batch, double low = -1, double high = 1)
    {
        this.graph = graph;
        Batch = batch;
        // A string's own hash code differs from run to run.
        random = new Random(name.Aggregate(17, (h, c) => unchecked((h * 31) + c)));
        double[] Values(Node leaf) =>
            graph.Inputs.FirstOrDefault(x => x.Lengths == leaf.Id) is { } sequence ? Enumerable.Range(0, batch).Select(_ => (double)random.Next(1, sequence.Shape[0] + 1)).ToArray()
            : leaf.Element == GraphElement.Int32 ? Enumerable.Range(0, batch * (int)leaf.Shape.Elements).Select(_ => (double)Index(leaf)).ToArray()
            : Uniform(batch * leaf.Shape.Elements, low, high);
        Inputs = graph.Inputs.Select(Values).ToArray();
        Targets = graph.Targets.Select(Values).ToArray();
        OutputGradients = graph.Outputs.Select(o => Uniform(batch * graph.Nodes[o].Shape.Elements, -1, 1)).ToArray();
        Weights = graph.Parameters.ToDictionary(
            p => p.Name,
            p => p switch
            {
                _ when p.Name.EndsWith("running_var", StringComparison.Ordinal) => Uniform(p.Shape.Elements, 0.5, 1.5),
                { Parameter.Initializer: GraphInitializer.Ones } => Uniform(p.Shape.Elements, 0.5, 1.5),
                { Shape.Rank: > 1 } => Uniform(p.Shape.Elements, -Math.Sqrt(3.0 / p.Parameter!.FanIn), Math.Sqrt(3.0 / p.Parameter.FanIn)),
                _ => Uniform(p.Shape.Elements, -0.5, 0.5),
            },
            StringComparer.Ordinal);
    }

    public int Batch { get; }

    public double[][] Inputs { get; }

    public double[][] Targets { get; }

    public double[][] OutputGradients { get; }

    public Dictionary<string, double[]> Weights { get; }

    public void Fill(ReferenceInterpreter net)
    {
        foreach (var (name, values) in Weights)
        {
            values.CopyTo(net.Weights(name), 0);
        }
    }

    /// <summary>What an integer tensor may hold: less than the least that any of its readers tells apart, or the class that a loss ignores.</summary>
    private int Index(Node leaf)
    {
        var readers = graph.Nodes.Where(n => OpCatalogue.Find(n.Op) is { IndexInput: >= 0 } op && Leaf(n.Inputs[op.IndexInput]) == leaf.Id).ToArray();
        var ignored = readers.Where(n => OpCatalogue.Get(n.Op) is ClassLoss).Select(n => (int)OpCatalogue.Get(n.Op).Argument(n.Arguments, "ignoreIndex")!)
            .FirstOrDefault(i => i != ClassLoss.NothingIgnored, ClassLoss.NothingIgnored);
        // Integers that are no indices are just numbers.
        return ignored != ClassLoss.NothingIgnored && random.Next(4) == 0 ? ignored : random.Next(readers.Select(n => OpCatalogue.Get(n.Op).IndexCount(n, graph.Nodes)).DefaultIfEmpty(4).Min());
    }

    private int Leaf(int id) => graph.Nodes[id].Kind == NodeKind.Op ? Leaf(graph.Nodes[id].Inputs[0]) : id;

    private double[] Uniform(long count, double low, double high)
    {
        var values = new double[count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(low + ((high - low) * random.NextDouble()));
        }

        return values;
    }
}
