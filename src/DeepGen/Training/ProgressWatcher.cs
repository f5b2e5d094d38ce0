namespace DeepGen;

/// <summary>Reports to a <see cref="IProgress{T}"/>: at most so often within an epoch, and at the end of each.</summary>
internal sealed class ProgressWatcher(IProgress<TrainingProgress> progress) : ITrainingWatcher
{
    private readonly List<TrainingWarning> _warnings = [];
    private TimeSpan _reported;

    public void OnBegin(WatchedTraining training) => _reported = training.Elapsed;

    public void OnStep(WatchedTraining training)
    {
        if (training.Batch == training.Batches || training.Elapsed - _reported < training.Options.ProgressInterval) return;
        Report(training, training.TrainMetrics.Loss, training.TrainMetrics.Accuracy, null);
    }

    public void OnEpoch(WatchedTraining training, EpochResult epoch) => Report(training, epoch.TrainLoss, epoch.TrainAccuracy, epoch);

    public void OnWarning(WatchedTraining training, TrainingWarning warning) => _warnings.Add(warning);

    private void Report(WatchedTraining training, double loss, double? accuracy, EpochResult? completed)
    {
        _reported = training.Elapsed;
        IReadOnlyList<TrainingWarning> warnings = [];
        if (_warnings.Count > 0)
        {
            warnings = [.. _warnings];
            _warnings.Clear();
        }

        progress.Report(new TrainingProgress(training.Epoch, training.Epochs, training.Batch, training.Batches, loss, accuracy, training.SamplesPerSecond, training.TimeLeft, completed)
        {
            Resumed = training.Resumed,
            Warnings = warnings,
        });
    }
}
