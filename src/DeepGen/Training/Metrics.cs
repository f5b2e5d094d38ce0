namespace DeepGen;

/// <summary>The loss over a set of samples, and how the predictions of each head compare with their targets, counted exactly.</summary>
public sealed class Metrics
{
    private readonly Head[] _heads;
    private readonly PredictionMetrics[] _metrics;
    private readonly NetworkDefinition _network;
    private double _lossSum;

    internal Metrics(NetworkDefinition network, IReadOnlyList<Head>? heads = null)
    {
        _network = network;
        _heads = heads == null ? network.Heads : [.. heads];
        _metrics = Array.ConvertAll(_heads, Prepare);
        Heads = Array.AsReadOnly(_metrics);
    }

    /// <summary>What was counted for each head of the network, in the order of its outputs; empty where the loss has none (see <see cref="Head"/>).</summary>
    public IReadOnlyList<PredictionMetrics> Heads { get; }

    /// <summary>What was counted for the head of an output.</summary>
    /// <exception cref="KeyNotFoundException">No head has this output.</exception>
    public PredictionMetrics this[string output] => Heads.FirstOrDefault(head => head.Name == output)
        ?? throw new KeyNotFoundException($"{_network.Name} has no head '{output}'{(Heads.Count == 0 ? "; its loss has no classes and no yes or no" : $"; it has {string.Join(", ", Heads.Select(head => $"'{head.Name}'"))}")}.");

    /// <summary>The number of samples.</summary>
    public long Samples { get; private set; }

    /// <summary>The mean loss of a sample; NaN before the first.</summary>
    public double Loss => Samples == 0 ? double.NaN : _lossSum / Samples;

    /// <summary>The number of classes of the first head; 0 when there is none.</summary>
    public int Classes => _metrics.Length == 0 ? 0 : _metrics[0].Classes;

    /// <summary>The number of predictions of the first head: one for each sample, or for each pixel of each sample.</summary>
    public long Predictions => _metrics.Length == 0 ? 0 : _metrics[0].Predictions;

    /// <summary>The number of them that were right.</summary>
    public long Correct => _metrics.Length == 0 ? 0 : _metrics[0].Correct;

    /// <summary>The share of the first head's predictions that were right; null when the network has no head or nothing was predicted.</summary>
    public double? Accuracy => Predictions == 0 ? null : _metrics[0].Accuracy;

    /// <summary>An entry of the first head's confusion matrix: <see cref="PredictionMetrics.this[int, int]"/>.</summary>
    /// <param name="actual">The class of the target.</param>
    /// <param name="predicted">The class with the highest output.</param>
    public long this[int actual, int predicted] =>
        _metrics.Length == 0 ? throw new InvalidOperationException($"{_network.Name} has no head, and so no confusion matrix.") : _metrics[0][actual, predicted];

    /// <summary>The accuracy where epochs are compared by it: of networks that give each sample one class and do nothing else.</summary>
    internal double? AccuracyOfClassifier => _network.IsClassifier ? Accuracy : null;

    /// <summary>Evaluates a network over a whole dataset, in order and in inference mode.</summary>
    /// <param name="network">A network with a loss.</param>
    /// <param name="dataset">Its samples.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="ArgumentException">The dataset is empty or does not fit the network.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Metrics Evaluate(Network network, IDataset dataset, CancellationToken cancellationToken = default)
    {
        using var loop = new BatchLoop(network, dataset, new DataLoaderOptions(), "Evaluate");
        return loop.Evaluate(cancellationToken);
    }

