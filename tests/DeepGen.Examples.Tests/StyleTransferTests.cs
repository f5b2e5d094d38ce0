using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.Examples.Tests;

/// <summary>Style transfer with random features.</summary>
public sealed class StyleTransferTests() : ExampleTest("StyleTransfer")
{
    [Fact]
    public void A_few_steps_leave_a_picture_and_a_report()
    {
        var run = Run("--steps", "6", "--out", "run").Succeeded();
        Assert.Empty(run.Errors);
        Assert.Matches(@"^loss \d+\.\d{4} -> \d+\.\d{4} in 6 steps$", run.Lines[^1]);
        var folder = Path.Combine(Folder, "run");
        Assert.Equal(["picture.png", "report.html"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var picture = Image.Read(Path.Combine(folder, "picture.png"));
        Assert.Equal((3, 128, 128), (picture.Channels, picture.Height, picture.Width));

        // Files of other sizes, and a picture to begin with.
        new Image(1, 40, 70).Save(Path.Combine(Folder, "grey.png"));
        Run("--steps", "2", "--content", "grey.png", "--style", "run/picture.png", "--begin", "run/picture.png", "--out", "run").Succeeded();
    }

    [Fact]
    public void Weights_that_do_not_fit_are_named()
    {
        Run("--steps", "1", "--out", "run").Succeeded();
        File.WriteAllBytes(Path.Combine(Folder, "empty.safetensors"), [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);
        var foreign = Run("--weights", "empty.safetensors", "--out", "other");
        Assert.Equal(1, foreign.ExitCode);
        Assert.Contains("'features.0.weight' [64, 3, 3, 3] is missing", foreign.Errors, StringComparison.Ordinal);
        Assert.Contains("and 18 more", foreign.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Folder, "other")));
    }

    [Theory]
    [InlineData("there is no file 'nowhere.png'", "--content", "nowhere.png")]
    [InlineData("there is no file 'nowhere.png'", "--style", "nowhere.png")]
    [InlineData("there is no file 'nowhere.safetensors'", "--weights", "nowhere.safetensors")]
    [InlineData("--steps takes a whole number", "--steps", "0")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string expected, params string[] arguments) => Refused(expected, arguments);

    [Fact]
    public void Damaged_files_are_named_before_anything_is_written()
    {
        Write("cut.png", new Image(3, 40, 40).ToPng()[..50]);
        Refused("'cut.png': it is truncated", "--content", "cut.png");
        Refused("'cut.png': it is truncated", "--style", "cut.png");
        Refused("'x.safetensors'", "--weights", Write("x.safetensors", [1, 2, 3]));
    }

    [Fact]
    public void Help_lists_every_option() => HelpLists("--content", "--style", "--begin", "--weights", "--steps", "--style-weight", "--smoothness", "--seed", "--threads", "--out");
}
