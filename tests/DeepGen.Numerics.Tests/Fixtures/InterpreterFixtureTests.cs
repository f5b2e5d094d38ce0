using DeepGen.Generators.Ops;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Fixtures;

/// <summary>The two oracles agree: the interpreter computes what PyTorch computes. Both are double, so little but the files' rounding is allowed.</summary>
public class InterpreterFixtureTests
{
    private const double Tolerance = 1e-6;

    public static TheoryData<string> Cases => new(OpFixtures.Cases.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Op_equals_PyTorch(string name)
    {
        var c = OpFixtures.Cases.Single(o => o.Name == name);
        var t = OpFixtures.Tensors;
        var net = new ReferenceInterpreter(c.ToGraph());
        foreach (var p in net.Graph.Parameters)
        {
            t[$"{name}/{Leaf(p.Name)}"].CopyTo(net.Weights(p.Name), 0);
        }

        var inputs = Enumerable.Range(0, c.Shapes.Length + (c.Ragged ? 1 : 0)).Select(i => t[$"{name}/x{i}"]).ToArray();
        var targets = c.Definition.IsLoss ? new[] { t[$"{name}/x1"] } : null;
        var run = net.Run(c.Batch, inputs, targets, new RunOptions(c.Training));
        if (c.Definition.IsLoss)
        {
            // A fixture holds each sample's loss and weights them by dy; the interpreter's backward takes the gradient of any node.
            var losses = run.Value(net.Graph.Loss);
            Norm.Close("y", t[$"{name}/y"], losses, Tolerance);
            run.Backward(net.Graph.Loss, t[$"{name}/dy"]);
        }
        else
        {
            Norm.Close("y", t[$"{name}/y"], run.Outputs[0], Tolerance);
            run.Backward([t[$"{name}/dy"]]);
        }

        for (var i = 0; i < c.Shapes.Length; i++)
        {
            if (net.Graph.Inputs.ElementAt(i).Element == GraphElement.Int32)
            {
                continue;
            }

            Norm.Close($"dx{i}", t[$"{name}/dx{i}"], run.InputGradients[i], Tolerance);
        }

        foreach (var (parameter, gradient) in run.ParameterGradients)
        {
            Norm.Close("d" + parameter, t[$"{name}/d{Leaf(parameter)}"], gradient, Tolerance);
        }

        foreach (var (state, values) in net.States)
        {
            Norm.Close(state, t[$"{name}/new_{Leaf(state)}"], values, Tolerance);
        }
    }

    [Fact]
    public void Every_op_has_a_fixture_and_a_reference()
    {
        foreach (var op in OpCatalogue.All)
        {
            Assert.True(ReferenceOp.Knows(op.Name), $"The reference interpreter has no {op.Name}; add a {nameof(ReferenceOp)}.");
            // PyTorch has no op whose numbers come from a counter, and no penalty over a whole network.
            Assert.True(op.Name is "RandomNormal" or "RandomUniform" or "WeightPenalty" || OpFixtures.Cases.Any(c => c.Op == op.Name), $"tests/fixtures/pytorch_fixtures.py has no case of {op.Name}; add one.");
        }
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("residual")]
    public void Network_equals_PyTorch(string name)
    {
        var fixture = name == "lenet5" ? NetFixture.LeNet5 : NetFixture.Residual;
        var (x, labels) = Data(fixture, 0);

        fixture.Close("predict/y", Start(name).Run(fixture.Batch, [x], null, new RunOptions(false)).Outputs[0], Tolerance);

        var net = Start(name);
        var run = net.Run(fixture.Batch, [x], [labels], new RunOptions(true));
        run.Backward();
        fixture.Close("train/y", run.Outputs[0], Tolerance);
        fixture.Close("train/loss", [run.Loss], Tolerance);
        fixture.Close("train/dx", run.InputGradients[0], Tolerance);
        foreach (var (parameter, gradient) in run.ParameterGradients)
        {
            fixture.Close("train/d/" + parameter, gradient, Tolerance);
        }
    }

    [Theory]
    [InlineData("lenet5", "sgd")]
    [InlineData("lenet5", "adam")]
    [InlineData("residual", "sgd")]
    [InlineData("residual", "adam")]
    public void Training_equals_PyTorch(string name, string method)
    {
        var fixture = name == "lenet5" ? NetFixture.LeNet5 : NetFixture.Residual;
        var net = Start(name);
        ReferenceOptimizer optimizer = method == "sgd"
            ? new ReferenceSgd(fixture.Setting("sgd", "rate"), fixture.Setting("sgd", "momentum"), fixture.Setting("sgd", "weight_decay"))
            : new ReferenceAdam(fixture.Setting("adam", "rate"));
        var losses = new double[fixture.Steps];
        for (var step = 0; step < fixture.Steps; step++)
        {
            var (x, labels) = Data(fixture, step);
            var run = net.Run(fixture.Batch, [x], [labels], new RunOptions(true, Step: (uint)step));
            losses[step] = run.Loss;
            run.Backward();
            optimizer.Update(net.Parameters, run.ParameterGradients);
        }

        fixture.Close(method + "/losses", losses, Tolerance);
        foreach (var (parameter, values) in net.Parameters.Concat(net.States))
        {
            fixture.Close($"{method}/{parameter}", values, 1e-5);
        }
    }

    private static ReferenceInterpreter Start(string name)
    {
        var fixture = name == "lenet5" ? NetFixture.LeNet5 : NetFixture.Residual;
        var net = new ReferenceInterpreter(name == "lenet5" ? FixtureGraphs.LeNet5() : FixtureGraphs.Residual());
        foreach (var p in net.Graph.Parameters)
        {
            if (p.Parameter!.Trainable)
            {
                Norm.Widen(fixture.First(p.Name, p.Shape.ToArray())).CopyTo(net.Weights(p.Name), 0);
            }
            else if (p.Name.EndsWith("running_var", StringComparison.Ordinal))
            {
                Array.Fill(net.Weights(p.Name), 1);
            }
        }

        return net;
    }

    private static (double[] X, double[] Labels) Data(NetFixture fixture, int step)
    {
        var (x, labels) = fixture.Data(step);
        return (Norm.Widen(x), labels.Select(l => (double)l).ToArray());
    }

    private static string Leaf(string parameter) => parameter[(parameter.LastIndexOf('.') + 1)..];
}
