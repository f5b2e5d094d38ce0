namespace DeepGen.Examples.Report;

/// <summary>What one epoch gave; validation is NaN where nothing is held out.</summary>
public sealed record EpochRecord(
    int Epoch,
    double TrainLoss,
    double TrainAccuracy,
    double ValidationLoss,
    double ValidationAccuracy,
    double LearningRate,
    double ImagesPerSecond,
    TimeSpan Duration);
