using DeepGen.Examples.Report;

namespace DeepGen.Examples.Display;

/// <summary>Hands the trainer's reports on to a display, and keeps the finished epochs.</summary>
public sealed class DisplayedProgress(ITrainingDisplay display, int trainImages) : IProgress<TrainingProgress>
{
    private readonly List<EpochRecord> _epochs = [];

    /// <summary>The finished epochs, in order.</summary>
    public IReadOnlyList<EpochRecord> Epochs => _epochs;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (value.Completed is not { } epoch)
        {
            display.At(new Position(value.Epoch, value.Epochs, (double)value.Batch / value.Batches, value.Loss, value.Accuracy ?? double.NaN, value.SamplesPerSecond, value.TimeLeft));
            return;
        }
        var record = new EpochRecord(epoch.Epoch, epoch.TrainLoss, epoch.TrainAccuracy ?? double.NaN, epoch.ValidationLoss ?? double.NaN, epoch.ValidationAccuracy ?? double.NaN,
            epoch.LearningRate, epoch.SamplesPerSecond, TimeSpan.FromSeconds(trainImages / epoch.SamplesPerSecond));
        _epochs.Add(record);
        display.Finished(record, value.Epochs, epoch.IsBest, value.TimeLeft);
    }
}
