using System.Globalization;

namespace DeepGen;

/// <summary>A network: its weights, running statistics and the counter of its random numbers.</summary>
internal sealed unsafe class NetworkPart(string name, Network network) : CheckpointPart(name)
{
    private const string Steps = "steps";

    private readonly Dictionary<Parameter, SafetensorsEntry> _found = [];
    private ulong _runs;

    public override string Kind => network.Definition.Name;

    public override Network Network => network;

    public override bool IsWeights => true;

    public override Settings Settings
    {
        get
        {
            var settings = new Settings();
            settings.Add("seed", network.Options.Seed.ToString(CultureInfo.InvariantCulture));
            settings.Add("training_winograd", network.Options.TrainingWinograd.ToString());
            settings.Add("inference_winograd", network.Options.InferenceWinograd.ToString());
            settings.Add("frozen", string.Join(", ", network.Parameters.Where(parameter => parameter.Frozen).Select(parameter => parameter.Name)));
            return settings;
        }
    }

    public override void Save(CheckpointWriter writer)
    {
        foreach (var parameter in network.Parameters) writer.Add(new StoredTensor(Tensor(parameter.Name), parameter.Shape, parameter.Pointer, parameter.Count));
        writer.Set(StateKey(Steps), network.TrainingRuns.ToString(CultureInfo.InvariantCulture));
    }

    public override void Check(CheckpointFile file, bool changed)
    {
        _found.Clear();
        _runs = file.Read(StateKey(Steps), text => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture));
        var prefix = Tensor("");
        var options = prefix.Length == 0 ? LoadOptions.Strict : LoadOptions.Strict with { Rename = tensor => tensor.StartsWith(prefix, StringComparison.Ordinal) ? tensor[prefix.Length..] : null };
        var report = WeightsFile.Match(network, CheckpointFile.Weights(file.Entries, file.Metadata), options, _found, file.Path);
        if (!report.IsComplete)
            throw CheckpointFile.Bad(file.Path, $"it is of another network: {file.Metadata[Key]}, whose tensors are not those of {network.Definition.Name} ({report})");
    }

    public override void Restore(CheckpointFile file)
    {
        foreach (var (parameter, entry) in _found) file.Values<float>(entry).CopyTo(parameter.Span);
        network.TrainingRuns = _runs;
    }
}
