namespace DeepGen.Examples.Transfer;

/// <summary>The accuracies of one way to train, over runs.</summary>
/// <param name="Name">The way.</param>
internal sealed record Outcome(string Name)
{
    /// <summary>The accuracy of each run.</summary>
    public List<double> Accuracies { get; } = [];

    /// <summary>Their mean.</summary>
    public double Mean => Accuracies.Average();

    /// <summary>Mean and standard deviation (of a sample, divided by n − 1), as text.</summary>
    public override string ToString() => MeanAndDeviation(Accuracies);

    /// <summary>Mean and standard deviation, as text.</summary>
    public static string MeanAndDeviation(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return values.Count == 1
            ? FormattableString.Invariant($"{mean:0.0000}")
            : FormattableString.Invariant($"{mean:0.0000} ± {Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)):0.0000}");
    }
}
