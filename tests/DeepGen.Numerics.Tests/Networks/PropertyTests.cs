using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>The random networks of the quick tier and the networks whose behaviour is looked at closely, in one compilation.</summary>
public sealed class PropertyNetworks
{
    public const int Quick = 30;

    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile([.. Enumerable.Range(0, Quick).Select(RandomNetworks.Write), Named]);

    private const string Named = """
        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(16, 5), Tanh, AvgPool2d(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class LeNet5;

        [Network, Input(3, 20, 20)]
        [Conv2d(16, 3, padding: 1, bias: false), BatchNorm, Relu, MaxPool2d(3, stride: 2, padding: 1)]
        [Dropout(0.2f), Conv2d(32, 3, padding: 1, bias: false), BatchNorm, Relu]
        [GlobalAvgPool2d, Dense(10), SoftmaxCrossEntropy]
        public partial class Everything;

        [Network]
        public partial class ThreeInputs
        {
            static (Tensor sum, Tensor product) Forward([Input(2, 6, 6)] Tensor a, [Input(300)] Tensor b, [Input(7)] Tensor c)
            {
                var h = Tensor.Concat(a.Conv2d(5, 3).Relu().Flatten(), b.Dense(9).Tanh(), c);
                return (h.Dense(4), h.Dense(4) * c.Dense(4));
            }
        }
        """;
}

/// <summary>What holds for every network, whatever it computes.</summary>
public class PropertyTests(PropertyNetworks networks) : IClassFixture<PropertyNetworks>
{
    public static TheoryData<int> Seeds => new(Enumerable.Range(0, PropertyNetworks.Quick));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_network_equals_interpreter(int seed) => Check(networks.Compiled[RandomNetworks.Name(seed)], seed);

    internal static void Check(CompiledNetwork net, int seed)
    {
        // Normalized over two or three values, a vector is all but constant and its gradient all but zero: nothing to compare in floats. Over more it still takes
        // the difference of nearly equal gradients and magnifies their last bits.
        var normalizes = net.Graph.Nodes.Any(n => n.Op == "BatchNorm");
        var (batch, tolerance) = normalizes ? (5 + (seed % 5), 1e-3) : (1 + (seed % 5), 1e-4);
        try
        {
            NetworkCheck.Run(net, batch, tolerance);
        }
        catch (Xunit.Sdk.XunitException)
        {
            // A value within rounding of a rectifier's zero, or two maxima within rounding of each other, take another branch than in double.
            // That depends on the data; a mistake in the code does not.
            NetworkCheck.Run(net, batch, tolerance, salt: " again");
        }
    }

