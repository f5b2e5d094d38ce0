namespace DeepGen;

/// <summary>
/// Sequences of tokens of different lengths, with a class each. The first input of a network is T tokens, filled up at the end; a second one, if there is one, the number of tokens that count
/// (<c>[Lengths]</c>).
/// </summary>
public sealed class SequenceDataset : IDataset, ICheckedDataset
{
    private readonly int[] _tokens;
    private readonly int[] _starts;
    private readonly int[]? _labels;
    private readonly int _padding;

    /// <summary>Sequences of at most a given length.</summary>
    /// <param name="sequences">The tokens of each, at least one.</param>
    /// <param name="labels">The class of each; null for a network without a target.</param>
    /// <param name="length">T, the tokens that the network takes.</param>
    /// <param name="padding">What follows the tokens of a shorter sequence.</param>
    /// <param name="truncate">Whether of a longer sequence the first T tokens are taken; otherwise it is an error.</param>
    /// <exception cref="ArgumentException">A sequence is empty or too long, or there is not a label for each.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    public SequenceDataset(IReadOnlyList<IReadOnlyList<int>> sequences, IReadOnlyList<int>? labels, int length, int padding = 0, bool truncate = false)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        if (labels != null && labels.Count != sequences.Count) throw new ArgumentException($"There are {Shapes.Count(sequences.Count, "sequence")}, but {Shapes.Count(labels.Count, "label")}.", nameof(labels));
        (Length, _padding, _labels) = (length, padding, labels == null ? null : [.. labels]);
        var tokens = new List<int>();
        _starts = new int[sequences.Count + 1];
        for (var i = 0; i < sequences.Count; i++)
        {
            var count = sequences[i].Count;
            if (count == 0) throw new ArgumentException($"Sequence {i} is empty; leave it out.", nameof(sequences));
            if (count > length && !truncate)
                throw new ArgumentException($"Sequence {i} has {count} tokens, and the network takes {length}; declare it longer, or truncate.", nameof(sequences));
            tokens.AddRange(count > length ? sequences[i].Take(length) : sequences[i]);
            _starts[i + 1] = tokens.Count;
        }

        _tokens = [.. tokens];
    }

    /// <inheritdoc/>
    public int Count => _starts.Length - 1;

    /// <summary>The tokens that the network takes.</summary>
    public int Length { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The network's inputs or target are others.</exception>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Check(batch.Definition);
        batch.Count = indices.Length;
        Datasets.CheckIndices(indices, Count);
        var input = batch.Input<int>();
        var lengths = batch.Definition.Inputs.Length == 2 ? batch.Input<int>(1) : default;
        var target = batch.Definition.Targets.Length == 1 ? batch.Target<int>() : default;
        for (var i = 0; i < indices.Length; i++)
        {
            var tokens = _tokens.AsSpan(_starts[indices[i]].._starts[indices[i] + 1]);
            var row = input.Slice(i * Length, Length);
            tokens.CopyTo(row);
            row[tokens.Length..].Fill(_padding);
            if (!lengths.IsEmpty) lengths[i] = tokens.Length;
            if (!target.IsEmpty) target[i] = _labels![indices[i]];
        }
    }

    void ICheckedDataset.Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        Check(network);
        var input = network.Inputs[0];
        foreach (var sample in samples)
        {
            var tokens = _tokens.AsSpan(_starts[sample].._starts[sample + 1]);
            for (var i = 0; i < tokens.Length; i++)
                if (!input.Takes(tokens[i])) throw Network.BadIndex(call, "input", input, tokens[i], $"sequence {sample}", i);
            if (tokens.Length < Length && !input.Takes(_padding)) throw Network.BadIndex(call, "input", input, _padding, $"sequence {sample}, which is filled up", tokens.Length);
            if (network.Targets is [var target] && !target.Takes(_labels![sample])) throw Network.BadIndex(call, "target", target, _labels[sample], $"sequence {sample}", 0);
        }
    }

    private void Check(NetworkDefinition network)
    {
        var inputs = network.Inputs;
        if (inputs.Length > 2 || inputs[0].Element != Element.Int32 || inputs[0].Size != Length || (inputs.Length == 2 && (inputs[1].Element != Element.Int32 || inputs[1].Size != 1)))
            throw new ArgumentException(
                $"{network.Name} has the inputs {string.Join(", ", inputs.Select(input => $"'{input.Name}' {Shapes.Text(input.Shape)}"))}; sequences fill one of {Length} int values, and a second one with their lengths.");
        if (_labels == null && network.Targets.Length > 0)
            throw new ArgumentException($"{network.Name} has a target '{network.Targets[0].Name}', but the sequences have no class; give SequenceDataset their labels. A prediction does not look at them: for one any will do.");
        if (network.Targets.Length > 1 || (network.Targets.Length == 1 && (network.Targets[0].Element != Element.Int32 || network.Targets[0].Size != 1)))
            throw new ArgumentException(
                $"{network.Name} has the targets {string.Join(", ", network.Targets.Select(target => $"'{target.Name}' {Shapes.Text(target.Shape)}"))}; the sequences have one class each.");
    }
}
