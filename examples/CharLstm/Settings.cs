using System.CommandLine;

namespace DeepGen.Examples.CharLstm;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The text; null for the embedded one.</summary>
    public string? Data { get; init; }

    /// <summary>Passes over the training part.</summary>
    public required int Epochs { get; init; }

    /// <summary>Streams of the text that are read side by side.</summary>
    public required int Batch { get; init; }

    /// <summary>The learning rate at the start.</summary>
    public required float Rate { get; init; }

    /// <summary>The key of the first weights, of dropout and of what is written.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>Whether to go on from the newest checkpoint there.</summary>
    public required bool Resume { get; init; }

    /// <summary>Weights to write with, without training; null to train.</summary>
    public string? Load { get; init; }

    /// <summary>Letters to write at the end.</summary>
    public required int Sample { get; init; }

    /// <summary>What stands before them.</summary>
    public required string Prime { get; init; }

    /// <summary>How bold the writing is.</summary>
    public required double Temperature { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var data = new Option<string?>("--data") { HelpName = "FILE", Description = "Text to learn from, in UTF-8 [default: the embedded beginning of Coriolanus]" };
        var epochs = CommonOptions.Epochs(15, "Passes over the text");
        var batch = CommonOptions.Batch(32, "Streams of the text that are read side by side");
        var rate = CommonOptions.Number("--rate", "X", "Adam's learning rate at the start; half a cosine takes it down to 0", 3e-3f, 1e-6f, 1f);
        var seed = CommonOptions.Seed();
        var threads = CommonOptions.Threads();
        var output = CommonOptions.Out("charlstm", "Folder of the weights, report.html and the checkpoints");
        var resume = CommonOptions.Resume();
        var load = new Option<string?>("--load") { HelpName = "FILE", Description = "Weights of an earlier training: only write with them" };
        var sample = CommonOptions.Number("--sample", "N", "Letters to write at the end", 500, 0, 1_000_000);
        var prime = new Option<string>("--prime") { HelpName = "TEXT", Description = "What stands before them [default: a new line]", DefaultValueFactory = _ => "\n" };
        var temperature = CommonOptions.Number("--temperature", "X", "Divides the scores: 1 takes the network at its word, below that the likely becomes likelier", 0.8, 0.01, 10);

        var command = new RootCommand("Trains a character-level LSTM language model (compiled by DeepGen) on a text, and lets it write.")
        {
            data, epochs, batch, rate, seed, threads, output, resume, load, sample, prime, temperature,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Epochs = result.GetValue(epochs),
            Batch = result.GetValue(batch),
            Rate = result.GetValue(rate),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
            Resume = result.GetValue(resume),
            Load = result.GetValue(load),
            Sample = result.GetValue(sample),
            Prime = result.GetValue(prime) is { Length: > 0 } text ? text : "\n",
            Temperature = result.GetValue(temperature),
        }));
        return command;
    }
}
