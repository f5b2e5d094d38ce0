using System.Reflection;

namespace DeepGen;

/// <summary>
/// Several networks and optimizers, and values of one's own, in one safetensors file, for training loops of one's own; a <see cref="Trainer"/> does it by itself
/// (<see cref="TrainerOptions.Checkpoints"/>). A training goes on from it bit for bit.
/// </summary>
/// <example>
/// <code>
/// var checkpoint = new Checkpoint()
///     .Add("generator", generator).Add("generator_optimizer", adam, generator)
///     .Add("discriminator", discriminator).Add("discriminator_optimizer", other, discriminator);
/// checkpoint.Values["step"] = "1000";
/// checkpoint.Save("gan.safetensors");
/// </code>
/// </example>
public sealed class Checkpoint
{
    private const string ValuePrefix = "value.";

    private static readonly string[] Reserved =
    [
        "network", "value", "format", CheckpointFile.VersionKey, CheckpointFile.LibraryKey, CheckpointFile.StateKey, CheckpointFile.ChecksumKey,
    ];

    private readonly List<CheckpointPart> _parts = [];

    /// <summary>What else is to be known, such as the step of a loop of one's own. <see cref="Load"/> replaces all.</summary>
    public IDictionary<string, string> Values { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds the only network. Its tensors have their plain names, so that <see cref="Network.Load"/> reads the file as one of weights.</summary>
    /// <returns>This checkpoint.</returns>
    /// <exception cref="ArgumentException">There is a network already.</exception>
    public Checkpoint Add(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Add(new NetworkPart("", network));
    }

    /// <summary>Adds a network. Its tensors are called <c>NAME.PARAMETER</c>.</summary>
    /// <param name="name">Its name in the file, without dots and spaces.</param>
    /// <param name="network">The network.</param>
    /// <returns>This checkpoint.</returns>
    /// <exception cref="ArgumentException">The name is taken or none, or the network was added before.</exception>
    public Checkpoint Add(string name, Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Add(new NetworkPart(Checked(name), network));
    }

    /// <summary>Adds an optimizer: its moments and counters, and its learning rate as it is. Its tensors are called <c>NAME.MOMENT.PARAMETER</c>, with PyTorch's names of the moments.</summary>
    /// <param name="name">Its name in the file, without dots and spaces.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="network">What it moves.</param>
    /// <returns>This checkpoint.</returns>
    /// <exception cref="ArgumentException">The name is taken or none.</exception>
    /// <exception cref="InvalidOperationException">The optimizer belongs to another network.</exception>
    public Checkpoint Add(string name, Optimizer optimizer, Network network)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(network);
        optimizer.Bind(network);
        return Add(new OptimizerPart(Checked(name), optimizer, network));
    }

