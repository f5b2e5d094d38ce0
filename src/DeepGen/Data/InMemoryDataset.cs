namespace DeepGen;

/// <summary>
/// Samples in memory for networks with one input and at most one target: float values, or bytes (pixels) that become floats as
/// they are read; and class labels or float targets.
/// </summary>
public sealed class InMemoryDataset : IDataset
{
    private readonly float[]? _floats;
    private readonly byte[]? _bytes;
    private readonly float[] _byteValues = [];
    private readonly int[]? _labels;
    private readonly float[]? _targets;
    private readonly int _targetSize;

    /// <summary>Float samples with class labels.</summary>
    /// <param name="samples">The values of all samples, one after the other.</param>
    /// <param name="sampleSize">The number of values of one sample.</param>
    /// <param name="labels">One class index for each sample.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public InMemoryDataset(float[] samples, int sampleSize, int[] labels)
        : this(Samples(samples), sampleSize)
    {
        _floats = samples;
        _labels = Checked(labels, 1, nameof(labels));
        _targetSize = 1;
    }

    /// <summary>Float samples with float targets, for regression.</summary>
    /// <param name="samples">The values of all samples, one after the other.</param>
    /// <param name="sampleSize">The number of values of one sample.</param>
    /// <param name="targets">The targets of all samples, one after the other.</param>
    /// <param name="targetSize">The number of target values of one sample.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public InMemoryDataset(float[] samples, int sampleSize, float[] targets, int targetSize)
        : this(Samples(samples), sampleSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targetSize, 1);
        _floats = samples;
        _targets = Checked(targets, targetSize, nameof(targets));
        _targetSize = targetSize;
    }

    /// <summary>Byte samples, such as images, with class labels. A byte p is read as (p / 255 − mean) / deviation.</summary>
    /// <param name="samples">The bytes of all samples, one after the other.</param>
    /// <param name="sampleSize">The number of bytes of one sample.</param>
    /// <param name="labels">One class index for each sample.</param>
    /// <param name="mean">What is subtracted, on the scale 0 to 1.</param>
    /// <param name="deviation">What is divided by; above 0.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public InMemoryDataset(byte[] samples, int sampleSize, int[] labels, float mean = 0, float deviation = 1)
        : this(Samples(samples), sampleSize)
    {
        if (!(deviation > 0)) throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "The deviation must be above 0.");
        _bytes = samples;
        _labels = Checked(labels, 1, nameof(labels));
        _targetSize = 1;
        _byteValues = new float[256];
        for (var i = 0; i < 256; i++) _byteValues[i] = (float)(((i / 255.0) - mean) / deviation);
    }

    private InMemoryDataset(int values, int sampleSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleSize, 1);
        if (values % sampleSize != 0)
            throw new ArgumentException($"The samples have {values} values, which is no multiple of the sample size {sampleSize}.");
        SampleSize = sampleSize;
        Count = values / sampleSize;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>The number of values of one sample.</summary>
    public int SampleSize { get; }

    /// <summary>Reads images and labels in MNIST's format.</summary>
    /// <param name="imagesPath">IDX file of unsigned bytes [n, height, width], gzip or not.</param>
    /// <param name="labelsPath">IDX file of unsigned bytes [n], gzip or not.</param>
    /// <param name="mean">As in the constructor.</param>
    /// <param name="deviation">As in the constructor.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the two do not belong together.</exception>
    public static InMemoryDataset FromIdx(string imagesPath, string labelsPath, float mean = 0, float deviation = 1)
    {
        var images = IdxFile.Read(imagesPath);
        var labels = IdxFile.Read(labelsPath);
        IdxFile.CheckPair(images.Path, images.Shape, labels);
        return new InMemoryDataset(images.Data, images.Data.Length / images.Shape[0], Array.ConvertAll(labels.Data, label => (int)label), mean, deviation);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch is for a network whose input or target has another size or type.</exception>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckFits(batch.Definition);
        batch.Count = indices.Length;
        var input = batch.Input<float>();
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i];
            if ((uint)index >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(indices), index, $"This dataset has samples 0 to {Count - 1}.");
            var sample = input.Slice(i * SampleSize, SampleSize);
            if (_bytes != null)
                Convert(_bytes.AsSpan(index * SampleSize, SampleSize), sample);
            else
                _floats.AsSpan(index * SampleSize, SampleSize).CopyTo(sample);
        }

        if (batch.Definition.Targets.Length == 0) return;
        if (_labels != null)
        {
            var target = batch.Target<int>();
            for (var i = 0; i < indices.Length; i++) target[i] = _labels[indices[i]];
        }
        else
        {
            var target = batch.Target<float>();
            for (var i = 0; i < indices.Length; i++) _targets.AsSpan(indices[i] * _targetSize, _targetSize).CopyTo(target[(i * _targetSize)..]);
        }
    }

    private void Convert(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        ReadOnlySpan<float> table = _byteValues;
        for (var i = 0; i < bytes.Length; i++) values[i] = table[bytes[i]];
    }

    private void CheckFits(NetworkDefinition network)
    {
        if (network.Inputs.Length != 1 || network.Targets.Length > 1)
            throw new ArgumentException($"{network.Name} has {Shapes.Count(network.Inputs.Length, "input")} and {Shapes.Count(network.Targets.Length, "target")}; an InMemoryDataset holds one of each. Implement IDataset for it.");
        var input = network.Inputs[0];
        if (input.Element != Element.Float32 || input.Size != SampleSize)
            throw new ArgumentException($"{network.Name}'s input '{input.Name}' needs {input.Size} {Type(input)} values ({Shapes.PerSample(input.Shape)}), but the dataset's samples have {SampleSize} float values.");
        if (network.Targets.Length == 0) return;
        var target = network.Targets[0];
        if (target.Element == Element.Int32 != (_labels != null) || target.Size != _targetSize)
            throw new ArgumentException($"{network.Name}'s target '{target.Name}' needs {target.Size} {Type(target)} values ({Shapes.PerSample(target.Shape)}), but the dataset has {_targetSize} {(_labels != null ? "int" : "float")} values for each sample.");
    }

    private static string Type(TensorDefinition tensor) => tensor.Element == Element.Float32 ? "float" : "int";

    private static int Samples(Array samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Length;
    }

    private T[] Checked<T>(T[] values, int perSample, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        return values.Length == (long)Count * perSample
            ? values
            : throw new ArgumentException($"There are {Shapes.Count(Count, "sample")}, so {name} must have {(long)Count * perSample} values, but there are {values.Length}.", name);
    }
}
