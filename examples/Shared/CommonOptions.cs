using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace DeepGen.Examples;

/// <summary>Options that the examples share, and numbers that must lie in a range.</summary>
public static class CommonOptions
{
    /// <summary>--epochs</summary>
    public static Option<int> Epochs(int value, string description = "Passes over the training samples", int min = 1) => Number("--epochs", "N", description, value, min, 100_000);

    /// <summary>--batch</summary>
    public static Option<int> Batch(int value, string description = "Samples of one training step") => Number("--batch", "N", description, value, 1, 65_536);

    /// <summary>--seed</summary>
    public static Option<ulong> Seed(ulong value = 1, string description = "Seed of everything random: the same seed gives the same result") => Number<ulong>("--seed", "N", description, value, 0, ulong.MaxValue);

    /// <summary>--threads</summary>
    public static Option<int> Threads() => Number("--threads", "N", "Threads that work on one step; the result does not depend on it", Environment.ProcessorCount, 1, 1024);

    /// <summary>--out</summary>
    public static Option<string> Out(string folder, string description) => new("--out") { HelpName = "DIR", Description = description, DefaultValueFactory = _ => folder };

    /// <summary>--resume</summary>
    public static Option<bool> Resume(string description = "Go on from the newest checkpoint in --out") => new("--resume") { Description = description };

    /// <summary>--data of the examples that take <see cref="SmallPictures"/>.</summary>
    public static Option<string?> SmallPictures() =>
        new("--data") { HelpName = "DIR", Description = "Folder of the four IDX files of MNIST or Fashion-MNIST, gzipped or not [default: embedded Fashion-MNIST subset]" };

    /// <summary>A number in a range; what is wrong with another text is said in one sentence.</summary>
    public static Option<T> Number<T>(string name, string helpName, string description, T value, T min, T max)
        where T : struct, INumber<T> => new(name)
        {
            HelpName = helpName,
            Description = description,
            DefaultValueFactory = _ => value,
            CustomParser = result =>
            {
                var text = result.Tokens is [var token] ? token.Value : "";
                if (T.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
                    return number;
                var kind = T.IsInteger(T.One / (T.One + T.One)) ? "a whole number" : "a number";
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes {kind} from {min} to {max}, not '{text}'."));
                return default;
            },
        };
}
