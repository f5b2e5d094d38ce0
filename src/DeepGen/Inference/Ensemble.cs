namespace DeepGen;

/// <summary>
/// Averages what several networks say of a sample, or one network of several views of it (test-time augmentation), or both: L. Hansen and P. Salamon 1990. What is averaged are probabilities: the softmax or sigmoid
/// of a head that gives logits, the exponential of one that gives log-probabilities, and of any other output its values. One call at a time; the networks stay their owner's.
/// </summary>
public sealed class Ensemble : IDisposable
{
    private readonly Network[] _networks;
    private readonly Batch _batch;
    private readonly OutputMemory[] _outputs;
    private readonly TensorDefinition _output;
    private readonly float[] _probabilities;
    private readonly float[] _restored;
    private readonly double[] _sums;

    /// <summary>Prepares predictions of some networks.</summary>
    /// <param name="networks">One or more, of one class or of several whose inputs and outputs have the same shapes.</param>
    /// <param name="output">The number of the output that is averaged.</param>
    /// <exception cref="ArgumentException">There is no network, or they do not fit one another, or have no such output.</exception>
    public Ensemble(IEnumerable<Network> networks, int output = 0)
    {
        ArgumentNullException.ThrowIfNull(networks);
        _networks = [.. networks];
        if (_networks.Length == 0) throw new ArgumentException("An ensemble needs at least one network.", nameof(networks));
        var first = _networks[0].Definition;
        foreach (var network in _networks)
        {
            var other = network.Definition;
            if ((uint)output >= (uint)other.Outputs.Length) throw new ArgumentException($"{other.Name} has {Shapes.Count(other.Outputs.Length, "output")}, and output {output} is wanted.", nameof(output));
            if (!Network.SameTensors(first, other) || !other.Outputs[output].Shape.AsSpan().SequenceEqual(first.Outputs[output].Shape))
                throw new ArgumentException($"{other.Name} and {first.Name} cannot be averaged: their inputs, targets or outputs have other shapes.", nameof(networks));
        }

        Output = output;
        Capacity = _networks.Min(network => network.MaxBatch);
        _output = first.Outputs[output];
        _batch = new Batch(first, Capacity);
        _outputs = [.. _networks.Select(network => new OutputMemory(network.Definition, Capacity))];
        _probabilities = new float[_output.Size * Capacity];
        _restored = new float[_output.Size];
        _sums = new double[_output.Size * Capacity];
    }

    /// <summary>The networks.</summary>
    public IReadOnlyList<Network> Networks => _networks;

    /// <summary>The number of the output that is averaged.</summary>
    public int Output { get; }

    /// <summary>The most samples of a batch.</summary>
    public int Capacity { get; }

    /// <summary>What a network counts, one number of at least 0 each; null for all alike.</summary>
    /// <exception cref="ArgumentException">There are not as many as networks, one is negative or not finite, or all are 0.</exception>
    public IReadOnlyList<double>? Weights
    {
        get;
        init => field = value == null || (value.Count == _networks.Length && value.All(weight => weight >= 0 && double.IsFinite(weight)) && value.Sum() > 0)
            ? value
            : throw new ArgumentException($"An ensemble of {Shapes.Count(_networks.Length, "network")} needs as many weights of at least 0, not all 0, but got [{string.Join(", ", value)}].");
    }

    /// <summary>How each network looks at a sample. All views take samples of the same size.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public IReadOnlyList<View> Views
    {
        get;
        init => field = value is { Count: > 0 } ? value : throw new ArgumentException("An ensemble looks at a sample at least once; View.Identity is the sample as it is.");
    } = [View.Identity];

    /// <summary>Predicts any number of samples, for networks with one input of floats.</summary>
    /// <param name="samples">The samples, one after the other; larger than the network's input where the views are crops.</param>
    /// <param name="probabilities">Receives the averages, laid out as the output.</param>
    /// <exception cref="ArgumentException">A network has several inputs or one of integers, a span does not hold whole samples or is too short, or views need samples of different sizes.</exception>
    public void Predict(ReadOnlySpan<float> samples, Span<float> probabilities)
    {
        var input = SingleInput();
        var size = SourceSize(input);
        var count = samples.Length / size;
        if (count == 0 || count * size != samples.Length) throw new ArgumentException($"Ensemble: a multiple of {size} values per sample was expected, but there are {samples.Length}.", nameof(samples));
        if (probabilities.Length < (long)count * _output.Size) throw new ArgumentException($"Ensemble: {Shapes.Count(count, "sample")} need room for {(long)count * _output.Size} values, but the span has {probabilities.Length}.", nameof(probabilities));
        for (var first = 0; first < count; first += Capacity)
        {
            var part = Math.Min(Capacity, count - first);
            PredictPart(samples.Slice(first * size, part * size), size, part, probabilities.Slice(first * _output.Size, part * _output.Size));
        }
    }

