namespace DeepGen;

/// <summary>Decides whether an epoch is the best so far.</summary>
/// <param name="tolerance"><see cref="TrainerOptions.BestTolerance"/>.</param>
internal sealed class BestEpochRule(double tolerance)
{
    /// <summary>What must be kept to go on.</summary>
    public BestEpochState State { get; set; }

    /// <summary>
    /// By validation accuracy, and by validation loss where that is equal or there is none. A NaN is never better. With a tolerance a later
    /// epoch is better already when its accuracy is not lower by more than so many standard errors √(p(1 − p)/n).
    /// </summary>
    /// <param name="judged">The metrics of the validation samples; null without them, and then no epoch is the best.</param>
    public bool IsBest(Metrics? judged)
    {
        if (judged == null || !IsBetter(judged)) return false;

        // The highest, not the last accepted: or many small steps down would pass one by one.
        State = new BestEpochState(true, judged.AccuracyOfClassifier is { } accuracy ? Math.Max(accuracy, State.Accuracy ?? 0) : null, judged.Loss);
        return true;
    }

    private bool IsBetter(Metrics judged)
    {
        if (!State.Any) return true;
        if (judged.AccuracyOfClassifier is { } accuracy && State.Accuracy is { } highest)
        {
            if (tolerance > 0) return accuracy >= highest - (tolerance * Math.Sqrt(highest * (1 - highest) / judged.Predictions));
            if (accuracy != highest) return accuracy > highest;
        }

        return judged.Loss < State.Loss || (double.IsNaN(State.Loss) && !double.IsNaN(judged.Loss));
    }
}

/// <summary>What <see cref="BestEpochRule"/> remembers.</summary>
/// <param name="Any">Whether there was an epoch.</param>
/// <param name="Accuracy">The highest validation accuracy; null when the network is no classifier.</param>
/// <param name="Loss">The validation loss of the best epoch.</param>
internal readonly record struct BestEpochState(bool Any, double? Accuracy, double Loss);
