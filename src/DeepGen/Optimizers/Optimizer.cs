using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// A rule that moves parameters by their gradients: <see cref="Sgd"/>, <see cref="Adam"/>, <see cref="AdamW"/>, <see cref="RmsProp"/>, <see cref="Adagrad"/>. It keeps what it
/// remembers of one network, in memory laid out like the parameters, and is one pass over them, clipping, noise and weight decay included.
/// </summary>
public abstract unsafe partial class Optimizer
{
    private readonly string[] _momentNames;
    private Network? _network;
    private NativeArena[] _moments = [];
    private ParameterGroup[] _groups = [];
    private GradientNoise? _noise;
    private float _learningRate;
    private float _scale;
    private double? _measuredNorm;

    private protected Optimizer(float learningRate, float weightDecay, params string[] moments)
    {
        LearningRate = learningRate;
        WeightDecay = NotNegative(weightDecay, nameof(weightDecay));
        _momentNames = moments;
    }

    /// <summary>The step size; may be set between steps. Finite and at least 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, NaN or infinite.</exception>
    public float LearningRate
    {
        get => _learningRate;
        set => _learningRate = NotNegative(value, nameof(LearningRate));
    }

    /// <summary>λ, the strength of weight decay where no group says otherwise.</summary>
    public float WeightDecay { get; }

