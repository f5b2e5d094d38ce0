using System.Globalization;

namespace DeepGen.Examples.Gan;

/// <summary>Train a generator against a discriminator, show samples of each epoch, measure how varied they are.</summary>
internal sealed class GanRun(Settings settings)
{
    /// <summary>The grid of samples: rows and columns.</summary>
    private const int Side = 8;

    /// <summary>Samples that the variety is measured on.</summary>
    private const int Measured = 1000;

    private const int ClassifierBatch = 64;

    /// <summary>Grids in the report; the folder has all.</summary>
    private const int Shown = 12;

    private const string EpochKey = "epoch.";

    private const string CheckpointFile = "checkpoint.safetensors";

    private readonly OutputFolder _folder = new(settings.Out);

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends the training early; what it gave is saved, measured and reported all the same.</param>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken stop)
    {
        _folder.Check(settings.Resume, CheckpointFile);
        var data = new Pictures(SmallPictures.Read(settings.Data), settings.Pictures);
        if (data.Train.Count < settings.Batch) throw new UsageException($"--batch: {settings.Batch} pictures of a step are more than the {data.Train.Count} that there are.");
        using var game = new GanGame(data, settings.Batch, settings.Seed, settings.Threads);
        var epochs = Resumed(game);
        Directory.CreateDirectory(_folder["samples"]);
        Console.WriteLine(Invariant($"DCGAN, generator {game.Generator.Parameters.TrainableValues:N0} parameters, discriminator {game.Discriminator.Parameters.TrainableValues:N0}, on {data.Name}: {data.Train.Count:N0} pictures"));
        Console.WriteLine();

        using var report = new TrainingReport(_folder.Report, $"DCGAN on {data.Name}");
        report.AddFacts("Choices",
        [
            ("optimizers", GanGame.Optimizers),
            ("batch", Invariant($"{settings.Batch} real pictures and as many generated")),
            ("seed", Invariant($"{settings.Seed}")),
            ("pictures", Invariant($"{data.Train.Count:N0}")),
        ]);
        foreach (var epoch in epochs) Log(report, epoch);
        Play(game, epochs, report, stop);
        if (epochs.Count == 0)
        {
            Console.WriteLine("stopped before the first epoch was complete; nothing was saved");
            return ExampleProgram.Interrupted;
        }

        game.Generator.Save(_folder["generator.safetensors"]);
        game.Discriminator.Save(_folder["discriminator.safetensors"]);
        Console.WriteLine();
        using var classifier = Classifier(data);
        var accuracy = Metrics.Evaluate(classifier, data.Test).Accuracy;
        var measured = Math.Min(Measured, Math.Min(data.Train.Count, data.Test.Count));
        var test = Pictures.Values(data.TestPixels, measured);
        var diversity = Diversity.Of(classifier, game.Show(measured), test);
        var real = Diversity.Of(classifier, Pictures.Values(data.TrainPixels, measured), test);
        Console.WriteLine(Invariant($"classifier: accuracy {accuracy:0.000} on test pictures"));
        Console.WriteLine("            distance ratio  classes  sureness  score");
        foreach (var (name, of) in new[] { ("generated", diversity), ("real", real) })
            Console.WriteLine(Invariant($"{name,-12}{of.DistanceRatio,14:0.000}{of.Coverage,9:0.00}{of.Sureness,10:0.000}{of.Score,7:0.00}"));
        Console.WriteLine("share of each class among the generated: " + string.Join(' ', diversity.Shares.Select(share => Invariant($"{share:0.00}"))));
        report.AddTable("Variety", ["pictures", "distance ratio", "classes", "sureness", "score"],
        [
            .. new[] { ("generated", diversity), ("real", real) }.Select(one => (IReadOnlyList<string>)[one.Item1, Invariant($"{one.Item2.DistanceRatio:0.000}"), Invariant($"{one.Item2.Coverage:0.00}"), Invariant($"{one.Item2.Sureness:0.000}"), Invariant($"{one.Item2.Score:0.00}")]),
        ]);
        report.AddHeadline("distance ratio", Invariant($"{diversity.DistanceRatio:0.000}"), "mean distance of two samples, relative to the data's");
        report.AddHeadline("classes made", Invariant($"{diversity.Coverage:0.00}"), Invariant($"of {Pictures.Classes}, by a classifier of accuracy {accuracy:0.000}"));
        report.Finish();
        Console.WriteLine($"results  {Path.GetFullPath(settings.Out)}");
        var last = epochs[^1];
        Console.WriteLine(Invariant($"discriminator accuracy real {last.RealAccuracy:0.000} fake {last.FakeAccuracy:0.000}, diversity {diversity.DistanceRatio:0.000}, classes {diversity.Coverage:0.00}"));
        return 0;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Key(int epoch) => Invariant($"{EpochKey}{epoch:0000}");

    /// <summary>Plays the epochs that are left; after each a grid of samples and a checkpoint.</summary>
    private void Play(GanGame game, List<GameEpoch> epochs, TrainingReport report, CancellationToken stop)
    {
        var every = Math.Max(1, settings.Epochs / Shown);
        Console.WriteLine("epoch   loss: discriminator  generator   accuracy: real  generated   seconds");
        while (epochs.Count < settings.Epochs)
        {
            if (game.Play(epochs.Count + 1, null, stop) is not { } epoch) return;
            epochs.Add(epoch);
            Console.WriteLine(Invariant($"{epoch.Epoch,5}{epoch.DiscriminatorLoss,22:0.0000}{epoch.GeneratorLoss,11:0.0000}{epoch.RealAccuracy,17:0.000}{epoch.FakeAccuracy,11:0.000}{epoch.Seconds,10:0.0}"));
            var grid = PictureGrid.OfPictures(game.Show(Side * Side), 1, 28, 28, -1, 1, columns: Side, scale: 2);
            if (epoch.Epoch == 1 || epoch.Epoch % every == 0 || epoch.Epoch == settings.Epochs) report.AddPictures("Samples", grid, Invariant($"epoch {epoch.Epoch}"));
            Log(report, epoch);
            report.Status = Invariant($"epoch {epoch.Epoch} of {settings.Epochs}");
            grid.ToImage().Save(_folder[Invariant($"samples/epoch-{epoch.Epoch:0000}.png")]);
            game.Checkpoint.Values[Key(epoch.Epoch)] = epoch.Text;
            game.Checkpoint.Save(_folder[CheckpointFile]);
        }
    }

    private static void Log(TrainingReport report, GameEpoch epoch)
    {
        report.Log("Discriminator's accuracy/real", epoch.Epoch, epoch.RealAccuracy, Per.Epoch);
        report.Log("Discriminator's accuracy/generated", epoch.Epoch, epoch.FakeAccuracy, Per.Epoch);
        report.Log("Loss/discriminator", epoch.Epoch, epoch.DiscriminatorLoss, Per.Epoch);
        report.Log("Loss/generator", epoch.Epoch, epoch.GeneratorLoss, Per.Epoch);
    }

    /// <summary>The epochs of the checkpoint, whose weights the networks have then; none where there is none.</summary>
    private List<GameEpoch> Resumed(GanGame game)
    {
        if (!settings.Resume) return [];
        game.Checkpoint.Load(_folder[CheckpointFile]);
        return [.. game.Checkpoint.Values.Where(value => value.Key.StartsWith(EpochKey, StringComparison.Ordinal)).Select(value => GameEpoch.Parse(value.Value)).OrderBy(epoch => epoch.Epoch)];
    }

    /// <summary>A classifier that has learned the data.</summary>
    private Classifier Classifier(Pictures data)
    {
        var classifier = Gan.Classifier.Create(new NetworkOptions { MaxBatch = ClassifierBatch, Seed = settings.Seed, Threads = settings.Threads });
        var count = (int)Math.Min(int.MaxValue, (long)settings.ClassifierSteps * ClassifierBatch);
        new Trainer(classifier, new TrainerOptions
        {
            Optimizer = new AdamW(2e-3f, weightDecay: 0.01f),
            LearningRate = LearningRateSchedule.Cosine(),
            BatchSize = ClassifierBatch,
            Epochs = Math.Max(1, settings.ClassifierSteps / Math.Max(1, data.Train.Count / ClassifierBatch)),
            Seed = settings.Seed,
        }).Fit(count < data.Train.Count ? data.Train.Subset([.. Enumerable.Range(0, count)]) : data.Train);
        return classifier;
    }
}
