namespace DeepGen;

/// <summary>
/// Adam with weight decay apart from the gradient, as PyTorch defines it: θ ← θ − γλθ, then the step of <see cref="Adam"/>.
/// I. Loshchilov and F. Hutter 2019.
/// </summary>
public sealed class AdamW : AdaptiveOptimizer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">γ, the step size.</param>
    /// <param name="beta1">β₁, the decay of the mean of gradients.</param>
    /// <param name="beta2">β₂, the decay of the mean of squared gradients.</param>
    /// <param name="epsilon">ε, added to the root after its bias is corrected.</param>
    /// <param name="weightDecay">λ, the share of the parameter that each step of size 1 takes away.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, NaN or infinite, or a decay is 1 or above.</exception>
    public AdamW(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0.01f)
        : base(learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    private protected override bool Decoupled => true;
}
