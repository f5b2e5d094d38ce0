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
        Inputs = graph.Inputs.Select(i => i.Element == GraphElement.Int32
            ? Enumerable.Range(0, batch * (int)i.Shape.Elements).Select(_ => (double)random.Next(4)).ToArray()
            : Uniform(batch * i.Shape.Elements, low, high)).ToArray();
        Targets = graph.Targets.Select(t => t.Element == GraphElement.Int32
            ? Enumerable.Range(0, batch * (int)t.Shape.Elements).Select(_ => (double)Label(t)).ToArray()
            : Uniform(batch * t.Shape.Elements, low, high)).ToArray();
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

    private int Label(Node target)
    {
        var losses = graph.Nodes.Where(n => OpCatalogue.Find(n.Op) is { TakesClassIndices: true } && n.Inputs[1] == target.Id).ToArray();
        var ignored = losses.Select(n => (OpCatalogue.Get(n.Op), n)).Where(l => l.Item1 is ClassLoss).Select(l => (int)l.Item1.Argument(l.n.Arguments, "ignoreIndex")!).FirstOrDefault(i => i != ClassLoss.NothingIgnored, ClassLoss.NothingIgnored);
        return ignored != ClassLoss.NothingIgnored && random.Next(4) == 0 ? ignored : random.Next(losses.Min(n => graph.Nodes[n.Inputs[0]].Shape[0]));
    }

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
