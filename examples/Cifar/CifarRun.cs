using DeepGen.Examples.Cifar.Data;
using DeepGen.Examples.Display;

namespace DeepGen.Examples.Cifar;

/// <summary>Read or draw pictures, train, keep the best weights, test them once, report.</summary>
internal sealed class CifarRun(Settings settings)
{
    private const float Momentum = 0.9f;

    private const float WeightDecay = 5e-4f;

    /// <summary>The share of the training pictures that the best epoch is chosen by.</summary>
    private const double ValidationShare = 0.1;

    /// <summary>Generated pictures to test on.</summary>
    private const int TestShapes = 1000;

    /// <summary>Pictures of one call when nothing is trained: enough to keep every thread busy.</summary>
    private const int PredictBatch = 128;

    private const int MistakesShown = 24;

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends the training early; what it gave is saved, tested and reported all the same.</param>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken stop)
    {
        var folder = new OutputFolder(settings.Out);
        folder.Check(settings.Resume);
        var (name, train, test) = Pictures();
        using var net = ResNet20.Create(new NetworkOptions { MaxBatch = Math.Max(settings.Batch, PredictBatch), Seed = settings.Seed, Threads = settings.Threads });

        // The network learns from crops and mirror images of one part, and is judged after each epoch by the other as it is.
        var parts = DataSplit.Stratified(train.Labels, settings.Seed, 1 - ValidationShare, ValidationShare);
        var augmentation = new ImageDatasetOptions { Transforms = [ImageTransform.RandomCrop(32, 32, padding: 4), ImageTransform.HorizontalFlip()], Seed = settings.Seed };
        var standardization = Standardization.Fit(net, new ImageDataset(train).Subset(parts[0]));
        var training = standardization.Apply(new ImageDataset(train, augmentation).Subset(parts[0]));
        var validation = standardization.Apply(new ImageDataset(train).Subset(parts[1]));
        var testing = standardization.Apply(new ImageDataset(test));

        Console.WriteLine(Invariant($"ResNet-20, {net.Parameters.TrainableValues:N0} parameters, on {name}"));
        Console.WriteLine(Invariant($"{training.Count:N0} pictures to train on, {validation.Count:N0} to choose the best epoch by, {testing.Count:N0} to test on"));
        Console.WriteLine();

        folder.Create();
        using var report = new TrainingReport(folder.Report, $"ResNet-20 on {name}")
        {
            ClassNames = test.Classes,
            SamplePicture = sample => Picture(train, parts[1][sample]),
        };
        report.AddFacts("Choices",
        [
            ("schedule", "up along a line in the first epoch, then half a cosine down to 0"),
            ("augmentation", "random crops of the picture with 4 black pixels around it, mirror images"),
            ("standardization", Invariant($"means {string.Join(", ", standardization.Means.Select(Figure))}; deviations {string.Join(", ", standardization.Deviations.Select(Figure))}")),
        ]);
        var trainer = new Trainer(net, new TrainerOptions
        {
            Optimizer = new Sgd(settings.Rate, Momentum, WeightDecay, nesterov: true),
            LearningRate = LearningRateSchedule.Cosine().WarmUp(Math.Min(1, settings.Epochs / 4.0)),
            Epochs = settings.Epochs,
            BatchSize = Math.Min(settings.Batch, training.Count),
            Seed = settings.Seed,
            Checkpoints = folder.Checkpoints(settings.Resume),
            Watchers = [report, new TrainingWarnings()],
        });
        var fit = TrainingDisplay.Show(new DisplayColumns("pictures"), progress => trainer.Fit(training, validation, progress, stop));
        if (fit is { Cancelled: true, History.Count: 0 })
        {
            Console.WriteLine("stopped before the first epoch was complete; --resume goes on from there");
            return ExampleProgram.Interrupted;
        }

        var weights = folder["resnet20.safetensors"];
        net.Save(weights);
        Console.WriteLine(TrainingDisplay.Ended(fit));
        Console.WriteLine();

        var metrics = Metrics.Evaluate(net, testing);
        var scores = metrics.Heads[0];
        for (var label = 0; label < scores.Classes; label++)
            Console.WriteLine(Invariant($"{test.Classes[label],-12} precision {scores.Precision(label):0.000}  recall {scores.Recall(label):0.000}"));
        report.AddHeadline("test accuracy", Invariant($"{scores.Accuracy:0.0000}"), Invariant($"{scores.Correct:N0} of {scores.Predictions:N0} pictures"));
        report.AddConfusion("Confusion on the test pictures", scores);
        report.AddPredictions("Most confident mistakes on the test pictures", ShownPrediction.Worst(net, testing, MistakesShown, test.Classes, sample => Picture(test, sample)));
        report.Finish();
        Console.WriteLine();
        Console.WriteLine($"weights  {Path.GetFullPath(weights)}");
        Console.WriteLine($"report   {report.Path}");
        Console.WriteLine(Invariant($"test accuracy {scores.Accuracy:0.0000}"));
        return 0;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Figure(float value) => Invariant($"{value:0.000}");

    private static PictureGrid Picture(LabelledImages images, int number)
    {
        var image = new Image();
        images.Images.Read(number, image);
        return PictureGrid.Of(image);
    }

    private (string Name, LabelledImages Train, LabelledImages Test) Pictures()
    {
        if (settings.Data is null)
            return ("generated shapes", GeneratedShapes.Make(settings.Pictures, settings.Seed, set: 1), GeneratedShapes.Make(TestShapes, settings.Seed, set: 2));
        var (train, test) = CifarFolder.Read(settings.Data);
        InputFiles.CheckTenths($"'{settings.Data}'", train.Count);
        return ("CIFAR-10", train, test);
    }
}
