using DeepGen.Examples.Display;

namespace DeepGen.Examples.SentenceCnn;

/// <summary>Reads or generates sentences, trains, keeps the best weights, tests them once, reports.</summary>
internal sealed class TrainingRun(Settings settings)
{
    /// <summary>The radius that the weights of each class are kept within (G. Hinton et al. 2012), as in Kim's paper.</summary>
    private const float MaxNorm = 3;

    /// <summary>The surest mistakes that are shown.</summary>
    private const int Mistakes = 20;

    /// <summary>The baseline's rate and epochs: enough that it no longer improves.</summary>
    private const float BagRate = 5e-3f;
    private const int BagEpochs = 10;

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends the training early; what it gave is saved, tested and reported all the same.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The options do not go together.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A file has too few sentences, or the checkpoint is of another training.</exception>
    /// <exception cref="NonFiniteException">The training diverged.</exception>
    public int Execute(CancellationToken stop)
    {
        var folder = new OutputFolder(settings.Out);
        folder.Check(settings.Resume);
        settings.CheckSentences();
        var sentences = settings.Data is null ? GeneratedReviews.Make(settings.Count, settings.Seed) : Sentences.FromFolder(settings.Data);
        var parts = DataSplit.Stratified(sentences.Labels, settings.Seed, 0.8, 0.1, 0.1);
        var words = Tokens.Vocabulary(parts[0].Select(index => sentences.Texts[index]));
        var all = Tokens.Samples(words, sentences.Texts, sentences.Labels);
        IDataset train = all.Subset(parts[0]), validation = all.Subset(parts[1]), test = all.Subset(parts[2]);
        var batch = Math.Min(settings.Batch, train.Count);
        var options = new NetworkOptions { MaxBatch = batch, Seed = settings.Seed, Threads = settings.Threads };
        using var net = KimCnn.Create(options);
        net.InitializeWords(settings.Seed);

        Console.WriteLine(Invariant($"Kim's network, {net.Parameters.TrainableValues:N0} parameters, on {sentences.Name}: {words.Count - 2:N0} words"));
        Console.WriteLine(Invariant($"{train.Count:N0} sentences to train on, {validation.Count:N0} to choose the best epoch by, {test.Count:N0} to test on"));
        Console.WriteLine();

        folder.Create();
        using var report = new TrainingReport(folder.Report, $"Opinions: {sentences.Name}") { ClassNames = Sentences.Classes };
        var trainer = new Trainer(net, new TrainerOptions
        {
            Optimizer = new Adam(settings.Rate) { Groups = [new("classes.weight") { MaxNorm = MaxNorm }] },
            Epochs = settings.Epochs,
            BatchSize = batch,
            Seed = settings.Seed,
            Checkpoints = folder.Checkpoints(settings.Resume),
            Watchers = [report, new TrainingWarnings()],
        });
        var fit = TrainingDisplay.Show(new DisplayColumns("sentences"), progress => trainer.Fit(train, validation, progress, stop));
        if (fit is { Cancelled: true, History.Count: 0 })
        {
            Console.WriteLine("stopped before the first epoch was complete; --resume goes on from there");
            return ExampleProgram.Interrupted;
        }

        var weights = folder["sentencecnn.safetensors"];
        ModelFile.Save(weights, net, words);
        Console.WriteLine(TrainingDisplay.Ended(fit));
        Console.WriteLine();

        var scores = Metrics.Evaluate(net, test).Heads[0];
        for (var label = 0; label < scores.Classes; label++)
            Console.WriteLine(Invariant($"{Sentences.Classes[label],-9} precision {scores.Precision(label):0.000}  recall {scores.Recall(label):0.000}  F1 {scores.F1(label):0.000}"));
        report.AddHeadline("test accuracy", Invariant($"{scores.Accuracy:0.0000}"), Invariant($"{test.Count:N0} sentences"));
        report.AddConfusion("Test", scores);
        if (!fit.Cancelled && Baseline(train, validation, test, options, stop) is { } baseline)
        {
            Console.WriteLine(Invariant($"a bag of words, for comparison: test accuracy {baseline:0.0000}"));
            report.AddHeadline("bag of words", Invariant($"{baseline:0.0000}"), "test accuracy");
        }

        Report(report, net, words, sentences, parts[2]);
        Console.WriteLine();
        Console.WriteLine($"weights  {Path.GetFullPath(weights)}");
        Console.WriteLine($"report   {report.Path}");
        Console.WriteLine(Invariant($"test accuracy {scores.Accuracy:0.0000}"));
        return 0;
    }

    /// <summary>The test accuracy of the bag of words; null when it was stopped.</summary>
    private double? Baseline(IDataset train, IDataset validation, IDataset test, NetworkOptions options, CancellationToken stop)
    {
        using var net = BagOfWords.Create(options);
        var fit = new Trainer(net, new TrainerOptions { Optimizer = new Adam(BagRate), Epochs = BagEpochs, BatchSize = options.MaxBatch, Seed = settings.Seed }).Fit(train, validation, cancellationToken: stop);
        return fit.Cancelled ? null : Metrics.Evaluate(net, test).Accuracy;
    }

    /// <summary>The surest mistakes, and what was asked for.</summary>
    private void Report(TrainingReport report, KimCnn net, Vocabulary words, Sentences sentences, int[] test)
    {
        var opinions = Opinion.Of(net, words, [.. test.Select(index => sentences.Texts[index])]);
        var mistakes = opinions.Zip(test).Where(pair => pair.First.Label != sentences.Labels[pair.Second]).Select(pair => pair.First).OrderByDescending(opinion => opinion.Probability).Take(Mistakes);
        report.AddTable(
            "The surest mistakes", ["sentence", "is", "said to be", "with probability"],
            [.. mistakes.Select(opinion => (string[])[opinion.Text, Sentences.Classes[1 - opinion.Label], Sentences.Classes[opinion.Label], Invariant($"{opinion.Probability:0.000}")])]);
        if (settings.Classify.Count > 0)
        {
            var asked = Opinion.Of(net, words, settings.Classify);
            Console.WriteLine();
            foreach (var opinion in asked) Console.WriteLine(opinion);
            report.AddTable("Asked", ["sentence", "said to be", "with probability"], [.. asked.Select(opinion => (string[])[opinion.Text, Sentences.Classes[opinion.Label], Invariant($"{opinion.Probability:0.000}")])]);
        }

        report.Finish();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
