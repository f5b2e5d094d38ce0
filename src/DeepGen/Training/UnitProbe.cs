namespace DeepGen;

/// <summary>Takes samples through a network and looks at its layers. The network is afterwards what it was before.</summary>
internal sealed class UnitProbe : IDisposable
{
    private const int LargestBatch = 32;

    /// <summary>With fewer, units that are seldom alive would look dead.</summary>
    private const int LeastSamples = 64;

    private readonly Network _network;
    private readonly IDataset _dataset;
    private readonly int[] _samples;
    private readonly Batch _batch;
    private readonly bool[][] _alive;

    /// <param name="network">The network.</param>
    /// <param name="dataset">Its samples.</param>
    /// <param name="samples">How many of them are looked at, evenly over the dataset.</param>
    public UnitProbe(Network network, IDataset dataset, int samples)
    {
        (_network, _dataset, _samples) = (network, dataset, Spread(dataset.Count, samples));
        _batch = new Batch(network, Math.Clamp(_samples.Length, 1, Math.Min(network.MaxBatch, LargestBatch)));

        // What a rectifier gives is exactly zero where it is dead; of others nothing is known.
        Rectifiers = [.. network.Definition.Activations.Where(buffer => buffer.Op == "Relu")];
        _alive = [.. Rectifiers.Select(buffer => new bool[Units(buffer)])];
    }

    /// <summary>The rectifiers whose results are kept, in forward order.</summary>
    public IReadOnlyList<BufferDefinition> Rectifiers { get; }

    /// <summary>The samples that are looked at.</summary>
    public ReadOnlySpan<int> Samples => _samples;

    /// <summary>A probe of the samples that epochs are judged by, or of those that are learned from where there are none; not more than take a part of an epoch's time.</summary>
    public static UnitProbe Of(WatchedTraining training, int wanted) =>
        new(training.Network, training.ValidationData ?? training.TrainData, Math.Min(wanted, Math.Max(LeastSamples, training.TrainData.Count / 8)));

    /// <summary>Numbers evenly over a dataset, ascending.</summary>
    public static int[] Spread(int count, int wanted)
    {
        wanted = Math.Min(wanted, count);
        return [.. Enumerable.Range(0, wanted).Select(i => (int)((long)i * count / wanted))];
    }

    /// <summary>The units of a layer: its channels, or the values of a vector.</summary>
    public static int Units(BufferDefinition buffer) => buffer.Shape.Length == 0 ? 1 : buffer.Shape[0];

    /// <summary>Takes all samples through the network. Nothing is there to look at where there are no samples.</summary>
    /// <param name="first">Called when the first sample's results are the first of the last Forward.</param>
    public void Run(Action? first = null)
    {
        foreach (var alive in _alive) Array.Clear(alive);
        if (_samples.Length == 0) return;
        _network.Undisturbed("UnitProbe", () =>
        {
            // About equal parts: BatchNorm cannot normalize a last sample that is left over.
            var parts = ((_samples.Length - 1) / _batch.Capacity) + 1;
            for (var part = 0; part < parts; part++)
            {
                int begin = Part(part), end = Part(part + 1);
                _batch.Count = end - begin;
                _dataset.Fill(_samples.AsSpan(begin, _batch.Count), _batch);
                _network.Forward(_batch);
                if (part == 0) first?.Invoke();
                for (var i = 0; i < _alive.Length; i++)
                {
                    var alive = _alive[i];
                    _network.LastActivations(Rectifiers[i], (values, samples) => Mark(values, samples, alive));
                }
            }

            int Part(int number) => (int)((long)_samples.Length * number / parts);
        });
    }

    /// <summary>The units of a rectifier that were zero at every place of every sample.</summary>
    public IEnumerable<int> Dead(int rectifier) => Enumerable.Range(0, _alive[rectifier].Length).Where(unit => !_alive[rectifier][unit]);

    public void Dispose() => _batch.Dispose();

    /// <summary>Values are [samples, units, places].</summary>
    private static bool Mark(ReadOnlySpan<float> values, int samples, bool[] alive)
    {
        var places = values.Length / (samples * alive.Length);
        for (var row = 0; row < samples * alive.Length; row++)
            if (!alive[row % alive.Length]) alive[row % alive.Length] = values.Slice(row * places, places).ContainsAnyExcept(0f);
        return true;
    }
}
