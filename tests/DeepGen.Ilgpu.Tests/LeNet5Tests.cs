using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Ilgpu.Tests;

/// <summary>A whole network with the tiles that the generator chooses for it, beside the host.</summary>
public class LeNet5Tests
{
    private const int Batch = 2;

    private const string Source = """
        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(16, 5), Tanh, AvgPool2d(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class WholeLeNet5;
        """;

    [Fact]
    public void Twenty_steps_of_training_track_the_host()
    {
        var compiled = CompiledNetworks.Compile(Source)["WholeLeNet5"];
        using var host = compiled.Create(Batch, seed: 7, device: Devices.Cpu);
        using var gpu = compiled.Create(Batch, seed: 7);
        var (hostOptimizer, gpuOptimizer) = (new Sgd(0.05f, momentum: 0.9f), new Sgd(0.05f, momentum: 0.9f));
        var random = new System.Random(3);
        for (var step = 0; step < 20; step++)
        {
            Array[] x = [Enumerable.Range(0, Batch * 784).Select(_ => random.NextSingle()).ToArray()];
            Array[] labels = [Enumerable.Range(0, Batch).Select(_ => random.Next(10)).ToArray()];
            var expected = host.Step(x, labels, hostOptimizer);
            Assert.Equal(expected, gpu.Step(x, labels, gpuOptimizer), 1e-4f * MathF.Max(1, MathF.Abs(expected)));
        }

        foreach (var parameter in host.Network.Parameters)
        {
            Norm.Close(parameter.Name + " after twenty steps", [.. parameter.Values.ToArray().Select(v => (double)v)], gpu.Network.Parameters[parameter.Name].Values, 1e-4);
        }
    }
}
