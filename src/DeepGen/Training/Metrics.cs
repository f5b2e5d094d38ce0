namespace DeepGen;

/// <summary>Loss and, for classifiers, the confusion matrix over a set of samples, counted exactly.</summary>
public sealed class Metrics
{
    private readonly long[] _matrix;
    private readonly bool _classifier;
    private double _lossSum;

    internal Metrics(NetworkDefinition network)
    {
        _classifier = network.IsClassifier;
        Classes = _classifier ? network.Targets[0].Classes : 0;
        _matrix = new long[Classes * Classes];
    }

    /// <summary>The number of classes; 0 when the network is no classifier.</summary>
    public int Classes { get; }

    /// <summary>The number of samples.</summary>
    public long Samples { get; private set; }

    /// <summary>The mean loss of a sample; NaN before the first.</summary>
    public double Loss => Samples == 0 ? double.NaN : _lossSum / Samples;

    /// <summary>The number of predictions: one for each sample, or for each pixel of each sample.</summary>
    public long Predictions { get; private set; }

    /// <summary>The number of them that were right.</summary>
    public long Correct { get; private set; }

    /// <summary>The share of predictions that were right; null when the network is no classifier or nothing was predicted.</summary>
    public double? Accuracy => Predictions == 0 ? null : (double)Correct / Predictions;

    /// <summary>How often samples of one class were taken for another: an entry of the confusion matrix.</summary>
    /// <param name="actual">The class of the target.</param>
    /// <param name="predicted">The class with the highest output.</param>
    public long this[int actual, int predicted]
    {
        get
        {
            if ((uint)actual >= (uint)Classes) throw new ArgumentOutOfRangeException(nameof(actual), actual, $"There are {Classes} classes.");
            if ((uint)predicted >= (uint)Classes) throw new ArgumentOutOfRangeException(nameof(predicted), predicted, $"There are {Classes} classes.");
            return _matrix[(actual * Classes) + predicted];
        }
    }

    /// <summary>Evaluates a network over a whole dataset, in order and in inference mode.</summary>
    /// <param name="network">A network with a loss.</param>
    /// <param name="dataset">Its samples.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="ArgumentException">The dataset is empty or does not fit the network.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Metrics Evaluate(Network network, IDataset dataset, CancellationToken cancellationToken = default)
    {
        using var loop = new BatchLoop(network, dataset, network.MaxBatch, "Evaluate");
        return loop.Evaluate(cancellationToken);
    }

    /// <summary>All that is counted, to go on from.</summary>
    internal MetricsState State
    {
        get => new(Samples, Predictions, Correct, _lossSum, [.. _matrix]);
        set
        {
            (Samples, Predictions, Correct, _lossSum) = (value.Samples, value.Predictions, value.Correct, value.LossSum);
            value.Matrix.CopyTo(_matrix, 0);
        }
    }

    internal void Clear()
    {
        Array.Clear(_matrix);
        (Samples, Predictions, Correct, _lossSum) = (0, 0, 0, 0);
    }

    /// <summary>Adds a batch.</summary>
    /// <param name="loss">The batch's mean loss.</param>
    /// <param name="samples">Its number of samples.</param>
    /// <param name="output">The first output: for each sample the scores of all classes, class by class.</param>
    /// <param name="labels">The targets.</param>
    internal void Add(double loss, int samples, ReadOnlySpan<float> output, ReadOnlySpan<int> labels)
    {
        Samples += samples;
        _lossSum += loss * samples;
        if (!_classifier) return;
        var places = labels.Length / samples;
        for (var sample = 0; sample < samples; sample++)
        {
            var scores = output.Slice(sample * Classes * places, Classes * places);
            for (var place = 0; place < places; place++)
            {
                var label = labels[(sample * places) + place];
                if ((uint)label >= (uint)Classes) continue;
                var best = 0;
                for (var c = 1; c < Classes; c++)
                    if (scores[(c * places) + place] > scores[(best * places) + place])
                        best = c;
                _matrix[(label * Classes) + best]++;
                Predictions++;
                if (best == label) Correct++;
            }
        }
    }
}

/// <summary>What <see cref="Metrics"/> has counted.</summary>
internal sealed record MetricsState(long Samples, long Predictions, long Correct, double LossSum, long[] Matrix);
