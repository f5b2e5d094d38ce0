using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Trainings that are interrupted and go on.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int Samples = 50;
    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder.File("checkpoints");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(1000, true)]
    public void A_training_cancelled_anywhere_goes_on_bit_for_bit(int every, bool fromBest)
    {
        using var whole = Network();
        var expected = Trainer(whole, checkpoints: null, fromBest).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));

        // 5 epochs of 4 batches and 2 of validation.
        for (var at = 1; at <= 30; at += 3)
        {
            var options = new CheckpointOptions(_folder.File($"{at}")) { Every = CheckpointInterval.Steps(every) };
            using var source = new CancellationTokenSource();
            var counter = new Counter(source, at);
            using var interrupted = Network();
            // Filled when they are needed, so that the fills tell where the training is; what goes on fills ahead.
            var part = new Trainer(interrupted, Options(options, fromBest) with { Prefetch = 0 }).Fit(new Cancelling(Support.Clusters(Samples), counter), new Cancelling(Support.Clusters(20, 2), counter), null, source.Token);
            Assert.True(part.Cancelled || at == 30);

            using var resumed = Network();
            var recorder = new Recorder();
            var result = Trainer(resumed, options, fromBest).Fit(Support.Clusters(Samples), Support.Clusters(20, 2), recorder);
            Assert.Equal(Support.Bits(whole), Support.Bits(resumed));
            Assert.Equal(Timeless(expected.History), Timeless(result.History));
            Assert.Equal((expected.BestEpoch, expected.BestRestored, expected.StoppedEarly), (result.BestEpoch, result.BestRestored, result.StoppedEarly));
            Assert.NotNull(result.Resumed);
            Assert.All(recorder.Reports, report => Assert.Same(result.Resumed, report.Resumed));
            Assert.True(result.Elapsed >= result.History.Aggregate(TimeSpan.Zero, (sum, epoch) => sum + epoch.Elapsed));
            if (at % 6 <= 4) Assert.Equal(((at / 6) + 1, at % 6), (result.Resumed.Epoch, result.Resumed.Batch));
        }
    }

    [Fact]
    public void A_finished_training_is_not_done_again()
    {
        using var network = Network();
        var first = Trainer(network).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        using var again = Network();
        var dataset = new Cancelling(Support.Clusters(Samples), new Counter(null, 0));
        var second = Trainer(again).Fit(dataset, Support.Clusters(20, 2));
        Assert.Equal(0, dataset.Counter.Fills);
        Assert.Equal(Support.Bits(network), Support.Bits(again));
        Assert.Equal(first.History, second.History);
        Assert.Equal((6, 0, 20L), (second.Resumed!.Epoch, second.Resumed.Batch, second.Resumed.Step));
        Assert.False(second.Cancelled);
    }

    [Fact]
    public void A_training_that_stopped_early_stays_so()
    {
        FitResult Run(int epochs)
        {
            using var network = Network();
            var options = Options(new CheckpointOptions(Folder)) with { Epochs = epochs, EarlyStopping = new EarlyStopping(1), LearningRate = LearningRateSchedule.Constant, Metric = null };
            return new Trainer(network, options).Fit(new Misleading(Samples, 3), Support.Clusters(20, 2));
        }

        var first = Run(30);
        Assert.True(first.StoppedEarly);
        var second = Run(40);
        Assert.True(second.StoppedEarly);
        Assert.Equal(first.History, second.History);
    }

    [Fact]
    public void More_epochs_are_a_longer_training_where_the_schedule_does_not_look_at_its_end()
    {
        using Linear whole = Network(), first = Network(), second = Network(), third = Network();
        Train(whole, null, 7, LearningRateSchedule.Step(2, 0.5));
        Train(first, new CheckpointOptions(Folder), 3, LearningRateSchedule.Step(2, 0.5));
        Train(second, new CheckpointOptions(Folder), 7, LearningRateSchedule.Step(2, 0.5));
        Assert.Equal(Support.Bits(whole), Support.Bits(second));

        var error = Assert.Throws<InvalidDataException>(() => Train(third, new CheckpointOptions(Folder), 9, LearningRateSchedule.Cosine()));
        Assert.Matches(@"the learning rate of step \d+ was \S+ and is now 0\.0", error.Message);

        static void Train(Linear network, CheckpointOptions? checkpoints, int epochs, LearningRateSchedule schedule) =>
            new Trainer(network, Options(checkpoints) with { Epochs = epochs, LearningRate = schedule, Metric = null, EarlyStopping = null }).Fit(Support.Clusters(Samples));
    }

    [Fact]
    public void Another_training_is_refused_with_what_differs()
    {
        using (var network = Network()) Trainer(network).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        var before = Contents();
        Refused("training.samples was 50 and is now 51", samples: 51);
        Refused("training.batch_size was 16 and is now 15", options => options with { BatchSize = 15 });
        Refused("training.seed was 0 and is now 4", options => options with { Seed = 4 });
        Refused("training.shuffle was yes and is now no", options => options with { Shuffle = false });
        Refused("optimizer.lr was 0.05 and is now 0.1", options => options with { Optimizer = new Adam(0.1f) });
        Refused("optimizer was Adam and is now AdamW", options => options with { Optimizer = new AdamW(0.05f) });
        Refused("training.early_stopping was patience 100, minimum_improvement 0 and is now not set", options => options with { EarlyStopping = null });
        Refused("training.plateau was factor 0.5", options => options with { LearningRate = LearningRateSchedule.Constant });
        Refused("training.metric was validation loss and is now not set", options => options with { Metric = null });
        Refused("training.keep_best was yes and is now no", options => options with { KeepBest = false });
        using var vectors = new Linear(new NetworkOptions { Seed = 9 });
        Assert.Contains("network.seed was 1 and is now 9", Assert.Throws<InvalidDataException>(() => Trainer(vectors).Fit(Support.Clusters(Samples), Support.Clusters(20, 2))).Message);
        Assert.Equal(before, Contents());

        void Refused(string reason, Func<TrainerOptions, TrainerOptions>? change = null, int samples = Samples)
        {
            using var network = Network();
            var bits = Support.Bits(network);
            var options = Options(new CheckpointOptions(Folder));
            var error = Assert.Throws<InvalidDataException>(() => new Trainer(network, change?.Invoke(options) ?? options).Fit(Support.Clusters(samples), Support.Clusters(20, 2)));
            Assert.Contains(reason, error.Message);
            Assert.Contains("step-", error.Message);
            Assert.Equal(bits, Support.Bits(network));
        }
    }

    [Fact]
    public void Changes_that_are_allowed_are_told()
    {
        using Linear first = Network(), second = Network(), third = Network();
        Trainer(first).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        var options = Options(new CheckpointOptions(Folder) { Resume = Resume.Newest with { AllowChanges = true } }) with { Epochs = 7 };
        var result = new Trainer(second, options with { Optimizer = new Sgd(0.01f, momentum: 0.9f), Metric = EpochMetric.ValidationAccuracy }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        Assert.Contains("optimizer was Adam and is now Sgd", result.Resumed!.Changes);
        Assert.Contains("training.metric was validation loss and is now validation accuracy", result.Resumed.Changes);
        Assert.Equal(7, result.History.Count);
        Assert.Contains(result.History.Skip(5), epoch => epoch.IsBest);
        Assert.Throws<InvalidDataException>(() => new Trainer(third, options with { BatchSize = 10 }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2)));
    }

    [Fact]
    public void The_last_few_and_the_best_are_kept()
    {
        using var network = Network();
        var options = Options(new CheckpointOptions(Folder) { Every = CheckpointInterval.Steps(3), Keep = 2 }) with { Epochs = 8, Metric = null, LearningRate = LearningRateSchedule.Constant };
        var result = new Trainer(network, options).Fit(new Misleading(Samples, 2), Support.Clusters(20, 2));
        var best = $"step-{4 * result.BestEpoch:D10}-best.safetensors";
        Assert.Equal([best, "step-0000000030.safetensors", "step-0000000032.safetensors"], Names());

        // It holds the weights that the network has now.
        using var loaded = Network();
        loaded.Load(Path.Combine(Folder, best));
        Assert.Equal(Support.Bits(network), Support.Bits(loaded));
    }

    [Fact]
    public void By_epochs_by_time_and_without_the_best()
    {
        using var network = Network();
        Trainer(network, new CheckpointOptions(_folder.File("epochs")) { Every = CheckpointInterval.Epochs(2), Keep = 9, KeepBest = false }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        Assert.Equal(["step-0000000008.safetensors", "step-0000000016.safetensors", "step-0000000020.safetensors"], Names("epochs"));
        using var other = Network();
        Trainer(other, new CheckpointOptions(_folder.File("time")) { Every = CheckpointInterval.Time(TimeSpan.FromTicks(1)), Keep = 99, KeepBest = false }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        Assert.Equal(20, Names("time").Length);
        using var never = Network();
        Trainer(never, new CheckpointOptions(_folder.File("late")) { Every = CheckpointInterval.Time(TimeSpan.FromDays(1)), KeepBest = false }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        Assert.Single(Names("late"));
    }

    [Fact]
    public void Unreadable_checkpoints_are_skipped_but_not_in_silence()
    {
        using Linear whole = Network(), resumed = Network(), last = Network();
        var options = new CheckpointOptions(Folder) { Every = CheckpointInterval.Steps(4), Keep = 3, KeepBest = false };
        Trainer(whole, options).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        string[] paths = [.. Names().Select(name => Path.Combine(Folder, name))];
        File.WriteAllBytes(paths[2], File.ReadAllBytes(paths[2])[..^9]);
        File.WriteAllText(paths[1], "no checkpoint");
        var result = Trainer(resumed, options).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        Assert.Equal(paths[0], result.Resumed!.Path);
        Assert.Equal([paths[2], paths[1]], result.Resumed.Skipped.Select(skipped => skipped.Path));
        Assert.Contains("truncated", result.Resumed.Skipped[0].ToString());
        Assert.Contains("not a safetensors file", result.Resumed.Skipped[1].ToString());
        Assert.Equal(Support.Bits(whole), Support.Bits(resumed));

        foreach (var path in paths) File.WriteAllText(path, "no checkpoint");
        var error = Assert.Throws<InvalidDataException>(() => Trainer(last, options).Fit(Support.Clusters(Samples), Support.Clusters(20, 2)));
        Assert.Contains("No checkpoint in", error.Message);
        Assert.All(paths, path => Assert.Contains(path, error.Message));
    }

    [Fact]
    public void From_a_file_and_never()
    {
        using Linear whole = Network(), branch = Network(), refused = Network();
        var options = new CheckpointOptions(Folder) { Every = CheckpointInterval.Steps(1), Keep = 99 };
        Trainer(whole, options).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        var path = Path.Combine(Folder, "step-0000000007.safetensors");
        var result = Trainer(branch, new CheckpointOptions(_folder.File("branch")) { Resume = Resume.From(path) }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        Assert.Equal((path, 2, 3, 7L), (result.Resumed!.Path, result.Resumed.Epoch, result.Resumed.Batch, result.Resumed.Step));
        Assert.Equal(Support.Bits(whole), Support.Bits(branch));

        var (before, bits) = (Contents(), Support.Bits(refused));
        Assert.Contains("of a later step", Assert.Throws<IOException>(() => Trainer(refused, options with { Resume = Resume.From(path) }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2))).Message);
        Assert.Contains("earlier training", Assert.Throws<IOException>(() => Trainer(refused, options with { Resume = Resume.Never }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2))).Message);
        Assert.Throws<FileNotFoundException>(() => Trainer(refused, options with { Resume = Resume.From(_folder.File("none")) }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2)));
        Assert.Equal(before, Contents());
        Assert.Equal(bits, Support.Bits(refused));
        Assert.Null(Trainer(refused, new CheckpointOptions(_folder.File("new")) { Resume = Resume.Never }).Fit(Support.Clusters(Samples), Support.Clusters(20, 2)).Resumed);
    }

    [Fact]
    public void A_full_disk_leaves_the_earlier_checkpoints()
    {
        using Linear network = Network(), resumed = Network(), whole = Network();
        var written = 0;
        var options = new CheckpointOptions(Folder)
        {
            Every = CheckpointInterval.Steps(2),
            Create = temporary =>
            {
                if (++written <= 3) return new FileStream(temporary, FileMode.CreateNew);

                // Every write to this device fails with "no space left".
                File.CreateSymbolicLink(temporary, "/dev/full");
                return new FileStream(temporary, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            },
        };
        var error = Assert.Throws<IOException>(() => Trainer(network, options).Fit(Support.Clusters(Samples), Support.Clusters(20, 2)));
        Assert.Contains("No space left", error.Message);
        Assert.Contains(Folder, error.Message);
        Assert.Equal(3, Names().Length);
        Assert.NotNull(Trainer(resumed, new CheckpointOptions(Folder)).Fit(Support.Clusters(Samples), Support.Clusters(20, 2)).Resumed);
        Trainer(whole, checkpoints: null).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        Assert.Equal(Support.Bits(whole), Support.Bits(resumed));
    }

    [Fact]
    public void A_folder_that_cannot_be_is_named_before_the_first_step()
    {
        File.WriteAllText(Folder, "a file");
        using var network = Network();
        var before = Support.Bits(network);
        Assert.Contains(Folder, Assert.Throws<IOException>(() => Trainer(network).Fit(Support.Clusters(Samples), Support.Clusters(20, 2))).Message);
        Assert.Equal(before, Support.Bits(network));
    }

    [Fact]
    public void What_a_killed_process_left_is_removed_and_nothing_else()
    {
        Directory.CreateDirectory(Folder);
        string[] own = [$".step-0000000004.safetensors.{Guid.NewGuid():N}.tmp", $".step-0000000004-best.safetensors.{Guid.NewGuid():N}.tmp"];
        string[] others = [$".weights.safetensors.{Guid.NewGuid():N}.tmp", ".step-0000000004.safetensors.tmp", "notes.tmp", "step-4.safetensors"];
        foreach (var name in own.Concat(others)) File.WriteAllText(Path.Combine(Folder, name), "half");
        using var network = Network();
        Trainer(network).Fit(Support.Clusters(Samples), Support.Clusters(20, 2));
        Assert.All(own, name => Assert.False(File.Exists(Path.Combine(Folder, name))));
        Assert.All(others, name => Assert.True(File.Exists(Path.Combine(Folder, name))));
    }

    [Fact]
    public void Two_trainings_cannot_share_a_folder()
    {
        using Linear network = Network(), other = Network();
        var refused = 0;
        Trainer(network).Fit(Support.Clusters(Samples), Support.Clusters(20, 2), new Recorder(_ =>
        {
            if (refused++ == 0) Assert.Contains("a folder of its own", Assert.Throws<IOException>(() => Trainer(other).Fit(Support.Clusters(Samples), Support.Clusters(20, 2))).Message);
        }));
        Assert.True(refused > 0);
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new CheckpointOptions(""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointOptions("a") { Keep = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => CheckpointInterval.Steps(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CheckpointInterval.Epochs(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CheckpointInterval.Time(TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => Resume.From(""));
    }

    private static Linear Network() => new(new NetworkOptions { MaxBatch = 16, Seed = 1 });

    private Trainer Trainer(Network network) => Trainer(network, new CheckpointOptions(Folder));

    private static Trainer Trainer(Network network, CheckpointOptions? checkpoints, bool fromBest = false) => new(network, Options(checkpoints, fromBest));

    /// <summary>With everything that has a state.</summary>
    private static TrainerOptions Options(CheckpointOptions? checkpoints, bool fromBest = false) => new()
    {
        Optimizer = new Adam(0.05f) { Noise = new GradientNoise(0.5f), Clipping = GradientClipping.ByGlobalNorm(1) },
        LearningRate = LearningRateSchedule.Cosine().WarmUp(1).ReduceOnPlateau(0.5, patience: 0, fromBest: fromBest),
        EarlyStopping = new EarlyStopping(100),
        Metric = EpochMetric.ValidationLoss,
        Epochs = 5,
        BatchSize = 16,
        ProgressInterval = TimeSpan.Zero,
        Checkpoints = checkpoints,
    };

    private static IEnumerable<EpochResult> Timeless(IEnumerable<EpochResult> history) => history.Select(epoch => epoch with { Elapsed = default, SamplesPerSecond = 0 });

    private string[] Names(string folder = "checkpoints") => [.. Directory.GetFiles(_folder.File(folder), "step-*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private Dictionary<string, string> Contents() => Names().ToDictionary(name => name, name => Convert.ToHexString(File.ReadAllBytes(Path.Combine(Folder, name))));

    /// <summary>Cancels after so many batches.</summary>
    private sealed class Counter(CancellationTokenSource? source, int last)
    {
        public int Fills { get; private set; }

        public void Filled()
        {
            if (++Fills == last) source?.Cancel();
        }
    }

    private sealed class Cancelling(IDataset dataset, Counter counter) : IDataset
    {
        public Counter Counter => counter;

        public int Count => dataset.Count;

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            dataset.Fill(indices, batch);
            counter.Filled();
        }
    }
}
