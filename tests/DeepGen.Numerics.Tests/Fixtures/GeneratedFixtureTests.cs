using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Fixtures;

/// <summary>Everything the fixtures need, in one compilation.</summary>
public sealed class FixtureNetworks
{
    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile([.. OpFixtures.Cases.Select(c => (c with { Name = "Op_" + c.Name }).ToSource()), Nets]);

    private const string Nets = """
        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(16, 5), Tanh, AvgPool2d(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class LeNet5;

        [Network, Input(4), BatchNorm]
        public partial class Averages;

        [Network, SoftmaxCrossEntropy]
        public partial class Residual
        {
            static Tensor Forward([Input(3, 12, 12)] Tensor image)
            {
                var x = Normalized(image, 6, 3, 1, "conv1", "bn1").Relu();
                ReadOnlySpan<(int Width, int Stride)> blocks = [(6, 1), (10, 2), (10, 1)];
                for (var i = 0; i < blocks.Length; i++)
                    x = Block(x, blocks[i].Width, blocks[i].Stride, $"block{i + 1}");
                return x.GlobalAvgPool2d().Dense(5, name: "fc");
            }

            [Block]
            static Tensor Block(Tensor x, int width, int stride, string name)
            {
                var y = Normalized(x, width, 3, stride, "conv1", "bn1").Relu();
                y = Normalized(y, width, 3, 1, "conv2", "bn2");
                return (y + (stride == 1 && x.Channels == width ? x : Normalized(x, width, 1, stride, "project", "bn3"))).Relu();
            }

            static Tensor Normalized(Tensor x, int width, int kernel, int stride, string conv, string norm) =>
                x.Conv2d(width, kernel, stride, padding: kernel / 2, bias: false, name: conv).BatchNorm(name: norm);
        }
        """;
}

/// <summary>The generated code computes what PyTorch computes.</summary>
public class GeneratedFixtureTests(FixtureNetworks networks) : IClassFixture<FixtureNetworks>
{
    private const double OpTolerance = 1e-5;
    private const double NetTolerance = 1e-4;

