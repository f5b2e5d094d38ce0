namespace DeepGen;

/// <summary>
/// Normal noise that an <see cref="Optimizer"/> adds to every element of the gradients, with the variance σ₀/(1 + t)^κ at its step t = 0, 1, …:
/// A. Neelakantan et al. 2015, equation 1. It is added after clipping. The number of an element depends on the seed, the step and the element alone.
/// </summary>
public sealed class GradientNoise
{
    /// <summary>Keeps these numbers apart from those of other purposes under the same seed.</summary>
    internal const uint Purpose = 0x4E4F_4953;

    /// <summary>Describes the noise.</summary>
    /// <param name="variance">σ₀, the variance at the first step; the paper tries 0.01, 0.3 and 1.</param>
    /// <param name="decay">κ, how fast it falls; 0.55 in the paper, and 0 for the same variance throughout.</param>
    /// <param name="seed">The key of the random numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, NaN or infinite.</exception>
    public GradientNoise(float variance, float decay = 0.55f, ulong seed = 0)
    {
        Variance = Optimizer.NotNegative(variance, nameof(variance));
        Decay = Optimizer.NotNegative(decay, nameof(decay));
        Seed = seed;
    }

    /// <summary>σ₀, the variance at the first step.</summary>
    public float Variance { get; }

    /// <summary>κ, how fast the variance falls.</summary>
    public float Decay { get; }

    /// <summary>The key of the random numbers.</summary>
    public ulong Seed { get; }

    /// <summary>The standard deviation at a step.</summary>
    internal float Deviation(long step) => (float)Math.Sqrt(Variance / Math.Pow(1.0 + step, Decay));
}
