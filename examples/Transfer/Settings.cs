using System.CommandLine;

namespace DeepGen.Examples.Transfer;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The folder of the IDX files; null for the embedded pictures.</summary>
    public string? Data { get; init; }

    /// <summary>Pictures of each new class to learn from.</summary>
    public required int Pictures { get; init; }

    /// <summary>How often everything is done, each time with another seed.</summary>
    public required int Runs { get; init; }

    /// <summary>Passes over the pictures of the first five classes.</summary>
    public required int SourceEpochs { get; init; }

    /// <summary>Passes over the few pictures of the others.</summary>
    public required int Epochs { get; init; }

    /// <summary>The seed of the first run; the others have the numbers that follow.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var data = new Option<string?>("--data") { HelpName = "DIR", Description = "Folder of the four IDX files of MNIST or Fashion-MNIST, gzipped or not [default: embedded Fashion-MNIST subset]" };
        var pictures = CommonOptions.Number("--pictures", "N", "Pictures of each new class to learn from", 10, 1, 10_000);
        var runs = CommonOptions.Number("--runs", "N", "How often everything is done, each time with other weights and other pictures", 10, 1, 1000);
        var sourceEpochs = CommonOptions.Number("--source-epochs", "N", "Passes over the pictures of the first five classes", 10, 1, 100_000);
        var epochs = CommonOptions.Epochs(60, "Passes over the few pictures of the other five");
        var seed = CommonOptions.Seed(1, "Seed of the first run; the others have the numbers that follow");
        var threads = CommonOptions.Threads();
        var output = new Option<string>("--out") { HelpName = "DIR", Description = "Folder of the features and report.html", DefaultValueFactory = _ => "transfer" };

        var command = new RootCommand("Trains LeNet-5 (compiled by DeepGen) on five classes, and transfers what it learned to the other five, of which there are few pictures; beside it the same network from scratch.")
        {
            data, pictures, runs, sourceEpochs, epochs, seed, threads, output,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Pictures = result.GetValue(pictures),
            Runs = result.GetValue(runs),
            SourceEpochs = result.GetValue(sourceEpochs),
            Epochs = result.GetValue(epochs),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
        }));
        return command;
    }
}
