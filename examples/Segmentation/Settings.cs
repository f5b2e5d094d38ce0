using System.CommandLine;

namespace DeepGen.Examples.Segmentation;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The folder of the pictures; null for generated ones.</summary>
    public string? Data { get; init; }

    /// <summary>Generated pictures.</summary>
    public required int Pictures { get; init; }

    /// <summary>Whether the convolutions are unpadded.</summary>
    public required bool Unpadded { get; init; }

    /// <summary>What the ground between two cells that touch counts more in the loss.</summary>
    public required double BorderWeight { get; init; }

    /// <summary>Passes over the training pictures.</summary>
    public required int Epochs { get; init; }

    /// <summary>Pictures of one training step.</summary>
    public required int Batch { get; init; }

    /// <summary>The key of the pictures, the parts, the first weights, the order and the distortions.</summary>
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
            Description = "Folder with PNG pictures of one size in images/ and masks of 0 and 255 in masks/, or the ISBI membranes with train/image, train/label and test/ [default: generated cells]",
        };
        var pictures = CommonOptions.Number("--pictures", "N", "Generated pictures, where there is no --data", 80, 4, 100_000);
        var unpadded = new Option<bool>("--unpadded") { Description = "Unpadded convolutions, as in the paper: the network judges the middle of what it sees, and pictures are put together from overlapping tiles" };
        var borderWeight = CommonOptions.Number("--border-weight", "X", "What the ground between two cells that touch counts more in the loss; 10 in the paper", 5.0, 0, 1000);
        var epochs = CommonOptions.Epochs(12, "Passes over the training pictures");
        var batch = CommonOptions.Batch(4, "Pictures of one training step");
        var seed = CommonOptions.Seed();
        var threads = CommonOptions.Threads();
        var output = CommonOptions.Out("segmentation", "Folder of the weights, the pictures, report.html and the checkpoints");
        var resume = CommonOptions.Resume();

        var command = new RootCommand("Trains a U-Net (compiled by DeepGen) to find cells, or another thing in black and white, in pictures, and shows what it finds.")
        {
            data, pictures, unpadded, borderWeight, epochs, batch, seed, threads, output, resume,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Pictures = result.GetValue(pictures),
            Unpadded = result.GetValue(unpadded),
            BorderWeight = result.GetValue(borderWeight),
            Epochs = result.GetValue(epochs),
            Batch = result.GetValue(batch),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
            Resume = result.GetValue(resume),
        }));
        return command;
    }
}
