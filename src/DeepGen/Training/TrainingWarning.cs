namespace DeepGen;

/// <summary>Something about a training that looks wrong.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Layer">The layer, parameter or input where it was found; null where it is none of them.</param>
/// <param name="Epoch">When: the epoch, from 1.</param>
/// <param name="Step">The step, from 1.</param>
/// <param name="Message">What was found, and what to do.</param>
public sealed record TrainingWarning(TrainingWarningKind Kind, string? Layer, int Epoch, long Step, string Message)
{
    /// <summary>The message with its place.</summary>
    public override string ToString() => $"epoch {Epoch}, step {Step}: {Message}";

    /// <summary>What an error of the training says.</summary>
    internal static TrainingWarning Of(NonFiniteException error, int epoch) => new(TrainingWarningKind.NonFinite, error.Layer, epoch, error.Step, error.Message);
}

/// <summary>What looks wrong.</summary>
public enum TrainingWarningKind
{
    /// <summary>A value is NaN or infinite.</summary>
    NonFinite,

    /// <summary>Units of a rectifier are zero for every sample that was looked at.</summary>
    DeadUnits,

    /// <summary>The gradient of a parameter is far larger than it was.</summary>
    ExplodingGradient,

    /// <summary>The gradient of a parameter is far smaller than those of others, or zero.</summary>
    VanishingGradient,
}
