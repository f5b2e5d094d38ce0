using DeepGen.Examples.Display;

namespace DeepGen.Examples.CharLstm;

/// <summary>Reads a text, trains, keeps the best weights, writes, reports.</summary>
internal sealed class TrainingRun(Settings settings)
{
    /// <summary>The norm that the gradient of a step is limited to: a long text has places where it explodes (R. Pascanu, T. Mikolov and Y. Bengio 2013).</summary>
    private const float ClipNorm = 5;

    /// <summary>What epochs are compared by: the loss of a letter in bits.</summary>
    private static readonly EpochMetric Bits = EpochMetric.From("bits", epoch => epoch.ValidationLoss!.Value / Math.Log(2), higherIsBetter: false);

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends the training early; what it gave is saved and reported all the same.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The options do not go together, or the text is too short.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The text is no UTF-8, or the checkpoint is of another training.</exception>
    /// <exception cref="NonFiniteException">The training diverged.</exception>
    public int Execute(CancellationToken stop)
    {
        var folder = new OutputFolder(settings.Out);
        folder.Check(settings.Resume);
        var corpus = settings.Data is null ? Corpus.Embedded() : Corpus.FromFile(settings.Data);
        var batch = Math.Min(settings.Batch, corpus.Train.Count);
        using var net = LanguageModel.Create(new NetworkOptions { MaxBatch = batch, Seed = settings.Seed, Threads = settings.Threads });
        net.OpenForgetGates();

        Console.WriteLine(Invariant($"LSTM of {LanguageModel.Layers} × {LanguageModel.Units} units, {net.Parameters.TrainableValues:N0} parameters, on {corpus.Name}"));
        Console.WriteLine(Invariant($"{corpus.Text.Length:N0} letters, {corpus.Letters.Count - 1} of them different; nine tenths to learn from, the last tenth to judge by"));
        Console.WriteLine();

        folder.Create();
        using var report = new TrainingReport(folder.Report, $"Letters of {corpus.Name}");
        using var writer = new Writer(OneLetterModel.Create(), corpus.Letters);
        var trainer = new Trainer(net, new TrainerOptions
        {
            Optimizer = new Adam(settings.Rate) { Clipping = GradientClipping.ByGlobalNorm(ClipNorm) },
            LearningRate = LearningRateSchedule.Cosine(),
            Epochs = settings.Epochs,
            BatchSize = batch,
            Seed = settings.Seed,
            CarriedStates = LanguageModel.States,
            Metric = Bits,
            Checkpoints = folder.Checkpoints(settings.Resume),
            Watchers = [report, new TrainingWarnings(), new SampleWatcher(report, writer, settings)],
        });
        var fit = TrainingDisplay.Show(new DisplayColumns("pieces") { Metric = Bits }, progress => trainer.Fit(corpus.Train, corpus.Validation, progress, stop));
        if (fit is { Cancelled: true, History.Count: 0 })
        {
            Console.WriteLine("stopped before the first epoch was complete; --resume goes on from there");
            return ExampleProgram.Interrupted;
        }

        var weights = folder["charlstm.safetensors"];
        ModelFile.Save(weights, net, corpus.Letters);
        var best = fit.History[fit.BestEpoch!.Value - 1].ValidationLoss!.Value;
        Console.WriteLine(TrainingDisplay.Ended(fit));
        Console.WriteLine();
        if (settings.Sample > 0)
        {
            writer.Follow(net);
            var text = settings.Prime.TrimStart('\n') + writer.Write(settings.Prime, settings.Sample, settings.Temperature, settings.Seed);
            report.AddText("What it writes", text, "with the weights of the best epoch");
            Console.WriteLine(text);
            Console.WriteLine();
        }

        report.AddHeadline("validation", Invariant($"{best:0.000}"), "nats per letter");
        report.AddHeadline("bits per letter", Invariant($"{best / Math.Log(2):0.000}"));
        report.AddFacts("Text", [("text", corpus.Name), ("letters", Invariant($"{corpus.Text.Length:N0}")), ("different letters", Invariant($"{corpus.Letters.Count - 1}")), ("gradient through", Invariant($"{LanguageModel.Length} letters"))]);
        report.Finish();
        Console.WriteLine($"weights  {Path.GetFullPath(weights)}");
        Console.WriteLine($"report   {report.Path}");
        Console.WriteLine(Invariant($"validation {best:0.0000} nats per letter, {best / Math.Log(2):0.0000} bits, perplexity {Math.Exp(best):0.000}"));
        return 0;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
