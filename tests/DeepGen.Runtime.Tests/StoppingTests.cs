using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Early stopping, metrics of the user's, plateaus and restarts, as a trainer runs them.</summary>
public class StoppingTests
{
    [Fact]
    public void Stops_after_so_many_epochs_without_an_improvement_and_gives_the_best_back()
    {
        using var network = new Linear();
        double[] script = [5, 4, 4.5, 3, 3.5, 2.95, 3, 2, 1];
        var weights = new List<int[]>();
        var result = Train(network, script, new TrainerOptions { EarlyStopping = new EarlyStopping(3, 0.1) }, recorder: report => { if (report.Completed != null) weights.Add(Support.Bits(network)); });

        // 3 is the best; 3.5, 2.95 (by less than 0.1) and 3 bring none. The best weights are those of the least all the same.
        Assert.Equal(7, result.History.Count);
        Assert.Equal((true, false, 6, true), (result.StoppedEarly, result.Cancelled, result.BestEpoch, result.BestRestored));
        Assert.Equal(script[..7], result.History.Select(epoch => epoch.Metric!.Value));
        Assert.Equal("**.*.*.", string.Concat(result.History.Select(epoch => epoch.IsBest ? '*' : '.')));
        Assert.Equal(weights[5], Support.Bits(network));
    }

    [Fact]
    public void A_training_that_ends_by_itself_was_not_stopped()
    {
        using var network = new Linear();
        var result = Train(network, [1, 2, 3], new TrainerOptions { EarlyStopping = new EarlyStopping(2) });
        Assert.Equal((3, false, false), (result.History.Count, result.StoppedEarly, result.Cancelled));
    }

    [Fact]
    public void A_NaN_is_no_improvement()
    {
        using var network = new Linear();
        var result = Train(network, [double.NaN, 2, double.NaN, double.NaN, 1], new TrainerOptions { EarlyStopping = new EarlyStopping(2) });
        Assert.Equal((4, 2, true), (result.History.Count, result.BestEpoch, result.StoppedEarly));
    }

    [Fact]
    public void By_accuracy_or_by_a_function_of_the_confusion_matrix()
    {
        using var network = new Linear();
        var validation = Support.Clusters(100, 2);
        var options = new TrainerOptions { Optimizer = new Adam(0.05f), Epochs = 40, BatchSize = 20, Metric = EpochMetric.ValidationAccuracy, EarlyStopping = new EarlyStopping(3) };
        var result = new Trainer(network, options).Fit(Support.Clusters(200), validation);
        Assert.True(result.StoppedEarly);
        Assert.Equal(result.History.Max(epoch => epoch.ValidationAccuracy), result.History[result.BestEpoch!.Value - 1].ValidationAccuracy);
        Assert.Equal(result.BestEpoch + 3, result.History.Count);

        using var other = new Linear();
        var recall = EpochMetric.FromValidation("recall of class 2", metrics => (double)metrics[2, 2] / (metrics[2, 0] + metrics[2, 1] + metrics[2, 2]), higherIsBetter: true);
        result = new Trainer(other, options with { Optimizer = new Adam(0.05f), Metric = recall }).Fit(Support.Clusters(200), validation);
        var metrics = Metrics.Evaluate(other, validation);
        Assert.Equal(result.History.Max(epoch => epoch.Metric), (double)metrics[2, 2] / (metrics[2, 0] + metrics[2, 1] + metrics[2, 2]));
    }

    [Fact]
    public void The_default_looks_at_the_validation_loss()
    {
        using var network = new Linear();
        var result = new Trainer(network, new TrainerOptions { Optimizer = new Sgd(0.5f), Epochs = 30, BatchSize = 20, EarlyStopping = new EarlyStopping(2) })
            .Fit(new Misleading(200, after: 4), Support.Clusters(100, 2));
        var losses = result.History.Select(epoch => epoch.ValidationLoss!.Value).ToList();
        Assert.True(result.StoppedEarly);
        Assert.Equal(losses.Count - 3, losses.IndexOf(losses.Min()));
        Assert.All(result.History, epoch => Assert.Null(epoch.Metric));
    }

    [Fact]
    public void A_metric_of_the_training_needs_no_validation_samples()
    {
        using var network = new Linear();
        var result = new Trainer(network, new TrainerOptions { Epochs = 3, Metric = EpochMetric.TrainLoss }).Fit(Support.Clusters(100));
        Assert.Equal((3, true), (result.BestEpoch, result.BestRestored));
        Assert.Equal(result.History[2].TrainLoss, result.History[2].Metric);
    }

    [Fact]
    public void Plateaus_reduce_the_rate_of_the_schedule()
    {
        using var network = new Linear();
        var optimizer = new Sgd(0.4f);
        var result = Train(network, [3, 2, 2, 2, 1, 1, 1], new TrainerOptions { Optimizer = optimizer, LearningRate = LearningRateSchedule.Step(4, 0.1).ReduceOnPlateau(0.5, patience: 1) });

        // The second epoch without an improvement is one too many: from the fifth epoch on.
        Assert.Equal([0.4f, 0.4f, 0.4f, 0.4f, 0.02f, 0.02f, 0.02f], result.History.Select(epoch => epoch.LearningRate));
        Assert.Equal(0.4f, optimizer.LearningRate);
    }

