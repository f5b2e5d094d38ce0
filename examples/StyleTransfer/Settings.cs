using System.CommandLine;

namespace DeepGen.Examples.StyleTransfer;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The picture that says what is shown; null for a generated one.</summary>
    public string? Content { get; init; }

    /// <summary>The picture that says how; null for a generated one.</summary>
    public string? Style { get; init; }

    /// <summary>The picture to begin with; null for the content.</summary>
    public string? Begin { get; init; }

    /// <summary>VGG-16's weights; null for random features.</summary>
    public string? Weights { get; init; }

    /// <summary>Steps of Adam.</summary>
    public required int Steps { get; init; }

    /// <summary>What style counts beside content.</summary>
    public required double StyleWeight { get; init; }

    /// <summary>What smoothness counts.</summary>
    public required double Smoothness { get; init; }

    /// <summary>The key of generated pictures and random features.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var content = new Option<string?>("--content") { HelpName = "FILE", Description = "PNG or PNM picture that says what is shown; its middle square is taken [default: a generated landscape]" };
        var style = new Option<string?>("--style") { HelpName = "FILE", Description = "PNG or PNM picture that says how [default: generated strokes of paint]" };
        var begin = new Option<string?>("--begin") { HelpName = "FILE", Description = "Picture to begin with, such as the result of an earlier run [default: the content]" };
        var weights = new Option<string?>("--weights") { HelpName = "FILE", Description = "torchvision's VGG-16 as safetensors (features.0.weight …), for pictures of 256 × 256 [default: random features, 128 × 128]" };
        var steps = CommonOptions.Number("--steps", "N", "Steps of Adam", 200, 1, 100_000);
        var styleWeight = CommonOptions.Number("--style-weight", "X", "What the style counts beside the content", 10.0, 0, 1e6);
        var smoothness = CommonOptions.Number("--smoothness", "X", "What the total variation counts", 0.5, 0, 1e6);
        var seed = CommonOptions.Seed(1, "Seed of generated pictures and random features");
        var threads = CommonOptions.Threads();
        var output = CommonOptions.Out("style", "Folder of the picture and report.html");
        var command = new RootCommand("Paints one picture in the manner of another with the features of a network (compiled by DeepGen).")
        {
            content, style, begin, weights, steps, styleWeight, smoothness, seed, threads, output,
        };
        command.SetAction(result => run(new Settings
        {
            Content = result.GetValue(content),
            Style = result.GetValue(style),
            Begin = result.GetValue(begin),
            Weights = result.GetValue(weights),
            Steps = result.GetValue(steps),
            StyleWeight = result.GetValue(styleWeight),
            Smoothness = result.GetValue(smoothness),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
        }));
        return command;
    }
}
