using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;
using DeepGen.Generators.Passes;
using DeepGen.Numerics.Tests.Fixtures;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Passes;

/// <summary>Lowering, differentiation and folding of scales compute what the layer graph says.</summary>
public class LoweringTests
{
    // Constants such as 1/m are floats in the primitives; a gradient that is zero (a bias in front of a BatchNorm) is as far off as they are.
    private const double Tolerance = 3e-6;

    public static TheoryData<string> Ops => new(OpCatalogue.All.Select(o => o.Name));

    [Theory]
    [MemberData(nameof(Ops))]
    public void Primitives_of_op(string op)
    {
        foreach (var c in OpCases.For(op, OpCases.Quick))
        {
            Check(c.Name, c.ToGraph(), c.Batch, c.Low, c.High);
        }
    }

    [Fact]
    public void Primitives_of_LeNet5() => Check("LeNet5", FixtureGraphs.LeNet5(), 2);

    [Fact]
    public void Primitives_of_residual_net() => Check("Residual", FixtureGraphs.Residual(), 2);

    internal static void Check(string name, NetworkGraph graph, int batch, double low = -1, double high = 1)
    {
        var data = new RandomData(name, graph, batch, low, high);
        Compare(name, graph, data, Lower.Run(graph, ProgramKind.Training), new RunOptions(true, Seed: 3, Step: 5));
        var inference = Lower.Run(graph, ProgramKind.Inference);
        Compare(name, graph, data, inference, new RunOptions(false));
        Compare(name + " folded", graph, data, FoldScales.Run(inference), new RunOptions(false));
    }

    private static void Compare(string name, NetworkGraph graph, RandomData data, LoweredProgram program, RunOptions options)
    {
        var net = new ReferenceInterpreter(graph);
        data.Fill(net);
        var withLoss = options.Training && graph.Loss >= 0;
        var run = net.Run(data.Batch, data.Inputs, withLoss ? data.Targets : null, options);
        if (withLoss)
        {
            run.Backward();
        }
        else if (options.Training)
        {
            run.Backward(data.OutputGradients);
        }

        var primitives = new PrimitiveInterpreter(data.Batch, data.Inputs, data.Targets, node => data.Weights[graph.Nodes[node].Name], options);
        primitives.Seeds = withLoss ? program.Roots.Where(r => r.Kind == RootKind.Seed).Select(r => primitives.Evaluate(r.Value)).ToArray() : data.OutputGradients;
        foreach (var root in program.Roots)
        {
            var (what, expected) = root.Kind switch
            {
                RootKind.Output => ($"output {root.Index}", run.Outputs[root.Index]),
                RootKind.Loss => ("loss", withLoss ? [run.Loss] : null),
                RootKind.Gradient => ("d" + graph.Nodes[root.Index].Name, run.ParameterGradients[graph.Nodes[root.Index].Name]),
                RootKind.InputGradient => ("d" + graph.Inputs.ElementAt(root.Index).Name, run.InputGradients[root.Index]),
                RootKind.State => (graph.Nodes[root.Index].Name, net.States[graph.Nodes[root.Index].Name]),
                _ => ("", null),
            };
            if (expected is not null)
            {
                var actual = primitives.Evaluate(root.Value);
                if (withLoss && root.Kind == RootKind.Gradient && program.Roots.FirstOrDefault(r => r.Kind == RootKind.LossGradient && r.Index == root.Index) is { } direct)
                {
                    actual = actual.Zip(primitives.Evaluate(direct.Value), (a, b) => a + b).ToArray();
                }

                Norm.Close($"{name}, {what}", expected, root.Kind == RootKind.Loss ? [actual.Average()] : actual, Tolerance, floor: 1);
            }
        }
    }
}
