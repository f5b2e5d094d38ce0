namespace DeepGen;

/// <summary>
/// Adam as PyTorch defines it: g ← g + λθ; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
/// θ ← θ − γ / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε). D. Kingma and J. Ba 2015.
/// </summary>
public sealed class Adam : AdaptiveOptimizer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">γ, the step size.</param>
    /// <param name="beta1">β₁, the decay of the mean of gradients.</param>
    /// <param name="beta2">β₂, the decay of the mean of squared gradients.</param>
    /// <param name="epsilon">ε, added to the root after its bias is corrected.</param>
    /// <param name="weightDecay">λ, added to the gradient in proportion to the parameter (L2); see <see cref="AdamW"/> for decay apart from it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, NaN or infinite, or a decay is 1 or above.</exception>
    public Adam(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0)
        : base(learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    private protected override bool Decoupled => false;
}
