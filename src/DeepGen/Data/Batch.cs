namespace DeepGen;

/// <summary>
/// The inputs and targets of up to <see cref="Capacity"/> samples of one network, in aligned native memory, sample after sample.
/// Datasets write it; <see cref="Network.Step(Batch, Optimizer, int?)"/> and the others read it.
/// </summary>
public sealed unsafe class Batch : IDisposable
{
    private readonly NativeArena? _memory;
    private readonly NativeArena _pointers;
    private readonly int[] _occurrences;
    private int _start;
    private int _count;
    private Batch? _window;
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
        _pointers = NewPointers(definition);
        _occurrences = new int[capacity];
        for (var i = 0; i < tensors; i++) ((void**)_pointers.Pointer)[i] = _memory.Pointer + offsets[i];
    }

    /// <summary>A window, which has no memory of its own.</summary>
    private Batch(Batch whole)
    {
        Definition = whole.Definition;
        _pointers = NewPointers(whole.Definition);
        _occurrences = whole._occurrences;
    }

    /// <summary>The network that it is laid out for.</summary>
    public NetworkDefinition Definition { get; }

    /// <summary>The largest number of samples.</summary>
    public int Capacity { get; private set; }

    /// <summary>
    /// The epoch that its samples are for, counted from 1; 0 outside a training. A dataset that changes its samples at random (augmentation) takes the
    /// random numbers of this epoch, so that it needs no state of its own and a training can be resumed anywhere.
    /// </summary>
    public int Epoch { get; set; }

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

    /// <summary>
    /// How often the epoch had a sample before. It is above 0 only where a <see cref="Sampler"/> takes samples more than once an epoch; with it each time has random numbers of its own.
    /// </summary>
    /// <param name="place">The place in the batch, below <see cref="Capacity"/>.</param>
    public int Occurrence(int place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Capacity);
        return _occurrences[_start + place];
    }

    /// <summary>
    /// Some places of this batch as a batch, over the same memory, for a dataset that lets another one fill a part. It is valid until the next call, and must not be disposed.
    /// </summary>
    /// <param name="start">The first place.</param>
    /// <param name="count">The number of places: the window's <see cref="Capacity"/> and <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The places are not all below <see cref="Capacity"/>.</exception>
    public Batch Window(int start, int count)
    {
        if (start < 0 || count < 1 || start > Capacity - count)
            throw new ArgumentOutOfRangeException(nameof(start), $"Places {start} to {(long)start + count - 1} were asked for; this batch has places 0 to {Capacity - 1}.");
        var window = _window ??= new Batch(this);
        window._start = _start + start;
        window.Capacity = count;
        window.Count = count;
        window.Epoch = Epoch;
        var tensors = Definition.Inputs.Length + Definition.Targets.Length;
        for (var i = 0; i < tensors; i++) window.Pointers[i] = (float*)Pointers[i] + ((nint)start * Tensor(i).Size);
        return window;
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
        _memory?.Dispose();
        _pointers.Dispose();
        _window?.Dispose();
    }

    internal Span<int> Occurrences => _occurrences.AsSpan(_start, Capacity);

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

    private static NativeArena NewPointers(NetworkDefinition definition) =>
        new(Math.Max(1, definition.Inputs.Length + definition.Targets.Length) * (sizeof(void*) / sizeof(float)));

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
