namespace DeepGen;

/// <summary>
/// Ends a training that no longer improves: I. Goodfellow, Y. Bengio and A. Courville 2016, algorithm 7.1. Epochs are compared by <see cref="TrainerOptions.Metric"/>, by the validation loss when
/// that is null; <see cref="TrainerOptions.KeepBest"/> gives the best weights back.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>Ends the training after so many epochs in a row without an improvement.</summary>
    /// <param name="patience">How many, at least 1.</param>
    /// <param name="minimumImprovement">By how much an epoch must exceed the best so far to count as an improvement. At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public EarlyStopping(int patience, double minimumImprovement = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        Improvement.CheckMinimum(minimumImprovement, nameof(minimumImprovement));
        Patience = patience;
        MinimumImprovement = minimumImprovement;
    }

    /// <summary>How many epochs in a row without an improvement end the training.</summary>
    public int Patience { get; }

    /// <summary>By how much an epoch must exceed the best so far to count as an improvement.</summary>
    public double MinimumImprovement { get; }
}
