namespace DeepGen;

/// <summary>Where a training is.</summary>
/// <param name="Epoch">The current epoch, counted from 1.</param>
/// <param name="Epochs">The number of epochs.</param>
/// <param name="Batch">The batches of this epoch that are done.</param>
/// <param name="Batches">The batches of an epoch.</param>
/// <param name="Loss">The mean loss of this epoch so far.</param>
/// <param name="Accuracy">The share of the first head's predictions in this epoch so far that were right, before the step that learned from them; null when the network has no head.</param>
/// <param name="SamplesPerSecond">The speed of this epoch's training.</param>
/// <param name="TimeLeft">An estimate for all epochs that remain, validation included.</param>
/// <param name="Completed">The result of the epoch in its last report, after validation; else null.</param>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    double Loss,
    double? Accuracy,
    double SamplesPerSecond,
    TimeSpan TimeLeft,
    EpochResult? Completed)
{
    /// <summary>Where the training was resumed; null when it began at the start.</summary>
    public ResumeReport? Resumed { get; init; }

    /// <summary>What <see cref="TrainingWarnings"/> found since the report before; empty without such a watcher.</summary>
    public IReadOnlyList<TrainingWarning> Warnings { get; init; } = [];
}
