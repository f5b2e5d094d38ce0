namespace DeepGen;

/// <summary>
/// The weights of a network, apart from any execution: parameters, their gradients, running statistics and derived forms,
/// each in one contiguous arena, and a version that grows with every change.
/// </summary>
internal sealed unsafe class Weights : IDisposable
{
    private long _version = 1;

    public Weights(NetworkDefinition definition)
    {
        Parameters = new NativeArena(definition.ParameterFloats);
        Gradients = new NativeArena(definition.ParameterFloats);
        State = new NativeArena(definition.StateFloats);
        Derived = new NativeArena(definition.DerivedFloats);
    }

    public NativeArena Parameters { get; }

    public NativeArena Gradients { get; }

    public NativeArena State { get; }

    public NativeArena Derived { get; }

    /// <summary>Grows with every change of parameters or state.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>The version that <see cref="Derived"/> was built from.</summary>
    public long DerivedVersion { get; set; }

    /// <summary>Grows when a parameter is frozen or released.</summary>
    public int FrozenVersion { get; set; }

    public void Changed() => Interlocked.Increment(ref _version);

    public void Dispose()
    {
        Parameters.Dispose();
        Gradients.Dispose();
        State.Dispose();
        Derived.Dispose();
    }
}