    /// <summary>Writes everything that was added. The file is written beside, flushed and renamed: whatever fails, an older file of that name survives.</summary>
    /// <exception cref="IOException">The folder does not exist, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="InvalidOperationException">A training phase is running, or two tensors have the same name.</exception>
    /// <exception cref="ObjectDisposedException">A network was disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Save(path, null);
    }

    /// <summary>Reads everything that was added. A load that fails changes nothing; what the file holds besides is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="allowChanges">
    /// Whether settings, such as those of an optimizer, may differ from those in the file: they stay as they are now. An optimizer that keeps other moments than the saved one begins anew.
    /// </param>
    /// <returns>The settings that differ, and how; empty unless changes are allowed.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no checkpoint, is damaged, or is of other networks or settings; the message says what differs.</exception>
    /// <exception cref="InvalidOperationException">A call is running on one of the networks.</exception>
    /// <exception cref="ObjectDisposedException">A network was disposed.</exception>
    public IReadOnlyList<string> Load(string path, bool allowChanges = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = CheckpointFile.Open(path);
        return Restore(file, allowChanges, "Checkpoint.Load with allowChanges goes on with the settings of now");
    }

    internal Checkpoint Add(CheckpointPart part)
    {
        if (part.IsWeights && _parts.Exists(other => other.IsWeights && (other.Network == part.Network || other.Name.Length == 0 || part.Name.Length == 0)))
            throw new ArgumentException("A checkpoint of several networks needs a name for each, and holds each once.");
        _parts.Add(part);
        return this;
    }

    internal void Save(string path, Func<string, FileStream>? create)
    {
        CheckNames();
        var writer = new CheckpointWriter();
        writer.Set("format", "pt");
        writer.Set(CheckpointFile.VersionKey, CheckpointFile.Version);
        writer.Set(CheckpointFile.LibraryKey, $"DeepGen {typeof(Checkpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}");
        writer.Set(CheckpointFile.StateKey, string.Join(' ', _parts.Where(part => !part.IsWeights).Select(part => part.Name)));
        foreach (var (name, value) in Values) writer.Set(ValuePrefix + name, value);
        Inside("Checkpoint.Save", exclusive: false, () =>
        {
            foreach (var part in _parts)
            {
                writer.Set(part.Key, part.Kind);
                foreach (var (name, value) in part.Settings) writer.Set($"{part.Key}.{name}", value);
                part.Save(writer);
            }

            writer.Write(path, create);
        });
    }

    /// <summary>That no parameter is called as if it were a part of the training's state: <see cref="Network.Load"/> would leave it out.</summary>
    /// <exception cref="InvalidOperationException">One is.</exception>
    internal void CheckNames()
    {
        if (_parts.Find(part => part.IsWeights && part.Name.Length == 0) is not { } plain) return;
        foreach (var parameter in plain.Network!.Parameters)
            if (_parts.Find(part => part.Name.Length > 0 && parameter.Name.StartsWith(part.Name + ".", StringComparison.Ordinal)) is { } taken)
                throw new InvalidOperationException($"The name of '{parameter.Name}' of {plain.Kind} begins with '{taken.Name}.', as the training's state does in a checkpoint; give the layer another name.");
    }

    /// <summary>Takes everything over.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="allowChanges">Whether settings may differ.</param>
    /// <param name="hint">What to do where they may not, but do.</param>
    internal IReadOnlyList<string> Restore(CheckpointFile file, bool allowChanges, string hint)
    {
        if (file.Metadata[CheckpointFile.VersionKey] != CheckpointFile.Version)
            throw CheckpointFile.Bad(file.Path, $"its format is version {file.Metadata[CheckpointFile.VersionKey]}, but this library reads version {CheckpointFile.Version}");
        foreach (var part in _parts)
            if (!part.IsOptional && !file.Metadata.ContainsKey(part.Key))
                throw CheckpointFile.Bad(file.Path, $"it holds no '{part.Key}'");
        CheckpointDifference[] differences = [.. _parts.SelectMany(part => part.Differences(file))];
        var decisive = Array.FindAll(differences, difference => difference.IsFixed);
        if (decisive.Length > 0) throw CheckpointFile.Bad(file.Path, $"it is of another training: {string.Join("; ", decisive)}");
        IReadOnlyList<string> changes = [];
        Inside("Checkpoint.Load", exclusive: true, () =>
        {
            // What cannot be at all is said before what is not allowed.
            foreach (var part in _parts.Where(part => part.IsWeights)) part.Check(file, allowChanges);
            if (differences.Length > 0 && !allowChanges) throw CheckpointFile.Bad(file.Path, $"its settings are others: {string.Join("; ", differences)}. Nothing was changed; {hint}");
            foreach (var part in _parts.Where(part => !part.IsWeights)) part.Check(file, allowChanges);
            foreach (var part in _parts) part.Restore(file);
            changes = [.. differences.Select(difference => difference.ToString())];
        });
        Values.Clear();
        foreach (var (key, value) in file.Metadata)
            if (key.StartsWith(ValuePrefix, StringComparison.Ordinal)) Values[key[ValuePrefix.Length..]] = value;
        return changes;
    }

    private string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.IndexOfAny(['.', ' ']) >= 0) throw new ArgumentException($"'{name}' cannot name a part of a checkpoint: it has a dot or a space.", nameof(name));
        if (Reserved.Contains(name)) throw new ArgumentException($"'{name}' cannot name a part of a checkpoint: its metadata use that name.", nameof(name));
        if (_parts.Exists(part => part.Name == name)) throw new ArgumentException($"The checkpoint holds a '{name}' already.", nameof(name));
        return name;
    }

    /// <summary>Runs an action while nobody changes the networks.</summary>
    private void Inside(string call, bool exclusive, Action action)
    {
        Enter([.. _parts.Select(part => part.Network).OfType<Network>().Distinct()], 0);

        void Enter(Network[] networks, int next)
        {
            if (next == networks.Length) action();
            else if (exclusive) networks[next].Exclusive(call, Deeper);
            else networks[next].Shared(call, Deeper);

            int Deeper()
            {
                Enter(networks, next + 1);
                return 0;
            }
        }
    }
}
