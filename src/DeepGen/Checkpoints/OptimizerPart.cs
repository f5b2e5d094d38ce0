namespace DeepGen;

/// <summary>An optimizer: its moments and counters, for each parameter under PyTorch's names.</summary>
/// <param name="name">Its name.</param>
/// <param name="optimizer">The optimizer, bound to the network.</param>
/// <param name="network">What it moves.</param>
/// <param name="rate">Its learning rate apart from any schedule, which is a setting; null where the present rate is a part of the state.</param>
internal sealed class OptimizerPart(string name, Optimizer optimizer, Network network, float? rate = null) : CheckpointPart(name)
{
    private const string Rate = "lr";

    private OptimizerCounts? _counts;
    private float? _rate;
    private bool _fits;

    public override string Kind => optimizer.GetType().Name;

    public override Network Network => network;

    public override Settings Settings
    {
        get
        {
            var settings = optimizer.Settings;
            if (rate is { } value) settings.Add(Rate, value);
            return settings;
        }
    }

    public override unsafe void Save(CheckpointWriter writer)
    {
        var arenas = optimizer.Moments;
        for (var i = 0; i < arenas.Length; i++)
            foreach (var parameter in Moved)
                writer.Add(new StoredTensor(Moment(i, parameter), parameter.Shape, arenas[i].Pointer + parameter.Definition.Offset, parameter.Count));
        StoredCounts.Save(writer, Tensor("step"), StateKey("steps"), network, optimizer.Counts);
        if (rate == null) writer.Set(StateKey(Rate), Settings.Text(optimizer.LearningRate));
    }

    public override void Check(CheckpointFile file, bool changed)
    {
        // A rule that keeps something else begins anew, where another one is wanted.
        _fits = Enumerable.Range(0, optimizer.MomentNames.Count).All(i => Moved.All(parameter => file.Has(Moment(i, parameter), "F32", parameter.Shape)));
        if (!_fits && !changed)
            throw CheckpointFile.Bad(file.Path, $"it has not all moments ({string.Join(", ", optimizer.MomentNames)}) of {Kind} '{Name}'");
        _counts = StoredCounts.Read(file, Tensor("step"), StateKey("steps"), network);
        _rate = rate == null ? file.Read(StateKey(Rate), Settings.Single) : null;
    }

    public override void Restore(CheckpointFile file)
    {
        if (_rate is { } learningRate) optimizer.LearningRate = learningRate;
        if (!_fits) return;
        for (var i = 0; i < optimizer.MomentNames.Count; i++)
            foreach (var parameter in Moved)
                file.Values<float>(Moment(i, parameter)).CopyTo(optimizer.Moment(i, parameter));
        optimizer.Counts = _counts!;
    }

    private IEnumerable<Parameter> Moved => network.Parameters.Where(parameter => parameter.IsTrainable);

    private string Moment(int index, Parameter parameter) => Tensor($"{optimizer.MomentNames[index]}.{parameter.Name}");
}
