using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Warnings name the layer.</summary>
[Collection(nameof(AllocationTests))]
public sealed class TrainingWarningsTests
{
    [Fact]
    public void A_usual_training_has_none()
    {
        using var network = Things.Create(new NetworkOptions { Seed = 3, MaxBatch = 16 });
        Assert.Empty(Warnings(network, Pictures.Of(160, 0, 4, 1), new Adam(2e-3f), 4));
    }

    [Fact]
    public void Dead_units_are_named_with_their_layer()
    {
        using var network = Rectified.Create(new NetworkOptions { Seed = 3, MaxBatch = 16 });
        network.Parameters["Dense1.bias"].Span[..3].Fill(-100);
        network.Parameters["Dense2.bias"].Span.Fill(-100);
        var warnings = Warnings(network, Support.Clusters(96), new Sgd(0.01f), 2, dead: 0.3);
        var dead = warnings.Where(warning => warning.Kind == TrainingWarningKind.DeadUnits).ToDictionary(warning => warning.Layer!);
        Assert.Equal(["Relu1", "Relu2"], dead.Keys.Order());
        Assert.Contains("3 of 8 units of Relu1 (0, 1, 2) are zero for all of 64 samples", dead["Relu1"].Message, StringComparison.Ordinal);
        Assert.Contains("6 of 6 units of Relu2 (all)", dead["Relu2"].Message, StringComparison.Ordinal);
        Assert.Equal(1, dead["Relu1"].Epoch);

        // Nothing passes the second rectifier.
        Assert.Contains(warnings, warning => warning.Kind == TrainingWarningKind.VanishingGradient && warning.Layer == "Dense1.weight" && warning.Message.Contains("is zero", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, warning => warning.Layer == "Dense3.bias");
    }

    [Fact]
    public void Units_of_convolutions_are_channels()
    {
        using var network = Things.Create(new NetworkOptions { Seed = 3, MaxBatch = 16 });
        network.Parameters["Conv2d2.bias"].Span[5] = -100;
        var warning = Assert.Single(Warnings(network, Pictures.Of(80, 0, 4, 1), new Sgd(0.001f), 1, dead: 0), warning => warning.Layer == "Relu2");
        Assert.Contains("1 of 8 units of Relu2 (5)", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gradient_that_explodes_names_its_parameter()
    {
        using var network = TwoNumbers.Create(new NetworkOptions { Seed = 3, MaxBatch = 4 });
        var samples = Support.Numbers(64 * 5);
        var targets = Support.Numbers(64 * 2);
        targets[^1] = 1e5f;
        var warnings = Warnings(network, new InMemoryDataset(samples, 5, targets, 2), new Sgd(1e-9f), 1, new TrainerOptions { BatchSize = 4, Shuffle = false });
        Assert.Empty(warnings);
        warnings = Warnings(network, new InMemoryDataset(samples, 5, targets, 2), new Sgd(1e-9f), 2, new TrainerOptions { BatchSize = 4, Shuffle = false });
        Assert.Equal(["Dense1.bias", "Dense1.weight"], warnings.Select(warning => warning.Layer).Order());
        Assert.All(warnings, warning => Assert.Equal((TrainingWarningKind.ExplodingGradient, 2, 32L), (warning.Kind, warning.Epoch, warning.Step)));
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_told_to_all_without_being_asked_for()
    {
        using var network = new Linear(new NetworkOptions { Seed = 1 });
        var heard = new Heard();
        var trainer = new Trainer(network, new TrainerOptions { Epochs = 5, Optimizer = new Sgd(3e38f), Watchers = [heard] });
        var error = Assert.Throws<NonFiniteException>(() => trainer.Fit(Support.Clusters(200)));
        var warning = Assert.Single(heard.Warnings);
        Assert.Equal((TrainingWarningKind.NonFinite, error.Layer, error.Step, error.Message), (warning.Kind, warning.Layer, warning.Step, warning.Message));
        Assert.Same(error, heard.Error);
        Assert.Null(heard.Result);
    }

    [Fact]
    public void Progress_has_them_and_watchers_see_where_the_training_is()
    {
        using var network = Rectified.Create(new NetworkOptions { Seed = 3, MaxBatch = 16 });
        network.Parameters["Dense1.bias"].Span[..3].Fill(-100);
        var (progress, heard) = (new Recorder(), new Heard());
        var fit = new Trainer(network, new TrainerOptions { Epochs = 2, BatchSize = 16, Watchers = [new TrainingWarnings { DeadShare = 0.3 }, heard] }).Fit(Support.Clusters(90), Support.Clusters(20), progress);
        Assert.Equal(heard.Warnings, progress.Reports.SelectMany(report => report.Warnings));
        Assert.NotEmpty(heard.Warnings);
        Assert.Same(fit, heard.Result);
        Assert.Equal(
            ["begin 1 0/6 0", .. Enumerable.Range(1, 6).Select(i => $"step 1 {i}/6 {i}"), "epoch 1 6/6 6", .. Enumerable.Range(1, 6).Select(i => $"step 2 {i}/6 {6 + i}"), "epoch 2 6/6 12", "end 2 6/6 12"],
            heard.Calls);
    }

    [Fact]
    public void Watching_a_step_allocates_nothing()
    {
        // The second half of an epoch of steps has no look at anything but gradients.
        using var network = new Linear(new NetworkOptions { Seed = 1 });
        var counter = new Counter();
        using var folder = new TemporaryFolder();
        using var report = new TrainingReport(folder.File("report.html"), "title") { WriteInterval = TimeSpan.FromHours(1) };
        using var log = new TensorBoardLog(folder.File("events")) { EverySteps = 1 };
        new Trainer(network, new TrainerOptions { Epochs = 2, BatchSize = 4, Prefetch = 0, Watchers = [report, log, new TrainingWarnings(), counter] }).Fit(Support.Clusters(2000));
        Assert.Equal(0, counter.Allocated);
    }

    private static List<TrainingWarning> Warnings(Network network, IDataset data, Optimizer optimizer, int epochs, TrainerOptions? options = null, double dead = 0.5)
    {
        var heard = new Heard();
        new Trainer(network, (options ?? new TrainerOptions()) with { Epochs = epochs, Optimizer = optimizer, Watchers = [new TrainingWarnings { DeadShare = dead }, heard] }).Fit(data);
        return heard.Warnings;
    }

    private sealed class Heard : ITrainingWatcher
    {
        public List<TrainingWarning> Warnings { get; } = [];

        public List<string> Calls { get; } = [];

        public FitResult? Result { get; private set; }

        public Exception? Error { get; private set; }

        public void OnBegin(WatchedTraining training) => Add("begin", training);

        public void OnStep(WatchedTraining training) => Add("step", training);

        public void OnEpoch(WatchedTraining training, EpochResult epoch) => Add("epoch", training);

        public void OnWarning(WatchedTraining training, TrainingWarning warning) => Warnings.Add(warning);

        public void OnEnd(WatchedTraining training, FitResult? result, Exception? error)
        {
            Add("end", training);
            (Result, Error) = (result, error);
        }

        private void Add(string what, WatchedTraining training) => Calls.Add($"{what} {training.Epoch} {training.Batch}/{training.Batches} {training.Step}");
    }

    /// <summary>What the process allocates over the second half of the second epoch.</summary>
    private sealed class Counter : ITrainingWatcher
    {
        private long _before;

        public long Allocated { get; private set; } = -1;

        public void OnStep(WatchedTraining training)
        {
            if (training.Epoch < 2) return;
            if (training.Batch == training.Batches / 2) _before = GC.GetTotalAllocatedBytes(precise: true);
            if (training.Batch == training.Batches - 1) Allocated = GC.GetTotalAllocatedBytes(precise: true) - _before;
        }
    }
}
