using System.Globalization;
using System.Text.RegularExpressions;
using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.Examples.Tests;

/// <summary>Features that are learned from five classes and used for five others.</summary>
public sealed class TransferTests() : ExampleTest("Transfer")
{
    private static (double Transferred, double Scratch) Accuracies(ToolResult run)
    {
        var match = Regex.Match(run.Lines[^1], @"^test accuracy transferred ([01]\.\d{4}), from scratch ([01]\.\d{4})$");
        Assert.True(match.Success, run.Lines[^1]);
        return (double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), double.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Transfer_beats_training_from_scratch()
    {
        var run = Run("--runs", "4", "--threads", "2").Succeeded();
        Assert.Empty(run.Errors);
        var (transferred, scratch) = Accuracies(run);
        Assert.InRange(transferred, scratch + 0.01, 1);
        Assert.Equal(["features.safetensors", "report.html"], Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "transfer")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var report = File.ReadAllText(Path.Combine(Folder, "transfer", "report.html"));
        Assert.Contains("mean ± deviation", report, StringComparison.Ordinal);
        Assert.Contains("2 skipped: head.weight, head.bias", report, StringComparison.Ordinal);
    }

    [Trait("Tier", "Long")]
    [Fact]
    public void Over_many_seeds_it_still_does()
    {
        var (transferred, scratch) = Accuracies(Run("--runs", "40", "--seed", "100", "--threads", "2").Succeeded());
        Assert.InRange(transferred, scratch + 0.01, 1);
    }

    [Theory]
    [InlineData("--pictures", "1000", "of 'sandal' there are 150")]
    [InlineData("--runs", "0", "--runs takes a whole number")]
    [InlineData("--data", "nowhere", "nowhere")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string option, string value, string expected) => Refused(expected, option, value);

    [Fact]
    public void Help_lists_every_option() => HelpLists("--data", "--pictures", "--runs", "--source-epochs", "--epochs", "--seed", "--threads", "--out");
}
