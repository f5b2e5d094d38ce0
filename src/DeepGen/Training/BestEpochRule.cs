namespace DeepGen;

/// <summary>Decides whether an epoch is the best so far.</summary>
/// <param name="tolerance"><see cref="TrainerOptions.BestTolerance"/>.</param>
internal sealed class BestEpochRule(double tolerance)
{
    private bool _any;
    private double? _accuracy;
    private double _loss;

    /// <summary>
    /// By validation accuracy, and by validation loss where that is equal or there is none. A NaN is never better. With a tolerance a later
    /// epoch is better already when its accuracy is not lower by more than so many standard errors √(p(1 − p)/n).
    /// </summary>
    /// <param name="judged">The metrics of the validation samples; null without them, and then no epoch is the best.</param>
    public bool IsBest(Metrics? judged)
    {
        if (judged == null || !IsBetter(judged)) return false;
        _any = true;
        _loss = judged.Loss;
        // The highest, not the last accepted: or many small steps down would pass one by one.
        _accuracy = judged.Accuracy is { } accuracy ? Math.Max(accuracy, _accuracy ?? 0) : null;
        return true;
    }

    private bool IsBetter(Metrics judged)
    {
        if (!_any) return true;
        if (judged.Accuracy is { } accuracy && _accuracy is { } highest)
        {
            if (tolerance > 0) return accuracy >= highest - (tolerance * Math.Sqrt(highest * (1 - highest) / judged.Predictions));
            if (accuracy != highest) return accuracy > highest;
        }

        return judged.Loss < _loss || (double.IsNaN(_loss) && !double.IsNaN(judged.Loss));
    }
}
