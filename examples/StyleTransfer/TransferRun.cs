using System.Diagnostics;
using DeepGen.Examples.Pictures;

namespace DeepGen.Examples.StyleTransfer;

/// <summary>Read or paint two pictures, and find the third.</summary>
internal sealed class TransferRun(Settings settings)
{
    private const float Rate = 0.02f;

    /// <summary>Pictures on the way that the report shows.</summary>
    private const int Shown = 8;

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends it early; the picture is what it was by then.</param>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken stop)
    {
        var folder = new OutputFolder(settings.Out);
        folder.Check();
        using var net = Create();
        var size = net.Definition.Inputs[0].Shape[1];
        var content = (settings.Content is null ? GeneratedPictures.Landscape(size, settings.Seed) : ColorPicture.Read("--content", settings.Content)).Square(size);
        var style = (settings.Style is null ? GeneratedPictures.Strokes(size, settings.Seed) : ColorPicture.Read("--style", settings.Style)).Square(size);
        var picture = settings.Begin is null ? content.Values.ToArray() : ColorPicture.Read("--begin", settings.Begin).Square(size).Values;
        folder.Create();
        Console.WriteLine(FormattableString.Invariant($"{net.Definition.Name}, {(settings.Weights is null ? "random" : Path.GetFileName(settings.Weights))}, {size} × {size} pixels, {settings.Steps} steps"));

        using var report = new TrainingReport(folder.Report, "Style transfer");
        report.AddPictures("Content and style", content.ToGrid(), "content");
        report.AddPictures("Content and style", style.ToGrid(), "style");
        report.AddFacts("Choices",
        [
            ("content", settings.Content ?? "generated"), ("style", settings.Style ?? "generated"), ("features", settings.Weights ?? "random"),
            ("weights", FormattableString.Invariant($"content 1, style {settings.StyleWeight}, total variation {settings.Smoothness}; distances relative to their targets")),
            ("steps", FormattableString.Invariant($"{settings.Steps}, Adam, rate {Rate}")), ("seed", FormattableString.Invariant($"{settings.Seed}")),
        ]);
        string[] styles = [.. net.Definition.Outputs.Select(output => output.Name).Where(name => name.StartsWith("style", StringComparison.Ordinal))];
        var transfer = new DeepGen.StyleTransfer
        {
            Content = [("content", 1)],
            Style = [.. styles.Select(name => (name, settings.StyleWeight / styles.Length))],
            Relative = true,
            Descent = new InputDescent { Steps = settings.Steps, Rate = Rate, TotalVariation = settings.Smoothness, Lowest = 0, Highest = 1 },
        };
        var (started, every) = (Stopwatch.GetTimestamp(), Math.Max(1, settings.Steps / Shown));
        var losses = transfer.Run(net, content.Values, style.Values, picture, (step, loss, now) =>
        {
            report.Log("Loss", step, loss);
            report.Status = $"step {step} of {settings.Steps}";
            if (step % every != 0) return;
            report.AddPictures("On the way", PictureGrid.OfPictures(now, 3, size, size), FormattableString.Invariant($"step {step}"));
            Console.WriteLine(FormattableString.Invariant($"step {step,5}  loss {loss:0.0000}  {Stopwatch.GetElapsedTime(started).TotalSeconds,7:0.0} s"));
        }, stop);

        var result = new ColorPicture(size, size, picture);
        var path = folder["picture.png"];
        result.ToGrid().ToImage().Save(path);
        report.AddPictures("Result", result.ToGrid());
        if (losses.Length > 0) report.AddHeadline("loss", FormattableString.Invariant($"{losses[^1]:0.0000}"), FormattableString.Invariant($"from {losses[0]:0.0000}"));
        report.Finish();
        Console.WriteLine($"picture  {Path.GetFullPath(path)}");
        Console.WriteLine(FormattableString.Invariant($"loss {losses.FirstOrDefault():0.0000} -> {losses.LastOrDefault():0.0000} in {losses.Length} steps"));
        return stop.IsCancellationRequested && losses.Length == 0 ? ExampleProgram.Interrupted : 0;
    }

    private Network Create()
    {
        var options = new NetworkOptions { MaxBatch = 1, Seed = settings.Seed, Threads = settings.Threads };
        if (settings.Weights is null) return RandomFeatures.Create(options);
        var net = VggFeatures.Create(options);
        PretrainedWeights.Load(net, "--weights", settings.Weights);
        return net;
    }
}
