namespace DeepGen.Examples.Transfer;

/// <summary>Learns five classes with all their pictures, then the five others with few, in three ways, each over several seeds.</summary>
internal sealed class TransferRun(Settings settings)
{
    /// <summary>Adam's rate, where the features learn and where few pictures are learned; the schedule is half a cosine to 0.</summary>
    private const float SourceRate = 2e-3f, Rate = 5e-3f;

    private const float WeightDecay = 0.05f;

    /// <summary>What the rate of transferred convolutions is of that of the new layers.</summary>
    private const float ConvolutionRate = 0.3f;

    private const int SourceBatch = 32, FewBatch = 10;

    /// <summary>Pictures of one call when nothing is trained: enough to keep every thread busy.</summary>
    private const int PredictBatch = 256;

    /// <summary>The most pictures that are measured on with --validate, and that the report's curves are of.</summary>
    private const int MostOthers = 5000, MostWatched = 500;

    /// <summary>Keeps the first weights of the new layers apart from those of the source, whose seed is the run's.</summary>
    private const ulong SecondSeed = 1000;

    private const string Filters = "Filters of the first layer";

    private const string Features = "features.safetensors";

    private readonly OutputFolder _folder = new(settings.Out);
    private readonly Way _scratch = new("from scratch");
    private readonly Way _frozen = new("convolutions frozen") { Transferred = true, Groups = [new("Conv2d*") { Frozen = true }] };
    private readonly Way _tuned = new("convolutions tuned") { Transferred = true, Groups = [new("Conv2d*") { RateFactor = ConvolutionRate }] };