    /// <summary>Parameters that are treated in a way of their own; may be set between steps, for instance to release frozen layers.</summary>
    /// <exception cref="KeyNotFoundException">A pattern matches no parameter of the network. Thrown here when the optimizer has a network, else by its first step.</exception>
    /// <exception cref="ArgumentException">A pattern matches running statistics alone; thrown here or by the first step as well.</exception>
    public IReadOnlyList<ParameterGroup> Groups
    {
        get => _groups;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var groups = value.ToArray();
            if (_network != null) Settle(_network, groups);
            _groups = groups;
        }
    }

    /// <summary>A bound on the gradients; null for none. May be set between steps.</summary>
    public GradientClipping? Clipping { get; set; }

    /// <summary>Noise on the gradients; null for none. May be set between steps.</summary>
    public GradientNoise? Noise
    {
        get => _noise;
        set
        {
            _noise = value;
            _rangesAreStale = true;
        }
    }

    /// <summary>
    /// The common Euclidean norm of the gradients of the last update, before clipping and without those of frozen parameters; NaN before the first update. Clipping by
    /// norm knows it; otherwise it is computed when asked for, from the gradients that are there.
    /// </summary>
    /// <exception cref="InvalidOperationException">A training phase is running.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public double GradientNorm => _network == null || Steps == 0 ? double.NaN : _measuredNorm ?? _network.Shared("GradientNorm", () => Norm(_network));

    /// <summary>The number of updates so far.</summary>
    internal long Steps { get; private set; }

    /// <summary>Ties this optimizer to the first network that uses it.</summary>
    internal void Bind(Network network)
    {
        if (_network == network) return;
        if (_network != null)
            throw new InvalidOperationException($"This {GetType().Name} already belongs to another {_network.Definition.Name}, whose moments it keeps; create one optimizer for each network.");
        Settle(network, _groups);
        _moments = new NativeArena[_momentNames.Length];
        for (var i = 0; i < _moments.Length; i++)
        {
            _moments[i] = new NativeArena(network.Definition.ParameterFloats);
            if (FirstMoment != 0) _moments[i].Fill(FirstMoment);
            network.Executor.Attach(_moments[i]);
        }

        _updates = new long[network.Parameters.Count];
        _network = network;
    }

    /// <summary>Moves all parameters that are not frozen.</summary>
    /// <exception cref="NonFiniteException">Gradients are clipped by their norm, and it is not finite; nothing was changed.</exception>
    internal void Update(Network network)
    {
        if (_rangesAreStale || _frozenVersion != network.Weights.FrozenVersion) FindRanges(network);
        _measuredNorm = null;
        _scale = 1;
        if (Clipping is { NeedsNorm: true } clipping)
        {
            var norm = Norm(network);
            if (!double.IsFinite(norm)) throw NotFinite(network);
            _scale = clipping.Scale(norm);
            _measuredNorm = norm;
        }

        foreach (ref var range in Ranges)
        {
            range.Updates++;
            Update(in range);
        }

        if (_filterNorms.Length > 0) LimitFilters(network);
        Steps++;
        GC.KeepAlive(this);
    }

    private void LimitFilters(Network network)
    {
        var parameters = network.Weights.Parameters.Pointer;
        foreach (ref readonly var filters in _filterNorms.AsSpan()) filters.Apply(network.Workers, parameters);
    }

    /// <summary>Moves one contiguous range of parameters.</summary>
    private protected abstract void Update(in UpdateRange range);

    /// <summary>The value that moments begin with.</summary>
    private protected virtual float FirstMoment => 0;

    /// <summary>The learning rate of a range.</summary>
    private protected double Rate(in UpdateRange range) => (double)LearningRate * range.RateFactor;

    /// <summary>A pass over a range, with the gradients treated as they are to be: on the network's device, or shared out over the threads.</summary>
    /// <param name="range">The range.</param>
    /// <param name="rule">What is done with an element.</param>
    /// <param name="flopsPerElement">Its arithmetic.</param>
    /// <param name="first">The moment that the rule is given first; -1 for none.</param>
    /// <param name="second">The moment that it is given second.</param>
    /// <param name="third">The moment that it is given third.</param>
    private protected void Run<R>(in UpdateRange range, R rule, double flopsPerElement, int first = -1, int second = -1, int third = -1) where R : unmanaged, IUpdateRule
    {
        var weights = _network!.Weights;
        var limit = Clipping?.Limit ?? float.PositiveInfinity;
        if (Noise == null && _network.Executor.Update(new DevicePass(weights.Parameters, weights.Gradients, Arena(first), Arena(second), Arena(third), range.Offset, range.Length, _scale, limit), rule))
            return;
        var gradients = weights.Gradients.Pointer;
        if (Noise == null && _scale == 1 && float.IsInfinity(limit))
        {
            Run(in range, new PlainGradients { Gradients = gradients }, rule, flopsPerElement, first, second, third);
            return;
        }

        var clipped = new ClippedGradients { Gradients = gradients, Scale = _scale, Limit = limit };
        if (Noise == null)
            Run(in range, clipped, rule, flopsPerElement + 3, first, second, third);
        else
            Run(in range, new NoisyGradients { Clipped = clipped, Deviation = Noise.Deviation(Steps), Seed = Noise.Seed, Step = (ulong)Steps }, rule, flopsPerElement + 150, first, second, third);
    }

    internal static float NotNegative(float value, string name) => value >= 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and at least 0.");

    private protected static float BelowOne(float value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and below 1.");

    /// <summary>The decimal that the user wrote, not the nearest float, as in PyTorch: 0.999f would shift 1 − β₂ᵗ by 1e-5 of itself.</summary>
    private protected static double Decimal(float value) => (double)(decimal)value;

    private void Run<G, R>(in UpdateRange range, G gradients, R rule, double flopsPerElement, int first, int second, int third)
        where G : unmanaged, IGradientSource
        where R : unmanaged, IUpdateRule
    {
        float* Moment(int index) => Arena(index) is { } arena ? arena.Pointer : null;
        var pass = new UpdatePass<G, R>
        {
            Gradients = gradients,
            Rule = rule,
            Parameters = _network!.Weights.Parameters.Pointer,
            First = Moment(first),
            Second = Moment(second),
            Third = Moment(third),
            Offset = range.Offset,
        };
        _network.Workers.For(range.Length, flopsPerElement, &pass, &Part<UpdatePass<G, R>>);
    }

    private NativeArena? Arena(int moment) => moment < 0 ? null : _moments[moment];

    private static void Part<P>(void* pass, nint begin, nint end) where P : unmanaged, IMap => Simd.Map(in *(P*)pass, begin, end);

    private double Norm(Network network)
    {
        if (_rangesAreStale || _frozenVersion != network.Weights.FrozenVersion) FindRanges(network);
        return GlobalNorm.Of(network.Workers, network.Weights.Gradients.Pointer, Ranges, _sums);
    }

    /// <summary>Names the first gradient that is not finite.</summary>
    private NonFiniteException NotFinite(Network network)
    {
        foreach (ref readonly var range in Ranges)
        {
            for (var place = range.First; place < range.End; place++)
            {
                var parameter = network.Parameters[_order[place]];
                var at = parameter.Gradient.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
                if (at >= 0) return NonFinite.OfGradient(parameter, at, Steps + 1);
            }
        }

        throw new InvalidOperationException("The norm of finite gradients is finite.");
    }
}
