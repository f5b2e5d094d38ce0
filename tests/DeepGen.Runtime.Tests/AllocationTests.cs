using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Counts the managed bytes of the whole process, so no other test may run meanwhile.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationCollection;

[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    private readonly float[] _x = Support.Numbers(64 * 5);
    private readonly float[] _y = new float[64 * 3];
    private readonly int[] _labels = Support.Labels(64);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_thousand_warm_steps_allocate_nothing(int threads)
    {
        using var network = new Linear(new NetworkOptions { Threads = threads });
        var adam = new Adam(0.01f);
        AssertNothing(() => network.Step(_x, _labels, adam));
    }

    [Fact]
    public void A_thousand_warm_predictions_and_phases_allocate_nothing()
    {
        using var network = new Linear();
        var sgd = new Sgd(0.01f, momentum: 0.9f);
        AssertNothing(() =>
        {
            network.Predict(_x, _y);
            network.Forward(_x, _y);
            network.ZeroGradients();
            network.Backward(_y);
            network.Update(sgd);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_thousand_warm_batches_of_a_dataset_allocate_nothing(int prefetch)
    {
        using var network = new Linear();
        using var loop = new BatchLoop(network, Support.Clusters(200), new DataLoaderOptions { Sampler = Sampler.Shuffled(7), Prefetch = prefetch }, "Test");
        var adam = new AdamW(0.01f);
        var epoch = 1;
        AssertNothing(() =>
        {
            loop.Begin(epoch++);
            for (var i = 0; i < loop.Batches; i++) loop.Step(adam);
            loop.Evaluate(default);
        }, times: 250);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_thousand_warm_steps_with_all_that_an_optimizer_can_do_allocate_nothing(int threads)
    {
        using var network = new Linear(new NetworkOptions { Threads = threads, MaxBatch = 20 });
        using var batch = new Batch(network, 64) { Count = 64 };
        _x.CopyTo(batch.Input<float>());
        _labels.CopyTo(batch.Target<int>());
        var optimizer = new RmsProp(0.01f, momentum: 0.9f, centered: true)
        {
            Clipping = GradientClipping.ByGlobalNorm(0.1f),
            Noise = new GradientNoise(0.01f),
            Groups = [new("*.bias") { WeightDecay = 0, RateFactor = 2 }, new("*.weight") { MaxNorm = 0.1f }],
        };
        var schedule = LearningRateSchedule.Milestones([2, 5], 0.9).WarmUp(10);
        var step = 0;
        AssertNothing(() =>
        {
            optimizer.LearningRate = schedule.At(0.01f, step++, 1_000_000, 100);
            network.Step(batch, optimizer, 20);
        });
    }

    [Fact]
    public void Warm_batches_with_carried_states_allocate_nothing()
    {
        using var network = Letters.Create(new NetworkOptions { MaxBatch = 3 });
        using var loop = new BatchLoop(network, new TextWindows([.. Enumerable.Range(0, 60).Select(i => i % 5)], 4), new DataLoaderOptions { Sampler = Sampler.Streams(3) }, "Test", carried: [new("after", "before")]);
        var adam = new Adam(0.01f);
        var epoch = 1;
        AssertNothing(
            () =>
            {
                loop.Begin(epoch++);
                for (var i = 0; i < loop.Batches; i++) loop.Step(adam);
                loop.Evaluate(default);
            },
            times: 100);
    }

    [Fact]
    public void Warm_augmentation_views_and_mixup_allocate_nothing()
    {
        var augmented = ImageDatasetTests.Augmented(1);
        using var batch = new Batch(ImageDatasetTests.Network([3, 16, 16]), 12);
        using var soft = new Batch(ImageDatasetTests.Network([3, 16, 16], new TensorDefinition("shares", [3])), 12);
        var standardized = new Standardization([0.5f, 0.5f, 0.5f], [0.2f, 0.2f, 0.2f]).Apply(Datasets.Concat(augmented.Subset([3, 1, 2]), augmented));
        var mixup = new MixupDataset(standardized, 3, 0.2, 1);
        var sampler = Sampler.Balanced([.. Enumerable.Range(0, 23).Select(i => i % 5)], 1);
        var curriculum = Sampler.Curriculum([.. Enumerable.Range(0, 23).Select(i => (double)i)], Pacing.Linear(0.2, 3), 1);
        var order = new int[23];
        var epoch = 1;
        AssertNothing(
            () =>
            {
                sampler.Order(23, epoch, order);
                curriculum.Order(23, epoch, order);
                batch.Epoch = soft.Epoch = epoch++;
                standardized.Fill(order.AsSpan(0, 12), batch);
                mixup.Fill(order.AsSpan(0, 12), soft);
            },
            times: 10);
    }

    private static void AssertNothing(Action step, int times = 1000)
    {
        for (var i = 0; i < 200; i++) step();
        var least = long.MaxValue;

        // The test host's own threads allocate now and then: one round of the whole process without a byte is the proof. On a busy machine rounds
        // take long and meet them each time, so they become shorter.
        for (var round = 0; round < 30 && least > 0; round++, times = Math.Max(3, times * 4 / 5))
        {
            var own = GC.GetAllocatedBytesForCurrentThread();
            var before = GC.GetTotalAllocatedBytes(true);
            for (var i = 0; i < times; i++) step();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - own);
        }

        Assert.Equal(0, least);
    }
}
