namespace DeepGen;

/// <summary>One sample in a network whose input is looked at: one input of floats and one output, or any number of outputs.</summary>
internal sealed class Probe : IDisposable
{
    private readonly string _call;
    private readonly Network _network;
    private readonly OutputMemory _outputs;
    private readonly OutputMemory _gradients;
    private float[]? _scratch;

    public Probe(string call, Network network, int capacity = 1, bool severalOutputs = false)
    {
        ArgumentNullException.ThrowIfNull(network);
        var definition = network.Definition;
        if (definition.Inputs is not [{ Element: Element.Float32 }] || (definition.Outputs.Length != 1 && !severalOutputs))
            throw new ArgumentException($"{call} needs a network with one input of floats{(severalOutputs ? "" : " and one output")}, but {definition.Name} has {Shapes.Count(definition.Inputs.Length, "input")} and {Shapes.Count(definition.Outputs.Length, "output")}.", nameof(network));
        (_call, _network) = (call, network);
        Batch = new Batch(network, Math.Min(capacity, network.MaxBatch)) { Count = 1 };
        InputGradient = new float[Input.Size];
        _outputs = new OutputMemory(definition, 1);
        _gradients = new OutputMemory(definition, 1);
    }

    public Batch Batch { get; }

    public TensorDefinition Input => _network.Definition.Inputs[0];

    public TensorDefinition Output => _network.Definition.Outputs[0];

    /// <summary>Classes of the output: the length of its first axis.</summary>
    public int Classes => Output.Shape.Length == 0 ? 1 : Output.Shape[0];

    public float[] InputGradient { get; }

    public void Set(ReadOnlySpan<float> sample)
    {
        if (sample.Length != Input.Size)
            throw new ArgumentException($"{_call}: {_network.Definition.Name} takes samples of {Input.Size} values ({Shapes.PerSample(Input.Shape)}), got {sample.Length}.", nameof(sample));
        sample.CopyTo(Batch.Input<float>());
    }

    /// <summary>Forward; within <see cref="Network.Undisturbed"/>.</summary>
    public void Forward() => _network.Forward(Batch, _outputs);

    /// <summary>What an output was in the last <see cref="Forward"/>.</summary>
    public ReadOnlySpan<float> Values(int output) => _outputs.Values(output, 1);

    /// <summary>Forward, the objective of the first output, and Backward to <see cref="InputGradient"/>; within <see cref="Network.Undisturbed"/>.</summary>
    public double Run(OutputObjective objective)
    {
        Forward();
        _gradients.Clear();
        var value = objective(Values(0), _gradients.Room(0, 1));
        _network.Backward(Batch, _gradients, InputGradient);
        return value;
    }

    /// <summary>The same with a sum of terms; <paramref name="outputs"/> has the number of each one's output.</summary>
    public double Run(IReadOnlyList<OutputTerm> terms, ReadOnlySpan<int> outputs)
    {
        Forward();
        _gradients.Clear();
        var sum = 0.0;
        for (var i = 0; i < terms.Count; i++)
        {
            var gradient = _gradients.Room(outputs[i], 1);
            var own = Scratch(outputs[i]);
            sum += terms[i].Weight * terms[i].Objective(Values(outputs[i]), own);
            for (var k = 0; k < gradient.Length; k++) gradient[k] += (float)(terms[i].Weight * own[k]);
        }

        _network.Backward(Batch, _gradients, InputGradient);
        return sum;
    }

    /// <summary>The number of each term's output.</summary>
    /// <exception cref="ArgumentException">There is no term, or no output of a name.</exception>
    public int[] Find(IReadOnlyList<OutputTerm> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (terms.Count == 0) throw new ArgumentException($"{_call}: there is no term.", nameof(terms));
        return [.. terms.Select(term => Find(term.Output))];
    }

    /// <summary>The number of an output.</summary>
    /// <exception cref="ArgumentException">There is none of the name.</exception>
    public int Find(string output)
    {
        var found = Array.FindIndex(_network.Definition.Outputs, one => one.Name == output);
        return found >= 0 ? found : throw new ArgumentException($"{_call}: {_network.Definition.Name} has no output '{output}'; it has {string.Join(", ", _network.Definition.Outputs.Select(one => one.Name))}.", nameof(output));
    }

    public void Dispose()
    {
        Batch.Dispose();
        _outputs.Dispose();
        _gradients.Dispose();
    }

    /// <summary>Zeros for the gradient of one term.</summary>
    private Span<float> Scratch(int output)
    {
        _scratch ??= new float[_network.Definition.Outputs.Max(one => one.Size)];
        var own = _scratch.AsSpan(0, _network.Definition.Outputs[output].Size);
        own.Clear();
        return own;
    }
}
