namespace DeepGen;

/// <summary>
/// How the learning rate changes over the training: a factor on the optimizer's rate for each step. A schedule is a description and never changes;
/// <see cref="WarmUp"/> and <see cref="ReduceOnPlateau"/> give new ones, so that schedules combine:
/// <c>LearningRateSchedule.Cosine().WarmUp(5)</c>.
/// </summary>
public sealed class LearningRateSchedule
{
    private readonly Func<Position, double> _factor;

    private LearningRateSchedule(Func<Position, double> factor, Plateau? plateau = null) => (_factor, Plateau) = (factor, plateau);

    /// <summary>The optimizer's rate throughout.</summary>
    public static LearningRateSchedule Constant { get; } = new(_ => 1);

    /// <summary>What happens when validation no longer improves; null for nothing.</summary>
    internal Plateau? Plateau { get; }

    /// <summary>1/(1 + κt) after t steps or epochs.</summary>
    /// <param name="decay">κ, at least 0.</param>
    /// <param name="per">What t counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is negative, NaN or infinite.</exception>
    public static LearningRateSchedule TimeBased(double decay, Per per = Per.Step)
    {
        if (!(decay >= 0 && double.IsFinite(decay))) throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be finite and at least 0.");
        return new LearningRateSchedule(at => 1 / (1 + (decay * at.Whole(per))));
    }

