namespace DeepGen;

/// <summary>Datasets one after the other.</summary>
internal sealed class ConcatDataset : IDataset, ICheckedDataset
{
    private readonly IDataset[] _datasets;
    private readonly int[] _starts;

    public ConcatDataset(IDataset[] datasets)
    {
        _datasets = datasets;
        _starts = new int[datasets.Length];
        long count = 0;
        for (var i = 0; i < datasets.Length; i++)
        {
            _starts[i] = (int)count;
            count += datasets[i].Count;
            if (count > int.MaxValue) throw new ArgumentException($"Together the datasets have more than {int.MaxValue} samples.", nameof(datasets));
        }

        Count = (int)count;
    }

    public int Count { get; }

    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Count = indices.Length;
        Datasets.CheckIndices(indices, Count);
        Span<int> below = stackalloc int[Datasets.Run];
        for (var start = 0; start < indices.Length;)
        {
            var length = Translate(indices[start..], below, out var dataset);
            dataset.Fill(below[..length], length == indices.Length ? batch : batch.Window(start, length));
            start += length;
        }
    }

    public void Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        Span<int> below = stackalloc int[Datasets.Run];
        while (samples.Length > 0)
        {
            var length = Translate(samples, below, out var dataset);
            Datasets.Check(dataset, below[..length], network, call);
            samples = samples[length..];
        }
    }

    /// <summary>Samples up to the first of another dataset, as numbers of theirs.</summary>
    /// <returns>How many.</returns>
    private int Translate(ReadOnlySpan<int> samples, Span<int> below, out IDataset dataset)
    {
        var found = Find(samples[0]);
        var length = 0;
        while (length < below.Length && length < samples.Length && Find(samples[length]) == found)
        {
            below[length] = samples[length] - _starts[found];
            length++;
        }

        dataset = _datasets[found];
        return length;
    }

    /// <summary>The last dataset that begins at or before a sample. An empty one begins where the next does, and is never the last.</summary>
    private int Find(int index)
    {
        var (low, high) = (0, _starts.Length);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = _starts[middle] <= index ? (middle, high) : (low, middle);
        }

        return low;
    }
}
