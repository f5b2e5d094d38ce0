using System.CommandLine;

namespace DeepGen.Examples;

/// <summary>What the command line asks for.</summary>
public sealed record Settings
{
    /// <summary>The folder of the IDX files; null for the embedded images.</summary>
    public string? Data { get; init; }

    /// <summary>Whether the training images are distorted.</summary>
    public required bool Augment { get; init; }

    /// <summary>Passes over the training images.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images of one training step.</summary>
    public required int Batch { get; init; }

    /// <summary>The key of the first weights and of the order of the images.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>Where the weights go.</summary>
    public required string Save { get; init; }

    /// <summary>Weights to start from; null for new ones.</summary>
    public string? Load { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var data = CommonOptions.SmallPictures();
        var augment = new Option<bool>("--augment") { Description = "Distort the training images anew in each epoch: turned up to 5 degrees, up to 5 % larger or smaller, and bent (elastic, Simard et al. 2003)" };
        var epochs = CommonOptions.Epochs(15, "Passes over the training images; 0 only tests the weights of --load", min: 0);
        var batch = CommonOptions.Batch(32, "Images of one training step");
        var seed = CommonOptions.Seed(1, "Seed of the first weights and of the order of the images");
        var threads = CommonOptions.Threads();
        var save = new Option<string>("--save") { HelpName = "FILE", Description = "Where the best weights go, as safetensors", DefaultValueFactory = _ => "lenet5.safetensors" };
        var load = new Option<string?>("--load") { HelpName = "FILE", Description = "Weights to start from, as safetensors" };

        var command = new RootCommand("Trains LeNet-5 (compiled by DeepGen) on images of 28 × 28, and writes its weights and report.html.")
        {
            data, augment, epochs, batch, seed, threads, save, load,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Augment = result.GetValue(augment),
            Epochs = result.GetValue(epochs),
            Batch = result.GetValue(batch),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Save = result.GetValue(save)!,
            Load = result.GetValue(load),
        }));
        return command;
    }
}
