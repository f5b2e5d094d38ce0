using System.Globalization;
using System.Text.RegularExpressions;

namespace DeepGen.Examples.Tests;

/// <summary>Corruption that is learned away.</summary>
public sealed class AutoencoderTests() : ExampleTest("Autoencoder")
{
    private static (double Corrupted, double Reconstructed) Ratios(string line)
    {
        var match = Regex.Match(line, @"^PSNR of the test pictures (\d+\.\d\d) dB corrupted, (\d+\.\d\d) dB reconstructed$");
        Assert.True(match.Success, line);
        return (double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), double.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("gaussian", "0.5")]
    [InlineData("saltAndPepper", "0.4")]
    public void One_epoch_already_takes_corruption_away(string corruption, string level)
    {
        var run = Run("--epochs", "1", "--corruption", corruption, "--level", level, "--threads", "2", "--out", "results").Succeeded();
        Assert.Empty(run.Errors);
        var (corrupted, reconstructed) = Ratios(run.Lines[^1]);
        Assert.InRange(reconstructed, corrupted + 1, 30);
        var results = Path.Combine(Folder, "results");
        Assert.Equal(["autoencoder.safetensors", "reconstructions.png", "report.html"], Directory.EnumerateFileSystemEntries(results).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // Three rows of sixteen pictures, twice as large, a line between them.
        var rows = Image.Read(Path.Combine(results, "reconstructions.png"));
        Assert.Equal((1, (3 * 57) - 1, (16 * 57) - 1), (rows.Channels, rows.Height, rows.Width));
        Assert.Contains("PSNR, reconstructed", File.ReadAllText(Path.Combine(results, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_corrupted_at_level_0()
    {
        var (corrupted, reconstructed) = Ratios(Run("--epochs", "1", "--corruption", "masking", "--level", "0", "--threads", "2").Succeeded().Lines[^1]);
        Assert.InRange(corrupted, 100, 200);
        Assert.InRange(reconstructed, 10, 60);
    }

    [Trait("Tier", "Long")]
    [Fact]
    public void Twenty_epochs_gain_five_decibels()
    {
        // 5.71 were measured with AVX2.
        var (corrupted, reconstructed) = Ratios(Run("--threads", "2").Succeeded().Lines[^1]);
        Assert.InRange(reconstructed - corrupted, 5, 20);
    }

    [Theory]
    [InlineData("--corruption", "rain", "rain")]
    [InlineData("--level", "2", "--level takes a number from 0 to 1")]
    [InlineData("--data", "nowhere", "nowhere")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string option, string value, string expected) => Refused(expected, option, value);

    [Fact]
    public void Wrong_data_are_named_before_anything_is_written()
    {
        WriteIdx("train-labels-idx1-ubyte", labels => [.. labels[..^1], 10]);
        Refused("train-labels-idx1-ubyte' gives image 2 the label 10", "--data", "data");
        WriteIdx("", labels => labels);
        Refused("data has 3 samples to train on; at least 10", "--data", "data");
    }

    [Fact]
    public void Help_lists_every_option() => HelpLists("--data", "--corruption", "--level", "--epochs", "--batch", "--seed", "--threads", "--out");
}
