using System.Globalization;
using DeepGen.Examples.Display;
using DeepGen.Kernels;

namespace DeepGen.Examples;

/// <summary>The main job: read images, train, keep the best weights, test them once, save, report.</summary>
public sealed class TrainingRun(Settings settings)
{
    /// <summary>AdamW's step size at the start; half a cosine takes it to 0.</summary>
    private const float LearningRate = 2e-3f;

    /// <summary>AdamW's decay. A subset trains for too few steps to feel it; without it the whole of Fashion-MNIST is learned by heart.</summary>
    private const float WeightDecay = 0.05f;

    /// <summary>Images of one call when nothing is trained: enough to keep every thread busy.</summary>
    private const int PredictBatch = 256;

    private const int MistakesShown = 16;

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends the training early; what it gave is saved, tested and reported all the same.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The options do not go together.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or foreign.</exception>
    /// <exception cref="NonFiniteException">The training diverged.</exception>
    public int Execute(CancellationToken stop)
    {
        var reportPath = CheckedReportPath();
        var data = ImageData.Read(settings.Data);
        var batch = Math.Min(settings.Batch, data.Train.Count);
        using var net = LeNet5.Create(new NetworkOptions { MaxBatch = Math.Max(batch, PredictBatch), Seed = settings.Seed, Threads = settings.Threads });
        if (settings.Load is not null)
            net.Load(settings.Load);

        Console.WriteLine(Invariant($"LeNet-5, {net.Parameters.TrainableValues:N0} parameters, on {data.Name}"));
        Console.WriteLine(Invariant($"{data.Train.Count:N0} images to train on, {data.Validation?.Count ?? 0:N0} to choose the best epoch by, {data.Test.Count:N0} to test on; {Counted(settings.Threads, "thread")}, {Vectors}"));
        if (settings.Load is not null)
            Console.WriteLine($"weights from {Path.GetFullPath(settings.Load)}");
        Console.WriteLine();

        using var report = new TrainingReport(reportPath, $"LeNet-5 on {data.Name}") { ClassNames = data.ClassNames, SamplePicture = (data.Validation ?? data.Train).Picture };
        report.AddFacts("Choices", Choices(data));
        var fit = settings.Epochs > 0 ? Train(net, data, batch, report, stop) : null;
        if (fit is { Cancelled: true, History.Count: 0 })
        {
            Console.WriteLine("stopped before the first epoch was complete; no weights were saved");
            return ExampleProgram.Interrupted;
        }

        if (fit is not null)
        {
            net.Save(settings.Save);
            var epochs = fit.History.Count;
            var seconds = fit.History.Sum(e => data.Train.Count / e.SamplesPerSecond);
            Console.WriteLine(Invariant($"{(fit.Cancelled ? "stopped after" : "trained")} {Counted(epochs, "epoch")} in {seconds:0.00} s, {seconds / epochs:0.000} s an epoch; kept the weights of epoch {fit.BestEpoch ?? epochs}"));
            Console.WriteLine();
        }

        var test = Metrics.Evaluate(net, data.Test);
        Console.WriteLine(ConfusionText.Of(test.Heads[0], data.ClassNames));
        Console.WriteLine();
        report.AddHeadline("test accuracy", Invariant($"{test.Accuracy:0.0000}"), Invariant($"{test.Correct:N0} of {test.Predictions:N0} images"));
        report.AddHeadline("test loss", Invariant($"{test.Loss:0.0000}"), "cross-entropy, nats");
        if (fit is not null)
            report.AddHeadline("training time", Invariant($"{fit.Elapsed.TotalSeconds:0.00} s"), "with validation");
        report.AddConfusion("Test images: confusion matrix", test.Heads[0]);
        report.AddPredictions("Test images: most confident mistakes", ShownPrediction.Worst(net, data.Test, MistakesShown, data.ClassNames, data.Test.Picture));
        report.Finish();
        if (fit is not null)
            Console.WriteLine($"weights  {Path.GetFullPath(settings.Save)}");
        Console.WriteLine($"report   {report.Path}");
        Console.WriteLine(Invariant($"test accuracy {test.Accuracy:0.0000}"));
        return 0;
    }

    /// <summary>Trains until the last epoch or Ctrl-C; the network has the best weights afterwards.</summary>
    private FitResult Train(Network net, ImageData data, int batch, TrainingReport report, CancellationToken stop)
    {
        var trainer = new Trainer(net, new TrainerOptions
        {
            Optimizer = new AdamW(LearningRate, weightDecay: WeightDecay),
            LearningRate = LearningRateSchedule.Cosine(),
            Epochs = settings.Epochs,
            BatchSize = batch,
            Seed = settings.Seed,
            // Few images are held out, so the highest of their accuracies is mostly luck.
            BestTolerance = 1,
            ProgressInterval = TimeSpan.FromMilliseconds(50),
            Watchers = [report, new TrainingWarnings()],
        });
        var train = settings.Augment ? data.Distorted(settings.Seed) : data.Train;
        return TrainingDisplay.Show(new DisplayColumns("images"), progress => trainer.Fit(train, data.Validation, progress, stop));
    }

    /// <summary>Where the report goes: beside the weights. What would fail after the training is found before it.</summary>
    private string CheckedReportPath()
    {
        if (settings is { Epochs: 0, Load: null })
            throw new UsageException("--epochs 0 tests weights without training; say which with --load FILE.");
        if (settings.Load is not null)
            InputFiles.CheckFile("--load", settings.Load);
        return Path.Combine(OutputFiles.CheckedFolder("--save", settings.Save), "report.html");
    }

    /// <summary>What the report cannot know by itself.</summary>
    private (string, string)[] Choices(ImageData data) =>
    [
        ("schedule", "half a cosine down to 0"),
        ("loss", "softmax cross-entropy"),
        ("distortion", settings.Augment ? "rotation 5 degrees, zoom 5 %, elastic 20 by 4" : "none"),
        ("first weights", settings.Load is null ? "Xavier, biases 0" : Path.GetFileName(settings.Load)),
        ("test images", Invariant($"{data.Test.Count:N0}")),
        ("normalization", Invariant($"(grey / 255 − {data.Mean:0.0000}) / {data.Deviation:0.0000}")),
    ];

    private static string Vectors => Simd.Level switch
    {
        512 => "AVX-512",
        256 => "AVX2",
        _ => "128-bit vectors",
    };

    private static string Counted(int count, string noun) => Invariant($"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
