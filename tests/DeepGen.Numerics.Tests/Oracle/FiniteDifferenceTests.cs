using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>The interpreter's backward is the derivative of its forward, for every op at every configuration that the generated code is compared at.</summary>
public class FiniteDifferenceTests
{
    /// <summary>All but the one whose gradient is meant to be another.</summary>
    public static TheoryData<string> Ops => new(OpCatalogue.All.Select(o => o.Name).Where(n => n != "StopGradient"));

    [Theory]
    [MemberData(nameof(Ops))]
    public void Gradients_of_op(string op) => Check(op, OpCases.Quick, 2e5, 2, 12);

    [Theory]
    [MemberData(nameof(Ops))]
    [Trait("Tier", "Long")]
    public void Gradients_of_op_at_many_shapes(string op) => Check(op, OpCases.Long, 2e7, 6, 30);

    [Fact]
    public void Every_op_has_configurations()
    {
        foreach (var op in OpCatalogue.All)
        {
            Assert.True(OpCases.Has(op.Name), $"{nameof(OpCases)} has no configuration of {op.Name}; add corners and a random one.");
        }
    }

    /// <param name="work">Multiply-accumulates to spend on one tensor's differences; decides how many coordinates are looked at, from <paramref name="fewest"/> to <paramref name="most"/>.</param>
    private static void Check(string op, int randoms, double work, int fewest, int most)
    {
        foreach (var c in OpCases.For(op, randoms))
        {
            var graph = c.ToGraph();
            var cost = c.Batch * graph.Nodes.Sum(n => n.Shape.Elements + (OpCatalogue.Find(n.Op)?.Macs(n, graph.Nodes) ?? 0));
            CheckGraph(c.Name, graph, c.Batch, c.Low, c.High, (int)Math.Clamp(work / (4 * cost), fewest, most));
        }
    }

    /// <summary>Compares the interpreter's gradients of a network with differences of its loss, or of a fixed random functional of its outputs.</summary>
    internal static void CheckGraph(string name, NetworkGraph graph, int batch, double low = -1, double high = 1, int coordinates = 40)
    {
        var data = new RandomData(name, graph, batch, low, high);
        var net = new ReferenceInterpreter(graph);
        data.Fill(net);

        // A run in training mode moves the running averages; nothing in that mode reads them.
        ReferenceRun Run() => net.Run(batch, data.Inputs, graph.Loss >= 0 ? data.Targets : null, new RunOptions(true, Seed: 7));
        double Scalar()
        {
            var run = Run();
            return graph.Loss >= 0 ? run.Loss : run.Outputs.Zip(data.OutputGradients, (y, dy) => y.Zip(dy, (a, b) => a * b).Sum()).Sum();
        }

        var run = Run();
        if (graph.Loss >= 0)
        {
            run.Backward();
        }
        else
        {
            run.Backward(data.OutputGradients);
        }

        var arrays = run.ParameterGradients.Select(p => ($"{name}: d{p.Key}", net.Parameters[p.Key], p.Value)).ToList();
        arrays.AddRange(graph.Inputs.Select((input, i) => (input, i)).Where(t => t.input.Element == GraphElement.Float32)
            .Select(t => ($"{name}: d{t.input.Name}", data.Inputs[t.i], run.InputGradients[t.i])));
        FiniteDifferences.Check(Scalar, arrays, coordinates);
    }
}
