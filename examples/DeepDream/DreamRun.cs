using System.Diagnostics;
using DeepGen.Examples.Pictures;

namespace DeepGen.Examples.DeepDream;

/// <summary>Learn patterns or load weights, and dream.</summary>
internal sealed class DreamRun(Settings settings)
{
    /// <summary>Rows and columns of the generated picture.</summary>
    private const int Size = 192;

    private const int Batch = 32;

    /// <summary>Patterns that the small network is tested on.</summary>
    private const int Tested = 400;

    private readonly OutputFolder _folder = new(settings.Out);

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends it early; the picture is what it was by then.</param>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken stop)
    {
        _folder.Check();
        var begin = settings.Content is null ? Clouds() : ColorPicture.Read("--content", settings.Content);
        using Network net = settings.Weights is null ? PatternDreamer.Create(Options(1)) : VggDreamer.Create(Options(1));
        if (settings.Weights is not null) PretrainedWeights.Load(net, "--weights", settings.Weights);
        _folder.Create();
        using var report = new TrainingReport(_folder.Report, "DeepDream");
        report.AddFacts("Choices",
        [
            ("picture", settings.Content ?? "generated clouds"), ("features", settings.Weights ?? "learned from patterns"), ("layer", settings.Layer),
            ("octaves", FormattableString.Invariant($"{settings.Octaves}, {settings.Steps} steps each, rate {settings.Rate}")), ("seed", FormattableString.Invariant($"{settings.Seed}")),
        ]);
        if (settings.Weights is null && !Learn(net, report, stop)) return ExampleProgram.Interrupted;

        report.AddPictures("Dream", begin.ToGrid(), "before");
        var picture = begin.Values.ToArray();
        var started = Stopwatch.GetTimestamp();
        var dream = new DeepGen.DeepDream { Octaves = settings.Octaves, Steps = settings.Steps, Rate = (float)settings.Rate, Seed = settings.Seed, Lowest = 0, Highest = 1 };
        var values = dream.Run(net, picture, begin.Height, begin.Width, [new OutputTerm(settings.Layer, OutputObjectives.Strength)], (octave, height, width, now) =>
        {
            report.AddPictures("Dream", PictureGrid.OfPictures(now, 3, height, width), FormattableString.Invariant($"{height} × {width}"));
            Console.WriteLine(FormattableString.Invariant($"octave {octave + 1}/{settings.Octaves}  {height} × {width}  {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
        }, stop);
        for (var step = 0; step < values.Length; step++) report.Log("Strength", step, values[step]);

        var result = new ColorPicture(begin.Height, begin.Width, picture);
        var saved = _folder["dream.png"];
        result.ToGrid().ToImage().Save(saved);
        begin.ToGrid().ToImage().Save(_folder["before.png"]);
        report.AddPictures("Result", result.ToGrid());
        report.Finish();
        var last = Math.Min(values.Length, settings.Steps);
        Console.WriteLine($"picture  {Path.GetFullPath(saved)}");
        Console.WriteLine(FormattableString.Invariant($"strength at the last size {(last == 0 ? 0 : values[^last]):0.0} -> {values.LastOrDefault():0.0}"));
        return 0;
    }

    private NetworkOptions Options(int batch) => new() { MaxBatch = batch, Seed = settings.Seed, Threads = settings.Threads };

    private ColorPicture Clouds()
    {
        var noise = new PictureNoise(settings.Seed);
        return ColorPicture.Of(Size, (y, x) =>
        {
            var cloud = Math.Clamp(0.5 + noise.At(y * 5, x * 4, 5), 0, 1);
            return (0.35 + (0.5 * cloud), 0.5 + (0.4 * cloud), 0.8 + (0.1 * cloud));
        });
    }

    /// <summary>Teaches the small network; the dreamer gets its weights.</summary>
    /// <returns>Whether it was not broken off.</returns>
    private bool Learn(Network dreamer, TrainingReport report, CancellationToken stop)
    {
        using var classifier = PatternClassifier.Create(Options(Batch));
        var size = classifier.Definition.Inputs[0].Shape[1];
        var fit = new Trainer(classifier, new TrainerOptions { Optimizer = new Adam(2e-3f), LearningRate = LearningRateSchedule.Cosine(), Epochs = 1, BatchSize = Batch, Seed = settings.Seed, Watchers = [report] })
            .Fit(new PatternPictures(settings.Learn * Batch, size, settings.Seed), cancellationToken: stop);
        if (fit.Cancelled) return false;
        var test = Metrics.Evaluate(classifier, new PatternPictures(Tested, size, settings.Seed + 1));
        Console.WriteLine(FormattableString.Invariant($"learned {PatternPictures.Classes} patterns in {fit.Elapsed.TotalSeconds:0.0} s: accuracy {test.Accuracy:0.000} on {Tested} others"));
        report.AddConfusion("Patterns", test.Heads[0], PatternPictures.Names);
        var weights = _folder["patterns.safetensors"];
        classifier.Save(weights);
        PretrainedWeights.Load(dreamer, "--out", weights);
        return true;
    }
}
