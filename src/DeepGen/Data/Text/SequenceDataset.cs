namespace DeepGen;

/// <summary>
/// Sequences of tokens of different lengths, with a class each. The first input of a network is T tokens, filled up at the end; a second one, if there is one, the number of tokens that count
/// (<c>[Lengths]</c>).
/// </summary>
public sealed class SequenceDataset : IDataset
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

    private void Check(NetworkDefinition network)
    {
        var inputs = network.Inputs;
        if (inputs.Length > 2 || inputs[0].Element != Element.Int32 || inputs[0].Size != Length || (inputs.Length == 2 && (inputs[1].Element != Element.Int32 || inputs[1].Size != 1)))
            throw new ArgumentException(
                $"{network.Name} has the inputs {string.Join(", ", inputs.Select(input => $"'{input.Name}' {Shapes.Text(input.Shape)}"))}; sequences fill one of {Length} int values, and a second one with their lengths.");
        if (network.Targets.Length > 1 || (network.Targets.Length == 1 && (_labels == null || network.Targets[0].Element != Element.Int32 || network.Targets[0].Size != 1)))
            throw new ArgumentException(
                $"{network.Name} has the targets {string.Join(", ", network.Targets.Select(target => $"'{target.Name}' {Shapes.Text(target.Shape)}"))}; the sequences have {(_labels == null ? "no class" : "one class each")}.");
    }
}