    [Fact]
    public void A_restart_goes_on_from_the_best_epoch_with_all_that_the_optimizer_knew()
    {
        // Epoch 2 is the best; after epoch 4 the weights are those of epoch 2 again, and epoch 5 learns from there at half the rate.
        double[] script = [2, 1, 2, 2, 2];
        using var network = new Linear(new NetworkOptions { Seed = 3 });
        var after = new List<int[]>();
        Train(
            network,
            script,
            new TrainerOptions { Optimizer = new Adam(0.1f), Shuffle = false, KeepBest = false, LearningRate = LearningRateSchedule.Constant.ReduceOnPlateau(0.5, patience: 1, fromBest: true) },
            recorder: report => { if (report.Completed != null) after.Add(Support.Bits(network)); });
        Assert.Equal(after[1], after[3]);
        Assert.NotEqual(after[1], after[2]);

        // By hand: two epochs, then one at half the rate with the same moments.
        using var expected = new Linear(new NetworkOptions { Seed = 3 });
        var adam = new Adam(0.1f);
        Train(expected, script[..2], new TrainerOptions { Optimizer = adam, Shuffle = false, KeepBest = false });
        adam.LearningRate = 0.05f;
        Train(expected, script[..1], new TrainerOptions { Optimizer = adam, Shuffle = false, KeepBest = false });
        Assert.Equal(Support.Bits(expected), after[4]);
    }

    [Fact]
    public void The_judge_goes_on_from_its_state()
    {
        foreach (var metric in new[] { EpochMetric.ValidationLoss, null })
        {
            var options = new TrainerOptions { Metric = metric, EarlyStopping = new EarlyStopping(4), LearningRate = LearningRateSchedule.Constant.ReduceOnPlateau(0.5, 1, cooldown: 1) };
            var whole = new EpochJudge(options);
            foreach (var (loss, i) in new[] { 3, 2, double.NaN, 2.5, 2, 1.5, 1.7, 1.6, 1.5, 1.6 }.Select((loss, i) => (loss, i)))
            {
                var next = new EpochJudge(options) { State = whole.State };
                var epoch = new EpochResult(i + 1, 1, null, loss, null, 1, 1, TimeSpan.Zero, false);
                using var network = new Linear();
                var metrics = new Metrics(network.Definition);
                metrics.Add(loss, 1);
                metrics.Heads[0].Add([1, 0, 0], [0]);
                Assert.Equal(whole.Judge(epoch, metrics), next.Judge(epoch, metrics));
                Assert.Equal(whole.State, next.State);
                Assert.Equal((whole.Stops, whole.RateScale, whole.EndsPlateau, whole.BestOfPlateau), (next.Stops, next.RateScale, next.EndsPlateau, next.BestOfPlateau));
                Assert.Equal(i == 9, whole.Stops);
            }

            Assert.True(whole.RateScale < 0.5);
        }
    }

    [Fact]
    public void What_cannot_be_judged_is_refused_before_the_training()
    {
        using var network = new Linear();
        var before = Support.Bits(network);
        Refused("TrainerOptions.EarlyStopping looks at the validation loss", new TrainerOptions { EarlyStopping = new EarlyStopping(2) });
        Refused("LearningRateSchedule.ReduceOnPlateau looks at the validation loss", new TrainerOptions { LearningRate = LearningRateSchedule.Constant.ReduceOnPlateau() });
        Refused("TrainerOptions.Metric looks at the validation accuracy", new TrainerOptions { Metric = EpochMetric.ValidationAccuracy });
        Assert.Equal(before, Support.Bits(network));
        Assert.Contains("leave one of them out", Assert.Throws<ArgumentException>(() => new Trainer(network, new TrainerOptions { Metric = EpochMetric.TrainLoss, BestTolerance = 1 })).Message);
        Assert.Throws<KeyNotFoundException>(() => new Trainer(network, new TrainerOptions { Optimizer = new Sgd { Groups = [new("none") { Frozen = true }] } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(1, -1));

        void Refused(string message, TrainerOptions options) =>
            Assert.StartsWith($"Fit: {message}", Assert.Throws<ArgumentException>(() => new Trainer(network, options).Fit(Support.Clusters(10))).Message);
    }

    /// <summary>As many epochs as there are numbers, which are the metric.</summary>
    private static FitResult Train(Network network, double[] script, TrainerOptions options, Action<TrainingProgress>? recorder = null) =>
        new Trainer(network, options with { Epochs = script.Length, BatchSize = 20, Metric = EpochMetric.From("script", epoch => script[epoch.Epoch - 1], higherIsBetter: false) })
            .Fit(Support.Clusters(40), progress: new Recorder(recorder));
}