    public static TheoryData<string> Cases => new(OpFixtures.Cases.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Op_equals_PyTorch(string name)
    {
        var c = OpFixtures.Cases.Single(o => o.Name == name);
        var t = OpFixtures.Tensors;
        using var driver = networks.Compiled["Op_" + name].Create(c.Batch + 1);
        var net = driver.Network;
        if (c.Definition.IsLoss)
        {
            Loss(c, driver);
            return;
        }

        foreach (var p in net.Parameters)
        {
            Narrow(t[$"{name}/{Leaf(p.Name)}"]).CopyTo(p.Span);
        }

        var inputs = c.ToGraph().Inputs.ToArray();
        var x = NetworkCheck.Arrays(inputs, inputs.Select((_, i) => t[$"{name}/x{i}"]).ToArray());
        var floats = inputs.Select((node, i) => (node, i)).Where(p => p.node.Element == GraphElement.Float32).Select(p => p.i).ToArray();
        float[][] y = [new float[t[$"{name}/y"].Length]];
        if (!c.Training)
        {
            driver.Predict(x, y);
            Norm.Close("y", t[$"{name}/y"], y[0], OpTolerance);
            return;
        }

        driver.Forward(x, y);
        Norm.Close("y", t[$"{name}/y"], y[0], OpTolerance);
        var dx = floats.Select(i => new float[x[i].Length]).ToArray();
        driver.Backward([Narrow(t[$"{name}/dy"])], dx);
        for (var i = 0; i < dx.Length; i++)
        {
            Norm.Close($"dx{floats[i]}", t[$"{name}/dx{floats[i]}"], dx[i], OpTolerance);
        }

        foreach (var p in net.Parameters)
        {
            Norm.Close(p.Name, t[$"{name}/{(p.IsTrainable ? "d" : "new_")}{Leaf(p.Name)}"], p.IsTrainable ? p.Gradient : p.Values, OpTolerance);
        }
    }

    /// <summary>The loss stands behind a layer: with the identity as its weights, the layer's bias gets the gradient of the prediction, summed over samples and positions.</summary>
    private static void Loss(OpCase c, INetworkDriver driver)
    {
        var t = OpFixtures.Tensors;
        var channels = c.Shapes[0][0];
        foreach (var p in driver.Network.Parameters)
        {
            for (var i = 0; i < p.Count; i++)
            {
                p.Span[i] = p.Shape.Count > 1 && i / channels == i % channels ? 1 : 0;
            }
        }

        var losses = t[$"{c.Name}/y"];
        Array[] targets = [driver.Network.Definition.Targets[0].Element == Element.Int32 ? t[$"{c.Name}/x1"].Select(l => (int)l).ToArray() : Narrow(t[$"{c.Name}/x1"])];
        var loss = driver.Step([Narrow(t[$"{c.Name}/x0"])], targets, new Sgd(0.1f));
        Norm.Close("loss", [losses.Average()], [(double)loss], OpTolerance);

        var expected = new double[channels];
        var dx = t[$"{c.Name}/dx0"];
        var size = dx.Length / c.Batch;
        for (var i = 0; i < dx.Length; i++)
        {
            expected[i % size / (size / channels)] += dx[i] / t[$"{c.Name}/dy"][i / size] / c.Batch;
        }

        Norm.Close("gradient", expected, driver.Network.Parameters.Single(p => p.Shape.Count == 1).Gradient, OpTolerance);
    }

    [Theory]
    [InlineData("LeNet5")]
    [InlineData("Residual")]
    public void Network_equals_PyTorch(string name)
    {
        var fixture = Fixture(name);
        var (x, labels) = fixture.Data(0);
        using (var driver = Start(name))
        {
            float[][] y = [new float[fixture.Batch * fixture.Classes]];
            driver.Predict([x], y);
            fixture.Close("predict/y", Norm.Widen(y[0]), NetTolerance);
            var loss = driver.Step([x], [labels], new Sgd(0.1f));
            fixture.Close("train/loss", [loss], NetTolerance);
            Gradients(driver);
        }

        using (var driver = Start(name))
        {
            float[][] y = [new float[fixture.Batch * fixture.Classes]];
            driver.Forward([x], y);
            fixture.Close("train/y", Norm.Widen(y[0]), NetTolerance);
            var dx = new float[x.Length];
            driver.Backward([SoftmaxGradient(y[0], labels, fixture.Classes)], [dx]);
            fixture.Close("train/dx", Norm.Widen(dx), NetTolerance);
            Gradients(driver);
        }

        void Gradients(INetworkDriver driver)
        {
            foreach (var p in driver.Network.Parameters.Where(p => p.IsTrainable))
            {
                fixture.Close("train/d/" + p.Name, Norm.Widen(p.Gradient), NetTolerance);
            }
        }
    }

    [Theory]
    [InlineData("LeNet5", "sgd", 1e-4)]
    [InlineData("LeNet5", "adam", 1e-3)]
    [InlineData("Residual", "sgd", 1e-4)]
    [InlineData("Residual", "adam", 1e-3)]
    public void Training_equals_PyTorch(string name, string method, double tolerance)
    {
        var fixture = Fixture(name);
        using var driver = Start(name);
        Optimizer optimizer = method == "sgd"
            ? new Sgd((float)fixture.Setting("sgd", "rate"), (float)fixture.Setting("sgd", "momentum"), (float)fixture.Setting("sgd", "weight_decay"))
            : new Adam((float)fixture.Setting("adam", "rate"));
        var losses = new double[fixture.Steps];
        for (var step = 0; step < fixture.Steps; step++)
        {
            var (x, labels) = fixture.Data(step);
            losses[step] = driver.Step([x], [labels], optimizer);
        }

        fixture.Close(method + "/losses", losses, tolerance);
        foreach (var p in driver.Network.Parameters)
        {
            fixture.Close($"{method}/{p.Name}", Norm.Widen(p.Values), tolerance);
        }
    }

    [Fact]
    public void Running_averages_of_a_hundred_batches_equal_PyTorch()
    {
        var fixture = Safetensors.Load("optimizers.safetensors");
        var x = Narrow(fixture["batch_norm.x"]);
        using var driver = networks.Compiled["Averages"].Create(6);
        for (var step = 1; step <= 100; step++)
        {
            driver.Forward([x[((step - 1) * 24)..(step * 24)]], [new float[24]]);
            if (step is not (10 or 100)) continue;
            foreach (var p in driver.Network.Parameters.Where(p => !p.IsTrainable))
            {
                Norm.Close(p.Name, fixture[$"batch_norm.{step}.{Leaf(p.Name)}"], p.Values, OpTolerance);
            }
        }
    }

    private static NetFixture Fixture(string name) => name == "LeNet5" ? NetFixture.LeNet5 : NetFixture.Residual;

    private INetworkDriver Start(string name)
    {
        var fixture = Fixture(name);
        var driver = networks.Compiled[name].Create(fixture.Batch);
        foreach (var p in driver.Network.Parameters.Where(p => p.IsTrainable))
        {
            fixture.First(p.Name, [.. p.Shape]).CopyTo(p.Span);
        }

        return driver;
    }

    private static float[] SoftmaxGradient(float[] y, int[] labels, int classes)
    {
        var dy = new float[y.Length];
        for (var n = 0; n < labels.Length; n++)
        {
            var e = Enumerable.Range(0, classes).Select(k => Math.Exp(y[(n * classes) + k])).ToArray();
            for (var k = 0; k < classes; k++)
            {
                dy[(n * classes) + k] = (float)(((e[k] / e.Sum()) - (k == labels[n] ? 1 : 0)) / labels.Length);
            }
        }

        return dy;
    }

    private static float[] Narrow(double[] values) => values.Select(v => (float)v).ToArray();

    private static string Leaf(string parameter) => parameter[(parameter.LastIndexOf('.') + 1)..];
}
