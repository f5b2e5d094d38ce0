using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// A rule that moves parameters by their gradients: <see cref="Sgd"/>, <see cref="Adam"/>, <see cref="AdamW"/>. It keeps what it
/// remembers of one network, in memory laid out like the parameters, and is one pass over them.
/// </summary>
public abstract unsafe class Optimizer
{
    private readonly int _moments;
    private Network? _network;
    private NativeArena[] _state = [];
    private long[] _updates = [];
    private Range[] _ranges = [];
    private int _rangeCount;
    private int _frozenVersion = -1;
    private float _learningRate;

    private protected Optimizer(float learningRate, int moments)
    {
        LearningRate = learningRate;
        _moments = moments;
    }

    /// <summary>The step size; may be set between steps. Finite and at least 0.</summary>
    public float LearningRate
    {
        get => _learningRate;
        set => _learningRate = NotNegative(value, nameof(LearningRate));
    }

    /// <summary>Ties this optimizer to the first network that uses it.</summary>
    internal void Bind(Network network)
    {
        if (_network == network) return;
        if (_network != null)
            throw new InvalidOperationException($"This {GetType().Name} already belongs to another {_network.Definition.Name}, whose moments it keeps; create one optimizer for each network.");
        _network = network;
        _updates = new long[network.Parameters.Count];
        _ranges = new Range[network.Parameters.Count];
        _state = new NativeArena[_moments];
        for (var i = 0; i < _moments; i++) _state[i] = new NativeArena(network.Definition.ParameterFloats);
    }

    internal void Update(Network network)
    {
        if (_frozenVersion != network.Weights.FrozenVersion) FindRanges(network);
        foreach (ref var range in _ranges.AsSpan(0, _rangeCount))
        {
            range.Updates++;
            Update(network.Workers, network.Weights.Parameters.Pointer + range.Offset, network.Weights.Gradients.Pointer + range.Offset, range.Offset, range.Length, range.Updates);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Moves one contiguous range of parameters.</summary>
    /// <param name="workers">The network's threads.</param>
    /// <param name="parameters">The first value of the range.</param>
    /// <param name="gradients">Its gradient.</param>
    /// <param name="offset">The range's offset in the arenas.</param>
    /// <param name="length">Its length in floats.</param>
    /// <param name="updates">How often these parameters have been moved, this time included.</param>
    private protected abstract void Update(Workers workers, float* parameters, float* gradients, nint offset, nint length, long updates);

    /// <summary>Shares an elementwise pass out over the threads.</summary>
    private protected static void Run<P>(Workers workers, P pass, nint length, double flopsPerElement) where P : unmanaged, IMap =>
        workers.For(length, flopsPerElement, &pass, &Part<P>);

    private static void Part<P>(void* pass, nint begin, nint end) where P : unmanaged, IMap => Simd.Map(in *(P*)pass, begin, end);

    /// <summary>The memory of a moment, laid out like the parameters.</summary>
    private protected float* Moment(int index) => _state[index].Pointer;

    private protected static float NotNegative(float value, string name) => value >= 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and at least 0.");

    private protected static float BelowOne(float value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and below 1.");

    /// <summary>
    /// Cuts the arena into runs of parameters that are not frozen and were moved equally often, gaps for alignment included:
    /// values and gradients there are 0 and stay so.
    /// </summary>
    private void FindRanges(Network network)
    {
        // Counts of the old ranges go back to their parameters first.
        var parameters = network.Parameters;
        foreach (var range in _ranges.AsSpan(0, _rangeCount))
            for (var i = 0; i < parameters.Count; i++)
                if (parameters[i].IsTrainable && parameters[i].Definition.Offset >= range.Offset && parameters[i].Definition.Offset < range.Offset + range.Length)
                    _updates[i] = range.Updates;

        _rangeCount = 0;
        var order = Enumerable.Range(0, parameters.Count).Where(i => parameters[i].IsTrainable && parameters[i].Count > 0).OrderBy(i => parameters[i].Definition.Offset);
        var open = false;
        foreach (var i in order)
        {
            var parameter = parameters[i];
            if (parameter.Frozen)
            {
                open = false;
                continue;
            }

            var end = parameter.Definition.Offset + parameter.Count;
            if (open && _ranges[_rangeCount - 1].Updates == _updates[i])
                _ranges[_rangeCount - 1].Length = end - _ranges[_rangeCount - 1].Offset;
            else
                _ranges[_rangeCount++] = new Range { Offset = parameter.Definition.Offset, Length = parameter.Count, Updates = _updates[i] };
            open = true;
        }

        _frozenVersion = network.Weights.FrozenVersion;
    }

    private struct Range
    {
        public nint Offset;
        public nint Length;
        public long Updates;
    }
}
