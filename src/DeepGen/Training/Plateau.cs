namespace DeepGen;

/// <summary>What a schedule does on a plateau: <see cref="LearningRateSchedule.ReduceOnPlateau"/>.</summary>
internal sealed record Plateau(double Factor, int Patience, double MinimumImprovement, int Cooldown, double Minimum, bool FromBest);

/// <summary>Finds plateaus: PyTorch's <c>ReduceLROnPlateau</c>.</summary>
internal sealed class PlateauWatch(Plateau plateau, bool higherIsBetter)
{
    private readonly Improvement _improvement = new(higherIsBetter, plateau.MinimumImprovement);
    private int _cooldown;

    /// <summary>The factor on the rate of the schedule.</summary>
    public double Scale { get; private set; } = 1;

    /// <summary>What must be kept to go on.</summary>
    public PlateauState State
    {
        get => new(Scale, _cooldown, _improvement.State);
        set => (Scale, _cooldown, _improvement.State) = (value.Scale, value.Cooldown, value.Improvement);
    }

    /// <summary>Looks at the next epoch.</summary>
    /// <returns>Whether it is the best so far, and whether it ends a plateau.</returns>
    public (bool Best, bool Reduced) Observe(double value)
    {
        var best = _improvement.Observe(value);
        if (_cooldown > 0)
        {
            _cooldown--;
            Forget();
        }

        if (_improvement.State.EpochsWithout <= plateau.Patience) return (best, false);
        Scale = Math.Max(Scale * plateau.Factor, plateau.Minimum);
        _cooldown = plateau.Cooldown;
        Forget();
        return (best, true);
    }

    private void Forget() => _improvement.State = _improvement.State with { EpochsWithout = 0 };
}

/// <summary>What <see cref="PlateauWatch"/> remembers.</summary>
internal readonly record struct PlateauState(double Scale, int Cooldown, ImprovementState Improvement);
