namespace DeepGen;

/// <summary>A number by which epochs are compared: for the best weights, early stopping and plateaus.</summary>
public sealed class EpochMetric
{
    private readonly Func<EpochResult, Metrics?, double> _value;

    private EpochMetric(string name, bool higherIsBetter, bool needsValidation, bool needsHead, Func<EpochResult, Metrics?, double> value) =>
        (Name, HigherIsBetter, NeedsValidation, NeedsHead, _value) = (name, higherIsBetter, needsValidation, needsHead, value);

    /// <summary>The mean loss over the validation samples; lower is better.</summary>
    public static EpochMetric ValidationLoss { get; } = new("validation loss", false, true, false, (epoch, _) => epoch.ValidationLoss ?? double.NaN);

    /// <summary>The share of the first head's predictions for validation samples that are right.</summary>
    public static EpochMetric ValidationAccuracy { get; } = new("validation accuracy", true, true, true, (epoch, _) => epoch.ValidationAccuracy ?? double.NaN);

    /// <summary>The mean loss over the training samples; lower is better. It needs no validation data.</summary>
    public static EpochMetric TrainLoss { get; } = new("training loss", false, false, false, (epoch, _) => epoch.TrainLoss);

    /// <summary>The share of the first head's predictions for training samples that were right. It needs no validation data.</summary>
    public static EpochMetric TrainAccuracy { get; } = new("training accuracy", true, false, true, (epoch, _) => epoch.TrainAccuracy ?? double.NaN);

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Whether a higher value is better.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>Whether it is taken from validation samples.</summary>
    internal bool NeedsValidation { get; }

    /// <summary>Whether only networks with a head have it.</summary>
    internal bool NeedsHead { get; }

    /// <summary>Any function of an epoch's result.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="value">Gives the value; NaN is never better than another. Whether the epoch is the best is not known yet when it is called.</param>
    /// <param name="higherIsBetter">Whether a higher value is better.</param>
    public static EpochMetric From(string name, Func<EpochResult, double> value, bool higherIsBetter)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        return new EpochMetric(name, higherIsBetter, false, false, (epoch, _) => value(epoch));
    }

    /// <summary>Any function of the metrics of the validation samples, all of which they have: <c>EpochMetric.FromValidation("mean IoU", metrics => metrics.Heads[0].MeanIoU, higherIsBetter: true)</c>.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="value">Gives the value; NaN is never better than another.</param>
    /// <param name="higherIsBetter">Whether a higher value is better.</param>
    public static EpochMetric FromValidation(string name, Func<Metrics, double> value, bool higherIsBetter)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        return new EpochMetric(name, higherIsBetter, true, false, (_, validation) => validation == null ? double.NaN : value(validation));
    }

    /// <summary>The value of an epoch.</summary>
    internal double Value(EpochResult epoch, Metrics? validation) => _value(epoch, validation);
}
