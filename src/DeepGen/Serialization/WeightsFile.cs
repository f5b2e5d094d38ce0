using System.Runtime.InteropServices;

namespace DeepGen;

/// <summary>Weights in a safetensors file.</summary>
internal static unsafe class WeightsFile
{
    public static void Save(Network network, string path, Func<string, FileStream>? create = null)
    {
        StoredTensor[] tensors = [.. network.Parameters.Select(StoredTensor.Of)];
        var header = SafetensorsHeader.Write([new("format", "pt"), new("network", network.Definition.Name)], tensors);
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(header);
                foreach (var tensor in tensors) stream.Write(tensor.Bytes);
            },
            create);
    }

    /// <summary>Reads everything aside first, so that an error half-way changes nothing.</summary>
    public static LoadReport Load(Network network, string path, LoadOptions options)
    {
        using var stream = Open(path);
        var (entries, start, metadata) = SafetensorsHeader.Read(stream, path);
        var found = new Dictionary<Parameter, SafetensorsEntry>();
        var report = Match(network, CheckpointFile.Weights(entries, metadata), options, found, path);
        if (!options.IsPartial && !report.IsComplete)
            throw new InvalidDataException($"Cannot load '{path}' into {network.Definition.Name}: its tensors are not those of the network ({report}). Nothing was changed; use LoadOptions.Partial to load what fits.");

        using var parameters = new NativeArena(network.Definition.ParameterFloats);
        using var state = new NativeArena(network.Definition.StateFloats);
        parameters.CopyFrom(network.Weights.Parameters);
        state.CopyFrom(network.Weights.State);
        foreach (var (parameter, entry) in found)
        {
            var values = (parameter.IsTrainable ? parameters : state).Pointer + parameter.Definition.Offset;
            stream.Position = start + entry.Begin;
            stream.ReadExactly(MemoryMarshal.AsBytes(new Span<float>(values, parameter.Count)));
        }

        network.Weights.Parameters.CopyFrom(parameters);
        network.Weights.State.CopyFrom(state);
        return report;
    }

    /// <summary>Finds the parameters of a file's tensors.</summary>
    public static LoadReport Match(Network network, IEnumerable<SafetensorsEntry> entries, LoadOptions options, Dictionary<Parameter, SafetensorsEntry> found, string path)
    {
        var unexpected = new List<string>();
        var mismatched = new List<TensorMismatch>();
        var sources = new Dictionary<Parameter, string>();
        var skipped = options.Skip.SelectMany(network.Parameters.Matching).ToHashSet();
        foreach (var entry in entries)
        {
            var name = options.Rename == null ? entry.Name : options.Rename(entry.Name);
            if (name == null) continue;
            if (network.Parameters.TryGet(name) is not { } parameter)
            {
                unexpected.Add(name == entry.Name ? name : $"{entry.Name} (renamed {name})");
                continue;
            }

            if (!sources.TryAdd(parameter, entry.Name))
                throw new InvalidDataException($"Cannot load '{path}': LoadOptions.Rename maps both '{sources[parameter]}' and '{entry.Name}' to '{name}'.");
            if (skipped.Contains(parameter)) continue;
            if (entry.Type == "F32" && entry.Shape.SequenceEqual(parameter.Shape.Select(length => (long)length)))
                found.Add(parameter, entry);
            else
                mismatched.Add(new TensorMismatch(name, $"F32 {Shapes.Text(parameter.Shape)}", entry.ToString()));
        }

        return new LoadReport(
            [.. network.Parameters.Where(found.ContainsKey).Select(parameter => parameter.Name)],
            [.. network.Parameters.Where(parameter => !sources.ContainsKey(parameter) && !skipped.Contains(parameter)).Select(parameter => parameter.Name)],
            unexpected,
            mismatched)
        {
            Skipped = [.. network.Parameters.Where(skipped.Contains).Select(parameter => parameter.Name)],
        };
    }

    public static FileStream Open(string path)
    {
        if (Directory.Exists(path)) throw new IOException($"Cannot load '{path}': it is a folder.");
        if (!File.Exists(path)) throw new FileNotFoundException($"Cannot load '{path}': there is no such file (looked for '{Path.GetFullPath(path)}').", path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }
}
