namespace DeepGen;

/// <summary>What the first head of a classifier says of samples, and how they look.</summary>
internal sealed class SamplePredictions : IDisposable
{
    private readonly Network _network;
    private readonly Func<int, PictureGrid>? _picture;
    private readonly Head _head;
    private readonly Batch _batch;
    private readonly OutputMemory _outputs;

    /// <exception cref="ArgumentException">It is no classifier.</exception>
    public SamplePredictions(Network network, Func<int, PictureGrid>? picture)
    {
        if (!Fits(network.Definition)) throw new ArgumentException($"{network.Definition.Name} gives no sample one class; mistakes are those of a classifier, whose loss is for instance [SoftmaxCrossEntropy].", nameof(network));
        (_network, _picture, _head) = (network, picture, network.Definition.Heads[0]);
        _batch = new Batch(network, Math.Min(network.MaxBatch, 64));
        _outputs = new OutputMemory(network.Definition, _batch.Capacity);
    }

    /// <summary>Whether the first head of a network gives each sample one class.</summary>
    public static bool Fits(NetworkDefinition network) =>
        network.Heads is [{ Kind: not (HeadKind.BinaryLogits or HeadKind.BinaryProbabilities) } head, ..] && network.Outputs[head.Output].Shape.Length == 1 && network.Targets[head.Target].Element == Element.Int32;

    /// <summary>Whether samples are pictures by themselves.</summary>
    public static bool IsPicture(TensorDefinition input) => input is { Element: Element.Float32, Shape: [1 or 3, > 1, > 1] };

    /// <summary>Calls for each sample with its number, its class, the class that is predicted and the probability of that (NaN where the network gives none). Targets that do not count are left out.</summary>
    public void Predict(IDataset dataset, ReadOnlySpan<int> samples, Action<int, int, int, double> each)
    {
        var classes = _network.Definition.Outputs[_head.Output].Size;
        var target = _network.Definition.Targets[_head.Target];
        var probabilities = new float[classes];
        for (var first = 0; first < samples.Length; first += _batch.Capacity)
        {
            Fill(dataset, samples.Slice(first, Math.Min(_batch.Capacity, samples.Length - first)));
            _network.Predict(_batch, _outputs);
            var scores = _outputs.Values(_head.Output, _batch.Count);
            var labels = _batch.Target<int>(_head.Target);
            for (var i = 0; i < _batch.Count; i++)
            {
                if ((uint)labels[i] >= (uint)classes || labels[i] == target.IgnoredClass) continue;
                var row = scores.Slice(i * classes, classes);
                var best = 0;
                for (var c = 1; c < classes; c++)
                    if (row[c] > row[best]) best = c;
                Probabilities.Of(_head.Kind, row, 1, [classes], probabilities);
                each(samples[first + i], labels[i], best, _head.Kind == HeadKind.ClassScores ? double.NaN : probabilities[best]);
            }
        }
    }

    /// <summary>How a sample looks; null where it is no picture.</summary>
    public PictureGrid? Picture(IDataset dataset, int sample)
    {
        if (_picture != null) return _picture(sample);
        var input = _network.Definition.Inputs[0];
        if (!IsPicture(input)) return null;
        Fill(dataset, [sample]);
        return Scaled(_batch.Input<float>(), input.Shape);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _outputs.Dispose();
    }

    /// <summary>A picture from its darkest value to its brightest: how it was standardized is not known.</summary>
    public static PictureGrid Scaled(ReadOnlySpan<float> values, int[] shape)
    {
        var (lowest, highest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in values) (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
        return PictureGrid.OfPictures(values, shape[0], shape[1], shape[2], lowest, highest > lowest ? highest : lowest + 1);
    }

    private void Fill(IDataset dataset, ReadOnlySpan<int> samples)
    {
        _batch.Count = samples.Length;
        dataset.Fill(samples, _batch);
    }
}
