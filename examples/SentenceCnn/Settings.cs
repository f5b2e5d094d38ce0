using System.CommandLine;

namespace DeepGen.Examples.SentenceCnn;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The folder of the film reviews; null for generated opinions.</summary>
    public string? Data { get; init; }

    /// <summary>Generated sentences, those to judge and test by included.</summary>
    public required int Count { get; init; }

    /// <summary>Passes over the training sentences.</summary>
    public required int Epochs { get; init; }

    /// <summary>Sentences of one training step.</summary>
    public required int Batch { get; init; }

    /// <summary>Adam's learning rate.</summary>
    public required float Rate { get; init; }

    /// <summary>The key of the generated sentences, the split, the first weights, the order and dropout.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>Whether to go on from the newest checkpoint there.</summary>
    public required bool Resume { get; init; }

    /// <summary>Weights to classify with, without training; null to train.</summary>
    public string? Load { get; init; }

    /// <summary>Sentences to classify at the end.</summary>
    public required IReadOnlyList<string> Classify { get; init; }

    /// <summary>Refuses what cannot be classified.</summary>
    /// <exception cref="UsageException">A sentence has no word.</exception>
    public void CheckSentences()
    {
        if (Classify.FirstOrDefault(text => TextTokens.Words(text).Length == 0) is { } empty)
            throw new UsageException($"--classify: '{empty}' has no word.");
    }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var data = new Option<string?>("--data") { HelpName = "DIR", Description = "Folder of rt-polarity.neg and rt-polarity.pos, a sentence a line, in Latin-1 [default: generated opinions]" };
        var count = CommonOptions.Number("--count", "N", "Generated sentences, where there is no --data", 4000, 100, 1_000_000);
        var epochs = CommonOptions.Epochs(8, "Passes over the training sentences");
        var batch = CommonOptions.Batch(50, "Sentences of one training step");
        var rate = CommonOptions.Number("--rate", "X", "Adam's learning rate", 1e-3f, 1e-6f, 1f);
        var seed = CommonOptions.Seed();
        var threads = CommonOptions.Threads();
        var output = CommonOptions.Out("sentencecnn", "Folder of the weights, report.html and the checkpoints");
        var resume = CommonOptions.Resume();
        var load = new Option<string?>("--load") { HelpName = "FILE", Description = "Weights of an earlier training: only classify with them" };
        var classify = new Option<string[]>("--classify") { HelpName = "TEXT", Description = "A sentence to classify; may be given several times" };

        var command = new RootCommand("Trains Kim's convolutional network (compiled by DeepGen) to tell good from bad opinions, compares it with a bag of words, and shows its surest mistakes.")
        {
            data, count, epochs, batch, rate, seed, threads, output, resume, load, classify,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Count = result.GetValue(count),
            Epochs = result.GetValue(epochs),
            Batch = result.GetValue(batch),
            Rate = result.GetValue(rate),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
            Resume = result.GetValue(resume),
            Load = result.GetValue(load),
            Classify = result.GetValue(classify) ?? [],
        }));
        return command;
    }
}
