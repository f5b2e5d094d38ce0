namespace DeepGen;

/// <summary>Watches a number that should rise, or fall, from epoch to epoch.</summary>
/// <param name="higherIsBetter">Whether it should rise.</param>
/// <param name="minimum">By how much it must exceed the best so far to count.</param>
internal sealed class Improvement(bool higherIsBetter, double minimum)
{
    /// <summary>The best so far, NaN before the first, and the epochs since then.</summary>
    public ImprovementState State { get; set; } = new(double.NaN, 0);

    public static void CheckMinimum(double minimum, string name)
    {
        if (!(minimum >= 0 && double.IsFinite(minimum))) throw new ArgumentOutOfRangeException(name, minimum, "The least improvement must be finite and at least 0.");
    }

    /// <summary>Looks at the next epoch; a NaN is never better.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Observe(double value)
    {
        var best = State.Best;
        var better = double.IsNaN(best) ? !double.IsNaN(value) : higherIsBetter ? value > best + minimum : value < best - minimum;
        State = better ? new ImprovementState(value, 0) : State with { EpochsWithout = State.EpochsWithout + 1 };
        return better;
    }
}

/// <summary>What <see cref="Improvement"/> remembers.</summary>
internal readonly record struct ImprovementState(double Best, int EpochsWithout);
