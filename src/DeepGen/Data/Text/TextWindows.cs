namespace DeepGen;

/// <summary>
/// Pieces of a long text for a network that predicts the next token: the input of a sample is T tokens, the target the T tokens one further on. Where a network has more inputs, such as the
/// states of a stateful layer, those are left to the training loop; with <see cref="Sampler.Streams"/> the next batch goes on where the last one ended, so they can be handed on.
/// </summary>
public sealed class TextWindows : IDataset, ICheckedDataset
{
    private readonly int[] _tokens;

    /// <summary>The pieces of a text.</summary>
    /// <param name="tokens">The text as indices of a <see cref="Vocabulary"/>; it is not copied.</param>
    /// <param name="length">T, the tokens of a piece.</param>
    /// <param name="step">From the start of a piece to that of the next: <paramref name="length"/> when null, so that pieces touch and every token is predicted once.</param>
    /// <exception cref="ArgumentException">The text has no <paramref name="length"/> + 1 tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public TextWindows(int[] tokens, int length, int? step = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(step ?? 1, 1, nameof(step));
        if (tokens.Length <= length)
            throw new ArgumentException($"The text has {Shapes.Count(tokens.Length, "token")}, and a piece takes {length} and the one behind them.", nameof(tokens));
        (_tokens, Length, Step) = (tokens, length, step ?? length);
        Count = ((tokens.Length - 1 - length) / Step) + 1;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>The tokens of a piece.</summary>
    public int Length { get; }

    /// <summary>From the start of a piece to that of the next.</summary>
    public int Step { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The network's first input or its target is not made of as many indices.</exception>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var network = batch.Definition;
        CheckFits(network);
        batch.Count = indices.Length;
        Datasets.CheckIndices(indices, Count);
        var input = batch.Input<int>();
        var target = network.Targets.Length == 1 ? batch.Target<int>() : default;
        for (var i = 0; i < indices.Length; i++)
        {
            var start = indices[i] * Step;
            _tokens.AsSpan(start, Length).CopyTo(input[(i * Length)..]);
            if (!target.IsEmpty) _tokens.AsSpan(start + 1, Length).CopyTo(target[(i * Length)..]);
        }
    }

    void ICheckedDataset.Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        CheckFits(network);
        foreach (var sample in samples)
        {
            for (var i = 0; i <= Length; i++)
            {
                var token = _tokens[(sample * Step) + i];
                if (i < Length && !network.Inputs[0].Takes(token)) throw Network.BadIndex(call, "input", network.Inputs[0], token, $"piece {sample} of the text", i);
                if (i > 0 && network.Targets is [var target] && !target.Takes(token)) throw Network.BadIndex(call, "target", target, token, $"piece {sample} of the text", i - 1);
            }
        }
    }

    private void CheckFits(NetworkDefinition network)
    {
        Check(network, "first input", network.Inputs[0]);
        if (network.Targets.Length > 1) throw new ArgumentException($"{network.Name} has {network.Targets.Length} targets; a text gives it one, the next tokens.");
        if (network.Targets.Length == 1) Check(network, "target", network.Targets[0]);
    }

    private void Check(NetworkDefinition network, string role, TensorDefinition tensor)
    {
        if (tensor.Element != Element.Int32 || tensor.Size != Length)
            throw new ArgumentException(
                $"{network.Name}'s {role} '{tensor.Name}' needs {tensor.Size} {(tensor.Element == Element.Float32 ? "float" : "int")} values ({Shapes.PerSample(tensor.Shape)}), but a piece of the text has {Length} int values.");
    }
}
