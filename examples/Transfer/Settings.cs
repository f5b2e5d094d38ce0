using System.CommandLine;
using System.Globalization;

namespace DeepGen.Examples.Transfer;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The folder of the IDX files; null for the embedded pictures.</summary>
    public string? Data { get; init; }

    /// <summary>The five classes that are learned first, with all their pictures.</summary>
    public required IReadOnlyList<int> Source { get; init; }

    /// <summary>Pictures of each of the other classes to learn from.</summary>
    public required int Pictures { get; init; }

    /// <summary>How often everything is done, each time with another seed.</summary>
    public required int Runs { get; init; }

    /// <summary>Passes over the pictures of the first five classes.</summary>
    public required int SourceEpochs { get; init; }

    /// <summary>Passes over the few pictures of the others.</summary>
    public required int Epochs { get; init; }

    /// <summary>Whether to measure on training pictures that are not learned from in place of the test pictures.</summary>
    public required bool Validate { get; init; }

    /// <summary>The seed of the first run; the others have the numbers that follow.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that work on one step. The result does not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the results.</summary>
    public required string Out { get; init; }

    /// <summary>The command, with an action that hands the settings on.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        var data = CommonOptions.SmallPictures();
        var source = Classes();
        var pictures = CommonOptions.Number("--pictures", "N", "Pictures of each of the other classes to learn from", 10, 1, 10_000);
        var runs = CommonOptions.Number("--runs", "N", "How often everything is done, each time with other first weights and other pictures", 10, 1, 1000);
        var sourceEpochs = CommonOptions.Number("--source-epochs", "N", "Passes over the pictures of the first five classes", 40, 1, 100_000);
        var epochs = CommonOptions.Epochs(240, "Passes over the few pictures of the other five");
        var validate = new Option<bool>("--validate") { Description = "Measure on training pictures that are not learned from in place of the test pictures: to choose settings by" };
        var seed = CommonOptions.Seed(1, "Seed of the first run; the others have the numbers that follow");
        var threads = CommonOptions.Threads();
        var output = CommonOptions.Out("transfer", "Folder of features.safetensors and report.html");

        var command = new RootCommand("Trains LeNet-5 (compiled by DeepGen) on five classes, and transfers its convolutions to the other five, of which there are few pictures; beside it the same network from scratch.")
        {
            data, source, pictures, runs, sourceEpochs, epochs, validate, seed, threads, output,
        };
        command.SetAction(result => run(new Settings
        {
            Data = result.GetValue(data),
            Source = result.GetValue(source)!,
            Pictures = result.GetValue(pictures),
            Runs = result.GetValue(runs),
            SourceEpochs = result.GetValue(sourceEpochs),
            Epochs = result.GetValue(epochs),
            Validate = result.GetValue(validate),
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
            Out = result.GetValue(output)!,
        }));
        return command;
    }

    private static Option<int[]> Classes() => new("--source")
    {
        HelpName = "CLASSES",
        Description = "The five classes that are learned first, as numbers",
        DefaultValueFactory = _ => [0, 1, 2, 3, 4],
        CustomParser = result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            var classes = Array.ConvertAll(text.Split(','), part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1);
            if (classes.Distinct().Count(number => number is >= 0 and < 2 * FiveClasses.Count) == FiveClasses.Count && classes.Length == FiveClasses.Count)
                return classes;
            result.AddError($"--source takes five different numbers from 0 to 9 with commas between, such as 0,1,2,3,4, not '{text}'.");
            return null;
        },
    };
}
