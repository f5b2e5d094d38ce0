using DeepGen.Generators.Graph;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Harness;

/// <summary>Runs every program of a compiled network on random data and compares all it gives with the reference interpreter.</summary>
internal sealed class NetworkCheck
{
    private const ulong Seed = 0x1234_5678_9ABC_DEF0;

    private readonly CompiledNetwork compiled;
    private readonly NetworkGraph graph;
    private readonly RandomData data;
    private readonly double tolerance;
    private readonly ReferenceInterpreter reference;
    private readonly Array[] inputs;
    private readonly Array[] targets;

    private NetworkCheck(CompiledNetwork compiled, int batch, double tolerance, double low, double high, string salt)
    {
        this.compiled = compiled;
        this.tolerance = tolerance;
        graph = compiled.Graph;
        data = new RandomData(compiled.Name + salt, graph, batch, low, high);
        reference = new ReferenceInterpreter(graph);
        data.Fill(reference);
        inputs = Arrays(graph.Inputs, data.Inputs);
        targets = Arrays(graph.Targets, data.Targets);
    }

    /// <param name="salt">Another text gives other random data.</param>
    public static void Run(CompiledNetwork network, int batch, double tolerance, double low = -1, double high = 1, string salt = "") =>
        new NetworkCheck(network, batch, tolerance, low, high, salt).All();

    /// <summary>float[] or int[] of every tensor.</summary>
    public static Array[] Arrays(IEnumerable<Node> nodes, double[][] values) => nodes.Zip(values, (node, v) => node.Element == GraphElement.Int32
        ? (Array)v.Select(x => (int)x).ToArray()
        : v.Select(x => (float)x).ToArray()).ToArray();

    public static float[][] OutputArrays(NetworkGraph graph, int batch) =>
        graph.Outputs.Select(o => new float[batch * graph.Nodes[o].Shape.Elements]).ToArray();

    public static void Fill(Network network, IReadOnlyDictionary<string, double[]> weights)
    {
        Assert.Equal(weights.Keys.OrderBy(n => n, StringComparer.Ordinal), network.Parameters.Select(p => p.Name).OrderBy(n => n, StringComparer.Ordinal));
        foreach (var (name, values) in weights)
        {
            var span = network.Parameters[name].Span;
            Assert.True(span.Length == values.Length, $"{name}: {span.Length} values, {values.Length} expected");
            for (var i = 0; i < values.Length; i++)
            {
                span[i] = (float)values[i];
            }
        }
    }

    private void All()
    {
        // A batch below the maximum, so that an offset computed from the wrong one shows.
        using var driver = compiled.Create(data.Batch + 3, seed: Seed);
        Fill(driver.Network, data.Weights);
        Predict(driver, "Predict");

        var y = OutputArrays(graph, data.Batch);
        driver.Forward(inputs, y);
        var run = reference.Run(data.Batch, data.Inputs, null, new RunOptions(true, Seed, Step: 0));
        Outputs("Forward", run.Outputs, y);
        States(driver.Network);
        var dy = data.OutputGradients.Select(g => g.Select(v => (float)v).ToArray()).ToArray();
        var floats = graph.Inputs.Where(i => i.Element == GraphElement.Float32).ToArray();
        var dx = floats.Select(i => new float[data.Batch * i.Shape.Elements]).ToArray();
        driver.Backward(dy, dx);
        run.Backward(data.OutputGradients);
        Gradients("Backward", driver.Network, run.ParameterGradients);
        InputGradients("Backward", run, dx);

        // Again without the inputs' gradients: the parameters' are added to those that are there.
        driver.Forward(inputs, y);
        var second = reference.Run(data.Batch, data.Inputs, null, new RunOptions(true, Seed, Step: 1));
        driver.Backward(dy, new float[]?[floats.Length]);
        second.Backward(data.OutputGradients);
        Gradients("second Backward", driver.Network, run.ParameterGradients.ToDictionary(p => p.Key, p => p.Value.Zip(second.ParameterGradients[p.Key], (a, b) => a + b).ToArray()));
        States(driver.Network);

        if (graph.Loss >= 0)
        {
            Step(driver);
        }

        if (floats.Length > 0)
        {
            InputGradientsAlone(driver, y, dy, dx);
        }

        driver.Network.ZeroGradients();
        foreach (var p in driver.Network.Parameters.Where(p => p.IsTrainable))
        {
            Assert.True(p.Gradient.IndexOfAnyExcept(0) < 0, $"{p.Name}'s gradient is not zero after ZeroGradients");
        }

        Predict(driver, "Predict after training");
    }

