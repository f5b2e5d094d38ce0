namespace DeepGen;

/// <summary>A bound on gradients, applied while an <see cref="Optimizer"/> reads them; <see cref="Parameter.Gradient"/> stays as it is.</summary>
public sealed class GradientClipping
{
    private GradientClipping(float norm, float limit) => (MaxNorm, Limit) = (norm, limit);

    /// <summary>The largest norm of all gradients together; infinite when they are clipped by value.</summary>
    public float MaxNorm { get; }

    /// <summary>The largest absolute value of an element; infinite when gradients are clipped by norm.</summary>
    public float Limit { get; }

    /// <summary>
    /// Scales all gradients by min(1, maxNorm / (‖g‖ + 1e-6)), ‖g‖ their common Euclidean norm: PyTorch's <c>clip_grad_norm_</c>. R. Pascanu et al. 2013.
    /// Parameters that are frozen do not count. A norm that is not finite stops the step before it changes anything, with a <see cref="NonFiniteException"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The norm is not finite and above 0.</exception>
    public static GradientClipping ByGlobalNorm(float maxNorm) => new(Positive(maxNorm, nameof(maxNorm)), float.PositiveInfinity);

    /// <summary>Limits every element to [−limit, limit]: PyTorch's <c>clip_grad_value_</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not finite and above 0.</exception>
    public static GradientClipping ByValue(float limit) => new(float.PositiveInfinity, Positive(limit, nameof(limit)));

    /// <summary>Whether the norm has to be known.</summary>
    internal bool NeedsNorm => float.IsFinite(MaxNorm);

    /// <summary>The factor on gradients of a norm; PyTorch adds 1e-6 to the norm.</summary>
    internal float Scale(double norm) => (float)Math.Min(1, MaxNorm / (norm + 1e-6));

    private static float Positive(float value, string name) => value > 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and above 0.");
}
