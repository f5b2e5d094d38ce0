using DeepGen.Examples.Display;

namespace DeepGen.Examples.Segmentation;

/// <summary>Read or draw pictures, train, keep the best weights, look at whole held-out pictures, report.</summary>
internal sealed class SegmentationRun(Settings settings)
{
    private const float LearningRate = 1e-3f;

    private const float WeightDecay = 1e-4f;

    /// <summary>Height and width of generated pictures, and what pictures are at most for the smaller networks.</summary>
    private const int SmallPicture = 128;

    /// <summary>Pictures that are shown.</summary>
    private const int Shown = 6;

    private readonly OutputFolder _folder = new(settings.Out);

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends the training early; what it gave is saved, tested and reported all the same.</param>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken stop)
    {
        _folder.Check(settings.Resume);
        var pictures = settings.Data is null ? CellPictures.Generated(settings.Pictures, SmallPicture, settings.Seed) : CellPictures.FromFolder(settings.Data, settings.Seed);
        using var net = Create(pictures.Images);
        var size = net.Definition.Inputs[0].Shape[1];
        var (train, validation) = (pictures.Training(size, settings.Seed, settings.BorderWeight), pictures.Validating(size, settings.BorderWeight));
        _folder.Create();

        Console.WriteLine(Invariant($"{(settings.Unpadded ? "unpadded" : "padded")} U-Net, {net.Parameters.TrainableValues:N0} parameters, {size} × {size} pixels, on {pictures.Name}"));
        Console.WriteLine(Invariant($"{pictures.Train.Length:N0} pictures to train on, {pictures.Validation.Length:N0} to choose the best epoch by, {pictures.Test.Length:N0} to test on"));
        Console.WriteLine();

        using var report = new TrainingReport(_folder.Report, $"{(settings.Unpadded ? "Unpadded" : "Padded")} U-Net on {pictures.Name}") { ClassNames = ["ground", pictures.Inside] };
        report.AddFacts("Choices", Choices(pictures, size));
        var metric = EpochMetric.FromValidation("mean IoU", metrics => metrics.Heads[0].MeanIoU, higherIsBetter: true);
        var trainer = new Trainer(net, new TrainerOptions
        {
            Optimizer = new AdamW(LearningRate, weightDecay: WeightDecay),
            LearningRate = LearningRateSchedule.Cosine(final: 0.01),
            Epochs = settings.Epochs,
            BatchSize = Math.Min(settings.Batch, train.Count),
            Seed = settings.Seed,
            Metric = metric,
            Checkpoints = _folder.Checkpoints(settings.Resume),
            Watchers = [report, new TrainingWarnings()],
        });
        var fit = TrainingDisplay.Show(new DisplayColumns("pictures") { Metric = metric }, progress => trainer.Fit(train, validation, progress, stop));
        if (fit is { Cancelled: true, History.Count: 0 })
        {
            Console.WriteLine("stopped before the first epoch was complete; --resume goes on from there");
            return ExampleProgram.Interrupted;
        }

        net.Save(_folder["unet.safetensors"]);
        Console.WriteLine(TrainingDisplay.Ended(fit));
        Console.WriteLine();

        var test = Test(net, pictures, report);
        for (var c = 0; c < Segmenter.Classes; c++)
            Console.WriteLine(Invariant($"{(c == 0 ? "ground" : pictures.Inside),-12} IoU {test.IoU(c):0.0000}  precision {test.Precision(c):0.0000}  recall {test.Recall(c):0.0000}"));
        Console.WriteLine(Invariant($"pixel accuracy {test.Accuracy:0.0000}, mean over pictures of the {pictures.Inside}'s IoU {test.ImageIoU(1):0.0000}"));
        report.AddHeadline("test mean IoU", Invariant($"{test.MeanIoU:0.0000}"), Invariant($"{pictures.Test.Length} whole pictures"));
        report.AddHeadline("pixel accuracy", Invariant($"{test.Accuracy:0.0000}"));
        report.AddConfusion("Test pictures: pixels", test);
        report.Finish();
        Console.WriteLine($"results  {Path.GetFullPath(settings.Out)}");
        Console.WriteLine(Invariant($"test mean IoU {test.MeanIoU:0.0000}"));
        return 0;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Whole held-out pictures, and those without masks; what is found goes into pictures.</summary>
    private PredictionMetrics Test(Network net, CellPictures pictures, TrainingReport report)
    {
        var (height, width) = (pictures.Images.Height, pictures.Images.Width);
        using var segmenter = new Segmenter(net, Math.Max(height, width));
        var rows = new Rows(height, width, truth: true);
        var test = segmenter.Evaluate(pictures, pictures.Test, (number, logits) =>
        {
            if (rows.Count < Shown) rows.Add(pictures.Images[number], pictures.Masks[number], logits);
        });
        rows.ToImage().Save(_folder["test.png"]);
        report.AddPictures("Held-out pictures", rows.ToImage(), "picture, truth, and what was found: white right, red too much, blue missed");
        if (pictures.Unlabelled is { } others)
        {
            var found = new Rows(others.Height, others.Width, truth: false);
            for (var i = 0; i < Math.Min(Shown, others.Count); i++) found.Add(others[i], [], segmenter.Predict(others[i], others.Height, others.Width));
            found.ToImage().Save(_folder["unlabelled.png"]);
            report.AddPictures("Pictures without a truth", found.ToImage(), "picture, and what was found");
        }

        return test;
    }

    /// <summary>What the report cannot know by itself.</summary>
    private (string, string)[] Choices(CellPictures pictures, int size) =>
    [
        ("pictures", Invariant($"{pictures.Images.Height} × {pictures.Images.Width}; {pictures.Test.Length:N0} held out for the test")),
        ("samples", Invariant($"{size} × {size} pixels{(settings.Unpadded ? ", of which the middle is judged" : "")}")),
        ("distortions", "random crop, flips, rotation, elastic grid, brightness, contrast; borders mirrored"),
        ("schedule", "half a cosine down to 1 %"),
        ("loss", Invariant($"softmax cross-entropy of each pixel; between things that touch weighed up to {settings.BorderWeight} more")),
    ];

    private Network Create(ImageArray images)
    {
        var options = new NetworkOptions { MaxBatch = settings.Batch, Seed = settings.Seed, Threads = settings.Threads };
        return (settings.Unpadded, Math.Max(images.Height, images.Width) <= SmallPicture) switch
        {
            (false, true) => PaddedUNet128.Create(options),
            (false, false) => PaddedUNet256.Create(options),
            (true, true) => UnpaddedUNet156.Create(options),
            (true, false) => UnpaddedUNet220.Create(options),
        };
    }
}
