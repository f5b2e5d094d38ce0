using DeepGen.Examples.Display;

namespace DeepGen.Examples.Autoencoder;

/// <summary>Read pictures, train, keep the best weights, measure and show what they make of corrupted test pictures.</summary>
internal sealed class AutoencoderRun(Settings settings)
{
    private const float LearningRate = 2e-3f;

    /// <summary>The share of the training pictures that the best epoch is chosen by.</summary>
    private const double ValidationShare = 0.1;

    /// <summary>Test pictures that are shown.</summary>
    private const int Shown = 16;

    /// <summary>Pictures of one call when nothing is trained: enough to keep every thread busy.</summary>
    private const int PredictBatch = 256;

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends the training early; what it gave is saved, tested and reported all the same.</param>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken stop)
    {
        var folder = new OutputFolder(settings.Out);
        folder.Check();
        var pictures = SmallPictures.Read(settings.Data);
        InputFiles.CheckTenths(pictures.Name, pictures.Train.Count);
        using var net = DenoisingAutoencoder.Create(new NetworkOptions { MaxBatch = Math.Max(settings.Batch, PredictBatch), Seed = settings.Seed, Threads = settings.Threads });
        var parts = Corrupted(pictures.Train).Split(pictures.Train.Labels, settings.Seed, 1 - ValidationShare, ValidationShare);
        var (training, validation, testing) = (parts[0], parts[1], Corrupted(pictures.Test));
        folder.Create();
        using var report = new TrainingReport(folder.Report, $"Denoising autoencoder on {pictures.Name}");

        Console.WriteLine(Invariant($"denoising autoencoder, {net.Parameters.TrainableValues:N0} parameters, on {pictures.Name}"));
        Console.WriteLine(Invariant($"{training.Count:N0} pictures to train on, {validation.Count:N0} to choose the best epoch by, {testing.Count:N0} to test on; corruption {settings.Corruption}, level {settings.Level}"));
        Console.WriteLine();

        report.AddFacts("Choices",
        [
            ("corruption", Invariant($"{settings.Corruption}, level {settings.Level}")),
            ("schedule", "half a cosine down to a hundredth"),
            ("loss", "mean squared error"),
        ]);
        var trainer = new Trainer(net, new TrainerOptions
        {
            Optimizer = new Adam(LearningRate),
            LearningRate = LearningRateSchedule.Cosine(final: 0.01),
            Epochs = settings.Epochs,
            BatchSize = Math.Min(settings.Batch, training.Count),
            Seed = settings.Seed,
            Watchers = [report, new TrainingWarnings()],
        });
        var fit = TrainingDisplay.Show(new DisplayColumns("pictures"), progress => trainer.Fit(training, validation, progress, stop));
        if (fit is { Cancelled: true, History.Count: 0 })
        {
            Console.WriteLine("stopped before the first epoch was complete; nothing was saved");
            return ExampleProgram.Interrupted;
        }

        var weights = folder["autoencoder.safetensors"];
        net.Save(weights);
        Console.WriteLine(TrainingDisplay.Ended(fit));
        Console.WriteLine();

        var result = Reconstructions.Of(net, testing, Shown);
        var shown = folder["reconstructions.png"];
        result.Rows.ToImage().Save(shown);
        report.AddPictures("Test pictures", result.Rows, "above as they are, in the middle corrupted, below what the network makes of that");
        report.AddHeadline("PSNR, reconstructed", Invariant($"{result.Reconstructed:0.00} dB"), Invariant($"{result.Corrupted:0.00} dB corrupted"));
        report.Finish();
        Console.WriteLine($"pictures {Path.GetFullPath(shown)}");
        Console.WriteLine($"weights  {Path.GetFullPath(weights)}");
        Console.WriteLine($"report   {report.Path}");
        Console.WriteLine(Invariant($"PSNR of the test pictures {result.Corrupted:0.00} dB corrupted, {result.Reconstructed:0.00} dB reconstructed"));
        return 0;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private CorruptedPictures Corrupted(LabelledImages images) => new(ImageArray.Load(images.Images), settings.Corruption, settings.Level, settings.Seed);
}
