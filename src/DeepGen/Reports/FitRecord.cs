using System.Runtime.InteropServices;
using System.Text;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>What a report shows of one training with a <see cref="Trainer"/>.</summary>
internal sealed class FitRecord(TrainingReport report, string? name) : ITrainingWatcher
{
    /// <summary>So many samples with their predictions, and as many of the worst mistakes.</summary>
    private const int ShownSamples = 16;

    /// <summary>Histograms of more parameters than that would hide each other.</summary>
    private const int ShownParameters = 120;

    /// <summary>So many layers, and so many channels of each, are shown for a sample.</summary>
    private const int ShownLayers = 12, ShownChannels = 32;

    private GradientNorms? _norms;
    private NormMap? _map;
    private UnitProbe? _probe;
    private ThinnedCurve? _steps;
    private ThinnedCurve? _rates;

    public void OnBegin(WatchedTraining training) => report.Change(contents =>
    {
        _norms = new GradientNorms(training.Network);
        _map = new NormMap([.. _norms.Parameters.Select(parameter => parameter.Name)]);
        _probe?.Dispose();
        _probe = UnitProbe.Of(training, report.Samples);
        Status(contents, training);
        contents.SetTile(Named("parameters"), Html.Invariant($"{training.Network.Parameters.TrainableValues:N0}"), training.Network.Definition.Name, last: true);
        Facts(contents, training);
        contents.Chart("Loss", Per.Epoch);
        contents.Chart("Accuracy", Per.Epoch, 1);
        foreach (var epoch in training.History) Add(contents, epoch, training.Options.Metric);
        _steps = contents.Chart("Loss of the steps", Per.Epoch)[name ?? "batch"].Points;
        _rates = contents.Chart("Learning rate", Per.Epoch)[name ?? "learning rate"].Points;
        Filters(contents, training);
    }, write: true);

    public void OnStep(WatchedTraining training)
    {
        var at = training.Epoch - 1 + ((double)training.Batch / training.Batches);
        _steps!.Add(at, training.Loss);
        _rates!.Add(at, training.LearningRate);
        _norms!.Look(training);
        if (training.Step == 1 || report.IsDue) Show(training);
    }

    public void OnEpoch(WatchedTraining training, EpochResult epoch)
    {
        var due = report.IsDue;
        report.Change(contents =>
        {
            Status(contents, training);
            Add(contents, epoch, training.Options.Metric);
            if (epoch.IsBest) contents.SetTile(Named("best epoch"), Html.Invariant($"{epoch.Epoch}"), Judged(epoch, training.Options.Metric), last: true);
            if (_norms!.Any) _map!.Add(epoch.Epoch, [.. Enumerable.Range(0, _norms.Parameters.Count).Select(_norms.Of)]);
            _norms.Clear();
            if (due) Look(contents, training);
        }, due);
    }

    public void OnWarning(WatchedTraining training, TrainingWarning warning) => report.Warn(warning);

    public void OnEnd(WatchedTraining training, FitResult? result, Exception? error)
    {
        report.Change(contents =>
        {
            if (result == null)
            {
                contents.Status = $"epoch {training.Epoch} of {training.Epochs}: {error!.Message}";
                contents.End("failed");
                return;
            }

            if (name == null) contents.Kept = result.BestRestored ? result.BestEpoch : null;
            if (training.History.Count > 0) Look(contents, training);
            contents.Status = result.Cancelled ? $"stopped in epoch {training.Epoch} of {training.Epochs}"
                : result.StoppedEarly ? $"no longer improved: ended after epoch {training.Epoch} of {training.Epochs}"
                : Shapes.Count(training.Epochs, "epoch");
        }, write: true);
        _probe?.Dispose();
    }

    /// <summary>What an epoch was judged by.</summary>
    private static string Judged(EpochResult epoch, EpochMetric? metric) => metric != null ? $"{metric.Name} {Html.Number(epoch.Metric ?? double.NaN)}"
        : epoch.ValidationAccuracy is { } accuracy ? $"validation accuracy {Html.Number(accuracy)}"
        : epoch.ValidationLoss is { } loss ? $"validation loss {Html.Number(loss)}"
        : $"train loss {Html.Number(epoch.TrainLoss)}";

