using System.CommandLine;

namespace DeepGen.Examples.DeepDream;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The picture to begin with; null for generated clouds.</summary>
    public string? Content { get; init; }

    /// <summary>VGG-16's weights; null for a small network that learns patterns first.</summary>
    public string? Weights { get; init; }

    /// <summary>The output that is strengthened.</summary>
    public required string Layer { get; init; }

    /// <summary>Sizes of the picture.</summary>
    public required int Octaves { get; init; }

    /// <summary>Steps at each size.</summary>
    public required int Steps { get; init; }

    /// <summary>How far a step goes.</summary>
    public required double Rate { get; init; }

    /// <summary>Steps that teach the small network.</summary>
    public required int Learn { get; init; }

    /// <summary>The key of patterns, weights, clouds and rolls.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var content = new Option<string?>("--content") { HelpName = "FILE", Description = "PNG or PNM picture to begin with, of any size [default: generated clouds]" };
        var weights = new Option<string?>("--weights") { HelpName = "FILE", Description = "torchvision's VGG-16 as safetensors (features.0.weight …) [default: a small network that learns patterns first]" };
        var layer = new Option<string>("--layer") { HelpName = "NAME", Description = "What is strengthened: shallow, middle or deep", DefaultValueFactory = _ => "deep" };
        layer.AcceptOnlyFromAmong("shallow", "middle", "deep");
        var octaves = CommonOptions.Number("--octaves", "N", "Sizes of the picture, each 1.4 times the one before", 4, 1, 20);
        var steps = CommonOptions.Number("--steps", "N", "Steps at each size", 20, 1, 10_000);
        var rate = CommonOptions.Number("--rate", "X", "How far a step goes, in parts of the brightness", 0.02, 1e-6, 1);
        var learn = CommonOptions.Number("--learn", "N", "Steps that teach the small network its patterns", 400, 1, 100_000);
        var seed = CommonOptions.Seed();
        var threads = CommonOptions.Threads();
        var output = CommonOptions.Out("dream", "Folder of the picture, the small network's weights and report.html");
        var command = new RootCommand("Strengthens in a picture what a network (compiled by DeepGen) sees in it.")
        {
            content, weights, layer, octaves, steps, rate, learn, seed, threads, output,
        };
        command.SetAction(result => run(new Settings
        {
            Content = result.GetValue(content),
            Weights = result.GetValue(weights),
            Layer = result.GetValue(layer)!,
            Octaves = result.GetValue(octaves),
            Steps = result.GetValue(steps),
            Rate = result.GetValue(rate),
            Learn = result.GetValue(learn),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
        }));
        return command;
    }
}
