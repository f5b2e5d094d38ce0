namespace DeepGen;

/// <summary>
/// Mixup: a sample is the mean of two, weighted λ and 1 − λ with λ from Beta(α, α), and its target the same mean of their classes. H. Zhang et al. 2018. The second sample is any of the dataset, so that what a sample is mixed with
/// depends on seed, epoch and sample and not on the batch. The network's target is a probability for each class (<c>SoftmaxCrossEntropy(softTargets: true)</c>).
/// </summary>
public sealed unsafe class MixupDataset : IDataset, ICheckedDataset
{
    private const int Place = 0x4D4958;

    private readonly IDataset _dataset;
    private readonly int _classes;
    private readonly double _alpha;
    private readonly ulong _seed;
    private readonly object _sync = new();
    private NetworkDefinition? _network;
    private Batch? _first;
    private Batch? _second;
    private int[] _partners = [];

    /// <summary>Mixes the samples of a dataset.</summary>
    /// <param name="dataset">Samples with float inputs and a class each.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="alpha">α; at 0 nothing is mixed, and the targets are 0 and 1.</param>
    /// <param name="seed">The key of the random numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class, or α is negative or not finite.</exception>
    public MixupDataset(IDataset dataset, int classes, double alpha, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (!(alpha >= 0) || !double.IsFinite(alpha)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Mixup's alpha must be finite and at least 0.");
        (_dataset, _classes, _alpha, _seed) = (dataset, classes, alpha, seed);
    }

    /// <inheritdoc/>
    public int Count => _dataset.Count;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The network's target is not a float for each class, it has inputs of indices, or a class is none.</exception>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Count = indices.Length;
        Datasets.CheckIndices(indices, Count);
        lock (_sync)
        {
            Prepare(batch);
            for (var i = 0; i < indices.Length; i++) _partners[i] = Random(indices[i], batch, i).Below(Count);
            Read(indices, batch, _first!);
            Read(_partners.AsSpan(0, indices.Length), batch, _second!);
            for (var i = 0; i < indices.Length; i++)
            {
                var random = Random(indices[i], batch, i);
                random.Below(Count);
                Mix(indices[i], _partners[i], i, (float)Beta(ref random), batch);
            }
        }
    }

    void ICheckedDataset.Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        CheckFits(network);
        Datasets.Check(_dataset, samples, Below(network), call);
    }

    private CounterRandom Random(int index, Batch batch, int place) => new(_seed, Place, batch.Epoch, index, batch.Occurrence(place));

    private void Mix(int index, int partner, int place, float share, Batch batch)
    {
        var inputs = batch.Definition.Inputs;
        for (var t = 0; t < inputs.Length; t++)
        {
            var size = inputs[t].Size;
            _first!.Input<float>(t).Slice(place * size, size).CopyTo(batch.Input<float>(t).Slice(place * size, size));
            fixed (float* to = batch.Input<float>(t).Slice(place * size, size), other = _second!.Input<float>(t).Slice(place * size, size))
                PixelMath.Mix(to, other, size, share);
        }

        var target = batch.Target<float>().Slice(place * _classes, _classes);
        target.Clear();
        target[Class(_first!, place, index)] += share;
        target[Class(_second!, place, partner)] += 1 - share;
    }

    private int Class(Batch batch, int place, int index)
    {
        var label = batch.Target<int>()[place];
        return (uint)label < (uint)_classes ? label : throw new ArgumentException($"Mixup: sample {index} has the class {label}; there are {_classes} classes, 0 to {_classes - 1}.");
    }

    private void Read(ReadOnlySpan<int> indices, Batch asked, Batch own)
    {
        own.Count = indices.Length;
        own.Epoch = asked.Epoch;
        for (var i = 0; i < indices.Length; i++) own.Occurrences[i] = asked.Occurrence(i);
        _dataset.Fill(indices, own);
    }

    /// <summary>Batches for the same inputs and a class as target.</summary>
    private void Prepare(Batch batch)
    {
        if (_network != batch.Definition)
        {
            CheckFits(batch.Definition);
            _first?.Dispose();
            _second?.Dispose();
            _first = _second = null;
            _network = batch.Definition;
        }

        if (_first != null && _first.Capacity >= batch.Count) return;
        _first?.Dispose();
        _second?.Dispose();
        var below = Below(_network);
        _first = new Batch(below, batch.Capacity);
        _second = new Batch(below, batch.Capacity);
        _partners = new int[batch.Capacity];
    }

    private void CheckFits(NetworkDefinition network)
    {
        var target = network.Targets is [var one] ? one : throw new ArgumentException($"{network.Name} has {Shapes.Count(network.Targets.Length, "target")}; mixup fills one.");
        if (target.Element != Element.Float32 || target.Size != _classes)
            throw new ArgumentException($"{network.Name}'s target '{target.Name}' is {Shapes.Text(target.Shape)}{(target.Element == Element.Float32 ? "" : " of int values")}; mixup gives a probability for each of {_classes} classes, for SoftmaxCrossEntropy(softTargets: true).");
        foreach (var input in network.Inputs)
            if (input.Element != Element.Float32)
                throw new ArgumentException($"{network.Name}'s input '{input.Name}' takes int values, which cannot be mixed.");
    }

    /// <summary>What the samples are read as.</summary>
    private NetworkDefinition Below(NetworkDefinition network) => network with { Targets = [new TensorDefinition("class", [], Element.Int32, _classes)] };

    /// <summary>Beta(α, α) as a share of two gamma numbers.</summary>
    private double Beta(ref CounterRandom random)
    {
        if (_alpha == 0) return 1;
        var (first, second) = (Gamma(ref random), Gamma(ref random));

        // For a tiny α both may be below the smallest number; then the one that would have been larger counts alone.
        return first + second > 0 ? first / (first + second) : random.Below(2);
    }

    /// <summary>Gamma(α, 1). G. Marsaglia and W. Tsang 2000; below 1 through α + 1.</summary>
    private double Gamma(ref CounterRandom random)
    {
        var alpha = _alpha < 1 ? _alpha + 1 : _alpha;
        double d = alpha - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.Normal();
            var v = Math.Pow(1 + (c * x), 3);
            var u = random.Uniform(0, 1);
            if (v <= 0 || Math.Log(Math.Max(u, double.Epsilon)) >= (0.5 * x * x) + d - (d * v) + (d * Math.Log(v))) continue;
            return _alpha < 1 ? d * v * Math.Pow(random.Uniform(0, 1), 1 / _alpha) : d * v;
        }
    }
}
