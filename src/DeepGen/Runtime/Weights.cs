namespace DeepGen;

/// <summary>
/// The weights of a network, apart from any execution: parameters, their gradients, running statistics and derived forms,
/// each in one contiguous arena, and a version that grows with every change.
/// </summary>
internal sealed unsafe class Weights : IHostWeights, IDisposable
{
    private readonly NativeArena _parameters;
    private readonly NativeArena _gradients;
    private readonly NativeArena _state;
    private long _version = 1;

    public Weights(NetworkDefinition definition)
    {
        _parameters = new NativeArena(definition.ParameterFloats);
        _gradients = new NativeArena(definition.ParameterFloats);
        _state = new NativeArena(definition.StateFloats);
        Derived = new NativeArena(definition.DerivedFloats);
    }

    /// <summary>Where the network runs, which may have newer weights in memory of its own.</summary>
    public Executor? Executor { get; set; }

    public NativeArena Parameters => OnHost(WeightArena.Parameters, _parameters);

    public NativeArena Gradients => OnHost(WeightArena.Gradients, _gradients);

    public NativeArena State => OnHost(WeightArena.State, _state);

    public NativeArena Derived { get; }

    /// <summary>Grows with every change of parameters or state.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>The version that <see cref="Derived"/> was built from.</summary>
    public long DerivedVersion { get; set; }

    /// <summary>Grows when a parameter is frozen or released.</summary>
    public int FrozenVersion { get; set; }

    public void Changed() => Interlocked.Increment(ref _version);

    public float* Pointer(WeightArena arena) => OfHost(arena).Pointer;

    public nint Length(WeightArena arena) => OfHost(arena).Length;

    public void Dispose()
    {
        _parameters.Dispose();
        _gradients.Dispose();
        _state.Dispose();
        Derived.Dispose();
    }

    /// <summary>An arena as it is on the host, whatever a device has.</summary>
    private NativeArena OfHost(WeightArena arena) => arena switch
    {
        WeightArena.Parameters => _parameters,
        WeightArena.Gradients => _gradients,
        _ => _state,
    };

    private NativeArena OnHost(WeightArena which, NativeArena arena)
    {
        Executor?.BringToHost(which);
        return arena;
    }
}
