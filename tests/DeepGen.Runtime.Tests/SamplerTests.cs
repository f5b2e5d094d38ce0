using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class SamplerTests
{
    private static readonly int[] Skewed = [.. Enumerable.Range(0, 100).Select(i => i % 20 == 0 ? 2 : i % 5 == 1 ? 0 : 1)];

    [Fact]
    public void Sequential_and_shuffled()
    {
        Assert.Equal(Enumerable.Range(0, 10), Order(Sampler.Sequential, 10, 3));
        var expected = new int[10];
        Shuffling.Permute(expected, 5, 3);
        Assert.Equal(expected, Order(Sampler.Shuffled(5), 10, 3));
    }

    [Fact]
    public void Balanced_gives_every_class_the_same_share()
    {
        var sampler = Sampler.Balanced(Skewed, 1);
        var again = Sampler.Balanced(Skewed, 1);
        var most = new int[3];
        for (var epoch = 1; epoch <= 30; epoch++)
        {
            var order = Order(sampler, 100, epoch);
            Assert.Equal(order, Order(again, 100, epoch));
            var counts = ClassBalance.Counts([.. order.Select(i => Skewed[i])]);
            Assert.Equal([33, 33, 34], counts.Order());
            most[counts.IndexOf(34)]++;

            // Without replacement: of the 75 none comes twice, each of the five rare ones six or seven times.
            Assert.Equal(counts[1], order.Where(i => Skewed[i] == 1).Distinct().Count());
            Assert.All(order.Where(i => Skewed[i] == 2).CountBy(i => i), entry => Assert.InRange(entry.Value, 6, 7));

            // Classes are mixed, not one after the other.
            Assert.InRange(order.Take(50).Count(i => Skewed[i] == 2), 8, 26);
        }

        Assert.All(most, count => Assert.InRange(count, 3, 20));
        Assert.NotEqual(Order(sampler, 100, 1), Order(sampler, 100, 2));
        Assert.NotEqual(Order(sampler, 100, 1), Order(Sampler.Balanced(Skewed, 2), 100, 1));
        Assert.Equal(7, Order(Sampler.Balanced(Skewed, 1, 7), 100, 1).Length);
        Assert.Equal([2, 2, 2, 1, 1, 1], Order(Sampler.Balanced([1, 1, 9, 1, 9], 1, 6), 5, 1).Select(i => i is 2 or 4 ? 2 : 1).OrderDescending());
        Assert.Contains("100 labels, but the dataset has 99 samples", Assert.Throws<ArgumentException>(() => sampler.Count(99)).Message);
        Assert.Contains("Label -1 of sample 1", Assert.Throws<ArgumentException>(() => Sampler.Balanced([0, -1], 1)).Message);
        Assert.Throws<ArgumentException>(() => Sampler.Balanced([], 1));
    }

    [Fact]
    public void Class_weights_make_up_for_frequencies()
    {
        Assert.Equal([20, 75, 5], ClassBalance.Counts(Skewed));
        var weights = ClassBalance.Weights(Skewed);
        Assert.Equal([(float)(100.0 / 3 / 20), (float)(100.0 / 3 / 75), (float)(100.0 / 3 / 5)], weights);
        Assert.Equal(1, Skewed.Average(label => weights[label]), 1e-6);
        Assert.Contains("Class 3 has no sample", Assert.Throws<ArgumentException>(() => ClassBalance.Weights(Skewed, 4)).Message);
        Assert.Contains("labels must be 0 to 1", Assert.Throws<ArgumentException>(() => ClassBalance.Counts(Skewed, 2)).Message);
    }

    [Fact]
    public void A_curriculum_begins_with_the_easy_samples()
    {
        // The easiest sample is 99, the hardest 0.
        var difficulty = Enumerable.Range(0, 100).Select(i => -(double)i).ToArray();
        var sampler = Sampler.Curriculum(difficulty, Pacing.Exponential(0.2, 2, 1), 1);
        var first = Order(sampler, 100, 1);
        Assert.All(first.CountBy(i => i), entry => Assert.True(entry.Key >= 80 && entry.Value == 5));
        Assert.Equal(20, first.Take(20).Distinct().Count());
        Assert.Equal(60, Order(sampler, 100, 2).Min());
        Assert.Equal(20, Order(sampler, 100, 3).Min());
        Assert.Equal(Enumerable.Range(0, 100), Order(sampler, 100, 4).Order());
        Assert.NotEqual(Order(sampler, 100, 4), Order(sampler, 100, 5));
        Assert.Equal(Order(sampler, 100, 2), Order(Sampler.Curriculum(difficulty, Pacing.Exponential(0.2, 2, 1), 1), 100, 2));

        // In the middle of an epoch all others join those that were not drawn yet.
        var step = Order(Sampler.Curriculum(difficulty, Pacing.SingleStep(0.5, 0.25), 1), 100, 1);
        Assert.True(step.Take(25).Min() >= 50);
        Assert.Equal(Enumerable.Range(0, 100), step.Order());

        // At an even pace: the place p of the first epoch is one of the easiest (1 + p)/4 samples and more.
        var linear = Order(Sampler.Curriculum(difficulty, Pacing.Linear(0.1, 2), 1), 100, 1);
        for (var place = 0; place < 100; place++) Assert.True(100 - linear[place] <= Math.Ceiling(10 + (90 * place / 200.0)));

        Assert.Equal([1, 0, 2], Order(Sampler.Curriculum([1, 0.5, 1], Pacing.From(done => (1 + Math.Floor(3 * done)) / 3), 1), 3, 1));
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => Sampler.Curriculum([1, double.NaN], Pacing.Linear(0.1, 2), 1)).Message);
        Assert.Contains("share 0", Assert.Throws<InvalidOperationException>(() => Order(Sampler.Curriculum([1], Pacing.From(_ => 0), 1), 1, 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Pacing.SingleStep(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pacing.Linear(0.5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pacing.Exponential(0.5, 1, 1));
    }

    [Fact]
    public void Streams_lie_side_by_side()
    {
        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], Order(Sampler.Streams(3), 12, 1));
        Assert.Equal([0, 5, 10, 1, 6, 11, 2, 7, 12, 3, 8, 13, 4, 9], Order(Sampler.Streams(3), 14, 1));
        Assert.Contains("15 streams", Assert.Throws<ArgumentException>(() => Sampler.Streams(15).Count(14)).Message);
    }

    [Fact]
    public void Difficulty_is_the_loss_of_each_sample()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 16 });
        var dataset = Support.Clusters(20);
        var losses = Difficulty.ByLoss(network, dataset);
        Assert.Equal(20, losses.Distinct().Count());
        Assert.Equal(Metrics.Evaluate(network, dataset).Loss, losses.Average(), 1e-6);
        using var batch = new Batch(network) { Count = 1 };
        dataset.Fill([13], batch);
        Assert.Equal(network.Evaluate(batch), losses[13]);
    }

    [Fact]
    public void The_trainer_takes_a_sampler()
    {
        using var network = new Linear();
        var result = new Trainer(network, new TrainerOptions { Epochs = 2, Sampler = Sampler.Balanced(Skewed, 1, 30), BatchSize = 10, ProgressInterval = TimeSpan.Zero })
            .Fit(new InMemoryDataset(Support.Numbers(500), 5, Skewed));
        Assert.Equal(2, result.History.Count);
    }

    private static int[] Order(Sampler sampler, int samples, int epoch)
    {
        var order = new int[sampler.Count(samples)];
        sampler.Order(samples, epoch, order);
        return order;
    }
}
