using System.Runtime.InteropServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>What a report shows of one training with a <see cref="Trainer"/>.</summary>
internal sealed class FitRecord(TrainingReport report, string? name) : ITrainingWatcher
{
    /// <summary>So many samples with their predictions, and as many of the worst mistakes.</summary>
    private const int ShownSamples = 18;

    private readonly ThinnedCurve _stepLoss = new();

    public void OnBegin(WatchedTraining training) => report.Change(contents =>
    {
        Status(contents, training);
        contents.SetTile(Named("parameters"), Html.Invariant($"{training.Network.Parameters.TrainableValues:N0}"), training.Network.Definition.Name);
        Facts(contents, training);
        foreach (var epoch in training.History) Add(contents, training, epoch);
    }, write: true);

    public void OnStep(WatchedTraining training)
    {
        var at = training.Epoch - 1 + ((double)training.Batch / training.Batches);
        _stepLoss.Add(at, training.Loss);
        if (training.Step > 1 && !report.IsDue) return;
        report.Change(contents => Status(contents, training), write: true);
    }

    public void OnEpoch(WatchedTraining training, EpochResult epoch) => report.Change(contents =>
    {
        Status(contents, training);
        Add(contents, training, epoch);
    }, write: report.IsDue);

    public void OnWarning(WatchedTraining training, TrainingWarning warning) => report.Warn(warning);

    public void OnEnd(WatchedTraining training, FitResult? result, Exception? error) => report.Change(contents =>
    {
        if (error != null)
        {
            contents.Status = $"epoch {training.Epoch} of {training.Epochs}: {error.Message}";
            contents.End("failed");
            return;
        }

        if (name == null) contents.Kept = result!.BestRestored ? result.BestEpoch : null;
        contents.Status = result!.Cancelled ? $"stopped in epoch {training.Epoch} of {training.Epochs}" : result.StoppedEarly ? $"no longer improved: ended after epoch {training.Epoch} of {training.Epochs}" : Shapes.Count(training.Epochs, "epoch");
    }, write: true);

    private string Named(string what) => name == null ? what : $"{name}: {what}";

    private static void Status(ReportContents contents, WatchedTraining training)
    {
        var left = training.Step > 0 ? $", {Html.Time(training.TimeLeft)} left" : "";
        contents.Status = $"epoch {training.Epoch} of {training.Epochs}, batch {training.Batch} of {training.Batches}{left}";
    }

    private void Add(ReportContents contents, WatchedTraining training, EpochResult epoch)
    {
        Log("Loss", "train", epoch.TrainLoss);
        Log("Loss", "validation", epoch.ValidationLoss);
        Log("Accuracy", "train", epoch.TrainAccuracy, 1);
        Log("Accuracy", "validation", epoch.ValidationAccuracy, 1);
        if (training.Options.Metric is { } metric && metric != EpochMetric.TrainLoss && metric != EpochMetric.ValidationLoss && metric != EpochMetric.TrainAccuracy && metric != EpochMetric.ValidationAccuracy)
            Log(char.ToUpperInvariant(metric.Name[0]) + metric.Name[1..], metric.Name, epoch.Metric);
        Log("Learning rate", "learning rate", epoch.LearningRate);

        void Log(string chart, string curve, double? value, double limit = double.PositiveInfinity)
        {
            if (value is { } number) contents.Chart(chart, Per.Epoch, limit)[Named(curve)].Points.Add(epoch.Epoch, number);
        }
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