    [Theory]
    [InlineData("LeNet5", 1)]
    [InlineData("LeNet5", 37)]
    [InlineData("Everything", 5)]
    [InlineData("Everything", 64)]
    public void Threads_do_not_change_a_bit(string name, int batch)
    {
        var expected = Train(name, batch, threads: 1, steps: 4);
        foreach (var threads in new[] { 1, 2, 4 })
        {
            var actual = Train(name, batch, threads, steps: 4);
            foreach (var (what, values) in expected)
            {
                Assert.True(values.AsSpan().SequenceEqual(actual[what]), $"{what} differs with {threads} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Threads_do_not_change_a_bit_of_random_networks(int seed)
    {
        var net = networks.Compiled[RandomNetworks.Name(seed)];
        var data = new RandomData(net.Name, net.Graph, 9);
        int[][]? expected = null;
        foreach (var threads in new[] { 1, 2, 4 })
        {
            using var driver = net.Create(9, threads);
            NetworkCheck.Fill(driver.Network, data.Weights);
            var y = NetworkCheck.OutputArrays(net.Graph, 9);
            var x = NetworkCheck.Arrays(net.Graph.Inputs, data.Inputs);
            driver.Forward(x, y);
            float[][] dx = [new float[x[0].Length]];
            driver.Backward(data.OutputGradients.Select(g => g.Select(v => (float)v).ToArray()).ToArray(), dx);
            var bits = driver.Network.Parameters.Select(p => Bits(p.IsTrainable ? p.Gradient : p.Values)).Append(Bits(y[0])).Append(Bits(dx[0])).ToArray();
            expected ??= bits;
            Assert.Equal(expected, bits);
        }
    }

    [Fact]
    public void Prediction_from_64_threads_equals_sequential()
    {
        var net = networks.Compiled["Everything"];
        using var driver = net.Create(4, threads: 2);
        var data = new RandomData(net.Name, net.Graph, 64 * 4);
        NetworkCheck.Fill(driver.Network, data.Weights);
        var x = NetworkCheck.Arrays(net.Graph.Inputs, data.Inputs)[0];
        var pieces = Enumerable.Range(0, 64).Select(i => ((float[])x)[(i * 4800)..((i + 1) * 4800)]).ToArray();
        float[] Predict(int i)
        {
            float[][] y = [new float[40]];
            driver.Predict([pieces[i]], y);
            return y[0];
        }

        var expected = Enumerable.Range(0, 64).Select(Predict).ToArray();
        for (var round = 0; round < 3; round++)
        {
            var actual = new float[64][];
            var threads = Enumerable.Range(0, 64).Select(i => new Thread(() => actual[i] = Predict(i))).ToArray();
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            for (var i = 0; i < 64; i++)
            {
                Assert.Equal(Bits(expected[i]), Bits(actual[i]));
            }
        }
    }

    [Fact]
    public void Prediction_sees_new_weights()
    {
        var net = networks.Compiled["Everything"];
        using var driver = net.Create(8);
        var (x, labels) = Data(8, 1200);
        float[][] before = [new float[80]], after = [new float[80]], loaded = [new float[80]];
        driver.Predict([x], before);
        driver.Step([x], [labels], new Sgd(0.1f));
        driver.Predict([x], after);
        Assert.NotEqual(Bits(before[0]), Bits(after[0]));

        var reference = new ReferenceInterpreter(net.Graph);
        foreach (var p in driver.Network.Parameters)
        {
            Norm.Widen(p.Values).CopyTo(reference.Weights(p.Name), 0);
        }

        Norm.Close("after", reference.Run(8, [Norm.Widen(x)], null, new RunOptions(false)).Outputs[0], after[0], 1e-4);
        var file = Path.Combine(Path.GetTempPath(), Guid.NewGuid() + ".safetensors");
        try
        {
            driver.Network.Save(file);
            using var other = net.Create(8, seed: 99);
            other.Predict([x], loaded);
            Assert.NotEqual(Bits(after[0]), Bits(loaded[0]));
            other.Network.Load(file);
            other.Predict([x], loaded);
            Assert.Equal(Bits(after[0]), Bits(loaded[0]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Frozen_parameters_stay()
    {
        using var driver = networks.Compiled["LeNet5"].Create(8);
        var (x, labels) = Data(8, 784);
        var frozen = driver.Network.Parameters["Conv2d1.weight"];
        var free = driver.Network.Parameters["Conv2d2.weight"];
        frozen.Frozen = true;
        int[] before = Bits(frozen.Values), freeBefore = Bits(free.Values);
        driver.Step([x], [labels], new Sgd(0.1f, 0.9f, 0.01f));
        driver.Step([x], [labels], new Adam());
        Assert.Equal(before, Bits(frozen.Values));
        Assert.NotEqual(freeBefore, Bits(free.Values));
        frozen.Frozen = false;
        driver.Step([x], [labels], new Sgd(0.1f));
        Assert.NotEqual(before, Bits(frozen.Values));
    }

    [Fact]
    public void Some_input_gradients_alone()
    {
        var net = networks.Compiled["ThreeInputs"];
        const int batch = 5;
        using var driver = net.Create(batch);
        var data = new RandomData(net.Name, net.Graph, batch);
        NetworkCheck.Fill(driver.Network, data.Weights);
        var x = NetworkCheck.Arrays(net.Graph.Inputs, data.Inputs);
        var dy = data.OutputGradients.Select(g => g.Select(v => (float)v).ToArray()).ToArray();
        var reference = new ReferenceInterpreter(net.Graph);
        data.Fill(reference);
        var run = reference.Run(batch, data.Inputs, null, new RunOptions(true));
        run.Backward(data.OutputGradients);
        for (var wanted = 0; wanted < 8; wanted++)
        {
            var dx = x.Select((v, i) => (wanted & (1 << i)) != 0 ? new float[v.Length] : null).ToArray();
            driver.Forward(x, NetworkCheck.OutputArrays(net.Graph, batch));
            driver.Network.ZeroGradients();
            driver.Backward(dy, dx);
            for (var i = 0; i < 3; i++)
            {
                if (dx[i] is { } gradient)
                {
                    Norm.Close($"dx{i} of {wanted}", run.InputGradients[i], gradient, 1e-5);
                }
            }

            foreach (var (name, gradient) in run.ParameterGradients)
            {
                Norm.Close($"d{name} of {wanted}", gradient, driver.Network.Parameters[name].Gradient, 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_loss_that_is_not_finite_is_named_and_changes_nothing(float bad)
    {
        using var driver = networks.Compiled["Everything"].Create(4);
        var (x, labels) = Data(4, 1200);
        driver.Step([x], [labels], new Sgd(0.1f));
        var before = driver.Network.Parameters.Select(p => Bits(p.Values)).ToArray();
        var wrong = x.ToArray();
        wrong[1700] = bad;
        var error = Assert.Throws<NonFiniteException>(() => driver.Step([wrong], [labels], new Sgd(0.1f)));
        Assert.Contains("step", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, driver.Network.Parameters.Select(p => Bits(p.Values)).ToArray());
        Assert.True(float.IsFinite(driver.Step([x], [labels], new Sgd(0.1f))));
    }

    [Fact]
    public void Wrong_calls_are_named()
    {
        using var driver = networks.Compiled["LeNet5"].Create(4);
        var (x, labels) = Data(5, 784);
        float[][] y = [new float[50]];
        Says("maximum of 4", () => driver.Predict([x], y));
        Says("maximum of 4", () => driver.Step([x], [labels], new Sgd(0.1f)));
        Says("784", () => driver.Predict([x[..100]], y));
        Says("784", () => driver.Predict([Array.Empty<float>()], y));
        Says("output", () => driver.Predict([x[..1568]], [new float[19]]));
        Says("labels", () => driver.Step([x[..1568]], [labels[..3]], new Sgd(0.1f)));
        Says("10", () => driver.Step([x[..1568]], [new[] { 0, 10 }], new Sgd(0.1f)));
        Says("-1", () => driver.Step([x[..1568]], [new[] { -1, 3 }], new Sgd(0.1f)));
        Assert.Contains("Forward", Assert.Throws<InvalidOperationException>(() => driver.Backward([new float[20]], [null])).Message);
        driver.Forward([x[..1568]], y);
        Says("output", () => driver.Backward([new float[10]], [null]));
        driver.Dispose();
        Assert.Throws<ObjectDisposedException>(() => driver.Predict([x[..784]], y));
        Assert.Throws<ObjectDisposedException>(() => driver.Step([x[..784]], [labels[..1]], new Sgd(0.1f)));

        static void Says(string part, Action call) => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(call).Message);
    }

    private Dictionary<string, int[]> Train(string name, int batch, int threads, int steps)
    {
        var net = networks.Compiled[name];
        using var driver = net.Create(batch, threads, seed: 5);
        var size = (int)net.Graph.Inputs.Single().Shape.Elements;
        var (x, labels) = Data(batch, size);
        var optimizer = new Sgd(0.05f, 0.9f);
        var result = new Dictionary<string, int[]>();
        for (var i = 0; i < steps; i++)
        {
            result.Add("loss " + i, Bits([driver.Step([x], [labels], optimizer)]));
        }

        float[][] y = [new float[batch * 10]];
        driver.Predict([x], y);
        result.Add("prediction", Bits(y[0]));
        foreach (var p in driver.Network.Parameters)
        {
            result.Add(p.Name, Bits(p.Values));
        }

        return result;
    }

    internal static (float[] X, int[] Labels) Data(int batch, int size)
    {
        var random = new Random(batch);
        return (Enumerable.Range(0, batch * size).Select(_ => (float)random.NextDouble() - 0.5f).ToArray(), Enumerable.Range(0, batch).Select(_ => random.Next(10)).ToArray());
    }

    private static int[] Bits(ReadOnlySpan<float> values) => System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(values).ToArray();
}

/// <summary>More random networks.</summary>
[Trait("Tier", "Long")]
public class LongPropertyTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(3000)]
    [InlineData(4000)]
    public void Random_networks_equal_interpreter(int first)
    {
        const int count = 60;
        var compiled = CompiledNetworks.Compile([.. Enumerable.Range(first, count).Select(RandomNetworks.Write)]);
        var failures = new List<string>();
        for (var seed = first; seed < first + count; seed++)
        {
            try
            {
                PropertyTests.Check(compiled[RandomNetworks.Name(seed)], seed);
            }
            catch (Exception e)
            {
                failures.Add($"{RandomNetworks.Write(seed)}\n{e.Message}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {count} networks:\n\n" + string.Join("\n\n", failures));
    }
}
