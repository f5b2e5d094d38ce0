namespace DeepGen;

/// <summary>
/// One of the things that a checkpoint holds. Its tensors are called <c>NAME.…</c>; metadata <c>NAME</c> say what it is, <c>NAME.…</c> are its settings, which are compared when it is loaded,
/// and <c>NAME.state.…</c> its state.
/// </summary>
/// <param name="name">Its name; empty for the network whose tensors have their plain names.</param>
internal abstract class CheckpointPart(string name)
{
    private const string State = ".state.";

    public string Name { get; } = name;

    /// <summary>What its metadata are called.</summary>
    public string Key { get; } = name.Length == 0 ? "network" : name;

    /// <summary>What it is.</summary>
    public abstract string Kind { get; }

    /// <summary>What it was told to do, and what it must fit.</summary>
    public virtual Settings Settings => [];

    /// <summary>The settings without which a state has no meaning, so that no other value will do.</summary>
    public virtual IReadOnlyCollection<string> Fixed => [];

    /// <summary>The network whose weights must not change meanwhile; null for none.</summary>
    public virtual Network? Network => null;

    /// <summary>Whether its tensors are weights, which <see cref="DeepGen.Network.Load"/> may load.</summary>
    public virtual bool IsWeights => false;

    /// <summary>Whether a checkpoint without it will do.</summary>
    public virtual bool IsOptional => false;

    /// <summary>Adds its tensors and its state.</summary>
    public abstract void Save(CheckpointWriter writer);

    /// <summary>Finds out whether it can be restored; changes nothing.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="changed">Whether settings may differ.</param>
    /// <exception cref="InvalidDataException">The file has not what it needs.</exception>
    public abstract void Check(CheckpointFile file, bool changed);

    /// <summary>Takes everything over, which <see cref="Check"/> has found right.</summary>
    public abstract void Restore(CheckpointFile file);

    /// <summary>Where it differs from what the file says of its settings.</summary>
    public virtual IEnumerable<CheckpointDifference> Differences(CheckpointFile file)
    {
        if (file.Metadata[Key] != Kind) yield return new(Key, file.Metadata[Key], Kind, false);
        var now = Settings.ToDictionary(setting => $"{Key}.{setting.Key}", setting => setting.Value, StringComparer.Ordinal);
        foreach (var (key, value) in now)
            if (!file.Metadata.TryGetValue(key, out var saved) || saved != value)
                yield return new(key, saved, value, Fixed.Contains(key[(Key.Length + 1)..]));
        foreach (var (key, saved) in file.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            if (key.StartsWith(Key + ".", StringComparison.Ordinal) && !key.StartsWith(Key + State, StringComparison.Ordinal) && !now.ContainsKey(key))
                yield return new(key, saved, null, false);
    }

    protected string Tensor(string tensor) => Name.Length == 0 ? tensor : $"{Name}.{tensor}";

    protected string StateKey(string state) => Key + State + state;
}

/// <summary>A setting that is not what a checkpoint says.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Saved">The value in the checkpoint; null for none.</param>
/// <param name="Now">The value now; null for none.</param>
/// <param name="IsFixed">Whether the checkpoint is of no use with another value.</param>
internal readonly record struct CheckpointDifference(string Key, string? Saved, string? Now, bool IsFixed)
{
    public override string ToString() => $"{Key} was {Saved ?? "not set"} and is now {Now ?? "not set"}";
}
