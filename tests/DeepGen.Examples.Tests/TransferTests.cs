using System.Globalization;
using System.Text.RegularExpressions;
using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.Examples.Tests;

/// <summary>Features that are learned from five classes and used for five others.</summary>
public sealed class TransferTests() : ExampleTest("Transfer")
{
    private static (double Transferred, double Scratch, double Gain) Result(ToolResult run)
    {
        var match = Regex.Match(run.Lines[^1], @"^(?:test|validation) accuracy transferred ([01]\.\d{4}), from scratch ([01]\.\d{4}), gain ([+-]0\.\d{4})(?: ± 0\.\d{4})?$");
        Assert.True(match.Success, run.Lines[^1]);
        double Number(int group) => double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        return (Number(1), Number(2), Number(3));
    }

    [Fact]
    public void A_short_run_transfers_the_convolutions_and_compares()
    {
        var run = Run("--runs", "2", "--source-epochs", "3", "--epochs", "10", "--threads", "2", "--out", "run").Succeeded();
        Assert.Empty(run.Errors);
        var (transferred, scratch, gain) = Result(run);

        // Five classes: far above chance, and the gain is the difference.
        Assert.InRange(transferred, 0.5, 1);
        Assert.InRange(scratch, 0.5, 1);
        Assert.Equal(transferred - scratch, gain, 2e-4);
        var folder = Path.Combine(Folder, "run");
        Assert.Equal(["features.safetensors", "report.html"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var report = File.ReadAllText(Path.Combine(folder, "report.html"));
        Assert.Contains("Conv2d1.weight, Conv2d1.bias, Conv2d2.weight, Conv2d2.bias", report, StringComparison.Ordinal);
        Assert.Contains("Dense1.weight, Dense1.bias, Dense2.weight, Dense2.bias, Dense3.weight, Dense3.bias", report, StringComparison.Ordinal);
        Assert.Contains("learned from the first five classes", report, StringComparison.Ordinal);
        Assert.Contains("Accuracy on the new classes (test)", report, StringComparison.Ordinal);

        // A run does not depend on those before it, nor on the threads.
        var second = run.Lines.Single(line => line.StartsWith("2  ", StringComparison.Ordinal));
        Assert.Contains(second, Run("--runs", "1", "--seed", "2", "--source-epochs", "3", "--epochs", "10", "--threads", "1").Succeeded().Lines);
    }

    [Fact]
    public void Any_five_classes_may_be_first_and_the_others_of_the_training_set_judge()
    {
        var run = Run("--source", "9,7,5,3,1", "--pictures", "3", "--validate", "--runs", "1", "--source-epochs", "1", "--epochs", "1", "--threads", "2").Succeeded();
        Assert.Contains("first  750 pictures of ankle boot, sneaker, sandal, dress, trouser", run.Lines);
        Assert.Contains("then   3 of each of T-shirt, pullover, coat, shirt, bag; measured on 735 others of the training set", run.Lines);
        Assert.StartsWith("validation accuracy", run.Lines[^1], StringComparison.Ordinal);
    }

    [Trait("Tier", "Long")]
    [Fact]
    public void Transfer_beats_training_from_scratch()
    {
        // Measured: +0.0089 ± 0.0029.
        var (_, _, gain) = Result(Run("--runs", "18", "--seed", "101", "--threads", "2").Succeeded());
        Assert.InRange(gain, 0.002, 0.05);
    }

    [Theory]
    [InlineData("--pictures", "150", "of 'sandal' there are 150")]
    [InlineData("--runs", "0", "--runs takes a whole number")]
    [InlineData("--source", "0,1,2,3", "--source takes five different numbers")]
    [InlineData("--source", "0,1,2,3,3", "--source takes five different numbers")]
    [InlineData("--source", "0,1,2,3,10", "--source takes five different numbers")]
    [InlineData("--data", "nowhere", "nowhere")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string option, string value, string expected) => Refused(expected, option, value);

    [Fact]
    public void Wrong_data_are_named_before_anything_is_written()
    {
        WriteIdx("train-labels-idx1-ubyte", labels => [.. labels[..^1], 10]);
        Refused("train-labels-idx1-ubyte' gives image 2 the label 10", "--data", "data");
        WriteIdx("", labels => labels);
        Refused("there is no picture of '2'; all ten classes are needed", "--data", "data");
    }

    [Fact]
    public void Help_lists_every_option() => HelpLists("--data", "--source", "--pictures", "--runs", "--source-epochs", "--epochs", "--validate", "--seed", "--threads", "--out");
}
