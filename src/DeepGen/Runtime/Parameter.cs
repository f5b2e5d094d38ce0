namespace DeepGen;

/// <summary>One parameter, or one running statistic, of a network.</summary>
public sealed unsafe class Parameter
{
    private readonly Network _network;
    private readonly ParameterDefinition _definition;
    private bool _frozen;

    internal Parameter(Network network, ParameterDefinition definition)
    {
        _network = network;
        _definition = definition;
        _frozen = definition.Frozen;
        Shape = Array.AsReadOnly(definition.Shape);
    }

    /// <summary>The full name, such as <c>Conv2d1.weight</c>.</summary>
    public string Name => _definition.Name;

    /// <summary>The shape in PyTorch's order: [out, in] for a dense weight, [out, in/groups, height, width] for a convolution's.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The number of values.</summary>
    public int Count => _definition.Size;

    /// <summary>False for running statistics: they have no gradient, and no optimizer moves them.</summary>
    public bool IsTrainable => _definition.Trainable;

    /// <summary>
    /// The values, to read and to write, row-major. Taking the span tells the network that its weights change; take it anew for
    /// every change, and do not write while a call is running. It is valid until the network is disposed.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public Span<float> Span
    {
        get
        {
            _network.ThrowIfDisposed();
            _network.Weights.Changed();
            return new Span<float>(Pointer, Count);
        }
    }

    /// <summary>The values, to read only. It is valid until the network is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public ReadOnlySpan<float> Values
    {
        get
        {
            _network.ThrowIfDisposed();
            return new ReadOnlySpan<float>(Pointer, Count);
        }
    }

    /// <summary>The gradient of the last Step, or what Backward has added up. It is valid until the network is disposed.</summary>
    /// <exception cref="InvalidOperationException">It is a running statistic.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public Span<float> Gradient
    {
        get
        {
            _network.ThrowIfDisposed();
            if (!IsTrainable) throw new InvalidOperationException($"'{Name}' is a running statistic and has no gradient.");
            return new Span<float>(_network.Weights.Gradients.Pointer + _definition.Offset, Count);
        }
    }

    /// <summary>Whether optimizers leave it alone, bit for bit.</summary>
    /// <exception cref="InvalidOperationException">It is a running statistic, which optimizers never move.</exception>
    public bool Frozen
    {
        get => _frozen;
        set
        {
            if (!IsTrainable) throw new InvalidOperationException($"'{Name}' is a running statistic; optimizers never move it.");
            if (_frozen == value) return;
            _frozen = value;
            _network.Weights.FrozenVersion++;
        }
    }

    internal ParameterDefinition Definition => _definition;

    internal float* Pointer => (IsTrainable ? _network.Weights.Parameters : _network.Weights.State).Pointer + _definition.Offset;

    /// <summary>Gives it new first values; the same seed gives the same values.</summary>
    /// <param name="initializer">The rule.</param>
    /// <param name="seed">The key of the random numbers; parameters of different names get different numbers.</param>
    /// <param name="value">The standard deviation, bound or constant of <see cref="Initializer.Normal"/>, <see cref="Initializer.Uniform"/> and <see cref="Initializer.Constant"/>; null for the default.</param>
    /// <exception cref="ArgumentException">The rule needs a fan-in that this parameter does not have, or a value that is not given or not usable.</exception>
    public void Initialize(Initializer initializer, ulong seed, float? value = null)
    {
        Initialization.Fill(_network.Workers, Span, _definition, initializer, value, seed);
        GC.KeepAlive(this);
    }

    internal void InitializeAsDeclared(ulong seed) => Initialize(_definition.Initializer, seed, _definition.Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Shapes.Text(Shape)}";
}
