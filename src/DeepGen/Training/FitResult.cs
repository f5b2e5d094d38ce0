namespace DeepGen;

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="TrainLoss">The mean loss over the training samples, each before the step that learned from it.</param>
/// <param name="TrainAccuracy">The share of the first head's predictions that were right meanwhile; null when the network has no head (see <see cref="Head"/>).</param>
/// <param name="ValidationLoss">The mean loss over the validation samples after the epoch; null without them.</param>
/// <param name="ValidationAccuracy">The share of the first head's predictions for them that are right; null without them or when the network has no head.</param>
/// <param name="LearningRate">The learning rate of its last step.</param>
/// <param name="SamplesPerSecond">Training samples a second, validation not counted.</param>
/// <param name="Elapsed">The time it took, validation included.</param>
/// <param name="IsBest">Whether it was the best epoch when it was completed; see <see cref="TrainerOptions.KeepBest"/>.</param>
public sealed record EpochResult(
    int Epoch,
    double TrainLoss,
    double? TrainAccuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    float LearningRate,
    double SamplesPerSecond,
    TimeSpan Elapsed,
    bool IsBest)
{
    /// <summary>The value of <see cref="TrainerOptions.Metric"/>; null when that is null.</summary>
    public double? Metric { get; init; }
}

/// <summary>What a training gave.</summary>
/// <param name="History">The epochs that were completed, in order; of a training that was resumed, those before too.</param>
/// <param name="Cancelled">Whether it was cancelled before the last epoch was completed.</param>
/// <param name="StoppedEarly">Whether <see cref="TrainerOptions.EarlyStopping"/> ended it.</param>
/// <param name="BestEpoch">The number of the best epoch; null before the first was completed, and without validation data unless <see cref="TrainerOptions.Metric"/> needs none.</param>
/// <param name="BestRestored">Whether the network has the weights of that epoch now.</param>
/// <param name="Elapsed">The time it took, that of a training that was resumed included.</param>
public sealed record FitResult(IReadOnlyList<EpochResult> History, bool Cancelled, bool StoppedEarly, int? BestEpoch, bool BestRestored, TimeSpan Elapsed)
{
    /// <summary>Where the training was resumed; null when it began at the start.</summary>
    public ResumeReport? Resumed { get; init; }
}
