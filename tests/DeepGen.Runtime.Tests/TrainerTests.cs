using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class TrainerTests
{
    [Fact]
    public void Learns_and_reports_every_epoch()
    {
        using var network = new Linear();
        var recorder = new Recorder();
        var result = new Trainer(network, new TrainerOptions { Optimizer = new Adam(0.05f), Epochs = 15, BatchSize = 32, ProgressInterval = TimeSpan.Zero })
            .Fit(Support.Clusters(300), Support.Clusters(100, 2), recorder);
        Assert.False(result.Cancelled);
        Assert.Equal(Enumerable.Range(1, 15), result.History.Select(epoch => epoch.Epoch));
        Assert.True(result.History[^1].TrainLoss < 0.7 * result.History[0].TrainLoss);
        Assert.All(result.History, epoch => Assert.True(epoch.SamplesPerSecond > 0 && epoch.Elapsed > TimeSpan.Zero));
        Assert.True(result.History.Max(epoch => epoch.ValidationAccuracy) > 0.8);

        // 300 samples in batches of 32 are 9 and a short one; each epoch ends with its result.
        Assert.Equal(15 * 10, recorder.Reports.Count);
        Assert.All(recorder.Reports, report => Assert.Equal((15, 10), (report.Epochs, report.Batches)));
        Assert.Equal(Enumerable.Range(1, 10), recorder.Reports.Take(10).Select(report => report.Batch));
        Assert.Equal(result.History, recorder.Reports.Where(report => report.Completed != null).Select(report => report.Completed!));
        Assert.Equal(TimeSpan.Zero, recorder.Reports[^1].TimeLeft);
        Assert.All(recorder.Reports, report => Assert.InRange(report.Accuracy!.Value, 0, 1));
    }

    [Fact]
    public void Every_sample_is_seen_once_an_epoch_the_short_batch_included()
    {
        using var network = new Linear();
        var dataset = new Counting(50);
        new Trainer(network, new TrainerOptions { Epochs = 3, BatchSize = 16 }).Fit(dataset);
        Assert.All(dataset.Seen, seen => Assert.Equal(3, seen));
        Assert.Equal([16, 16, 16, 2], dataset.Sizes.Take(4));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_at_every_number_of_threads()
    {
        var expected = Run(1, 5);
        Assert.Equal(expected, Run(1, 5));
        Assert.Equal(expected, Run(2, 5));
        Assert.Equal(expected, Run(4, 5));
        Assert.NotEqual(expected, Run(1, 6));

        static int[] Run(int threads, ulong seed)
        {
            using var network = new Linear(new NetworkOptions { Threads = threads, Seed = 1 });
            new Trainer(network, new TrainerOptions { Epochs = 3, BatchSize = 16, Seed = seed }).Fit(Support.Clusters(100));
            return Support.Bits(network);
        }
    }

    [Fact]
    public void Orders_are_permutations_that_differ_by_seed_and_epoch()
    {
        var orders = new[] { Order(1, 1), Order(1, 2), Order(2, 1) };
        Assert.Equal(3, orders.Select(order => string.Join(",", order)).Distinct().Count());
        Assert.All(orders, order => Assert.Equal(Enumerable.Range(0, 100), order.Order()));
        Assert.Equal(Order(1, 1), Order(1, 1));

        // Every place gets every sample about equally often: 5 samples, 5000 orders, chi-squared with 16 degrees of freedom.
        var counts = new int[5, 5];
        var five = new int[5];
        for (var epoch = 0; epoch < 5000; epoch++)
        {
            Shuffling.Permute(five, 3, epoch);
            for (var place = 0; place < 5; place++) counts[place, five[place]]++;
        }

        Assert.InRange(counts.Cast<int>().Sum(count => (count - 1000.0) * (count - 1000) / 1000), 2, 45);

        static int[] Order(ulong seed, int epoch)
        {
            var order = new int[100];
            Shuffling.Permute(order, seed, epoch);
            return order;
        }
    }

    [Fact]
    public void The_best_weights_come_back()
    {
        using var network = new Linear();
        var validation = Support.Clusters(100, 2);

        // After four epochs all labels are wrong.
        var result = new Trainer(network, new TrainerOptions { Optimizer = new Sgd(0.5f), Epochs = 8, BatchSize = 20 }).Fit(new Misleading(200, after: 4), validation);
        Assert.InRange(result.BestEpoch!.Value, 1, 4);
        Assert.True(result.BestRestored);
        var best = result.History[result.BestEpoch.Value - 1];
        var now = Metrics.Evaluate(network, validation);
        Assert.Equal(best.ValidationLoss, now.Loss);
        Assert.Equal(best.ValidationAccuracy, now.Accuracy);
        Assert.NotEqual(result.History[^1].ValidationLoss, now.Loss);
    }

    [Fact]
    public void Without_KeepBest_the_last_weights_stay()
    {
        using var network = new Linear();
        var validation = Support.Clusters(100, 2);
        var result = new Trainer(network, new TrainerOptions { Epochs = 3, KeepBest = false }).Fit(Support.Clusters(200), validation);
        Assert.False(result.BestRestored);
        Assert.NotNull(result.BestEpoch);
        Assert.Equal(result.History[^1].ValidationLoss, Metrics.Evaluate(network, validation).Loss);
    }

    [Fact]
    public void Cancellation_stops_between_batches_and_keeps_the_best_weights()
    {
        using var network = new Linear();
        using var source = new CancellationTokenSource();
        var validation = Support.Clusters(100, 2);
        var recorder = new Recorder(report =>
        {
            if (report is { Epoch: 3, Batch: 2 }) source.Cancel();
        });
        var optimizer = new Adam(0.05f);
        var result = new Trainer(network, new TrainerOptions { Optimizer = optimizer, Epochs = 10, BatchSize = 32, ProgressInterval = TimeSpan.Zero, LearningRate = LearningRateSchedule.Cosine() })
            .Fit(Support.Clusters(300), validation, recorder, source.Token);
        Assert.True(result.Cancelled);
        Assert.Equal(2, result.History.Count);
        Assert.Equal((3, 2), (recorder.Reports[^1].Epoch, recorder.Reports[^1].Batch));
        Assert.True(result.BestRestored);
        Assert.Equal(result.History[result.BestEpoch!.Value - 1].ValidationLoss, Metrics.Evaluate(network, validation).Loss);
        Assert.Equal(0.05f, optimizer.LearningRate);

        // Nothing is broken: it can go on.
        Assert.False(new Trainer(network, new TrainerOptions { Optimizer = optimizer, Epochs = 1 }).Fit(Support.Clusters(300)).Cancelled);
    }

    [Fact]
    public void Cancelled_before_it_begins()
    {
        using var network = new Linear();
        var before = Support.Bits(network);
        var result = new Trainer(network).Fit(Support.Clusters(30), Support.Clusters(30), null, new CancellationToken(canceled: true));
        Assert.True(result.Cancelled);
        Assert.Empty(result.History);
        Assert.Null(result.BestEpoch);
        Assert.Equal(before, Support.Bits(network));
    }

    [Fact]
    public void Schedules_set_the_rate_of_each_step()
    {
        Assert.Equal(0.25f, LearningRateSchedule.From(done => done).At(0.5f, 5, 10, 5));
        using var network = new Linear();
        var result = new Trainer(network, new TrainerOptions { Optimizer = new Sgd(0.4f), Epochs = 2, BatchSize = 10, LearningRate = LearningRateSchedule.Cosine() }).Fit(Support.Clusters(20));
        Assert.Equal([CosineAt(1), CosineAt(3)], result.History.Select(epoch => epoch.LearningRate));
        result = new Trainer(network, new TrainerOptions { Optimizer = new Sgd(0.4f), Epochs = 3, BatchSize = 7, LearningRate = LearningRateSchedule.Step(1, 0.5) }).Fit(Support.Clusters(20));
        Assert.Equal([0.4f, 0.2f, 0.1f], result.History.Select(epoch => epoch.LearningRate));

        static float CosineAt(int step) => LearningRateSchedule.Cosine().At(0.4f, step, 4, 2);
    }

    [Fact]
    public void Bad_data_are_refused()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 8 });
        var trainer = new Trainer(network);
        Assert.Contains("no sample", Assert.Throws<ArgumentException>(() => trainer.Fit(new InMemoryDataset(Array.Empty<float>(), 5, []))).Message);
        var labels = new int[20];
        labels[13] = 9;
        var error = Assert.Throws<ArgumentException>(() => trainer.Fit(new InMemoryDataset(new float[100], 5, labels)));
        Assert.Equal("Fit: target 'labels' of the dataset's sample 13 is 9, but there are 3 classes; values must be 0 to 2.", error.Message);
        Assert.Contains("MaxBatch", Assert.Throws<ArgumentException>(() => new Trainer(network, new TrainerOptions { BatchSize = 9 })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, new TrainerOptions { Epochs = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, new TrainerOptions { BatchSize = 0 }));
        Assert.Contains("set Batch.Count to 0", Assert.Throws<InvalidOperationException>(() => trainer.Fit(new Lazy())).Message);
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_training_with_the_best_weights()
    {
        using var network = new Linear();
        var validation = Support.Clusters(50, 2);
        var expected = 0.0;
        var recorder = new Recorder(report => expected = report.Completed?.ValidationLoss ?? expected);
        var poisoned = new Poisoned(40, after: 2);
        Assert.Throws<NonFiniteException>(() => new Trainer(network, new TrainerOptions { Epochs = 5, BatchSize = 20 }).Fit(poisoned, validation, recorder));
        Assert.Equal(expected, Metrics.Evaluate(network, validation).Loss);
    }

    [Fact]
    public void The_confusion_matrix_counts_exactly()
    {
        // Weights that predict class 0 where the first feature is largest, and so on.
        using var network = new Linear(new NetworkOptions { MaxBatch = 4 });
        network.Parameters["Dense1.weight"].Span.Clear();
        for (var c = 0; c < 3; c++) network.Parameters["Dense1.weight"].Span[(c * 5) + c] = 1;
        int[] actual = [0, 0, 0, 1, 1, 2, 2, 2, 2, 0, 1], predicted = [0, 1, 0, 1, 2, 2, 2, 0, 2, 2, 1];
        var samples = new float[actual.Length * 5];
        for (var n = 0; n < actual.Length; n++) samples[(n * 5) + predicted[n]] = 1;
        var metrics = Metrics.Evaluate(network, new InMemoryDataset(samples, 5, actual));
        var matrix = new long[3, 3];
        for (var n = 0; n < actual.Length; n++) matrix[actual[n], predicted[n]]++;
        for (var a = 0; a < 3; a++)
            for (var p = 0; p < 3; p++)
                Assert.Equal(matrix[a, p], metrics[a, p]);
        Assert.Equal((3, 11L, 11L, 7L), (metrics.Classes, metrics.Samples, metrics.Predictions, metrics.Correct));
        Assert.Equal(7.0 / 11, metrics.Accuracy);

        // Each right one costs log(1 + 2/e), each wrong one log(e + 2).
        Assert.Equal(((7 * Math.Log(1 + (2 / Math.E))) + (4 * Math.Log(Math.E + 2))) / 11, metrics.Loss, 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => metrics[3, 0]);
    }

    private sealed class Counting(int count) : IDataset
    {
        public int[] Seen { get; } = new int[count];

        public List<int> Sizes { get; } = [];

        public int Count => Seen.Length;

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            Assert.Equal(indices.Length, batch.Count);
            Sizes.Add(indices.Length);
            foreach (var index in indices) Seen[index]++;
            batch.Input<float>().Clear();
            batch.Target<int>().Clear();
        }
    }

    private sealed class Lazy : IDataset
    {
        public int Count => 3;

        public void Fill(ReadOnlySpan<int> indices, Batch batch) => batch.Count = 0;
    }

    /// <summary>Good for some epochs, then NaN.</summary>
    private sealed class Poisoned(int count, int after) : IDataset
    {
        private readonly InMemoryDataset _good = Support.Clusters(count);
        private int _filled;

        public int Count => count;

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            _good.Fill(indices, batch);
            if ((_filled += indices.Length) > (count * after) + (count / 2)) batch.Input<float>().Fill(float.NaN);
        }
    }
}
