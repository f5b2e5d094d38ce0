namespace DeepGen;

/// <summary>Decides after each epoch: whether it is the best, whether the training ends, whether the rate falls.</summary>
internal sealed class EpochJudge
{
    private readonly EpochMetric? _metric;
    private readonly EpochMetric _watched;
    private readonly BestEpochRule? _bestRule;
    private readonly Improvement? _best;
    private readonly Improvement? _stopping;
    private readonly int _patience;
    private readonly PlateauWatch? _plateau;

    public EpochJudge(TrainerOptions options)
    {
        _metric = options.Metric;
        _watched = options.Metric ?? EpochMetric.ValidationLoss;
        if (_metric == null) _bestRule = new BestEpochRule(options.BestTolerance);
        else _best = new Improvement(_metric.HigherIsBetter, 0);
        if (options.EarlyStopping is { } stopping)
            (_stopping, _patience) = (new Improvement(_watched.HigherIsBetter, stopping.MinimumImprovement), stopping.Patience);
        if (options.LearningRate.Plateau is { } plateau) _plateau = new PlateauWatch(plateau, _watched.HigherIsBetter);
    }

    /// <summary>What plateaus have made of the rate.</summary>
    public double RateScale => _plateau?.Scale ?? 1;

    /// <summary>Whether the training has gone without an improvement for too long.</summary>
    public bool Stops => _stopping?.State.EpochsWithout >= _patience;

    /// <summary>Whether the last epoch was the best as plateaus see it.</summary>
    public bool BestOfPlateau { get; private set; }

    /// <summary>Whether the last epoch ended a plateau.</summary>
    public bool EndsPlateau { get; private set; }

    /// <summary>What must be kept to go on.</summary>
    public EpochJudgeState State
    {
        get => new(_bestRule?.State, _best?.State, _stopping?.State, _plateau?.State);
        set
        {
            if (_bestRule != null && value.BestRule is { } bestRule) _bestRule.State = bestRule;
            if (_best != null && value.Best is { } best) _best.State = best;
            if (_stopping != null && value.Stopping is { } stopping) _stopping.State = stopping;
            if (_plateau != null && value.Plateau is { } plateau) _plateau.State = plateau;
        }
    }

    /// <summary>Looks at the next epoch.</summary>
    /// <param name="epoch">What it gave.</param>
    /// <param name="validation">The metrics of the validation samples; null without them.</param>
    /// <returns>The result with what was decided about it.</returns>
    public EpochResult Judge(EpochResult epoch, Metrics? validation)
    {
        var watched = _watched.Value(epoch, validation);
        _stopping?.Observe(watched);
        (BestOfPlateau, EndsPlateau) = _plateau?.Observe(watched) ?? (false, false);
        return _metric == null
            ? epoch with { IsBest = _bestRule!.IsBest(validation) }
            : epoch with { IsBest = _best!.Observe(watched), Metric = watched };
    }
}

/// <summary>What <see cref="EpochJudge"/> remembers; what its options do not use is null, and null leaves it as it is.</summary>
internal readonly record struct EpochJudgeState(BestEpochState? BestRule, ImprovementState? Best, ImprovementState? Stopping, PlateauState? Plateau);
