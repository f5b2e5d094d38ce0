using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// Stochastic gradient descent as PyTorch defines it: g ← g + λθ; the first time b ← g, later b ← μb + (1 − τ)g;
/// θ ← θ − γb, or with Nesterov's rule θ ← θ − γ(g + μb). I. Sutskever et al. 2013 for momentum.
/// </summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">γ, the step size.</param>
    /// <param name="momentum">μ, the share of the last step that is kept.</param>
    /// <param name="weightDecay">λ, added to the gradient in proportion to the parameter (L2).</param>
    /// <param name="nesterov">Whether to look ahead along the momentum; needs momentum and no dampening.</param>
    /// <param name="dampening">τ, the share of the gradient that does not enter the momentum.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, NaN or infinite.</exception>
    /// <exception cref="ArgumentException">Nesterov's rule without momentum, or with dampening.</exception>
    public Sgd(float learningRate = 0.01f, float momentum = 0, float weightDecay = 0, bool nesterov = false, float dampening = 0)
        : base(learningRate, weightDecay, momentum == 0 ? [] : ["momentum_buffer"])
    {
        Momentum = NotNegative(momentum, nameof(momentum));
        Dampening = NotNegative(dampening, nameof(dampening));
        if (nesterov && (momentum == 0 || dampening != 0))
            throw new ArgumentException("Nesterov's rule needs a momentum above 0 and a dampening of 0.", nameof(nesterov));
        Nesterov = nesterov;
    }

    /// <summary>μ, the share of the last step that is kept.</summary>
    public float Momentum { get; }

    /// <summary>τ, the share of the gradient that does not enter the momentum.</summary>
    public float Dampening { get; }

    /// <summary>Whether the step looks ahead along the momentum.</summary>
    public bool Nesterov { get; }

    private protected override void Describe(Settings settings)
    {
        settings.Add("momentum", Momentum);
        settings.Add("dampening", Dampening);
        settings.Add("nesterov", Nesterov);
    }

    private protected override void Update(in UpdateRange range)
    {
        var rate = (float)Rate(in range);
        if (Momentum == 0)
        {
            Run(in range, new Plain { LearningRate = rate, WeightDecay = range.WeightDecay }, 4);
            return;
        }

        if (range.Updates > 1 && range.WeightDecay == 0 && Dampening == 0 && !Nesterov)
        {
            Run(in range, new Usual { LearningRate = rate, Momentum = Momentum }, 4, first: 0);
            return;
        }

        var heavy = new Heavy
        {
            LearningRate = rate,
            WeightDecay = range.WeightDecay,

            // The first time there is nothing to keep, and the gradient enters whole: PyTorch's rule.
            Kept = range.Updates == 1 ? 0 : Momentum,
            Entering = range.Updates == 1 ? 1 : 1 - Dampening,
            Ahead = Nesterov ? Momentum : 1,
            Now = Nesterov ? 1 : 0,
        };
        Run(in range, heavy, 8, first: 0);
    }

    internal struct Plain : IUpdateRule
    {
        public float LearningRate;
        public float WeightDecay;

        public static int LeastMoments => 0;

        public static int MostMoments => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly V Next<V>(V theta, V gradient, ref V first, ref V second, ref V third) where V : unmanaged, ISimd<V>
        {
            var g = V.MultiplyAdd(V.Broadcast(WeightDecay), theta, gradient);
            return V.MultiplyAdd(V.Broadcast(-LearningRate), g, theta);
        }
    }

    /// <summary>Momentum without weight decay, dampening and Nesterov's rule: half the arithmetic of <see cref="Heavy"/>, the same result.</summary>
    internal struct Usual : IUpdateRule
    {
        public float LearningRate;
        public float Momentum;

        public static int LeastMoments => 1;

        public static int MostMoments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly V Next<V>(V theta, V gradient, ref V first, ref V second, ref V third) where V : unmanaged, ISimd<V>
        {
            first = V.MultiplyAdd(V.Broadcast(Momentum), first, gradient);
            return V.MultiplyAdd(V.Broadcast(-LearningRate), first, theta);
        }
    }

    internal struct Heavy : IUpdateRule
    {
        public float LearningRate;
        public float WeightDecay;
        public float Kept;
        public float Entering;
        public float Ahead;
        public float Now;

        public static int LeastMoments => 1;

        public static int MostMoments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly V Next<V>(V theta, V gradient, ref V first, ref V second, ref V third) where V : unmanaged, ISimd<V>
        {
            var g = V.MultiplyAdd(V.Broadcast(WeightDecay), theta, gradient);
            first = V.MultiplyAdd(V.Broadcast(Kept), first, V.Broadcast(Entering) * g);

            // b itself (1·b + 0·g), or with Nesterov's rule μb + g.
            var step = V.MultiplyAdd(V.Broadcast(Ahead), first, V.Broadcast(Now) * g);
            return V.MultiplyAdd(V.Broadcast(-LearningRate), step, theta);
        }
    }
}