    /// <summary>The samples that are shown.</summary>
    private static IDataset Shown(WatchedTraining training) => training.ValidationData ?? training.TrainData;

    /// <summary>Apart, because the lambda's object is made where its method begins, and a step is to make none.</summary>
    private void Show(WatchedTraining training) => report.Change(contents => Status(contents, training), write: true);

    private string Named(string what) => name == null ? what : $"{name}: {what}";

    private static void Status(ReportContents contents, WatchedTraining training)
    {
        var left = training.Step > 0 ? $", {Html.Time(training.TimeLeft)} left" : "";
        contents.Status = $"epoch {training.Epoch} of {training.Epochs}, batch {training.Batch} of {training.Batches}{left}";
    }

    private void Add(ReportContents contents, EpochResult epoch, EpochMetric? metric)
    {
        Log("Loss", "train", epoch.TrainLoss);
        Log("Loss", "validation", epoch.ValidationLoss);
        Log("Accuracy", "train", epoch.TrainAccuracy, 1);
        Log("Accuracy", "validation", epoch.ValidationAccuracy, 1);
        if (metric != null && metric != EpochMetric.TrainLoss && metric != EpochMetric.ValidationLoss && metric != EpochMetric.TrainAccuracy && metric != EpochMetric.ValidationAccuracy)
            Log(char.ToUpperInvariant(metric.Name[0]) + metric.Name[1..], metric.Name, epoch.Metric);

        void Log(string chart, string curve, double? value, double limit = double.PositiveInfinity)
        {
            if (value is { } number) contents.Chart(chart, Per.Epoch, limit)[Named(curve)].Points.Add(epoch.Epoch, number);
        }
    }

    /// <summary>All that takes a look into the network.</summary>
    private void Look(ReportContents contents, WatchedTraining training)
    {
        Epochs(contents, training);
        if (training.ValidationMetrics?.Heads is [var head, ..] && (head.IsBinary || head.HasMatrix))
        {
            var names = report.ClassNames is { } given && given.Count == head.Classes ? given : null;
            contents.Set(Named("Validation: confusion matrix"), ReportPlace.Predictions, "", ReportPage.Confusion(head, names), note: $"After epoch {training.History[^1].Epoch}.");
        }

        Predictions(contents, training);
        if (_map!.Any) contents.Set(Named("Gradient norm of each parameter"), ReportPlace.Parameters, "", _map.Draw(), note: "Over the epochs, darker is larger, on a logarithmic scale; the number is that of the last one. Root of the mean square over eight steps of each.");
        Distributions(contents, training);
        Filters(contents, training);
        Layers(contents, training);
    }

    private void Predictions(ReportContents contents, WatchedTraining training)
    {
        var data = Shown(training);
        if (_probe!.Samples.Length == 0 || !SamplePredictions.Fits(training.Network.Definition)) return;
        using var samples = new SamplePredictions(training.Network, report.SamplePicture);
        var all = new List<(int Sample, int Truth, int Predicted, double Probability)>();
        samples.Predict(data, _probe.Samples, (sample, truth, predicted, probability) => all.Add((sample, truth, predicted, probability)));
        var of = training.ValidationData == null ? "training" : "validation";
        Set($"Predictions for {of} samples", all.Take(ShownSamples), "");
        var wrong = all.Where(one => one.Truth != one.Predicted).ToList();
        Set($"Worst mistakes for {of} samples", wrong.OrderByDescending(one => one.Probability).Take(ShownSamples), Html.Invariant($"Of {wrong.Count:N0} among {all.Count:N0} that were looked at, those that the network is surest of."));

        void Set(string title, IEnumerable<(int Sample, int Truth, int Predicted, double Probability)> shown, string note) => contents.Set(Named(title), ReportPlace.Predictions, "", ReportPage.Predictions(
            [.. shown.Select(one => new ShownPrediction(samples.Picture(data, one.Sample), ShownPrediction.Name(report.ClassNames, one.Truth), ShownPrediction.Name(report.ClassNames, one.Predicted), one.Probability))]), note: note);
    }

