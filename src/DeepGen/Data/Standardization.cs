namespace DeepGen;

/// <summary>
/// Brings the values of an input to mean 0 and deviation 1. It is fitted on the training part, and applied to every part, and to whatever the network is asked later: keep <see cref="Means"/> and
/// <see cref="Deviations"/> with the weights.
/// </summary>
public sealed unsafe class Standardization
{
    private readonly float[] _means;
    private readonly float[] _deviations;
    private readonly float[] _scales;

    /// <summary>With numbers that are known.</summary>
    /// <param name="means">The mean of each group.</param>
    /// <param name="deviations">The deviation of each group; above 0.</param>
    /// <exception cref="ArgumentException">There is none, they are not as many, or a number is not finite or a deviation not above 0.</exception>
    public Standardization(IReadOnlyList<float> means, IReadOnlyList<float> deviations)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        if (means.Count == 0 || means.Count != deviations.Count) throw new ArgumentException($"There are {Shapes.Count(means.Count, "mean")} and {Shapes.Count(deviations.Count, "deviation")}; each group has one of each.", nameof(deviations));
        for (var i = 0; i < means.Count; i++)
            if (!float.IsFinite(means[i]) || !(deviations[i] > 0) || !float.IsFinite(deviations[i]))
                throw new ArgumentException($"Group {i} has the mean {means[i]} and the deviation {deviations[i]}; they must be finite, and the deviation above 0.", nameof(deviations));
        (_means, _deviations) = ([.. means], [.. deviations]);
        _scales = Array.ConvertAll(_deviations, deviation => (float)(1.0 / deviation));
    }

    /// <summary>The mean of each group.</summary>
    public IReadOnlyList<float> Means => _means;

    /// <summary>The deviation of each group.</summary>
    public IReadOnlyList<float> Deviations => _deviations;

    /// <summary>
    /// Finds means and deviations in one pass over a dataset, in double precision (T. Chan, G. Golub and R. LeVeque 1979). The deviation is that of the samples as a whole, divided by n. Where all values of a group are
    /// equal it is taken as 1.
    /// </summary>
    /// <param name="network">A network that takes the samples.</param>
    /// <param name="train">The training part, without augmentation.</param>
    /// <param name="group">Which values share a mean and a deviation.</param>
    /// <param name="input">Which input of the network.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="ArgumentException">The dataset is empty or does not fit the network, the input holds indices, or a value is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Standardization Fit(Network network, IDataset train, StandardizationGroup group = StandardizationGroup.Channel, int input = 0, CancellationToken cancellationToken = default)
    {
        using var loader = new DataLoader(network, train, new DataLoaderOptions(), "Standardization.Fit");
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, network.Definition.Inputs.Length);
        var tensor = network.Definition.Inputs[input];
        var groups = group switch
        {
            StandardizationGroup.Sample => 1,
            StandardizationGroup.Channel => tensor.Shape.Length == 0 ? 1 : tensor.Shape[0],
            StandardizationGroup.Value => tensor.Size,
            _ => throw new ArgumentOutOfRangeException(nameof(group), group, "There is no such group."),
        };
        var size = tensor.Size / groups;
        double[] means = new double[groups], squares = new double[groups];
        long samples = 0;
        loader.Begin(1);
        while (loader.Next() is { } batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var values = batch.Input<float>(input);
            for (var i = 0; i < batch.Count * groups; i++) Merge(values.Slice(i * size, size), samples + (i / groups), ref means[i % groups], ref squares[i % groups]);
            samples += batch.Count;
        }

        for (var i = 0; i < groups; i++)
            if (!double.IsFinite(squares[i]))
                throw new ArgumentException($"Standardization.Fit: group {i} of the input '{tensor.Name}' has a value that is not finite.", nameof(train));
        return new Standardization(Array.ConvertAll(means, mean => (float)mean), Array.ConvertAll(squares, sum => (float)Math.Sqrt(sum / (samples * (double)size)) is var deviation and > 0 ? deviation : 1));
    }

    /// <summary>A dataset whose values are standardized as they are read.</summary>
    /// <param name="dataset">The dataset, with augmentation or not.</param>
    /// <param name="input">Which input of the network.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input is negative.</exception>
    public IDataset Apply(IDataset dataset, int input = 0)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        return new StandardizedDataset(dataset, this, input);
    }

    /// <summary>Standardizes samples in place, for a prediction.</summary>
    /// <param name="samples">Values of whole samples, one after the other.</param>
    /// <param name="sampleSize">The number of values of one sample.</param>
    /// <exception cref="ArgumentException">The values are no whole samples, or a sample does not have as many groups.</exception>
    public void Apply(Span<float> samples, int sampleSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleSize, 1);
        if (samples.Length % sampleSize != 0) throw new ArgumentException($"There are {samples.Length} values, which is no multiple of the sample size {sampleSize}.", nameof(samples));
        if (sampleSize % _means.Length != 0)
            throw new ArgumentException($"The standardization has {Shapes.Count(_means.Length, "group")}, which do not divide a sample of {sampleSize} values; it was fitted on another input.", nameof(sampleSize));
        var size = sampleSize / _means.Length;
        fixed (float* values = samples, means = _means, scales = _scales)
        {
            for (nint start = 0; start < samples.Length; start += sampleSize)
            {
                if (size == 1) PixelMath.Standardize(values + start, sampleSize, means, scales);
                else for (var group = 0; group < _means.Length; group++) PixelMath.Standardize(values + start + ((nint)group * size), size, means[group], scales[group]);
            }
        }
    }

    /// <summary>Adds the values of one sample to the mean and the sum of squared distances of those before.</summary>
    private static void Merge(ReadOnlySpan<float> values, long samplesBefore, ref double mean, ref double squares)
    {
        double sum = 0;
        foreach (var value in values) sum += value;
        double own = sum / values.Length, ownSquares = 0;
        foreach (var value in values) ownSquares += (value - own) * (value - own);
        var difference = own - mean;
        mean += difference / (samplesBefore + 1);
        squares += ownSquares + (difference * difference * values.Length * ((double)samplesBefore / (samplesBefore + 1)));
    }
}
