namespace DeepGen;

/// <summary>
/// The share of the samples, easiest first, that a curriculum draws from, as a function of the epochs done (with their fractions). It should not fall. The names are those of
/// G. Hacohen and D. Weinshall 2019, "On the power of curriculum learning in training deep networks", section 3.1.
/// </summary>
public sealed class Pacing
{
    private readonly Func<double, double> _share;

    private Pacing(Func<double, double> share) => _share = share;

    /// <summary>A part first, then everything.</summary>
    /// <param name="start">The share at the start, in (0, 1].</param>
    /// <param name="epochs">The epochs after which all samples are drawn; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static Pacing SingleStep(double start, double epochs)
    {
        Check(start, epochs);
        return new Pacing(done => done < epochs ? start : 1);
    }

    /// <summary>A part first, that becomes larger by a factor time after time ("fixed exponential pacing").</summary>
    /// <param name="start">The share at the start, in (0, 1].</param>
    /// <param name="factor">What the share is multiplied by; above 1.</param>
    /// <param name="every">The epochs from one time to the next; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static Pacing Exponential(double start, double factor, double every)
    {
        Check(start, every);
        if (!(factor > 1)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor must be above 1.");
        return new Pacing(done => start * Math.Pow(factor, Math.Floor(done / every)));
    }

    /// <summary>From a part to everything at an even pace.</summary>
    /// <param name="start">The share at the start, in (0, 1].</param>
    /// <param name="epochs">The epochs after which all samples are drawn; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static Pacing Linear(double start, double epochs)
    {
        Check(start, epochs);
        return new Pacing(done => start + ((1 - start) * done / epochs));
    }

    /// <summary>Any function.</summary>
    /// <param name="share">Gives the share for the epochs done; what is above 1 counts as 1.</param>
    public static Pacing From(Func<double, double> share)
    {
        ArgumentNullException.ThrowIfNull(share);
        return new Pacing(share);
    }

    /// <summary>The number of samples to draw from.</summary>
    internal int Samples(double epochsDone, int samples)
    {
        var share = _share(epochsDone);
        if (!(share > 0)) throw new InvalidOperationException($"The pacing gave the share {share} after {epochsDone} epochs; it must be above 0.");
        return share >= 1 ? samples : (int)Math.Ceiling(share * samples);
    }

    private static void Check(double start, double epochs)
    {
        if (!(start is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(start), start, "The share at the start must be above 0 and at most 1.");
        if (!(epochs > 0)) throw new ArgumentOutOfRangeException(nameof(epochs), epochs, "The number of epochs must be above 0.");
    }
}
