using DeepGen.Numerics.Tests.Harness;

namespace DeepGen.Ilgpu.Tests;

/// <summary>Devices and what a user meets on them: names, missing ones, weights that host and device share, threads, the end.</summary>
public class DeviceTests
{
    private const int Batch = 3;

    private static readonly CompiledNetworks Compiled = CompiledNetworks.Compile("""
        [Network, Input(4), Dense(5), BatchNorm, Relu, Dense(3), SoftmaxCrossEntropy]
        public partial class Small;

        // No bias whose gradient is nothing but rounding: some optimizers divide by its size.
        [Network, Input(4), Dense(5), Tanh, Dense(3), SoftmaxCrossEntropy]
        public partial class Plain;
        """);

    private static readonly CompiledNetwork Small = Compiled["Small"];

    private static readonly Array[] X = [Enumerable.Range(0, Batch * 4).Select(i => MathF.Sin(i)).ToArray()];

    private static readonly Array[] Labels = [new[] { 0, 2, 1 }];

    [Fact]
    public void The_list_has_the_host_the_simulation_and_a_reason_for_what_is_missing()
    {
        using var network = Create();
        var devices = Devices.List();
        Assert.Equal("cpu", devices[0].Name);
        Assert.Contains(devices, d => d is { Name: "ilgpu-cpu", IsAvailable: true });
        Assert.Contains(devices, d => d.Name == "cuda");
        Assert.Contains(devices, d => d.Name == "opencl");
        Assert.All(devices.Where(d => !d.IsAvailable), d => Assert.NotEmpty(d.Reason!));
    }

    [Fact]
    public void A_device_that_is_not_there_is_an_error_that_says_what_is()
    {
        using var network = Create();
        var error = Assert.Throws<InvalidOperationException>(() => Small.Create(Batch, device: "tpu"));
        Assert.Contains("There is no device 'tpu'. Found: cpu, ", error.Message);
        foreach (var missing in Devices.List().Where(d => !d.IsAvailable))
        {
            Assert.Contains(missing.Reason!, Assert.Throws<InvalidOperationException>(() => Small.Create(Batch, device: missing.Name)).Message);
        }
    }

    [Fact]
    public void Weights_that_the_host_writes_are_those_that_the_device_uses()
    {
        using var gpu = Create();
        using var host = Small.Create(Batch, seed: 1, device: Devices.Cpu);
        Predicts(host, gpu);
        foreach (var network in new[] { gpu.Network, host.Network })
        {
            network.Parameters["Dense1.weight"].Span.Fill(0.25f);
        }

        Predicts(host, gpu);
    }

    [Fact]
    public void Saved_weights_are_the_devices()
    {
        using var gpu = Create();
        gpu.Step(X, Labels, new Adam());
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".safetensors");
        try
        {
            gpu.Network.Save(path);
            using var host = Small.Create(Batch, seed: 99, device: Devices.Cpu);
            host.Network.Load(path);
            Predicts(host, gpu);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static TheoryData<string> Optimizers => [nameof(Sgd), nameof(Adam), nameof(AdamW), nameof(RmsProp), nameof(Adagrad), "clipped"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_moves_the_weights_as_on_the_host(string name)
    {
        using var gpu = Compiled["Plain"].Create(Batch, seed: 1);
        using var host = Compiled["Plain"].Create(Batch, seed: 1, device: Devices.Cpu);
        var (mine, theirs) = (Optimizer(name), Optimizer(name));
        for (var step = 0; step < 3; step++)
        {
            Assert.Equal(host.Step(X, Labels, theirs), gpu.Step(X, Labels, mine), 1e-5f);
        }

        foreach (var parameter in host.Network.Parameters)
        {
            foreach (var (expected, actual) in parameter.Values.ToArray().Zip(gpu.Network.Parameters[parameter.Name].Values.ToArray()))
            {
                Assert.Equal(expected, actual, 1e-4f);
            }
        }
    }

    [Theory]
    [InlineData(nameof(Sgd))]
    [InlineData(nameof(RmsProp))]
    [InlineData(nameof(Adam))]
    public void A_steady_step_copies_no_weights(string name)
    {
        using var gpu = Create();
        var optimizer = Optimizer(name);
        gpu.Step(X, Labels, optimizer);
        var executor = (GpuExecutor)gpu.Network.Executor;
        var copies = executor.WeightCopies;
        for (var step = 0; step < 3; step++)
        {
            gpu.Step(X, Labels, optimizer);
        }

        Assert.Equal(copies, executor.WeightCopies);
        Assert.NotEqual(0, gpu.Network.Parameters[0].Values[0]);
        Assert.True(executor.WeightCopies > copies, "the weights come when they are asked for");
    }

    [Fact]
    public void A_step_that_fails_loses_nothing_and_says_where()
    {
        using var gpu = Create();
        gpu.Step(X, Labels, new Sgd(0.1f));
        var before = gpu.Network.Parameters.Select(p => p.Values.ToArray()).ToArray();
        var broken = (float[])X[0].Clone();
        broken[5] = float.NaN;
        var error = Assert.Throws<NonFiniteException>(() => gpu.Step([broken], Labels, new Sgd(0.1f)));
        Assert.Contains("holds NaN in sample 1", error.Message);
        Assert.Equal(before, gpu.Network.Parameters.Select(p => p.Values.ToArray()).ToArray());

        gpu.Network.Parameters["Dense2.weight"].Span[0] = float.PositiveInfinity;
        Assert.Contains("Dense2", Assert.Throws<NonFiniteException>(() => gpu.Step(X, Labels, new Sgd(0.1f))).Message);
    }

    [Fact]
    public void Predictions_of_several_threads_are_those_of_one()
    {
        using var gpu = Create();
        var expected = Predict(gpu);
        Parallel.For(0, 8, _ => Assert.Equal(expected, Predict(gpu)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        float[] Run()
        {
            using var gpu = Create();
            var optimizer = new Adam();
            for (var step = 0; step < 3; step++)
            {
                gpu.Step(X, Labels, optimizer);
            }

            return [.. gpu.Network.Parameters.SelectMany(p => p.Values.ToArray())];
        }

        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void A_network_that_was_disposed_says_so()
    {
        var gpu = Create();
        gpu.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Predict(gpu));
        Assert.Throws<ObjectDisposedException>(() => { _ = gpu.Network.Parameters[0].Span; });
    }

    private static INetworkDriver Create() => Small.Create(Batch, seed: 1);

    private static Optimizer Optimizer(string name) => name switch
    {
        nameof(Sgd) => new Sgd(0.1f, momentum: 0.9f, weightDecay: 0.01f, nesterov: true),
        nameof(Adam) => new Adam(0.01f),
        nameof(AdamW) => new AdamW(0.01f),
        nameof(RmsProp) => new RmsProp(0.01f, momentum: 0.5f, centered: true),
        nameof(Adagrad) => new Adagrad(0.01f),
        _ => new Sgd(0.1f) { Clipping = GradientClipping.ByGlobalNorm(0.01f) },
    };

    private static void Predicts(INetworkDriver host, INetworkDriver gpu)
    {
        foreach (var (expected, actual) in Predict(host).Zip(Predict(gpu)))
        {
            Assert.Equal(expected, actual, 1e-5f);
        }
    }

    private static float[] Predict(INetworkDriver driver)
    {
        float[][] y = [new float[Batch * 3]];
        driver.Predict(X, y);
        return y[0];
    }
}