    private void Distributions(ReportContents contents, WatchedTraining training)
    {
        var html = new StringBuilder("<div class=\"small\">\n");
        foreach (var parameter in _norms!.Parameters.Take(ShownParameters))
        {
            html.Append($"<div><div class=\"name\">{Html.Text(parameter.Name)}</div><div class=\"muted\">{Html.Text(Shapes.Text(parameter.Shape))}{(parameter.Frozen ? ", frozen" : "")}</div>");
            html.Append(Histogram.Of(parameter.Values).Draw($"Values of {parameter.Name}", "c0"));
            if (!parameter.Frozen) html.Append(Histogram.Of(parameter.Gradient).Draw($"Gradient of {parameter.Name}", "c1"));
            html.Append("</div>\n");
        }

        var more = _norms.Parameters.Count - ShownParameters;
        contents.Set(Named("Weights and gradients"), ReportPlace.Parameters, "", html.Append("</div>").ToString(), folded: _norms.Parameters.Count > 12,
            note: $"Values now (above) and their gradients in the last step (below): lowest, mean ± standard deviation, highest.{(more > 0 ? $" The first {ShownParameters}; {more} more are not shown." : "")}");
    }

    private void Filters(ReportContents contents, WatchedTraining training)
    {
        var filters = training.Network.Parameters.FirstOrDefault(parameter => parameter.IsTrainable && parameter.Shape is [_, 1 or 3, > 1, > 1]);
        if (filters == null || filters.Shape[0] > 512) return;
        var picture = Html.Picture(PictureGrid.OfFilters(filters), Math.Min(520, 90 * (int)Math.Ceiling(Math.Sqrt(filters.Shape[0]))), "first-layer filters");
        contents.Set(Named("First-layer filters"), ReportPlace.Inside, "", picture, figure: true, half: true, note: $"{filters.Name}, {Shapes.Text(filters.Shape)}, each scaled for itself.");
    }

    /// <summary>What layers give for a sample, and rectifiers that never give anything.</summary>
    private void Layers(ReportContents contents, WatchedTraining training)
    {
        if (_probe!.Samples.Length == 0) return;
        var maps = training.Network.Definition.Activations.Where(buffer => buffer.Shape is [_, > 1, > 1]).ToList();
        var shown = UnitProbe.Spread(maps.Count, ShownLayers).Select(i => maps[i]).ToList();
        _probe.Run(first: () =>
        {
            foreach (var buffer in shown)
            {
                var (channels, height, width) = (Math.Min(buffer.Shape[0], ShownChannels), buffer.Shape[1], buffer.Shape[2]);
                var grid = PictureGrid.OfMaps(training.Network.LastActivation(buffer).AsSpan(0, channels * height * width), height, width);
                contents.Set(Named("Activations of a sample"), ReportPlace.Inside, $"{buffer.Layer}, {Shapes.Text(buffer.Shape)}", Html.Picture(grid, 250, $"activations of {buffer.Layer}"), figure: true,
                    note: $"What layers give for sample {_probe.Samples[0]}, each map scaled for itself from black to white; of more than {ShownChannels} channels the first. In training mode.");
            }
        });
        if (_probe.Rectifiers.Count == 0) return;
        var html = new StringBuilder("<table class=\"figures\">\n<thead><tr><th>layer</th><th>units</th><th>dead</th><th>share</th></tr></thead>\n<tbody>\n");
        for (var i = 0; i < _probe.Rectifiers.Count; i++)
        {
            var (buffer, dead) = (_probe.Rectifiers[i], _probe.Dead(i).Count());
            var units = UnitProbe.Units(buffer);
            html.Append(Html.Invariant($"<tr><th scope=\"row\">{Html.Text(buffer.Layer)}</th><td>{units:N0}</td><td{(dead > 0 ? " class=\"bad\"" : "")}>{dead:N0}</td><td>{100.0 * dead / units:0.0} %</td></tr>\n"));
        }

        contents.Set(Named("Dead units"), ReportPlace.Inside, "", html.Append("</tbody></table>").ToString(), half: true, note: $"Units of rectifiers that are zero at every place of all {_probe.Samples.Length} samples that were looked at.");
    }

