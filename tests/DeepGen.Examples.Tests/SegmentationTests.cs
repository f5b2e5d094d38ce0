using System.Globalization;
using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.Examples.Tests;

/// <summary>The U-Net on generated cells.</summary>
public sealed class SegmentationTests() : ExampleTest("Segmentation")
{
    private static double Result(ToolResult run)
    {
        Assert.Matches(@"^test mean IoU 0\.\d{4}$", run.Lines[^1]);
        return double.Parse(run.Lines[^1].Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_short_run_leaves_weights_pictures_and_a_report_and_can_be_resumed()
    {
        var first = Run("--pictures", "12", "--epochs", "1", "--batch", "2", "--seed", "3", "--out", "run").Succeeded();
        Assert.Empty(first.Errors);
        Assert.InRange(Result(first), 0.05, 1);
        var folder = Path.Combine(Folder, "run");
        Assert.Equal(["checkpoints", "report.html", "test.png", "unet.safetensors"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var picture = Image.Read(Path.Combine(folder, "test.png"));
        Assert.Equal((3, (3 * 129) - 1), (picture.Channels, picture.Width));
        Assert.Contains("Held-out pictures", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);

        // A training that is done is resumed at its end: the same weights, the same result.
        var again = Run("--pictures", "12", "--epochs", "1", "--batch", "2", "--seed", "3", "--out", "run", "--resume").Succeeded();
        Assert.Equal(first.Lines[^1], again.Lines[^1]);
        var lost = Run("--pictures", "12", "--epochs", "1", "--out", "run");
        Assert.Equal(1, lost.ExitCode);
        Assert.Contains("--resume", lost.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_pictures_is_cut_into_tiles_by_the_unpadded_network()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "data", "images"));
        Directory.CreateDirectory(Path.Combine(Folder, "data", "masks"));
        for (var i = 0; i < 4; i++)
        {
            var (image, mask) = (new Image(1, 100, 90), new Image(1, 100, 90));
            for (var k = 0; k < image.Pixels.Length; k++)
            {
                mask.Pixels[k] = (byte)((k / 90 / 20) + (k % 90 / 30) + i & 1) == 0 ? byte.MinValue : byte.MaxValue;
                image.Pixels[k] = (byte)((mask.Pixels[k] / 2) + (k * 7919 % 31));
            }

            image.Save(Path.Combine(Folder, "data", "images", $"{i}.png"));
            mask.Save(Path.Combine(Folder, "data", "masks", $"{i}.png"));
        }

        var run = Run("--data", "data", "--unpadded", "--epochs", "1", "--batch", "1", "--out", "run").Succeeded();
        Assert.Contains("4 pictures of data", run.Output, StringComparison.Ordinal);
        Result(run);

        // What is wrong is named before anything is written.
        var wrong = Path.Combine(Folder, "data", "masks", "2.png");
        File.WriteAllBytes(wrong, [1, 2, 3]);
        Refused("2.png': its first bytes", "--data", "data", "--out", "other");
        var grey = new Image(1, 100, 90);
        grey.Pixels[91] = 7;
        grey.Save(wrong);
        Refused("2.png' has the value 7 in row 1, column 1", "--data", "data", "--out", "other");
        File.Delete(wrong);
        Refused("there is no file '2' in", "--data", "data", "--out", "other");
    }

    [Fact, Trait("Tier", "Long")]
    public void A_minute_finds_most_cells() => Assert.InRange(Result(Run("--epochs", "8", "--out", "run").Succeeded()), 0.8, 1);

    [Theory]
    [InlineData("there is no folder", "--data", "nowhere")]
    [InlineData("--pictures takes a whole number", "--pictures", "3")]
    [InlineData("there is no checkpoint", "--resume")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string expected, params string[] arguments) => Refused(expected, arguments);

    [Fact]
    public void Help_lists_every_option() => HelpLists("--data", "--pictures", "--unpadded", "--border-weight", "--epochs", "--batch", "--seed", "--threads", "--out", "--resume");
}
