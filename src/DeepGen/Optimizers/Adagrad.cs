using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// Adagrad as PyTorch defines it: g ← g + λθ; s ← s + g²; θ ← θ − γ/(1 + (t − 1)η) · g/(√s + ε). J. Duchi et al. 2011.
/// </summary>
public sealed class Adagrad : Optimizer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">γ, the step size.</param>
    /// <param name="learningRateDecay">η, how fast the step size falls beside the sum.</param>
    /// <param name="weightDecay">λ, added to the gradient in proportion to the parameter (L2).</param>
    /// <param name="initialAccumulator">What the sums of squares begin with.</param>
    /// <param name="epsilon">ε, added to the root.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, NaN or infinite.</exception>
    public Adagrad(float learningRate = 0.01f, float learningRateDecay = 0, float weightDecay = 0, float initialAccumulator = 0, float epsilon = 1e-10f)
        : base(learningRate, weightDecay, "sum")
    {
        LearningRateDecay = NotNegative(learningRateDecay, nameof(learningRateDecay));
        InitialAccumulator = NotNegative(initialAccumulator, nameof(initialAccumulator));
        Epsilon = NotNegative(epsilon, nameof(epsilon));
    }

    /// <summary>η, how fast the step size falls beside the sum.</summary>
    public float LearningRateDecay { get; }

    /// <summary>What the sums of squares begin with.</summary>
    public float InitialAccumulator { get; }

    /// <summary>ε, added to the root.</summary>
    public float Epsilon { get; }

    private protected override float FirstMoment => InitialAccumulator;

    private protected override void Describe(Settings settings)
    {
        settings.Add("lr_decay", LearningRateDecay);
        settings.Add("initial_accumulator_value", InitialAccumulator);
        settings.Add("eps", Epsilon);
    }

    private protected override void Update(in UpdateRange range)
    {
        var rule = new Rule
        {
            LearningRate = (float)(Rate(in range) / (1 + ((range.Updates - 1) * Decimal(LearningRateDecay)))),
            Epsilon = Epsilon,
            WeightDecay = range.WeightDecay,
        };
        Run(in range, rule, 20, first: 0);
    }

    internal struct Rule : IUpdateRule
    {
        public float LearningRate;
        public float Epsilon;
        public float WeightDecay;

        public static int LeastMoments => 1;

        public static int MostMoments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly V Next<V>(V theta, V gradient, ref V first, ref V second, ref V third) where V : unmanaged, ISimd<V>
        {
            var g = V.MultiplyAdd(V.Broadcast(WeightDecay), theta, gradient);
            first = V.MultiplyAdd(g, g, first);
            return V.MultiplyAdd(V.Broadcast(-LearningRate), g / (V.Sqrt(first) + V.Broadcast(Epsilon)), theta);
        }
    }
}