    /// <summary>Predicts the samples of a batch, for networks with any inputs. Views other than the sample as it is need a single input of floats.</summary>
    /// <param name="batch">The inputs.</param>
    /// <param name="probabilities">Receives the averages, laid out as the output.</param>
    /// <exception cref="ArgumentException">The batch does not fit the networks or holds more samples than <see cref="Capacity"/>, or the span is too short.</exception>
    public void Predict(Batch batch, Span<float> probabilities)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count > Capacity) throw new ArgumentException($"Ensemble: a batch of {batch.Count} samples is above the maximum of {Capacity}.", nameof(batch));
        if (probabilities.Length < batch.Count * _output.Size) throw new ArgumentException($"Ensemble: {Shapes.Count(batch.Count, "sample")} need room for {batch.Count * _output.Size} values, but the span has {probabilities.Length}.", nameof(probabilities));
        if (Views is not [var only] || only != View.Identity)
        {
            var input = SingleInput();
            PredictPart(batch.Input<float>(), SourceSize(input), batch.Count, probabilities);
            return;
        }

        Array.Clear(_sums);
        AddAll(batch, only);
        Average(batch.Count, probabilities);
    }

    /// <summary>Counts the averaged predictions over a whole dataset exactly. Its samples have the size of the networks' input.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <returns>Accuracy, confusion matrix and the others of the head; there is no loss of an average.</returns>
    /// <exception cref="ArgumentException">The dataset is empty or does not fit, or the output is no head of the first network.</exception>
    public PredictionMetrics Evaluate(IDataset dataset, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var network = _networks[0].Definition;
        var head = network.Heads.FirstOrDefault(one => one.Output == Output) ?? throw new ArgumentException($"Ensemble: output '{_output.Name}' of {network.Name} is no head, so nothing can be counted.");
        if (dataset.Count < 1) throw new ArgumentException("Ensemble: the dataset holds no sample.", nameof(dataset));
        var kind = head.Kind switch
        {
            HeadKind.ClassScores => HeadKind.ClassScores,
            HeadKind.BinaryLogits or HeadKind.BinaryProbabilities => HeadKind.BinaryProbabilities,
            _ => HeadKind.ClassProbabilities,
        };
        var target = network.Targets[head.Target];
        var metrics = new PredictionMetrics(kind, _output.Shape.Length == 0 ? 1 : _output.Shape[0], _output.Name, target.IgnoredClass);
        using var batch = new Batch(network, Math.Min(Capacity, dataset.Count));
        var averages = new float[_output.Size * batch.Capacity];
        var indices = new int[batch.Capacity];
        for (var first = 0; first < dataset.Count; first += batch.Capacity)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Count = Math.Min(batch.Capacity, dataset.Count - first);
            for (var i = 0; i < batch.Count; i++) indices[i] = first + i;
            dataset.Fill(indices.AsSpan(0, batch.Count), batch);
            Predict(batch, averages);
            var values = averages.AsSpan(0, batch.Count * _output.Size);
            if (target.Element == Element.Int32) metrics.Add(values, batch.Target<int>(head.Target), batch.Count);
            else metrics.Add(values, batch.Target<float>(head.Target), batch.Count);
        }

        return metrics;
    }

    /// <summary>Releases the memory of its batches, not the networks.</summary>
    public void Dispose()
    {
        _batch.Dispose();
        foreach (var memory in _outputs) memory.Dispose();
    }

    private TensorDefinition SingleInput() => _batch.Definition.Inputs is [{ Element: Element.Float32 } only]
        ? only
        : throw new ArgumentException($"Ensemble: {_batch.Definition.Name} has not one input of floats; pass a Batch, and no views.");

    private int SourceSize(TensorDefinition input)
    {
        var size = Views[0].SourceSize ?? input.Size;
        return Views.All(view => (view.SourceSize ?? input.Size) == size) ? size : throw new ArgumentException("Ensemble: the views need samples of different sizes; make all of them crops of one size, or none.");
    }

    private void PredictPart(ReadOnlySpan<float> samples, int size, int count, Span<float> probabilities)
    {
        var input = _batch.Definition.Inputs[0];
        Array.Clear(_sums);
        _batch.Count = count;
        foreach (var view in Views)
        {
            if (samples.Length != size * count) throw new ArgumentException($"Ensemble: the views need samples of {size} values, but a batch has samples of {samples.Length / count}; pass the samples themselves.");
            for (var i = 0; i < count; i++) view.Apply(samples.Slice(i * size, size), _batch.Input<float>().Slice(i * input.Size, input.Size), input.Shape);
            AddAll(_batch, view);
        }

        Average(count, probabilities);
    }

    /// <summary>Adds the probabilities of all networks for one view.</summary>
    private void AddAll(Batch batch, View view)
    {
        var size = _output.Size;
        for (var n = 0; n < _networks.Length; n++)
        {
            var weight = Weights?[n] ?? 1;
            _networks[n].Predict(batch, _outputs[n]);
            var probabilities = _probabilities.AsSpan(0, batch.Count * size);
            var kind = _networks[n].Definition.Heads.FirstOrDefault(head => head.Output == Output)?.Kind;
            Probabilities.Of(kind, _outputs[n].Values(Output, batch.Count), batch.Count, _output.Shape, probabilities);
            for (var i = 0; i < batch.Count; i++)
            {
                view.Restore(probabilities.Slice(i * size, size), _restored, _output.Shape);
                for (var k = 0; k < size; k++) _sums[(i * size) + k] += weight * _restored[k];
            }
        }
    }

    private void Average(int count, Span<float> probabilities)
    {
        var whole = (Weights?.Sum() ?? _networks.Length) * Views.Count;
        for (var i = 0; i < count * _output.Size; i++) probabilities[i] = (float)(_sums[i] / whole);
    }
}
