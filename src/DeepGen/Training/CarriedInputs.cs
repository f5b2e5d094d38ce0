namespace DeepGen;

/// <summary>Fills inputs with what the last batch gave; see <see cref="CarriedState"/>.</summary>
internal sealed class CarriedInputs
{
    private readonly (int Output, int Input)[] _pairs;
    private readonly NetworkDefinition _network;
    private bool _any;

    /// <exception cref="ArgumentException">A name is not there or is used twice, or the shapes or types differ.</exception>
    public CarriedInputs(NetworkDefinition network, IReadOnlyList<CarriedState> states)
    {
        _network = network;
        _pairs = new (int, int)[states.Count];
        for (var i = 0; i < _pairs.Length; i++)
        {
            var (output, input) = _pairs[i] = (Find("output", network.Outputs, states[i].Output), Find("input", network.Inputs, states[i].Input));
            var (from, to) = (network.Outputs[output], network.Inputs[input]);
            if (to.Element != Element.Float32 || !from.Shape.AsSpan().SequenceEqual(to.Shape))
                throw new ArgumentException($"{network.Name}: the output '{from.Name}' has {Shapes.PerSample(from.Shape)} float values, but the input '{to.Name}' takes {Shapes.PerSample(to.Shape)} {(to.Element == Element.Int32 ? "int" : "float")} values; a state is carried between equal shapes.");
            if (Array.FindIndex(_pairs, pair => pair.Input == input) < i)
                throw new ArgumentException($"{network.Name}: the input '{to.Name}' is given two states to carry.");
        }
    }

    /// <summary>Each state: the name of the input, the output it comes from, and the shape for one sample.</summary>
    public IEnumerable<(string Input, int Output, int[] Shape)> States => _pairs.Select(pair => (_network.Inputs[pair.Input].Name, pair.Output, _network.Inputs[pair.Input].Shape));

    /// <summary>Whether an output is carried.</summary>
    public bool Reads(int output) => Array.Exists(_pairs, pair => pair.Output == output);

    /// <summary>Forgets the last batch: the next one begins from 0.</summary>
    public void Clear() => _any = false;

    /// <summary>What the outputs hold is what the last batch gave.</summary>
    public void Filled() => _any = true;

    /// <summary>Fills the inputs of the next batch.</summary>
    public void Fill(Batch batch, OutputMemory last)
    {
        foreach (var (output, input) in _pairs)
        {
            var to = batch.Input<float>(input);
            if (_any) last.Values(output, batch.Count).CopyTo(to);
            else to.Clear();
        }
    }

    private int Find(string role, TensorDefinition[] tensors, string name)
    {
        var at = Array.FindIndex(tensors, tensor => tensor.Name == name);
        return at >= 0
            ? at
            : throw new ArgumentException($"{_network.Name} has no {role} '{name}' to carry; it has {string.Join(", ", tensors.Select(tensor => $"'{tensor.Name}'"))}.");
    }
}
