using System.Globalization;
using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.Examples.Tests;

/// <summary>The main job.</summary>
public sealed class LeNet5Tests() : ExampleTest("LeNet5")
{
    [Fact]
    public void One_epoch_leaves_the_accuracy_the_weights_and_the_report()
    {
        var trained = Run("--epochs", "1", "--batch", "32", "--seed", "3", "--threads", "2").Succeeded();
        Assert.Empty(trained.Errors);
        Assert.Matches(@"^test accuracy 0\.\d{4}$", trained.Lines[^1]);
        Assert.InRange(double.Parse(trained.Lines[^1].Split(' ')[^1], CultureInfo.InvariantCulture), 0.3, 1);
        Assert.Equal(["lenet5.safetensors", "report.html"], Files);
        var report = File.ReadAllText(Path.Combine(Folder, "report.html"));
        Assert.Contains("<svg", report, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", report, StringComparison.Ordinal);

        // The saved weights are those of the last line.
        Assert.Equal(trained.Lines[^1], Run("--epochs", "0", "--load", "lenet5.safetensors").Succeeded().Lines[^1]);
    }

    [Fact]
    public void Distorted_images_are_learned_from_too()
    {
        var trained = Run("--epochs", "2", "--augment", "--threads", "2").Succeeded();
        Assert.InRange(double.Parse(trained.Lines[^1].Split(' ')[^1], CultureInfo.InvariantCulture), 0.5, 1);
        Assert.Contains("elastic", File.ReadAllText(Path.Combine(Folder, "report.html")), StringComparison.Ordinal);

        // Other images than without: other weights.
        var distorted = File.ReadAllBytes(Path.Combine(Folder, "lenet5.safetensors"));
        Run("--epochs", "2", "--threads", "2").Succeeded();
        Assert.NotEqual(distorted, File.ReadAllBytes(Path.Combine(Folder, "lenet5.safetensors")));
    }

    [Theory]
    [InlineData("--epochs", "many", "--epochs takes a whole number")]
    [InlineData("--batch", "0", "--batch takes a whole number")]
    [InlineData("--data", "nowhere", "nowhere")]
    [InlineData("--load", "nowhere.safetensors", "nowhere.safetensors")]
    [InlineData("--speed", "9", "--speed")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string option, string value, string expected) => Refused(expected, option, value);

    [Theory]
    [InlineData("train-images-idx3-ubyte", "truncated")]
    [InlineData("t10k-labels-idx1-ubyte", "truncated")]
    public void A_damaged_file_of_the_data_is_named_before_anything_is_written(string file, string reason)
    {
        WriteIdx(file, bytes => bytes[..^1]);
        Refused($"'{Path.Combine("data", file)}': it is {reason}", "--data", "data");
    }

    [Fact]
    public void Damaged_weights_are_named_before_anything_is_written() =>
        Refused("'x.safetensors'", "--load", Write("x.safetensors", [99, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']));

    [Fact]
    public void Help_lists_every_option() => HelpLists("--data", "--augment", "--epochs", "--batch", "--seed", "--threads", "--save", "--load");
}
