namespace DeepGen;

/// <summary>
/// The inputs and targets of up to <see cref="Capacity"/> samples of one network, in aligned native memory, sample after sample.
/// Datasets write it; <see cref="Network.Step(Batch, Optimizer, int?)"/> and the others read it.
/// </summary>
public sealed unsafe class Batch : IDisposable
{
    private readonly NativeArena _memory;
    private readonly NativeArena _pointers;
    private int _count;
    private bool _disposed;

    /// <summary>A batch for a network, as large as the network takes unless told otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    public Batch(Network network, int? capacity = null) : this((network ?? throw new ArgumentNullException(nameof(network))).Definition, capacity ?? network.MaxBatch)
    {
    }

    /// <summary>A batch for every network of a definition.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    public Batch(NetworkDefinition definition, int capacity)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Definition = definition;
        Capacity = capacity;
        var tensors = definition.Inputs.Length + definition.Targets.Length;
        var offsets = new nint[tensors];
        nint floats = 0;
        for (var i = 0; i < tensors; i++)
        {
            offsets[i] = floats;
            floats = checked(floats + (nint)Tensor(i).Size * capacity + 15) & ~(nint)15;
        }

        _memory = new NativeArena(floats);
        _pointers = new NativeArena(Math.Max(1, tensors) * (sizeof(void*) / sizeof(float)));
        for (var i = 0; i < tensors; i++) ((void**)_pointers.Pointer)[i] = _memory.Pointer + offsets[i];
    }

    /// <summary>The network that it is laid out for.</summary>
    public NetworkDefinition Definition { get; }

    /// <summary>The largest number of samples.</summary>
    public int Capacity { get; }

    /// <summary>The number of samples that it holds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 0 or above <see cref="Capacity"/>.</exception>
    public int Count
    {
        get => _count;
        set
        {
            if (value < 0 || value > Capacity) throw new ArgumentOutOfRangeException(nameof(Count), value, $"This batch has room for {Capacity} samples.");
            _count = value;
        }
    }

    /// <summary>The values of an input: <see cref="Count"/> samples, one after the other.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="int"/>, as the input is declared.</typeparam>
    /// <exception cref="ArgumentException">There is no such input, or it has another type.</exception>
    public Span<T> Input<T>(int index = 0) where T : unmanaged => Values<T>("input", Definition.Inputs, index, Inputs);

    /// <summary>The values of a target: <see cref="Count"/> samples, one after the other.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="int"/>, as the target is declared.</typeparam>
    /// <exception cref="ArgumentException">There is no such target, or it has another type.</exception>
    public Span<T> Target<T>(int index = 0) where T : unmanaged => Values<T>("target", Definition.Targets, index, Targets);

    /// <summary>Releases its memory. Spans of it must not be used afterwards.</summary>
    public void Dispose()
    {
        _disposed = true;
        _memory.Dispose();
        _pointers.Dispose();
    }

    internal void** Inputs => Pointers;

    internal void** Targets => Pointers + Definition.Inputs.Length;

    private void** Pointers
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return (void**)_pointers.Pointer;
        }
    }

    private TensorDefinition Tensor(int index) =>
        index < Definition.Inputs.Length ? Definition.Inputs[index] : Definition.Targets[index - Definition.Inputs.Length];

    private Span<T> Values<T>(string role, TensorDefinition[] tensors, int index, void** pointers) where T : unmanaged
    {
        if ((uint)index >= (uint)tensors.Length)
            throw new ArgumentException($"{Definition.Name} has no {role} {index}; it has {Shapes.Count(tensors.Length, role)}.");
        var tensor = tensors[index];
        var expected = tensor.Element == Element.Float32 ? typeof(float) : typeof(int);
        if (typeof(T) != expected)
            throw new ArgumentException($"{Definition.Name}'s {role} '{tensor.Name}' holds {(expected == typeof(float) ? "float" : "int")} values, not {typeof(T).Name}.");
        return new Span<T>(pointers[index], tensor.Size * Count);
    }
}
