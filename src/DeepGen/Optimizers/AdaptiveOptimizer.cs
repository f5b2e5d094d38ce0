using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> share: two moments and one pass.</summary>
public abstract unsafe class AdaptiveOptimizer : Optimizer
{
    private protected AdaptiveOptimizer(float learningRate, float beta1, float beta2, float epsilon, float weightDecay)
        : base(learningRate, weightDecay, "exp_avg", "exp_avg_sq")
    {
        Beta1 = BelowOne(beta1, nameof(beta1));
        Beta2 = BelowOne(beta2, nameof(beta2));
        Epsilon = NotNegative(epsilon, nameof(epsilon));
    }

    /// <summary>β₁, the decay of the mean of gradients.</summary>
    public float Beta1 { get; }

    /// <summary>β₂, the decay of the mean of squared gradients.</summary>
    public float Beta2 { get; }

    /// <summary>ε, added to the root after its bias is corrected.</summary>
    public float Epsilon { get; }

    /// <summary>Whether weight decay acts on the parameter instead of its gradient.</summary>
    private protected abstract bool Decoupled { get; }

    private protected override void Describe(Settings settings)
    {
        settings.Add("beta1", Beta1);
        settings.Add("beta2", Beta2);
        settings.Add("eps", Epsilon);
    }

    private protected override void Update(in UpdateRange range)
    {
        double beta1 = Decimal(Beta1), beta2 = Decimal(Beta2), rate = Rate(in range);
        var rule = new Rule
        {
            Beta1 = Beta1,
            Beta2 = Beta2,
            Entering1 = (float)(1 - beta1),
            Entering2 = (float)(1 - beta2),
            StepSize = (float)(rate / (1 - Math.Pow(beta1, range.Updates))),
            RootScale = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, range.Updates))),
            Epsilon = Epsilon,
            GradientDecay = Decoupled ? 0 : range.WeightDecay,
            ParameterKept = Decoupled ? (float)(1 - (rate * range.WeightDecay)) : 1,
        };
        Run(in range, rule, 24, first: 0, second: 1);
    }

    internal struct Rule : IUpdateRule
    {
        public float Beta1;
        public float Beta2;
        public float Entering1;
        public float Entering2;
        public float StepSize;
        public float RootScale;
        public float Epsilon;
        public float GradientDecay;
        public float ParameterKept;

        public static int LeastMoments => 2;

        public static int MostMoments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly V Next<V>(V theta, V gradient, ref V first, ref V second, ref V third) where V : unmanaged, ISimd<V>
        {
            var g = V.MultiplyAdd(V.Broadcast(GradientDecay), theta, gradient);
            first = V.MultiplyAdd(V.Broadcast(Beta1), first, V.Broadcast(Entering1) * g);
            second = V.MultiplyAdd(V.Broadcast(Beta2), second, V.Broadcast(Entering2) * g * g);
            var root = V.MultiplyAdd(V.Sqrt(second), V.Broadcast(RootScale), V.Broadcast(Epsilon));
            return V.MultiplyAdd(V.Broadcast(-StepSize), first / root, V.Broadcast(ParameterKept) * theta);
        }
    }
}