    private void Step(INetworkDriver driver)
    {
        var y = OutputArrays(graph, data.Batch);
        var evaluation = reference.Run(data.Batch, data.Inputs, data.Targets, new RunOptions(false));
        Norm.Close($"{compiled.Name}, Evaluate, loss", [evaluation.Loss], [(double)driver.Evaluate(inputs, targets, y)], tolerance, 1e-3);
        Outputs("Evaluate", evaluation.Outputs, y);

        const float rate = 0.01f;
        var run = reference.Run(data.Batch, data.Inputs, data.Targets, new RunOptions(true, Seed, Step: 2));
        run.Backward();
        var loss = driver.Step(inputs, targets, new Sgd(rate));
        Norm.Close($"{compiled.Name}, Step, loss", [run.Loss], [(double)loss], tolerance, 1e-3);
        Gradients("Step", driver.Network, run.ParameterGradients);
        new ReferenceSgd(rate).Update(reference.Parameters, run.ParameterGradients);
        foreach (var (name, values) in reference.Parameters)
        {
            Norm.Close($"{compiled.Name}, {name} after Step", values, driver.Network.Parameters[name].Values, tolerance);
        }
    }

    /// <summary>The gradients of the inputs without those of the parameters, which stay as they are to the bit.</summary>
    private void InputGradientsAlone(INetworkDriver driver, float[][] y, float[][] dy, float[][] dx)
    {
        var before = driver.Network.Parameters.Where(p => p.IsTrainable).ToDictionary(p => p, p => p.Gradient.ToArray());
        driver.Forward(inputs, y);
        var run = reference.Run(data.Batch, data.Inputs, null, new RunOptions(true, Seed, Step: graph.Loss >= 0 ? 3u : 2u));
        driver.Backward(dy, dx, parameters: false);
        run.Backward(data.OutputGradients);
        InputGradients("Backward without parameters", run, dx);
        foreach (var (parameter, gradient) in before)
        {
            Assert.True(parameter.Gradient.SequenceEqual(gradient), $"{compiled.Name}: d{parameter.Name} was changed by Backward without parameters");
        }
    }

    private void InputGradients(string what, ReferenceRun run, float[][] dx)
    {
        var expected = graph.Inputs.Zip(run.InputGradients).Where(p => p.First.Element == GraphElement.Float32).ToArray();
        var floor = 0.01 * expected.Select(p => Length(p.Second)).DefaultIfEmpty(0).Max();
        for (var i = 0; i < expected.Length; i++)
        {
            Norm.Close($"{compiled.Name}, {what}, d{expected[i].First.Name}", expected[i].Second, dx[i], tolerance, floor + 1e-6);
        }
    }

    private void Predict(INetworkDriver driver, string what)
    {
        var y = OutputArrays(graph, data.Batch);
        driver.Predict(inputs, y);
        Outputs(what, reference.Run(data.Batch, data.Inputs, null, new RunOptions(false)).Outputs, y);
    }

    private void Outputs(string what, double[][] expected, float[][] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Norm.Close($"{compiled.Name}, {what}, output {i}", expected[i], actual[i], tolerance, 1e-6);
        }
    }

    private void Gradients(string what, Network network, IReadOnlyDictionary<string, double[]> expected)
    {
        // The gradient of a bias that a BatchNorm takes out again is a sum that cancels: zero but for rounding, which is that of its terms. It is measured against the largest of the network.
        var largest = expected.Values.Select(Length).DefaultIfEmpty(0).Max();
        foreach (var (name, gradient) in expected)
        {
            var floor = Length(gradient) < 1e-9 * largest ? largest : 0.05 * largest;
            Norm.Close($"{compiled.Name}, {what}, d{name}", gradient, network.Parameters[name].Gradient, tolerance, floor + 1e-6);
        }
    }

    private void States(Network network)
    {
        foreach (var (name, values) in reference.States)
        {
            Norm.Close($"{compiled.Name}, {name}", values, network.Parameters[name].Values, tolerance, 1e-6);
        }
    }

    private static double Length(double[] v) => Math.Sqrt(v.Sum(x => x * x));
}
