using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>A step whose samples are computed a part at a time.</summary>
public class AccumulationTests
{
    private const int Samples = 50;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(25)]
    [InlineData(49)]
    [InlineData(50)]
    public void Micro_batches_are_the_whole_batch(int microBatch)
    {
        using var whole = Create(Samples);
        using var parts = Create(microBatch);
        float[] expected = new float[Samples * 3], output = new float[Samples * 3];
        using (var batch = Fill(whole, Samples))
        using (var same = Fill(parts, Samples))
        {
            var (one, other) = (new Sgd(0.5f, 0.9f), new Sgd(0.5f, 0.9f));
            for (var step = 0; step < 3; step++)
                Assert.Equal(whole.Step(batch, expected, one), parts.Step(same, output, other, microBatch), 1e-6f);
        }

        AssertNear(whole, parts);
        for (var i = 0; i < output.Length; i++) Assert.Equal(expected[i], output[i], 1e-5f);
    }

    [Fact]
    public void One_part_is_a_step_bit_for_bit()
    {
        using var whole = Create(Samples);
        using var parts = Create(Samples);
        using var batch = Fill(whole, Samples);
        Assert.Equal(whole.Step(batch, new Adam()), parts.Step(batch, new Adam(), Samples));
        Assert.Equal(Support.Bits(whole), Support.Bits(parts));
    }

    [Fact]
    public void By_hand_zero_accumulate_and_update()
    {
        using var whole = Create(Samples);
        using var parts = Create(20);
        using var batch = Fill(whole, Samples);
        var loss = whole.Step(batch, new Sgd(0.5f));

        parts.Parameters[0].Gradient.Fill(7);
        parts.ZeroGradients();
        var sum = 0.0;
        for (var first = 0; first < Samples; first += 20)
        {
            using var part = Fill(parts, Math.Min(20, Samples - first), first);
            sum += (double)parts.Accumulate(part, first, Samples) * part.Count / Samples;
        }

        parts.Update(new Sgd(0.5f));
        Assert.Equal(loss, sum, 1e-6);
        AssertNear(whole, parts);
    }

    [Fact]
    public void A_batch_above_the_maximum_needs_micro_batches()
    {
        using var network = Create(8);
        using var batch = Fill(network, 20);
        Assert.Contains("raise NetworkOptions.MaxBatch", Assert.Throws<ArgumentException>(() => network.Step(batch, new Sgd())).Message);
        Assert.Contains("1 to 8", Assert.Throws<ArgumentOutOfRangeException>(() => network.Step(batch, new Sgd(), 9)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Step(batch, new Sgd(), 0));
        using var small = Fill(network, 5);
        Assert.Contains("samples 16 to 20 reach beyond a step of 20 samples", Assert.Throws<ArgumentException>(() => network.Accumulate(small, 16, 20)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Accumulate(small, -1, 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, new TrainerOptions { MicroBatch = 9 }));
        Assert.Contains("or set TrainerOptions.MicroBatch", Assert.Throws<ArgumentException>(() => new Trainer(network, new TrainerOptions { BatchSize = 9 })).Message);
    }

    [Fact]
    public void A_part_that_is_not_finite_changes_nothing_and_is_named()
    {
        using var network = Create(8);
        using var batch = Fill(network, 20);
        batch.Input<float>()[(13 * Linear.Features) + 2] = float.NaN;
        var before = Support.Bits(network);
        var error = Assert.Throws<NonFiniteException>(() => network.Step(batch, new Sgd(), 8));
        Assert.Contains("Input 'image' holds NaN in sample 13", error.Message);
        Assert.Equal(before, Support.Bits(network));
    }

    [Fact]
    public void A_trainer_accumulates_with_batches_above_the_maximum()
    {
        using var whole = Create(64);
        using var parts = Create(10);
        var expected = Train(whole, null);
        var actual = Train(parts, 10);
        foreach (var (one, other) in expected.History.Zip(actual.History))
        {
            Assert.Equal(one.TrainLoss, other.TrainLoss, 1e-5);
            Assert.Equal(one.TrainAccuracy, other.TrainAccuracy);
        }

        AssertNear(whole, parts);

        static FitResult Train(Network network, int? microBatch) =>
            new Trainer(network, new TrainerOptions { Optimizer = new Sgd(0.2f, 0.9f), Epochs = 3, BatchSize = 64, MicroBatch = microBatch }).Fit(Support.Clusters(150));
    }

    /// <summary>The same weights whatever the capacity; its running mean does not move, as that sees a part alone.</summary>
    private static Linear Create(int maxBatch)
    {
        var network = new Linear(new NetworkOptions { MaxBatch = maxBatch, Seed = 5 });
        network.Parameters["Norm1.momentum"].Span.Clear();
        return network;
    }

    private static Batch Fill(Network network, int count, int first = 0)
    {
        var batch = new Batch(network, count) { Count = count };
        Support.Numbers(Samples * Linear.Features).AsSpan(first * Linear.Features, count * Linear.Features).CopyTo(batch.Input<float>());
        Support.Labels(Samples).AsSpan(first, count).CopyTo(batch.Target<int>());
        return batch;
    }

    private static void AssertNear(Network expected, Network actual)
    {
        foreach (var parameter in expected.Parameters.Where(p => p.IsTrainable))
            OptimizerFixture.AssertNear(parameter.Values.ToArray(), actual.Parameters[parameter.Name].Values.ToArray(), 1e-5, parameter.Name);
    }
}
