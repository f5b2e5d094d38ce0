using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.Examples.Tests;

/// <summary>Dreams of the small network.</summary>
public sealed class DeepDreamTests() : ExampleTest("DeepDream")
{
    [Fact]
    public void A_short_run_leaves_the_picture_the_weights_and_a_report()
    {
        var image = new Image(3, 70, 110);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i * 7919 >> 4);
        image.Save(Path.Combine(Folder, "picture.png"));
        var run = Run("--content", "picture.png", "--learn", "10", "--steps", "3", "--octaves", "2", "--out", "run").Succeeded();
        Assert.Empty(run.Errors);
        Assert.Matches(@"^strength at the last size \d+\.\d -> \d+\.\d$", run.Lines[^1]);
        var folder = Path.Combine(Folder, "run");
        Assert.Equal(["before.png", "dream.png", "patterns.safetensors", "report.html"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var (before, dream) = (Image.Read(Path.Combine(folder, "before.png")), Image.Read(Path.Combine(folder, "dream.png")));
        Assert.Equal((3, 70, 110), (dream.Channels, dream.Height, dream.Width));
        Assert.Equal(image.Pixels, before.Pixels);
        Assert.False(image.Pixels.SequenceEqual(dream.Pixels));
    }

    [Theory]
    [InlineData("there is no file 'nowhere.png'", "--content", "nowhere.png")]
    [InlineData("there is no file 'nowhere.safetensors'", "--weights", "nowhere.safetensors")]
    [InlineData("faces", "--layer", "faces")]
    public void A_wrong_option_is_one_line_and_exit_code_1(string expected, params string[] arguments) => Refused(expected, arguments);

    [Fact]
    public void Damaged_files_are_named_before_anything_is_written()
    {
        Write("cut.png", new Image(3, 40, 40).ToPng()[..50]);
        Refused("'cut.png': it is truncated", "--content", "cut.png");
        Refused("'x.safetensors'", "--weights", Write("x.safetensors", [1, 2, 3]));
    }

    [Fact]
    public void Help_lists_every_option() => HelpLists("--content", "--weights", "--layer", "--octaves", "--steps", "--rate", "--learn", "--seed", "--threads", "--out");
}
