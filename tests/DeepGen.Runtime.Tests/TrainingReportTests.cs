using System.Xml.Linq;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>The page about a training.</summary>
public sealed class TrainingReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("report.html");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_fills_the_page()
    {
        using var network = Things.Create(new NetworkOptions { Seed = 3, MaxBatch = 16 });
        using var report = new TrainingReport(Path, "Things & <others>") { ClassNames = ["<zero>", "one", "two", "three"], WriteInterval = TimeSpan.Zero };
        Assert.Contains("http-equiv=\"refresh\"", Page(), StringComparison.Ordinal);
        var pages = new List<string>();
        var trainer = new Trainer(network, new TrainerOptions { Epochs = 3, BatchSize = 16, Watchers = [report, new Look(() => pages.Add(Page()))] });
        var fit = trainer.Fit(Pictures.Of(80, 0, 4, 1), Pictures.Of(40, 0, 4, 2));
        report.Finish();

        // It is a whole page after every step, and grows.
        Assert.Equal(15, pages.Count);
        Assert.Contains("epoch 1 of 3, batch 1 of 5", pages[0], StringComparison.Ordinal);
        Assert.Contains("Predictions for validation samples", pages[6], StringComparison.Ordinal);
        var page = Page();
        Assert.DoesNotContain("refresh", page, StringComparison.Ordinal);
        foreach (var part in new[]
        {
            "Things &amp; &lt;others&gt;", "&lt;zero&gt;", ">Loss</h2>", ">Accuracy</h2>", ">Learning rate</h2>", "Gradient norm of each parameter", "Conv2d1.weight", "Weights and gradients", "First-layer filters",
            "Activations of a sample", "Dead units", "Validation: confusion matrix", "Worst mistakes", "All epochs", "Adam (", "80 to learn from, 40 to judge epochs by", "class=\"status finished\"",
        })
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Contains(Html.Number(fit.History[2].TrainLoss), page, StringComparison.Ordinal);

        // Nothing from elsewhere, no script.
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<zero>", page, StringComparison.Ordinal);

        // Every element is closed, every attribute quoted, every drawing one.
        var body = page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)];
        var xml = XElement.Parse(System.Text.RegularExpressions.Regex.Replace(body, "(<img[^>]*)>", "$1/>").Replace("<br>", "<br/>").Replace("&mdash;", "—"));
        Assert.All(xml.Descendants("path"), path => Assert.DoesNotContain("NaN", path.Attribute("d")!.Value, StringComparison.Ordinal));
        Assert.All(xml.Descendants("img"), img => Assert.StartsWith("data:image/png;base64,", img.Attribute("src")!.Value, StringComparison.Ordinal));
        Assert.Equal(["report.html"], Directory.EnumerateFiles(_folder.Path).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void Watching_changes_no_bit_of_the_result()
    {
        Assert.Equal(Train([]), Train([new TrainingWarnings(), .. Watchers()]));

        IEnumerable<ITrainingWatcher> Watchers()
        {
            yield return new TrainingReport(Path, "title") { WriteInterval = TimeSpan.Zero };
            yield return new TensorBoardLog(_folder.File("events"));
        }

        static int[] Train(ITrainingWatcher[] watchers)
        {
            using var network = Dropping.Create(new NetworkOptions { Seed = 3, MaxBatch = 16 });
            new Trainer(network, new TrainerOptions { Epochs = 3, BatchSize = 16, Watchers = watchers }).Fit(Pictures.Of(80, 0, 4, 1), Pictures.Of(49, 0, 4, 2));
            foreach (var watcher in watchers) (watcher as IDisposable)?.Dispose();
            return Support.Bits(network);
        }
    }

    [Fact]
    public void A_loop_of_ones_own_logs_adds_and_replaces()
    {
        using var report = new TrainingReport(Path, "Loop");
        for (var step = 1; step <= 2000; step++) report.Log("loss/generator", step, 1.0 / step);
        report.Log("loss/discriminator", 1, double.NaN);
        report.Log("alone", 1, 5, Per.Epoch);
        report.AddText("Written", "a <b> & c");
        report.AddText("Written", "second", "epoch 2");
        report.AddText("Written", "third", "epoch 2");
        var grid = PictureGrid.OfPictures([0, 1, 0.5f, 2], 1, 1, 2, columns: 1);
        for (var epoch = 1; epoch <= 20; epoch++) report.AddPictures("Samples", grid, $"epoch {epoch}");
        report.AddPictures("Picture", new Image(4, 2, 2));
        report.AddTable("Table", ["name", "value"], [["one", "<1>"]]);
        report.AddHeadline("score", "7 < 8");
        report.AddFacts("Facts", [("key", "val&ue")]);
        report.AddPredictions("Guesses", [new ShownPrediction(grid, "cat", "dog", 0.75), new ShownPrediction(null, "cat", "cat")]);
        report.Warn(new TrainingWarning(TrainingWarningKind.DeadUnits, "Relu7", 1, 2, "all are dead"));
        report.Status = "iteration 5";
        Assert.Equal("iteration 5", report.Status);
        Assert.Throws<ArgumentException>(() => report.Log("loss/generator", 1, 1, Per.Epoch));
        Assert.Throws<ArgumentException>(() => report.AddTable("Table", ["name"], [["one", "two"]]));
        report.Finish();
        var page = Page();
        foreach (var part in new[] { "a &lt;b&gt; &amp; c", "third", "8 before", "epoch 20", "&lt;1&gt;", "7 &lt; 8", "val&amp;ue", "✗ dog", "75.0 %", "Relu7", "all are dead", "iteration 5", "generator", "alone" })
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.DoesNotContain("second", page, StringComparison.Ordinal);
        Assert.Equal(new byte[] { 0, 255, 0, 0, 128, 255 }, grid.Pixels);
    }

    [Fact]
    public void Two_trainings_on_one_page_have_curves_of_their_own()
    {
        using var report = new TrainingReport(Path, "Two");
        foreach (var name in new[] { "first", "second" })
        {
            using var network = new Linear();
            new Trainer(network, new TrainerOptions { Epochs = 2, Watchers = [report.Watching(name)] }).Fit(Support.Clusters(60));
        }

        report.Finish();
        Assert.Contains("first: train", Page(), StringComparison.Ordinal);
        Assert.Contains("second: train", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_fails_is_on_the_page()
    {
        using var network = new Linear(new NetworkOptions { Seed = 1 });
        using (var report = new TrainingReport(Path, "Fails"))
        {
            var trainer = new Trainer(network, new TrainerOptions { Epochs = 5, Optimizer = new Sgd(3e38f), Watchers = [report] });
            Assert.Throws<NonFiniteException>(() => trainer.Fit(Support.Clusters(200)));
        }

        Assert.Contains("class=\"status failed\"", Page(), StringComparison.Ordinal);
        Assert.Contains("Warnings</h2>", Page(), StringComparison.Ordinal);
        Assert.Contains("is not finite", Page(), StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_open_is_stopped()
    {
        using (new TrainingReport(Path, "Open"))
        {
        }

        Assert.Contains("class=\"status stopped\"", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_at_once() =>
        Assert.Throws<DirectoryNotFoundException>(() => new TrainingReport(_folder.File("nowhere/report.html"), "title"));

    [Fact]
    public void A_page_that_cannot_be_written_for_a_moment_ends_no_training_but_Finish_says_so()
    {
        var folder = _folder.File("inner");
        Directory.CreateDirectory(folder);
        var report = new TrainingReport(System.IO.Path.Combine(folder, "report.html"), "title") { WriteInterval = TimeSpan.Zero };
        Directory.Delete(folder, recursive: true);
        report.Log("loss", 1, 1);
        Assert.Throws<DirectoryNotFoundException>(report.Finish);
        Directory.CreateDirectory(folder);
        report.Finish();
        Assert.True(File.Exists(report.Path));
    }

    [Fact]
    public void Worst_mistakes_are_those_with_the_highest_probability()
    {
        using var network = Things.Create(new NetworkOptions { Seed = 5, MaxBatch = 8 });
        var data = Pictures.Of(50, 0, 4, 1);
        var worst = ShownPrediction.Worst(network, data, 5);
        Assert.Equal(5, worst.Count);
        Assert.All(worst, mistake => Assert.False(mistake.IsRight));
        Assert.Equal(worst.OrderByDescending(mistake => mistake.Probability), worst);
        Assert.True(worst[^1].Probability >= ShownPrediction.Worst(network, data, 50)[5].Probability);
        Assert.All(worst, mistake => Assert.Equal((1, 8, 8), (mistake.Picture!.Channels, mistake.Picture.Height, mistake.Picture.Width)));
        using var numbers = TwoNumbers.Create();
        Assert.Throws<ArgumentException>(() => ShownPrediction.Worst(numbers, data, 5));
    }

    [Fact]
    public void A_curve_of_any_length_keeps_its_mean_in_the_memory_of_a_short_one()
    {
        var curve = new ThinnedCurve(16);
        for (var i = 0; i < 16 * 8; i++) curve.Add(i, 3 * i);
        Assert.InRange(curve.Count, 8, 16);
        Assert.Equal(8, curve.Each);
        Assert.Equal((3.5, 10.5), curve.At(0));
        Assert.Equal(3 * 127, curve.Last);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) curve.Add(i, i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private string Page() => File.ReadAllText(Path);

    private sealed class Look(Action look) : ITrainingWatcher
    {
        public void OnStep(WatchedTraining training) => look();
    }
}