    /// <summary>As the other overload, with heads that are given in place of those found in the loss.</summary>
    /// <param name="network">A network with a loss.</param>
    /// <param name="dataset">Its samples.</param>
    /// <param name="heads">What is counted.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="ArgumentException">The dataset is empty or does not fit the network, or a head names an output or target that is not there or does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Metrics Evaluate(Network network, IDataset dataset, IReadOnlyList<Head> heads, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(heads);
        using var loop = new BatchLoop(network, dataset, new DataLoaderOptions(), "Evaluate", heads: heads);
        return loop.Evaluate(cancellationToken);
    }

    /// <summary>As the first overload, with states that are carried from batch to batch, from 0 at the start of each stream.</summary>
    /// <param name="network">A network with a loss.</param>
    /// <param name="dataset">Its samples.</param>
    /// <param name="carriedStates">The states.</param>
    /// <param name="rows">The streams side by side, up to <see cref="Network.MaxBatch"/>: one is the whole dataset from its start to its end, more are faster.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="ArgumentException">The dataset is empty, has fewer samples than there are rows or does not fit the network, or a state names an output or input that is not there or does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Metrics Evaluate(Network network, IDataset dataset, IReadOnlyList<CarriedState> carriedStates, int rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(carriedStates);
        using var loop = new BatchLoop(network, dataset, new DataLoaderOptions { BatchSize = rows, Sampler = Sampler.Streams(rows) }, "Evaluate", carried: carriedStates);
        return loop.Evaluate(cancellationToken);
    }

    /// <summary>All that is counted, to go on from: a double by its bits.</summary>
    internal long[] State
    {
        get => [Samples, BitConverter.DoubleToInt64Bits(_lossSum), .. _metrics.SelectMany(head => head.State)];
        set
        {
            (Samples, _lossSum) = (value[0], BitConverter.Int64BitsToDouble(value[1]));
            var at = 2;
            foreach (var head in _metrics)
            {
                var length = head.State.Length;
                head.State = value[at..(at + length)];
                at += length;
            }
        }
    }

    internal bool Reads(int output) => Array.Exists(_heads, head => head.Output == output);

    internal void Clear()
    {
        foreach (var head in _metrics) head.Clear();
        (Samples, _lossSum) = (0, 0);
    }

    /// <summary>Adds the loss of a batch, its mean over the samples.</summary>
    internal void Add(double loss, int samples)
    {
        Samples += samples;
        _lossSum += loss * samples;
    }

    /// <summary>Adds the predictions of a batch.</summary>
    internal void Add(Batch batch, OutputMemory outputs, bool nats)
    {
        for (var i = 0; i < _metrics.Length; i++)
        {
            var values = outputs.Values(_heads[i].Output, batch.Count);
            if (_network.Targets[_heads[i].Target].Element == Element.Int32) _metrics[i].Add(values, batch.Target<int>(_heads[i].Target), batch.Count, nats);
            else _metrics[i].Add(values, batch.Target<float>(_heads[i].Target), batch.Count, nats);
        }
    }

    private PredictionMetrics Prepare(Head head)
    {
        if ((uint)head.Output >= (uint)_network.Outputs.Length)
            throw new ArgumentException($"{_network.Name} has {Shapes.Count(_network.Outputs.Length, "output")}, so {head} cannot be counted.");
        if ((uint)head.Target >= (uint)_network.Targets.Length)
            throw new ArgumentException($"{_network.Name} has {Shapes.Count(_network.Targets.Length, "target")}, so {head} cannot be counted.");
        var output = _network.Outputs[head.Output];
        var target = _network.Targets[head.Target];
        var metrics = new PredictionMetrics(head.Kind, output.Shape.Length == 0 ? 1 : output.Shape[0], output.Name, target.IgnoredClass);
        var needed = metrics.IsBinary || target.Element == Element.Float32 ? output.Size : output.Size / metrics.Classes;
        return target.Size == needed
            ? metrics
            : throw new ArgumentException($"{_network.Name}: output '{output.Name}' ({Shapes.PerSample(output.Shape)}) as {head.Kind} needs {needed} {(target.Element == Element.Int32 ? "int" : "float")} targets per sample, but '{target.Name}' has {target.Size} ({Shapes.PerSample(target.Shape)}).");
    }
}
