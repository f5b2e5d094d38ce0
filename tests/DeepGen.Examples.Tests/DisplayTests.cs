using DeepGen.Examples.Display;

namespace DeepGen.Examples.Tests;

/// <summary>The lines that a run leaves in a file or a pipe.</summary>
public sealed class DisplayTests
{
    private static TrainingProgress Epoch(int number, double? accuracy, double? validation, double? metric = null) =>
        new(number, 12, 10, 10, 1.5, accuracy, 1234.5, TimeSpan.FromSeconds(61.2), new EpochResult(number, 1.5, accuracy, validation, validation is null ? null : accuracy, 0.1f, 1234.5, TimeSpan.FromSeconds(3), number == 2) { Metric = metric });

    private static string[] Lines(DisplayColumns columns, params TrainingProgress[] epochs)
    {
        var output = new StringWriter { NewLine = "\n" };
        var display = new PlainDisplay(output, columns);
        display.Report(new TrainingProgress(1, 12, 3, 10, 2, null, 100, TimeSpan.FromMinutes(2), null));
        Assert.Empty(output.ToString());
        foreach (var epoch in epochs)
            display.Report(epoch);
        return output.ToString().TrimEnd('\n').Split('\n');
    }

    [Fact]
    public void A_line_for_each_epoch_under_one_header() => Assert.Equal(
    [
        "epoch     loss  accuracy  validation: loss  accuracy     images/s     left",
        " 1/12   1.5000    0.7500            1.2500    0.7500        1,234     1:02",
        " 2/12   1.5000    0.8000            1.2500    0.8000*       1,234     1:02",
    ], Lines(new("images"), Epoch(1, 0.75, 1.25), Epoch(2, 0.8, 1.25)));

    [Fact]
    public void What_a_run_does_not_have_has_no_column() => Assert.Equal(
    [
        "epoch     loss  validation: loss     tokens/s     left",
        " 1/12   1.5000                 –        1,234     1:02",
    ], Lines(new("tokens"), Epoch(1, null, null)));

    [Fact]
    public void A_metric_of_the_run_takes_the_place_of_the_accuracy()
    {
        var metric = EpochMetric.FromValidation("mean IoU", _ => 0, higherIsBetter: true);
        Assert.Equal(
        [
            "epoch     loss  validation: loss  mean IoU    samples/s     left",
            " 1/12   1.5000            1.2500    0.6250        1,234     1:02",
        ], Lines(new("samples") { Metric = metric }, Epoch(1, null, 1.25, 0.625)));
    }

    [Fact]
    public void No_line_is_wider_than_a_terminal() => Assert.All(Lines(new("sentences"), Epoch(1, 0.75, 1.25)), line => Assert.InRange(line.Length, 1, 80));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("0.25", 0.25)]
    public void A_number_in_its_range_is_read(string text, double expected)
    {
        var option = CommonOptions.Number("--rate", "X", "", 0.5, 0, 1);
        var parsed = new System.CommandLine.RootCommand { option }.Parse(["--rate", text]);
        Assert.Empty(parsed.Errors);
        Assert.Equal(expected, parsed.GetValue(option));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("NaN")]
    [InlineData("fast")]
    public void Another_number_is_refused_with_its_range(string text)
    {
        var option = CommonOptions.Number("--rate", "X", "", 0.5, 0, 1);
        var parsed = new System.CommandLine.RootCommand { option }.Parse(["--rate", text]);
        Assert.Equal($"--rate takes a number from 0 to 1, not '{text}'.", Assert.Single(parsed.Errors).Message);
    }
}
