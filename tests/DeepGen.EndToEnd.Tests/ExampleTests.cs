using System.Globalization;
using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.EndToEnd.Tests;

/// <summary>The main job, run as a program of its own in an empty folder.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("deepgen-example-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ToolResult Run(params string[] arguments) => Tool.Run(_folder, [Path.Combine(Repository.Artifacts, "bin", "LeNet5", Repository.Configuration, "LeNet5.dll"), .. arguments]);

    [Fact]
    public void One_epoch_leaves_the_accuracy_the_weights_and_the_report()
    {
        var trained = Run("--epochs", "1", "--batch", "32", "--seed", "3", "--threads", "2").Succeeded();
        Assert.Empty(trained.Errors);
        Assert.Matches(@"^test accuracy 0\.\d{4}$", trained.Lines[^1]);
        Assert.InRange(double.Parse(trained.Lines[^1].Split(' ')[^1], CultureInfo.InvariantCulture), 0.3, 1);
        Assert.Equal(["lenet5.safetensors", "report.html"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var report = File.ReadAllText(Path.Combine(_folder, "report.html"));
        Assert.Contains("<svg", report, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", report, StringComparison.Ordinal);

        // The saved weights are those of the last line.
        Assert.Equal(trained.Lines[^1], Run("--epochs", "0", "--load", "lenet5.safetensors").Succeeded().Lines[^1]);
    }

    [Theory]
    [InlineData("--epochs", "many", "--epochs takes a whole number")]
    [InlineData("--batch", "0", "--batch takes a whole number")]
    [InlineData("--data", "nowhere", "nowhere")]
    [InlineData("--load", "nowhere.safetensors", "nowhere.safetensors")]
    [InlineData("--speed", "9", "--speed")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string option, string value, string expected)
    {
        var result = Run(option, value);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith("error: ", Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Help_lists_every_option()
    {
        var help = Run("--help").Succeeded();
        Assert.All(["--data", "--epochs", "--batch", "--seed", "--threads", "--save", "--load", "--help"], o => Assert.Contains(o, help.Output, StringComparison.Ordinal));
    }
}
