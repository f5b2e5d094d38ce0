using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// Stochastic gradient descent as PyTorch defines it: g ← g + λθ; the first time b ← g, later b ← μb + (1 − τ)g;
/// θ ← θ − γb, or with Nesterov's rule θ ← θ − γ(g + μb). I. Sutskever et al. 2013 for momentum.
/// </summary>
public sealed unsafe class Sgd : Optimizer
{
    private float _momentum;
    private float _dampening;
    private float _weightDecay;

    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">γ, the step size.</param>
    /// <param name="momentum">μ, the share of the last step that is kept.</param>
    /// <param name="weightDecay">λ, added to the gradient in proportion to the parameter (L2).</param>
    /// <param name="nesterov">Whether to look ahead along the momentum; needs momentum and no dampening.</param>
    /// <param name="dampening">τ, the share of the gradient that does not enter the momentum.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, NaN or infinite.</exception>
    /// <exception cref="ArgumentException">Nesterov's rule without momentum, or with dampening.</exception>
    public Sgd(float learningRate = 0.01f, float momentum = 0, float weightDecay = 0, bool nesterov = false, float dampening = 0)
        : base(learningRate, momentum == 0 ? 0 : 1)
    {
        _momentum = NotNegative(momentum, nameof(momentum));
        _weightDecay = NotNegative(weightDecay, nameof(weightDecay));
        _dampening = NotNegative(dampening, nameof(dampening));
        if (nesterov && (momentum == 0 || dampening != 0))
            throw new ArgumentException("Nesterov's rule needs a momentum above 0 and a dampening of 0.", nameof(nesterov));
        Nesterov = nesterov;
    }

    /// <summary>μ, the share of the last step that is kept.</summary>
    public float Momentum => _momentum;

    /// <summary>λ, added to the gradient in proportion to the parameter.</summary>
    public float WeightDecay => _weightDecay;

    /// <summary>τ, the share of the gradient that does not enter the momentum.</summary>
    public float Dampening => _dampening;

    /// <summary>Whether the step looks ahead along the momentum.</summary>
    public bool Nesterov { get; }

    private protected override void Update(Workers workers, float* parameters, float* gradients, nint offset, nint length, long updates)
    {
        if (_momentum == 0)
        {
            var plain = new Plain { Parameters = parameters, Gradients = gradients, LearningRate = LearningRate, WeightDecay = _weightDecay };
            Run(workers, plain, length, 4);
            return;
        }

        if (updates > 1 && _weightDecay == 0 && _dampening == 0 && !Nesterov)
        {
            var usual = new Usual { Parameters = parameters, Gradients = gradients, Moment = Moment(0) + offset, LearningRate = LearningRate, Momentum = _momentum };
            Run(workers, usual, length, 4);
            return;
        }

        var heavy = new Heavy
        {
            Parameters = parameters,
            Gradients = gradients,
            Moment = Moment(0) + offset,
            LearningRate = LearningRate,
            WeightDecay = _weightDecay,

            // The first time there is nothing to keep, and the gradient enters whole: PyTorch's rule.
            Kept = updates == 1 ? 0 : _momentum,
            Entering = updates == 1 ? 1 : 1 - _dampening,
            Ahead = Nesterov ? _momentum : 1,
            Now = Nesterov ? 1 : 0,
        };
        Run(workers, heavy, length, 8);
    }

    private struct Plain : IMap
    {
        public float* Parameters;
        public float* Gradients;
        public float LearningRate;
        public float WeightDecay;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<V>(nint i) where V : unmanaged, ISimd<V>
        {
            var theta = V.Load(Parameters + i);
            var g = V.MultiplyAdd(V.Broadcast(WeightDecay), theta, V.Load(Gradients + i));
            V.Store(Parameters + i, V.MultiplyAdd(V.Broadcast(-LearningRate), g, theta));
        }
    }

    /// <summary>Momentum without weight decay, dampening and Nesterov's rule: half the arithmetic of <see cref="Heavy"/>, the same result.</summary>
    private struct Usual : IMap
    {
        public float* Parameters;
        public float* Gradients;
        public float* Moment;
        public float LearningRate;
        public float Momentum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<V>(nint i) where V : unmanaged, ISimd<V>
        {
            var b = V.MultiplyAdd(V.Broadcast(Momentum), V.Load(Moment + i), V.Load(Gradients + i));
            V.Store(Moment + i, b);
            V.Store(Parameters + i, V.MultiplyAdd(V.Broadcast(-LearningRate), b, V.Load(Parameters + i)));
        }
    }

    private struct Heavy : IMap
    {
        public float* Parameters;
        public float* Gradients;
        public float* Moment;
        public float LearningRate;
        public float WeightDecay;
        public float Kept;
        public float Entering;
        public float Ahead;
        public float Now;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<V>(nint i) where V : unmanaged, ISimd<V>
        {
            var theta = V.Load(Parameters + i);
            var g = V.MultiplyAdd(V.Broadcast(WeightDecay), theta, V.Load(Gradients + i));
            var b = V.MultiplyAdd(V.Broadcast(Kept), V.Load(Moment + i), V.Broadcast(Entering) * g);
            V.Store(Moment + i, b);

            // b itself (1·b + 0·g), or with Nesterov's rule μb + g.
            var step = V.MultiplyAdd(V.Broadcast(Ahead), b, V.Broadcast(Now) * g);
            V.Store(Parameters + i, V.MultiplyAdd(V.Broadcast(-LearningRate), step, theta));
        }
    }
}
