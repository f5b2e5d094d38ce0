namespace DeepGen.Examples.Display;

/// <summary>What the columns of a display are called and show.</summary>
/// <param name="Unit">What the samples are, in the plural: "images".</param>
public sealed record DisplayColumns(string Unit)
{
    /// <summary>The trainer's own metric, shown in place of the validation's accuracy; null for the accuracy.</summary>
    public EpochMetric? Metric { get; init; }
}