    /// <summary>Multiplied after every so many epochs or steps: PyTorch's <c>StepLR</c>.</summary>
    /// <param name="every">How many, at least 1.</param>
    /// <param name="factor">What the rate is multiplied by, above 0.</param>
    /// <param name="per">What is counted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static LearningRateSchedule Step(int every, double factor = 0.1, Per per = Per.Epoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        CheckFactor(factor);
        return new LearningRateSchedule(at => Math.Pow(factor, at.Whole(per) / every));
    }

    /// <summary>Multiplied at each milestone that is passed: PyTorch's <c>MultiStepLR</c>.</summary>
    /// <param name="milestones">After how many epochs or steps, ascending.</param>
    /// <param name="factor">What the rate is multiplied by, above 0.</param>
    /// <param name="per">What is counted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not finite and above 0.</exception>
    /// <exception cref="ArgumentException">A milestone is below 1, or they do not ascend.</exception>
    public static LearningRateSchedule Milestones(IEnumerable<int> milestones, double factor = 0.1, Per per = Per.Epoch)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        var places = milestones.ToArray();
        for (var i = 0; i < places.Length; i++)
            if (places[i] < (i == 0 ? 1 : places[i - 1] + 1)) throw new ArgumentException($"Milestones must be at least 1 and ascend, got {string.Join(", ", places)}.", nameof(milestones));
        CheckFactor(factor);
        return new LearningRateSchedule(at =>
        {
            var passed = 0;
            while (passed < places.Length && places[passed] <= at.Whole(per)) passed++;
            return Math.Pow(factor, passed);
        });
    }

    /// <summary>Multiplied after every epoch or step: PyTorch's <c>ExponentialLR</c>.</summary>
    /// <param name="factor">What the rate is multiplied by, above 0.</param>
    /// <param name="per">What is counted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not finite and above 0.</exception>
    public static LearningRateSchedule Exponential(double factor, Per per = Per.Epoch)
    {
        CheckFactor(factor);
        return new LearningRateSchedule(at => Math.Pow(factor, at.Whole(per)));
    }

    /// <summary>Half a cosine from the optimizer's rate down to a share of it. I. Loshchilov and F. Hutter 2017, equation 5, with one period.</summary>
    /// <param name="final">The share that is reached at the end, 0 to 1.</param>
    /// <param name="per">Whether the rate changes at every step or between epochs.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in [0, 1].</exception>
    public static LearningRateSchedule Cosine(double final = 0, Per per = Per.Step)
    {
        CheckShare(final, nameof(final));
        return new LearningRateSchedule(at => HalfCosine(final, at.Whole(per) * at.Length(per) / at.Steps));
    }

    /// <summary>
    /// Half a cosine again and again, each from the optimizer's rate: SGDR, I. Loshchilov and F. Hutter 2017; PyTorch's <c>CosineAnnealingWarmRestarts</c>. The rate falls at
    /// every step, also where periods are told in epochs.
    /// </summary>
    /// <param name="period">The length of the first period (T₀), above 0; it may be a part of an epoch.</param>
    /// <param name="growth">How many times longer each period is than the one before (T_mult), at least 1.</param>
    /// <param name="final">The share of the rate at the end of a period, 0 to 1.</param>
    /// <param name="per">What the period counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static LearningRateSchedule CosineRestarts(double period, double growth = 1, double final = 0, Per per = Per.Epoch)
    {
        if (!(period > 0 && double.IsFinite(period))) throw new ArgumentOutOfRangeException(nameof(period), period, "The period must be finite and above 0.");
        if (!(growth >= 1 && double.IsFinite(growth))) throw new ArgumentOutOfRangeException(nameof(growth), growth, "The growth of periods must be finite and at least 1.");
        CheckShare(final, nameof(final));
        return new LearningRateSchedule(at =>
        {
            double step = at.Step, length = period * at.Length(per);
            if (growth == 1) return HalfCosine(final, step % length / length);
            for (; step >= length; length *= growth) step -= length;
            return HalfCosine(final, step / length);
        });
    }

    /// <summary>Any function.</summary>
    /// <param name="factor">Gives the factor for the part of all steps that is done, from 0 at the first to just below 1 at the last.</param>
    public static LearningRateSchedule From(Func<double, double> factor)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return new LearningRateSchedule(at => factor((double)at.Step / at.Steps));
    }

    /// <summary>
    /// This schedule behind a rise of the rate along a straight line, step by step: PyTorch's <c>LinearLR</c>, followed by this one in a <c>SequentialLR</c>. This schedule counts
    /// from the end of the rise, and what remains of the training is the whole for it. P. Goyal et al. 2017, section 2.2.
    /// </summary>
    /// <param name="length">How long the rise takes, above 0; it may be a part of an epoch.</param>
    /// <param name="from">The share of the optimizer's rate that it begins with, 0 to 1.</param>
    /// <param name="per">What the length counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public LearningRateSchedule WarmUp(double length, double from = 0.1, Per per = Per.Epoch)
    {
        if (!(length > 0 && double.IsFinite(length))) throw new ArgumentOutOfRangeException(nameof(length), length, "The length of the rise must be finite and above 0.");
        CheckShare(from, nameof(from));
        return new LearningRateSchedule(
            at =>
            {
                var rise = Math.Max(1, (long)Math.Round(length * at.Length(per)));
                return at.Step < rise
                    ? from + ((1 - from) * at.Step / rise)
                    : _factor(new Position(at.Step - rise, Math.Max(1, at.Steps - rise), at.StepsPerEpoch));
            },
            Plateau);
    }

    /// <summary>
    /// This schedule, and its rate multiplied after each plateau: when <see cref="TrainerOptions.Metric"/> (the validation loss when that is null) has brought no improvement for more
    /// epochs than the patience. PyTorch's <c>ReduceLROnPlateau</c> with absolute thresholds. It needs a <see cref="Trainer"/>; a schedule has one such rule, and a second takes its place.
    /// </summary>
    /// <param name="factor">What the rate is multiplied by, above 0 and below 1.</param>
    /// <param name="patience">How many epochs in a row may pass without an improvement; the next one is too many. At least 0.</param>
    /// <param name="minimumImprovement">By how much an epoch must exceed the best so far to count as an improvement. At least 0.</param>
    /// <param name="cooldown">The epochs after a reduction that are not counted. At least 0.</param>
    /// <param name="minimum">The share of this schedule's rate that plateaus leave at least, 0 to 1.</param>
    /// <param name="fromBest">
    /// Whether the training then goes on from the best epoch: its weights, running statistics and what the optimizer remembered are put back, and only the rate is another.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public LearningRateSchedule ReduceOnPlateau(double factor = 0.1, int patience = 10, double minimumImprovement = 0, int cooldown = 0, double minimum = 0, bool fromBest = false)
    {
        if (!(factor is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor must be above 0 and below 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        Improvement.CheckMinimum(minimumImprovement, nameof(minimumImprovement));
        ArgumentOutOfRangeException.ThrowIfNegative(cooldown);
        CheckShare(minimum, nameof(minimum));
        return new LearningRateSchedule(_factor, new Plateau(factor, patience, minimumImprovement, cooldown, minimum, fromBest));
    }

    /// <summary>The rate of one step, plateaus apart.</summary>
    /// <param name="rate">The optimizer's rate.</param>
    /// <param name="step">The steps before this one, from 0.</param>
    /// <param name="steps">All steps of the training.</param>
    /// <param name="stepsPerEpoch">Those of an epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of steps is negative, or 0 where there must be one.</exception>
    public float At(float rate, long step, long steps, long stepsPerEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        return (float)(rate * _factor(new Position(step, steps, stepsPerEpoch)));
    }

    private static double HalfCosine(double final, double progress) => final + ((1 - final) * 0.5 * (1 + Math.Cos(Math.PI * progress)));

    private static void CheckFactor(double factor)
    {
        if (!(factor > 0 && double.IsFinite(factor))) throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor must be finite and above 0.");
    }

    private static void CheckShare(double share, string name)
    {
        if (!(share is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(name, share, "The share of the learning rate must be from 0 to 1.");
    }

    /// <summary>Where a training is.</summary>
    private readonly record struct Position(long Step, long Steps, long StepsPerEpoch)
    {
        /// <summary>The whole steps or epochs that are done.</summary>
        public long Whole(Per per) => per == Per.Step ? Step : Step / StepsPerEpoch;

        /// <summary>The steps of what is counted.</summary>
        public double Length(Per per) => per == Per.Step ? 1 : StepsPerEpoch;
    }
}
