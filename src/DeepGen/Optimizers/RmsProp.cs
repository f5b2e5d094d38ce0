using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// RMSProp as PyTorch defines it: g ← g + λθ; v ← αv + (1 − α)g²; θ ← θ − γg/(√v + ε). Centered, the root is that of v − a², where a ← αa + (1 − α)g is the mean of
/// gradients; with momentum, b ← μb + g/(√v + ε) and θ ← θ − γb. T. Tieleman and G. Hinton 2012 (lecture 6.5); A. Graves 2013 for the centered form.
/// </summary>
public sealed class RmsProp : Optimizer
{
    private readonly int _mean;
    private readonly int _buffer;

    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">γ, the step size.</param>
    /// <param name="alpha">α, the decay of the mean of squared gradients.</param>
    /// <param name="epsilon">ε, added to the root.</param>
    /// <param name="weightDecay">λ, added to the gradient in proportion to the parameter (L2).</param>
    /// <param name="momentum">μ, the share of the last step that is kept.</param>
    /// <param name="centered">Whether gradients are divided by their standard deviation instead of their root mean square.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, NaN or infinite, or the decay is 1 or above.</exception>
    public RmsProp(float learningRate = 0.01f, float alpha = 0.99f, float epsilon = 1e-8f, float weightDecay = 0, float momentum = 0, bool centered = false)
        : base(learningRate, weightDecay, Kept(centered, momentum))
    {
        Alpha = BelowOne(alpha, nameof(alpha));
        Epsilon = NotNegative(epsilon, nameof(epsilon));
        Momentum = NotNegative(momentum, nameof(momentum));
        Centered = centered;
        _mean = centered ? 1 : 0;
        _buffer = momentum != 0 ? _mean + 1 : 0;
    }

    /// <summary>α, the decay of the mean of squared gradients.</summary>
    public float Alpha { get; }

    /// <summary>ε, added to the root.</summary>
    public float Epsilon { get; }

    /// <summary>μ, the share of the last step that is kept.</summary>
    public float Momentum { get; }

    /// <summary>Whether gradients are divided by their standard deviation.</summary>
    public bool Centered { get; }

    private static string[] Kept(bool centered, float momentum) => (centered, momentum != 0) switch
    {
        (false, false) => ["square_avg"],
        (true, false) => ["square_avg", "grad_avg"],
        (false, true) => ["square_avg", "momentum_buffer"],
        (true, true) => ["square_avg", "grad_avg", "momentum_buffer"],
    };

    private protected override void Describe(Settings settings)
    {
        settings.Add("alpha", Alpha);
        settings.Add("eps", Epsilon);
        settings.Add("momentum", Momentum);
        settings.Add("centered", Centered);
    }

    private protected override void Update(in UpdateRange range)
    {
        var rule = new Rule
        {
            IsCentered = Centered ? 1 : 0,
            LearningRate = (float)Rate(in range),
            Alpha = Alpha,
            Entering = (float)(1 - Decimal(Alpha)),
            Epsilon = Epsilon,
            Momentum = Momentum,
            WeightDecay = range.WeightDecay,
        };
        Run(in range, rule, 24, first: 0, second: Centered ? _mean : -1, third: Momentum != 0 ? _buffer : -1);
    }

    internal struct Rule : IUpdateRule
    {
        // Numbers, because a GPU's kernel is given no truth values.
        public int IsCentered;
        public float LearningRate;
        public float Alpha;
        public float Entering;
        public float Epsilon;
        public float Momentum;
        public float WeightDecay;

        public static int LeastMoments => 1;

        public static int MostMoments => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly V Next<V>(V theta, V gradient, ref V first, ref V second, ref V third) where V : unmanaged, ISimd<V>
        {
            var g = V.MultiplyAdd(V.Broadcast(WeightDecay), theta, gradient);
            first = V.MultiplyAdd(V.Broadcast(Alpha), first, V.Broadcast(Entering) * g * g);
            var v = first;
            if (IsCentered != 0)
            {
                second = V.MultiplyAdd(V.Broadcast(Alpha), second, V.Broadcast(Entering) * g);

                // Rounding may leave less than nothing of a variance near 0.
                v = V.Max(V.MultiplyAdd(-second, second, v), V.Broadcast(0));
            }

            var step = g / (V.Sqrt(v) + V.Broadcast(Epsilon));
            // Without momentum nothing is there and nothing is kept.
            third = V.MultiplyAdd(V.Broadcast(Momentum), third, step);
            return V.MultiplyAdd(V.Broadcast(-LearningRate), third, theta);
        }
    }
}