    private Way[] Ways => [_scratch, _frozen, _tuned];

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends it; the runs that are complete are reported all the same.</param>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken stop)
    {
        _folder.Check();
        var pictures = SmallPictures.Read(settings.Data);
        int[] second = [.. Enumerable.Range(0, 2 * FiveClasses.Count).Except(settings.Source)];
        FiveClasses source = new(pictures.Train, settings.Source), sourceTest = new(pictures.Test, settings.Source), target = new(pictures.Train, second), test = new(pictures.Test, second);
        var others = target.Draw(settings.Pictures, MostOthers, settings.Seed).Others.Length;
        var measured = settings.Validate ? Invariant($"measured on {others:N0} others of the training set") : Invariant($"tested on {test.All().Count:N0}");
        _folder.Create();
        using var report = new TrainingReport(_folder.Report, $"Transfer on {pictures.Name}") { ClassNames = target.Names };

        Console.WriteLine($"LeNet-5 on {pictures.Name}");
        Console.WriteLine(Invariant($"first  {source.All().Count:N0} pictures of {string.Join(", ", source.Names)}"));
        Console.WriteLine(Invariant($"then   {settings.Pictures} of each of {string.Join(", ", target.Names)}; {measured}"));
        Console.WriteLine();
        Console.WriteLine($"{"seed",6}  {"first five",10}  {string.Join("  ", Ways.Select(way => way.Name))}  gain");
        for (var run = 0; run < settings.Runs; run++)
            if (!Run(settings.Seed + (ulong)run, run == 0 ? report : null, source, sourceTest, target, test, stop))
                break;
        if (_tuned.Accuracies.Count == 0)
        {
            Console.WriteLine("stopped before the first run was complete");
            return ExampleProgram.Interrupted;
        }

        Report(report, settings.Validate ? "validation" : "test");
        return 0;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static ImageDatasetOptions Distorted(ulong seed) => new()
    {
        Seed = seed,
        Transforms = [ImageTransform.Rotation(8), ImageTransform.Zoom(0.9, 1.1), ImageTransform.Translation(0.08, 0.08)],
    };

    private LeNetOfFive Create(ulong seed) => LeNetOfFive.Create(new NetworkOptions { MaxBatch = PredictBatch, Seed = seed, Threads = settings.Threads });

    /// <summary>One seed: the source, and a network for each way on the same few pictures.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="report">Where the run is shown; null for nowhere.</param>
    /// <param name="source">The first five classes.</param>
    /// <param name="sourceTest">Their test pictures.</param>
    /// <param name="target">The other five.</param>
    /// <param name="test">Their test pictures.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Whether it was not stopped.</returns>
    private bool Run(ulong seed, TrainingReport? report, FiveClasses source, FiveClasses sourceTest, FiveClasses target, FiveClasses test, CancellationToken stop)
    {
        // What the features know is how the pictures that they learned from are scaled; that scale goes with them.
        using var first = Create(seed);
        var standardization = Standardization.Fit(first, source.All());
        report?.AddPictures(Filters, PictureGrid.OfFilters(first.Parameters["Conv2d1.weight"], scale: 12), "random, before the first five classes");
        var fit = new Trainer(first, new TrainerOptions
        {
            Optimizer = new AdamW(SourceRate, weightDecay: WeightDecay),
            LearningRate = LearningRateSchedule.Cosine(),
            Epochs = settings.SourceEpochs,
            BatchSize = Math.Min(SourceBatch, source.All().Count),
            Seed = seed,
        }).Fit(standardization.Apply(source.All(Distorted(seed))), cancellationToken: stop);
        if (fit.Cancelled)
            return false;
        report?.AddPictures(Filters, PictureGrid.OfFilters(first.Parameters["Conv2d1.weight"], scale: 12), "learned from the first five classes");
        first.Save(_folder[Features]);

        var (few, others) = target.Draw(settings.Pictures, MostOthers, seed);
        var training = standardization.Apply(target.Some(few, Distorted(seed)));
        var measuring = standardization.Apply(settings.Validate ? target.Some(others) : test.All());
        var watched = standardization.Apply(target.Some([.. others.Take(MostWatched)]));
        report?.AddPictures("The few pictures", Pictures(first, target.Some(few)), "a row for each class, before they are distorted");
        var accuracies = new List<double>();
        foreach (var way in Ways)
        {
            // The same for all: pictures, distortions and order, first weights of what is not loaded, optimizer, steps.
            using var net = Create(seed + SecondSeed);
            if (way.Transferred)
            {
                var loaded = net.Load(_folder[Features], LoadOptions.Partial with { Skip = ["Dense*"] });
                report?.AddFacts("Transferred", [("loaded", string.Join(", ", loaded.Loaded)), ("learned anew", string.Join(", ", loaded.Skipped))]);
            }

            var result = new Trainer(net, new TrainerOptions
            {
                Optimizer = new AdamW(Rate, weightDecay: WeightDecay) { Groups = way.Groups },
                LearningRate = LearningRateSchedule.Cosine(),
                Epochs = settings.Epochs,
                BatchSize = Math.Min(FewBatch, few.Length),
                Seed = seed,
                KeepBest = false,
                Watchers = report is null ? [] : [report.Watching(way.Name)],
            }).Fit(training, report is null ? null : watched, cancellationToken: stop);
            if (result.Cancelled)
                return false;
            var metrics = Metrics.Evaluate(net, measuring);
            accuracies.Add(metrics.Accuracy!.Value);
            report?.AddConfusion("Confusion, first run", metrics.Heads[0], caption: way.Name);
            report?.AddPictures(Filters, PictureGrid.OfFilters(net.Parameters["Conv2d1.weight"], scale: 12), way.Name);
        }

        for (var i = 0; i < Ways.Length; i++) Ways[i].Accuracies.Add(accuracies[i]);
        var cells = Ways.Select(way => Invariant($"{way.Accuracies[^1]:0.0000}").PadLeft(way.Name.Length));
        Console.WriteLine(Invariant($"{seed,6}  {Metrics.Evaluate(first, standardization.Apply(sourceTest.All())).Accuracy,10:0.0000}  {string.Join("  ", cells)}  {Gains(_tuned)[^1]:+0.0000;-0.0000}"));
        return true;
    }

    /// <summary>What a way is better by than from scratch, in each run.</summary>
    private double[] Gains(Way way) => [.. way.Accuracies.Zip(_scratch.Accuracies, (accuracy, scratch) => accuracy - scratch)];

    private void Report(TrainingReport report, string which)
    {
        Sample scratch = new(_scratch.Accuracies), tuned = new(_tuned.Accuracies), gain = new(Gains(_tuned));
        var better = Gains(_tuned).Count(value => value > 0);
        var note = Invariant($"better in {better} of {_tuned.Accuracies.Count} runs");
        report.AddHeadline("transferred", tuned.ToString(), $"{which} accuracy, mean ± standard deviation");
        report.AddHeadline("from scratch", scratch.ToString(), "the same");
        report.AddHeadline("gain", gain.AsDifference(), $"mean ± standard error; {note}");
        report.AddTable(
            $"Accuracy on the new classes ({which})", ["seed", .. Ways.Select(way => way.Name), "gain"],
            [
                .. Enumerable.Range(0, _tuned.Accuracies.Count).Select(run => (string[])[Invariant($"{settings.Seed + (ulong)run}"), .. Ways.Select(way => Invariant($"{way.Accuracies[run]:0.0000}")), Invariant($"{Gains(_tuned)[run]:+0.0000;-0.0000}")]),
                ["mean ± deviation", .. Ways.Select(way => new Sample(way.Accuracies).ToString()), new Sample(Gains(_tuned)).ToString()],
            ],
            $"{_scratch.Name}: all weights random at first. {_frozen.Name}, {_tuned.Name}: convolutions from the first five classes, which do not change or learn at {ConvolutionRate} of the rate; dense layers random at first.");
        report.Finish();

        Console.WriteLine();
        foreach (var way in Ways)
            Console.WriteLine($"{way.Name,-20}  {new Sample(way.Accuracies)}{(way.Transferred ? $"  difference {new Sample(Gains(way)).AsDifference()}" : "")}");
        Console.WriteLine($"after ± is the standard deviation over runs, after a difference its standard error; the last way is {note}");
        Console.WriteLine($"features {Path.GetFullPath(_folder[Features])}");
        Console.WriteLine($"report   {report.Path}");
        Console.WriteLine(Invariant($"{which} accuracy transferred {tuned.Mean:0.0000}, from scratch {scratch.Mean:0.0000}, gain {gain.AsDifference()}"));
    }

    /// <summary>Pictures, a row for each class.</summary>
    private PictureGrid Pictures(Network net, IDataset few)
    {
        using var batch = new Batch(net, few.Count) { Count = few.Count };
        few.Fill([.. Enumerable.Range(0, few.Count)], batch);
        return PictureGrid.OfPictures(batch.Input<float>(), 1, SmallPictures.Side, SmallPictures.Side, columns: settings.Pictures);
    }
}
