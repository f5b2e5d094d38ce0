namespace DeepGen.Examples.Report;

/// <summary>What one epoch gave; validation is NaN where nothing is held out.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="TrainLoss">The mean loss, each image before the step that learned from it.</param>
/// <param name="TrainAccuracy">The share of images classified rightly meanwhile.</param>
/// <param name="ValidationLoss">The mean loss over the validation images after the epoch.</param>
/// <param name="ValidationAccuracy">The share of them classified rightly.</param>
/// <param name="LearningRate">The learning rate of its last step.</param>
/// <param name="ImagesPerSecond">The speed of training, validation apart.</param>
/// <param name="Duration">The time of training, validation apart.</param>
public sealed record EpochRecord(
    int Epoch,
    double TrainLoss,
    double TrainAccuracy,
    double ValidationLoss,
    double ValidationAccuracy,
    double LearningRate,
    double ImagesPerSecond,
    TimeSpan Duration)
{
    /// <summary>What the trainer said of it.</summary>
    public static EpochRecord Of(EpochResult epoch, int trainImages) => new(epoch.Epoch, epoch.TrainLoss, epoch.TrainAccuracy ?? double.NaN, epoch.ValidationLoss ?? double.NaN, epoch.ValidationAccuracy ?? double.NaN,
        epoch.LearningRate, epoch.SamplesPerSecond, TimeSpan.FromSeconds(trainImages / epoch.SamplesPerSecond));
}
