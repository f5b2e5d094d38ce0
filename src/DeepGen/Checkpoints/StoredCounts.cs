namespace DeepGen;

/// <summary>The counters of an optimizer in a checkpoint: one tensor for each parameter, as PyTorch's <c>step</c>, and a number for all updates.</summary>
internal static class StoredCounts
{
    public static void Save(CheckpointWriter writer, string tensor, string key, Network network, OptimizerCounts counts)
    {
        for (var i = 0; i < network.Parameters.Count; i++)
            if (network.Parameters[i].IsTrainable)
                writer.Add(new StoredTensor($"{tensor}.{network.Parameters[i].Name}", [], new[] { counts.Updates[i] }));
        writer.Set(key, Settings.Text(counts.Steps));
    }

    /// <exception cref="InvalidDataException">A count is missing or negative.</exception>
    public static OptimizerCounts Read(CheckpointFile file, string tensor, string key, Network network)
    {
        var updates = new long[network.Parameters.Count];
        for (var i = 0; i < updates.Length; i++)
        {
            if (!network.Parameters[i].IsTrainable) continue;
            var name = $"{tensor}.{network.Parameters[i].Name}";
            if (!file.Has(name, "I64", [])) throw CheckpointFile.Bad(file.Path, $"it has no tensor '{name}' of I64 []");
            updates[i] = file.Values<long>(name)[0];
            if (updates[i] < 0) throw CheckpointFile.Bad(file.Path, $"'{name}' is {updates[i]}; it counts updates");
        }

        return new OptimizerCounts(file.Read(key, Settings.Count), updates);
    }
}
