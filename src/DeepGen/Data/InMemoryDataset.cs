namespace DeepGen;

/// <summary>Samples in memory: float values, bytes (pixels) that become floats as they are read, or indices; and class labels or float targets.</summary>
public sealed class InMemoryDataset : IDataset, ICheckedDataset
{
    private readonly SampleColumn[] _inputs;
    private readonly SampleColumn[] _targets;

    /// <summary>Samples of networks with any number of inputs and targets.</summary>
    /// <param name="inputs">One for each input of the network, in declared order.</param>
    /// <param name="targets">One for each target; none for a network without a loss.</param>
    /// <exception cref="ArgumentException">There is no input, or the numbers of samples differ.</exception>
    public InMemoryDataset(IReadOnlyList<SampleColumn> inputs, IReadOnlyList<SampleColumn>? targets = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0) throw new ArgumentException("A dataset has at least one input.", nameof(inputs));
        (_inputs, _targets) = ([.. inputs], [.. targets ?? []]);
        Count = _inputs[0].Count;
        Check(_inputs, "input", nameof(inputs));
        Check(_targets, "target", nameof(targets));
    }

    /// <summary>Float samples with class labels.</summary>
    /// <param name="samples">The values of all samples, one after the other.</param>
    /// <param name="sampleSize">The number of values of one sample.</param>
    /// <param name="labels">One class index for each sample.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public InMemoryDataset(float[] samples, int sampleSize, int[] labels)
        : this(SampleColumn.Floats(samples, sampleSize), labels, 1, nameof(labels)) => _targets = [SampleColumn.Indices(labels)];

    /// <summary>Float samples with float targets, for regression.</summary>
    /// <param name="samples">The values of all samples, one after the other.</param>
    /// <param name="sampleSize">The number of values of one sample.</param>
    /// <param name="targets">The targets of all samples, one after the other.</param>
    /// <param name="targetSize">The number of target values of one sample.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public InMemoryDataset(float[] samples, int sampleSize, float[] targets, int targetSize)
        : this(SampleColumn.Floats(samples, sampleSize), targets, targetSize, nameof(targets)) => _targets = [SampleColumn.Floats(targets, targetSize)];

    /// <summary>Byte samples, such as images, with class labels. A byte p is read as (p / 255 − mean) / deviation.</summary>
    /// <param name="samples">The bytes of all samples, one after the other.</param>
    /// <param name="sampleSize">The number of bytes of one sample.</param>
    /// <param name="labels">One class index for each sample.</param>
    /// <param name="mean">What is subtracted, on the scale 0 to 1.</param>
    /// <param name="deviation">What is divided by; above 0.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public InMemoryDataset(byte[] samples, int sampleSize, int[] labels, float mean = 0, float deviation = 1)
        : this(SampleColumn.Bytes(samples, sampleSize, mean, deviation), labels, 1, nameof(labels)) => _targets = [SampleColumn.Indices(labels)];

    /// <summary>One input, and targets that are checked before they become a column, because their number is known.</summary>
    private InMemoryDataset(SampleColumn input, Array targets, int targetSize, string name)
    {
        ArgumentNullException.ThrowIfNull(targets, name);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetSize, 1);
        (_inputs, _targets, Count) = ([input], [], input.Count);
        if (targets.Length != (long)Count * targetSize)
            throw new ArgumentException($"There are {Shapes.Count(Count, "sample")}, so {name} must have {(long)Count * targetSize} values, but there are {targets.Length}.", name);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>The number of values of one sample's first input.</summary>
    public int SampleSize => _inputs[0].Size;

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
        return new InMemoryDataset(
            [SampleColumn.Bytes(images.Data, images.Data.Length / images.Shape[0], mean, deviation)],
            [SampleColumn.Indices(Array.ConvertAll(labels.Data, label => (int)label), sample => $"image {sample} of '{labels.Path}'")]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch is for a network whose inputs or targets have other sizes or types.</exception>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckFits(batch.Definition);
        batch.Count = indices.Length;
        Datasets.CheckIndices(indices, Count);
        for (var i = 0; i < _inputs.Length; i++) _inputs[i].Fill(indices, batch, target: false, i);
        for (var i = 0; i < batch.Definition.Targets.Length; i++) _targets[i].Fill(indices, batch, target: true, i);
    }

    void ICheckedDataset.Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        CheckFits(network);
        for (var i = 0; i < network.Inputs.Length; i++) _inputs[i].Check(samples, network.Inputs[i], "input", call);
        for (var i = 0; i < network.Targets.Length; i++) _targets[i].Check(samples, network.Targets[i], "target", call);
    }

    private void Check(SampleColumn[] columns, string role, string name)
    {
        for (var i = 0; i < columns.Length; i++)
            if (columns[i].Count != Count)
                throw new ArgumentException($"Input 0 has {Shapes.Count(Count, "sample")}, but {role} {i} has {columns[i].Count}.", name);
    }

    private void CheckFits(NetworkDefinition network)
    {
        // A network without a loss does not mind targets.
        if (network.Inputs.Length != _inputs.Length || (network.Targets.Length != _targets.Length && network.Targets.Length > 0))
            throw new ArgumentException(
                $"{network.Name} has {Shapes.Count(network.Inputs.Length, "input")} and {Shapes.Count(network.Targets.Length, "target")}, but the dataset has {Shapes.Count(_inputs.Length, "input")} and {Shapes.Count(_targets.Length, "target")}; give it a column for each.");
        for (var i = 0; i < _inputs.Length; i++) CheckFits(network, "input", network.Inputs[i], _inputs[i], "dataset's samples have");
        for (var i = 0; i < network.Targets.Length; i++) CheckFits(network, "target", network.Targets[i], _targets[i], "dataset has");
    }

    private static void CheckFits(NetworkDefinition network, string role, TensorDefinition tensor, SampleColumn column, string has)
    {
        if (tensor.Element == column.Element && tensor.Size == column.Size) return;
        throw new ArgumentException(
            $"{network.Name}'s {role} '{tensor.Name}' needs {tensor.Size} {(tensor.Element == Element.Float32 ? "float" : "int")} values ({Shapes.PerSample(tensor.Shape)}), but the {has} {column.Size} {column.Type} values{(role == "target" ? " for each sample" : "")}.");
    }
}
