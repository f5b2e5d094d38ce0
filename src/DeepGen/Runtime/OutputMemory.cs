namespace DeepGen;

/// <summary>Room for outputs of up to a number of samples of one network.</summary>
internal sealed unsafe class OutputMemory : IDisposable
{
    private readonly TensorDefinition[] _outputs;
    private readonly NativeArena _memory;
    private readonly NativeArena _pointers;

    /// <param name="network">The network.</param>
    /// <param name="capacity">The largest number of samples.</param>
    /// <param name="wanted">Whether the output of a number is wanted; the others have no room. Null for all.</param>
    public OutputMemory(NetworkDefinition network, int capacity, Func<int, bool>? wanted = null)
    {
        _outputs = network.Outputs;
        var offsets = new nint[_outputs.Length];
        nint floats = 0;
        for (var i = 0; i < _outputs.Length; i++)
        {
            offsets[i] = wanted == null || wanted(i) ? floats : -1;
            if (offsets[i] >= 0) floats = checked(floats + ((nint)_outputs[i].Size * capacity) + 15) & ~(nint)15;
        }

        _memory = new NativeArena(floats, zeroed: false);
        _pointers = new NativeArena(Math.Max(1, _outputs.Length) * (sizeof(void*) / sizeof(float)));
        for (var i = 0; i < _outputs.Length; i++) Pointers[i] = offsets[i] < 0 ? null : _memory.Pointer + offsets[i];
    }

    /// <summary>One for each output, null where it is not wanted.</summary>
    public void** Pointers => (void**)_pointers.Pointer;

    /// <summary>The values of an output that is wanted.</summary>
    public Span<float> Values(int output, int samples) => new(Pointers[output], _outputs[output].Size * samples);

    /// <summary>Where the values of an output that is wanted go.</summary>
    public Span<float> Room(int output, int samples) => new(Pointers[output], _outputs[output].Size * samples);

    /// <summary>Sets all values to 0.</summary>
    public void Clear() => _memory.Clear();

    public void Dispose()
    {
        _memory.Dispose();
        _pointers.Dispose();
    }
}
