using System.CommandLine;

namespace DeepGen.Examples.Gan;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The folder of the IDX files; null for the embedded images.</summary>
    public string? Data { get; init; }

    /// <summary>How many of the pictures to learn from, at most.</summary>
    public required int Pictures { get; init; }

    /// <summary>Passes over the pictures.</summary>
    public required int Epochs { get; init; }

    /// <summary>Pictures of one step, as many real as generated.</summary>
    public required int Batch { get; init; }

    /// <summary>The key of weights, orders and noise.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>Steps that teach the classifier by which the variety is measured.</summary>
    public required int ClassifierSteps { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>Whether to go on from the checkpoint there.</summary>
    public required bool Resume { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var data = CommonOptions.SmallPictures();
        var pictures = CommonOptions.Number("--pictures", "N", "Pictures to learn from, at most: the first ones", int.MaxValue, 1, int.MaxValue);
        var epochs = CommonOptions.Epochs(40, "Passes over the pictures");
        var batch = CommonOptions.Batch(32, "Pictures of one step, as many real as generated");
        var seed = CommonOptions.Seed();
        var threads = CommonOptions.Threads();
        var classifierSteps = CommonOptions.Number("--classifier-steps", "N", "Steps that teach the classifier by which the variety is measured", 1200, 1, 1_000_000);
        var output = CommonOptions.Out("gan", "Folder of the samples, the weights, report.html and the checkpoint");
        var resume = CommonOptions.Resume("Go on from the checkpoint in --out");
        var command = new RootCommand("Trains a DCGAN (compiled by DeepGen) on pictures of 28 × 28, shows what it makes after each epoch, and measures how varied that is.")
        {
            data, pictures, epochs, batch, seed, threads, classifierSteps, output, resume,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Pictures = result.GetValue(pictures),
            Epochs = result.GetValue(epochs),
            Batch = result.GetValue(batch),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            ClassifierSteps = result.GetValue(classifierSteps),
            Out = result.GetValue(output)!,
            Resume = result.GetValue(resume),
        }));
        return command;
    }
}
