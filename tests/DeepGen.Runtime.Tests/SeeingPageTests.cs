using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>The examples of docs/seeing.md: each stands here word for word, and is run.</summary>
public sealed class SeeingPageTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly Things net = Things.Create(new NetworkOptions { Seed = 1, MaxBatch = 16 });
    private readonly Things other = Things.Create(new NetworkOptions { Seed = 2, MaxBatch = 16 });
    private readonly InMemoryDataset train = Pictures.Of(80, 0, 4, 1);
    private readonly InMemoryDataset validation = Pictures.Of(40, 0, 4, 2);
    private readonly InMemoryDataset test = Pictures.Of(40, 0, 4, 3);

    private string path => _temporary.File("report.html");

    private string folder => _temporary.File("run");

    public void Dispose()
    {
        net.Dispose();
        other.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void A_report()
    {
        using var report = new TrainingReport(path, "Things") { ClassNames = ["line", "bar", "slash", "backslash"] };
        var trainer = new Trainer(net, new TrainerOptions { Epochs = 3, Watchers = [report, new TrainingWarnings()] });
        FitResult fit = trainer.Fit(train, validation);
        report.Finish();
        Assert.Equal(3, fit.History.Count);
        Assert.Contains("backslash", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Additions()
    {
        using var report = new TrainingReport(path, "Things") { ClassNames = ["line", "bar", "slash", "backslash"] };
        Metrics metrics = Metrics.Evaluate(net, test);
        report.AddHeadline("test accuracy", $"{metrics.Accuracy:0.000}", "40 pictures");
        report.AddFacts("Choices", [("augmentation", "none"), ("data", "small shapes in noise")]);
        report.AddConfusion("Test: confusion matrix", metrics.Heads[0]);
        report.AddPredictions("Test: worst mistakes", ShownPrediction.Worst(net, test, count: 16, report.ClassNames));
        report.AddTable("Ensemble", ["network", "accuracy"], [["first", "0.91"], ["second", "0.92"]]);
        report.AddText("Notes", "Texts are shown as they are, <b> is no markup.");
        report.AddPictures("Filters", PictureGrid.OfFilters(net.Parameters["Conv2d1.weight"]), "after the training");
        new Trainer(net, new TrainerOptions { Epochs = 2, Watchers = [report.Watching("from scratch")] }).Fit(train, validation);
        new Trainer(other, new TrainerOptions { Epochs = 2, Watchers = [report.Watching("fine-tuned")] }).Fit(train, validation);
        report.Finish();
        Assert.All(["Notes", "&lt;b&gt;", "fine-tuned: train", "Ensemble"], part => Assert.Contains(part, File.ReadAllText(path), StringComparison.Ordinal));
    }

    [Fact]
    public void A_loop()
    {
        using var batch = new Batch(net, 16) { Count = 16 };
        train.Fill([.. Enumerable.Range(0, 16)], batch);
        var adam = new Adam(1e-3f);
        var scores = new float[64];
        using var page = new TrainingReport(path, "A loop");
        for (var step = 1; step <= 40; step++)
        {
            float loss = net.Step(batch, adam);
            page.Log("loss/generator", step, loss);
            page.Status = $"step {step} of 40";
            if (step % 20 != 0) continue;
            net.Forward(batch, scores);
            page.AddPictures("Samples", PictureGrid.OfMaps(scores, height: 2, width: 2), $"step {step}");
        }
        page.Finish();
        Assert.Contains("step 40 of 40", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Events()
    {
        using var log = new TensorBoardLog(folder) { EverySteps = 10 };
        new Trainer(net, new TrainerOptions { Epochs = 2, Watchers = [log] }).Fit(train, validation);
        log.Scalar("test/accuracy", step: 100, value: 0.93);
        log.Picture("filters", step: 100, PictureGrid.OfFilters(net.Parameters["Conv2d1.weight"]));
        log.Histogram("weights", step: 100, net.Parameters["Dense1.weight"].Values);
        log.Text("note", step: 100, "Markdown");
        log.Flush();
        Assert.Single(Directory.EnumerateFiles(folder));
        Assert.True(new FileInfo(log.Path).Length > 1000);
    }

    [Fact]
    public void Warnings()
    {
        var heard = new List<TrainingWarning>();
        var progress = new Progress<TrainingProgress>(report => heard.AddRange(report.Warnings));
        new Trainer(net, new TrainerOptions { Epochs = 2, Watchers = [new TrainingWarnings { ExplodingFactor = 1000 }] }).Fit(train, validation, progress);
        Assert.Empty(heard);
    }

    [Fact]
    public void A_watcher()
    {
        var slowest = new Slowest();
        new Trainer(net, new TrainerOptions { Epochs = 2, Watchers = [slowest] }).Fit(train);
        Assert.True(slowest.Longest > TimeSpan.Zero);
    }

    [Fact]
    public void Every_example_of_the_page_stands_here() => PageExamples.AllStandIn("seeing.md", 7);

    sealed class Slowest : ITrainingWatcher
    {
        private TimeSpan _last;

        public TimeSpan Longest { get; private set; }

        public void OnStep(WatchedTraining training)
        {
            var now = training.Elapsed;
            if (now - _last > Longest) Longest = now - _last;
            _last = now;
        }
    }
}
