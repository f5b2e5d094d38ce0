namespace DeepGen;

/// <summary>Datasets one after the other.</summary>
internal sealed class ConcatDataset : IDataset
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
            var dataset = Find(indices[start]);
            var length = 0;
            while (length < below.Length && start + length < indices.Length && Find(indices[start + length]) == dataset)
            {
                below[length] = indices[start + length] - _starts[dataset];
                length++;
            }

            _datasets[dataset].Fill(below[..length], length == indices.Length ? batch : batch.Window(start, length));
            start += length;
        }
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
