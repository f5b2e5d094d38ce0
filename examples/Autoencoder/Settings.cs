using System.CommandLine;

namespace DeepGen.Examples.Autoencoder;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The folder of the IDX files; null for the embedded pictures.</summary>
    public string? Data { get; init; }

    /// <summary>How pictures are corrupted.</summary>
    public required Corruption Corruption { get; init; }

    /// <summary>How much.</summary>
    public required float Level { get; init; }

    /// <summary>Passes over the training pictures.</summary>
    public required int Epochs { get; init; }

    /// <summary>Pictures of one training step.</summary>
    public required int Batch { get; init; }

    /// <summary>The key of the validation part, the first weights, the order and the corruption.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var data = CommonOptions.SmallPictures();
        var corruption = new Option<Corruption>("--corruption") { HelpName = "KIND", Description = "gaussian (noise on every pixel), masking (pixels become black) or saltAndPepper (pixels become black or white)", DefaultValueFactory = _ => Corruption.Gaussian };
        var level = CommonOptions.Number("--level", "X", "The deviation of the noise, where white is 1, or the share of the pixels", 0.4f, 0f, 1f);
        var epochs = CommonOptions.Epochs(20, "Passes over the training pictures");
        var batch = CommonOptions.Batch(32, "Pictures of one training step");
        var seed = CommonOptions.Seed();
        var threads = CommonOptions.Threads();
        var output = CommonOptions.Out("autoencoder", "Folder of the weights, reconstructions.png and report.html");

        var command = new RootCommand("Trains an autoencoder (compiled by DeepGen) to take corruption out of pictures of 28 × 28, and shows what it makes of test pictures.")
        {
            data, corruption, level, epochs, batch, seed, threads, output,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Corruption = result.GetValue(corruption),
            Level = result.GetValue(level),
            Epochs = result.GetValue(epochs),
            Batch = result.GetValue(batch),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
        }));
        return command;
    }
}