    private void Epochs(ReportContents contents, WatchedTraining training)
    {
        var metric = training.Options.Metric;
        var html = new StringBuilder("<div class=\"scroll\"><table class=\"figures\">\n<thead><tr><th>epoch</th><th>train loss</th><th>train accuracy</th><th>validation loss</th><th>validation accuracy</th>");
        if (metric != null) html.Append($"<th>{Html.Text(metric.Name)}</th>");
        html.Append("<th>learning rate</th><th>samples/s</th><th>time</th></tr></thead>\n<tbody>\n");
        var best = training.History.LastOrDefault(epoch => epoch.IsBest)?.Epoch;
        foreach (var epoch in training.History)
        {
            html.Append(epoch.Epoch == best ? "<tr class=\"kept\">" : "<tr>");
            html.Append(Html.Invariant($"<th scope=\"row\">{epoch.Epoch}</th><td>{Figure(epoch.TrainLoss)}</td><td>{Figure(epoch.TrainAccuracy)}</td><td>{Figure(epoch.ValidationLoss)}</td><td>{Figure(epoch.ValidationAccuracy)}</td>"));
            if (metric != null) html.Append($"<td>{Figure(epoch.Metric)}</td>");
            html.Append(Html.Invariant($"<td>{Html.Number(epoch.LearningRate)}</td><td>{epoch.SamplesPerSecond:N0}</td><td>{Html.Time(epoch.Elapsed)}</td></tr>\n"));
        }

        contents.Set(Named("All epochs"), ReportPlace.Epochs, "", html.Append("</tbody></table></div>").ToString(), folded: true);

        static string Figure(double? value) => value is { } number && !double.IsNaN(number) ? Html.Invariant($"{number:0.0000}") : "–";
    }

    private void Facts(ReportContents contents, WatchedTraining training)
    {
        var (options, network) = (training.Options, training.Network);
        (string, string)[] facts =
        [
            ("network", Html.Invariant($"{network.Definition.Name}, {network.Parameters.TrainableValues:N0} parameters")),
            ("optimizer", $"{training.Optimizer.GetType().Name} ({string.Join(", ", training.Optimizer.Settings.Select(setting => $"{setting.Key} {setting.Value}"))})"),
            ("learning rate", Html.Invariant($"{training.Optimizer.LearningRate}")),
            ("epochs", Html.Invariant($"{options.Epochs:N0}")),
            ("batch", Html.Invariant($"{options.BatchSize ?? network.MaxBatch:N0}")),
            ("seed", Html.Invariant($"{options.Seed} (order), {network.Options.Seed} (network)")),
            ("samples", Html.Invariant($"{training.TrainData.Count:N0} to learn from, {training.ValidationData?.Count ?? 0:N0} to judge epochs by")),
        ];
        contents.Set(Named("Training"), ReportPlace.Facts, "", ReportPage.Facts(facts), half: true);
        (string, string)[] machine =
        [
            ("processor", Html.Invariant($"{RuntimeInformation.ProcessArchitecture}, {Shapes.Count(Environment.ProcessorCount, "core")}")),
            ("vectors", Simd.Level switch { 512 => "AVX-512", 256 => "AVX2", _ => "128 bits" }),
            ("threads", Html.Invariant($"{network.Threads}")),
            ("runtime", RuntimeInformation.FrameworkDescription),
            ("system", RuntimeInformation.OSDescription),
            ("DeepGen", typeof(Network).Assembly.GetName().Version!.ToString(3)),
        ];
        contents.Set("Machine", ReportPlace.Facts, "", ReportPage.Facts(machine), half: true);
    }
}
