namespace DeepGen;

/// <summary>How the learning rate changes over the training: a factor on the optimizer's rate for each step.</summary>
public sealed class LearningRateSchedule
{
    private readonly Func<double, double> _factor;

    private LearningRateSchedule(Func<double, double> factor) => _factor = factor;

    /// <summary>The optimizer's rate throughout.</summary>
    public static LearningRateSchedule Constant { get; } = new(_ => 1);

    /// <summary>Half a cosine from the optimizer's rate down to a share of it. I. Loshchilov and F. Hutter 2017, equation 5, with one period.</summary>
    /// <param name="final">The share that is reached at the end, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in [0, 1].</exception>
    public static LearningRateSchedule Cosine(double final = 0)
    {
        if (!(final is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(final), final, "The final share of the learning rate must be from 0 to 1.");
        return new LearningRateSchedule(progress => final + ((1 - final) * 0.5 * (1 + Math.Cos(Math.PI * progress))));
    }

    /// <summary>Any function.</summary>
    /// <param name="factor">Gives the factor for the part of all steps that is done, from 0 at the first to just below 1 at the last.</param>
    public static LearningRateSchedule From(Func<double, double> factor)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return new LearningRateSchedule(factor);
    }

    /// <summary>The rate of one step.</summary>
    internal float At(float rate, long step, long steps) => (float)(rate * _factor((double)step / steps));
}
