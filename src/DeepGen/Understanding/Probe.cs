namespace DeepGen;

/// <summary>One sample in a network whose input is looked at: one input of floats and one output.</summary>
internal sealed class Probe : IDisposable
{
    private readonly string _call;
    private readonly Network _network;
    private readonly float[] _output;
    private readonly float[] _outputGradient;

    public Probe(string call, Network network, int capacity = 1)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Definition.Inputs is not [{ Element: Element.Float32 }] || network.Definition.Outputs.Length != 1)
            throw new ArgumentException($"{call} needs a network with one input of floats and one output, but {network.Definition.Name} has {Shapes.Count(network.Definition.Inputs.Length, "input")} and {Shapes.Count(network.Definition.Outputs.Length, "output")}.", nameof(network));
        (_call, _network) = (call, network);
        Batch = new Batch(network, Math.Min(capacity, network.MaxBatch)) { Count = 1 };
        InputGradient = new float[Input.Size];
        _output = new float[Output.Size];
        _outputGradient = new float[Output.Size];
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

    /// <summary>Forward, the objective, and Backward to <see cref="InputGradient"/>; within <see cref="Network.Undisturbed"/>.</summary>
    public double Run(OutputObjective objective)
    {
        _network.Forward(Batch, _output);
        Array.Clear(_outputGradient);
        var value = objective(_output, _outputGradient);
        _network.Backward(Batch, _outputGradient, InputGradient, parameters: false);
        return value;
    }

    public void Dispose() => Batch.Dispose();
}
