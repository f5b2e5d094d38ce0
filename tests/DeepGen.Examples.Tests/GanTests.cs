using System.Globalization;
using System.Text.RegularExpressions;
using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.Examples.Tests;

/// <summary>The DCGAN on the embedded pictures.</summary>
public sealed partial class GanTests() : ExampleTest("Gan")
{
    [GeneratedRegex(@"^discriminator accuracy real (\d\.\d+) fake (\d\.\d+), diversity (\d\.\d+), classes (\d+\.\d+)$")]
    private static partial Regex LastLine();

    private static double[] Numbers(ToolResult run) => [.. LastLine().Match(run.Lines[^1]).Groups.Values.Skip(1).Select(group => double.Parse(group.Value, CultureInfo.InvariantCulture))];

    [Fact]
    public void A_short_run_leaves_samples_weights_and_a_report_and_goes_on_with_the_same_bits()
    {
        var whole = Run("--epochs", "2", "--batch", "60", "--pictures", "180", "--seed", "3", "--classifier-steps", "20", "--out", "whole").Succeeded();
        Assert.Empty(whole.Errors);
        Assert.Equal(4, Numbers(whole).Length);
        var folder = Path.Combine(Folder, "whole");
        Assert.Equal(["checkpoint.safetensors", "discriminator.safetensors", "generator.safetensors", "report.html", "samples"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var samples = Image.Read(Path.Combine(folder, "samples", "epoch-0002.png"));
        Assert.Equal((1, (8 * 57) - 1), (samples.Channels, samples.Width));
        Assert.Contains("Samples", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);

        Run("--epochs", "1", "--batch", "60", "--pictures", "180", "--seed", "3", "--classifier-steps", "20", "--out", "parts").Succeeded();
        Run("--epochs", "2", "--batch", "60", "--pictures", "180", "--seed", "3", "--classifier-steps", "20", "--out", "parts", "--resume").Succeeded();
        foreach (var file in new[] { "generator.safetensors", "discriminator.safetensors", "samples/epoch-0002.png" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder, file)), File.ReadAllBytes(Path.Combine(Folder, "parts", file)));
    }

    [Fact, Trait("Tier", "Long")]
    public void A_minute_keeps_the_balance_and_the_variety()
    {
        var run = Numbers(Run("--epochs", "15", "--out", "run").Succeeded());
        Assert.InRange(run[0], 0.05, 0.95);
        Assert.InRange(run[1], 0.05, 0.95);
        Assert.InRange(run[2], 0.5, 1.5);
        Assert.InRange(run[3], 3, 10);
    }

    [Theory]
    [InlineData("there is no folder", "--data", "nowhere")]
    [InlineData("--batch: 2000 pictures", "--batch", "2000")]
    [InlineData("there is no checkpoint", "--resume")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string expected, params string[] arguments) => Refused(expected, arguments);

    [Fact]
    public void Wrong_data_are_named_before_anything_is_written()
    {
        WriteIdx("t10k-labels-idx1-ubyte", _ => [0, 0, 8, 1, 0, 0, 0, 2, 1, 9]);
        Refused("t10k-images-idx3-ubyte' has 3 images, but", "--data", "data");
    }

    [Fact]
    public void Help_lists_every_option() => HelpLists("--data", "--pictures", "--epochs", "--batch", "--seed", "--threads", "--classifier-steps", "--out", "--resume");
}
