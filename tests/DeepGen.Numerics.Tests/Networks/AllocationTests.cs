using DeepGen.Numerics.Tests.Harness;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>Counts the bytes of the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationCollection : ICollectionFixture<LeNet5Network>;

public sealed class LeNet5Network
{
    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile("""
        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(16, 5), Tanh, AvgPool2d(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class LeNet5;
        """);
}

/// <summary>Steady-state training allocates nothing on the managed heap, on any thread.</summary>
[Collection(nameof(AllocationTests))]
public class AllocationTests(LeNet5Network networks)
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void A_warm_training_step_allocates_nothing(int batch)
    {
        using var driver = networks.Compiled["LeNet5"].Create(batch, threads: 2);
        var (x, labels) = PropertyTests.Data(batch, 784);
        Array[] inputs = [x], targets = [labels];
        var optimizer = new Sgd(0.01f, 0.9f);
        for (var i = 0; i < 50; i++)
        {
            driver.Step(inputs, targets, optimizer);
        }

        // The test host itself allocates some hundred bytes every 100 ms on threads of its own; so each of the 1000 steps is looked at alone, and most are quiet.
        var seen = new long[1000];
        var own = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < seen.Length; step++)
        {
            var before = GC.GetTotalAllocatedBytes(true);
            driver.Step(inputs, targets, optimizer);
            seen[step] = GC.GetTotalAllocatedBytes(true) - before;
        }

        own = GC.GetAllocatedBytesForCurrentThread() - own;
        Assert.True(seen.Count(bytes => bytes == 0) >= seen.Length / 2, "Bytes allocated by each step: " + string.Join(" ", seen));
        Assert.Equal(0, own);
    }
}
