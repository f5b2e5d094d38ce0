namespace DeepGen.Examples.Transfer;

/// <summary>Five classes with all their pictures, then five others with few, by three ways, each over several seeds.</summary>
internal sealed class TransferRun(Settings settings)
{
    private const float LearningRate = 2e-3f;

    private const float WeightDecay = 0.05f;

    /// <summary>What the features' rate is of the head's, where they are trained on.</summary>
    private const float FeatureRate = 0.1f;

    /// <summary>The share of the first five classes' pictures that the best epoch of the source is chosen by. Of the few pictures none is held out.</summary>
    private const double ValidationShare = 0.1;

    private const int SourceBatch = 32;

    private const int FewBatch = 10;

    /// <summary>Pictures of one call when nothing is trained: enough to keep every thread busy.</summary>
    private const int PredictBatch = 256;

    private readonly Outcome _scratch = new("from scratch");
    private readonly Outcome _frozen = new("features frozen");
    private readonly Outcome _slow = new(Invariant($"features at {FeatureRate} of the rate"));

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends it after the runs that are complete.</param>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken stop)
    {
        if (File.Exists(settings.Out))
            throw new UsageException($"--out: '{settings.Out}' is a file; give the name of a folder.");
        var pictures = SmallPictures.Read(settings.Data);
        var (source, target, test) = (new FiveClasses(pictures.Train, 0), new FiveClasses(pictures.Train, FiveClasses.Count), new FiveClasses(pictures.Test, FiveClasses.Count));
        target.Few(settings.Pictures, settings.Seed);
        Directory.CreateDirectory(settings.Out);
        using var report = new TrainingReport(Path.Combine(settings.Out, "report.html"), $"Transfer on {pictures.Name}") { ClassNames = target.Names };

        Console.WriteLine($"LeNet-5 on {pictures.Name}");
        Console.WriteLine(Invariant($"first  {source.All.Count:N0} pictures of {string.Join(", ", source.Names)}"));
        Console.WriteLine(Invariant($"then   {settings.Pictures} of each of {string.Join(", ", target.Names)}; tested on {test.All.Count:N0}"));
        Console.WriteLine();
        Console.WriteLine($"{"seed",-6}{"first five",12}{_scratch.Name,14}{_frozen.Name,17}{_slow.Name,29}");

        for (var run = 0; run < settings.Runs; run++)
        {
            if (!Run(settings.Seed + (ulong)run, run == 0 ? report : null, source, target, test, stop))
                break;
            AddTable(report);
        }

        if (_slow.Accuracies.Count == 0)
        {
            Console.WriteLine("stopped before the first run was complete");
            return ExampleProgram.Interrupted;
        }

        var gain = Outcome.MeanAndDeviation([.. _slow.Accuracies.Zip(_scratch.Accuracies, (transferred, scratch) => transferred - scratch)]);
        report.AddHeadline("transferred", _slow.ToString(), "mean and deviation of the test accuracy over the runs");
        report.AddHeadline("from scratch", _scratch.ToString(), "the same");
        report.AddHeadline("gain", gain, "of runs with the same seed");
        report.Finish();
        Console.WriteLine();
        foreach (var outcome in (Outcome[])[_scratch, _frozen, _slow])
            Console.WriteLine($"{outcome.Name,-29}{outcome}");
        Console.WriteLine($"{"gain of the last",-29}{gain}");
        Console.WriteLine($"report   {report.Path}");
        Console.WriteLine(Invariant($"test accuracy transferred {_slow.Mean:0.0000}, from scratch {_scratch.Mean:0.0000}"));
        return 0;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>One seed: the source, and three networks on the same few pictures.</summary>
    /// <returns>Whether it was not stopped.</returns>
    private bool Run(ulong seed, TrainingReport? report, FiveClasses source, FiveClasses target, FiveClasses test, CancellationToken stop)
    {
        // What the features know is how the pictures that they learned from are scaled; that scale goes with them.
        using var first = Create(seed);
        var parts = source.All.Split(source.Labels, seed, 1 - ValidationShare, ValidationShare);
        var standardization = Standardization.Fit(first, parts[0]);
        var fit = new Trainer(first, new TrainerOptions
        {
            Optimizer = new AdamW(LearningRate, weightDecay: WeightDecay),
            LearningRate = LearningRateSchedule.Cosine(),
            Epochs = settings.SourceEpochs,
            BatchSize = Math.Min(SourceBatch, parts[0].Count),
            Seed = seed,
        }).Fit(standardization.Apply(parts[0]), standardization.Apply(parts[1]), cancellationToken: stop);
        if (fit.Cancelled)
            return false;
        var features = Path.Combine(settings.Out, "features.safetensors");
        first.Save(features);

        var few = standardization.Apply(target.Few(settings.Pictures, seed));
        var testing = standardization.Apply(test.All);
        report?.AddPictures("The few pictures", Pictures(first, target.Few(settings.Pictures, seed)), "a row for each class");
        report?.AddPictures("Filters of the first layer", PictureGrid.OfFilters(first.Parameters["Conv2d1.weight"], scale: 12), "learned from the first five classes");

        var scratch = Learn(_scratch, load: null);
        var frozen = Learn(_frozen, features, new ParameterGroup("*") { Frozen = true }, new ParameterGroup("head.*") { Frozen = false });
        var slow = Learn(_slow, features, new ParameterGroup("*") { RateFactor = FeatureRate }, new ParameterGroup("head.*") { RateFactor = 1 });
        if (scratch is null || frozen is null || slow is null)
            return false;
        _scratch.Accuracies.Add(scratch.Value);
        _frozen.Accuracies.Add(frozen.Value);
        _slow.Accuracies.Add(slow.Value);
        Console.WriteLine(Invariant($"{seed,-6}{fit.History[fit.BestEpoch!.Value - 1].ValidationAccuracy,12:0.0000}{scratch,14:0.0000}{frozen,17:0.0000}{slow,29:0.0000}"));
        return true;

        // All three: the same pictures in the same order, the same head to begin with, the same optimizer, and as many steps.
        double? Learn(Outcome way, string? load, params ParameterGroup[] groups)
        {
            using var net = Create(seed + 1_000_000);
            if (load is not null)
            {
                var loaded = net.Load(load, LoadOptions.Partial with { Skip = ["head.*"] });
                report?.AddFacts("Transfer", [("tensors", loaded.ToString())]);
            }

            var result = new Trainer(net, new TrainerOptions
            {
                Optimizer = new AdamW(LearningRate, weightDecay: WeightDecay) { Groups = groups },
                LearningRate = LearningRateSchedule.Cosine(),
                Epochs = settings.Epochs,
                BatchSize = Math.Min(FewBatch, few.Count),
                Seed = seed,
                Watchers = report is null ? [] : [report.Watching(way.Name)],
            }).Fit(few, cancellationToken: stop);
            if (result.Cancelled)
                return null;
            var metrics = Metrics.Evaluate(net, testing);
            report?.AddConfusion("Confusion on the test pictures, first run", metrics.Heads[0], caption: way.Name);
            return metrics.Accuracy;
        }
    }

    private LeNetOfFive Create(ulong seed) => LeNetOfFive.Create(new NetworkOptions { MaxBatch = PredictBatch, Seed = seed, Threads = settings.Threads });

    /// <summary>The pictures of a dataset, a row for each class.</summary>
    private PictureGrid Pictures(Network net, IDataset few)
    {
        using var batch = new Batch(net, few.Count) { Count = few.Count };
        few.Fill([.. Enumerable.Range(0, few.Count)], batch);
        return PictureGrid.OfPictures(batch.Input<float>(), 1, SmallPictures.Side, SmallPictures.Side, columns: settings.Pictures);
    }

    private void AddTable(TrainingReport report)
    {
        Outcome[] ways = [_scratch, _frozen, _slow];
        var rows = Enumerable.Range(0, _slow.Accuracies.Count).Select(run => (string[])[$"{settings.Seed + (ulong)run}", .. ways.Select(way => Invariant($"{way.Accuracies[run]:0.0000}"))]);
        report.AddTable("Test accuracy on the new classes", ["seed", .. ways.Select(way => way.Name)], [.. rows, ["mean ± deviation", .. ways.Select(way => way.ToString())]]);
    }
}
