namespace DeepGen;

/// <summary>Datasets of one length, sample by sample in turn.</summary>
internal sealed class InterleavedDataset : IDataset, ICheckedDataset
{
    private readonly IDataset[] _datasets;

    public InterleavedDataset(IDataset[] datasets)
    {
        _datasets = datasets;
        var count = (long)datasets.Length * datasets[0].Count;
        Count = count <= int.MaxValue ? (int)count : throw new ArgumentException($"Together the datasets have {count} samples, more than {int.MaxValue}.", nameof(datasets));
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
            var dataset = indices[start] % _datasets.Length;
            var length = 0;
            while (length < below.Length && start + length < indices.Length && indices[start + length] % _datasets.Length == dataset)
            {
                below[length] = indices[start + length] / _datasets.Length;
                length++;
            }

            _datasets[dataset].Fill(below[..length], length == indices.Length ? batch : batch.Window(start, length));
            start += length;
        }
    }

    public void Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        Span<int> below = stackalloc int[samples.Length];
        for (var dataset = 0; dataset < _datasets.Length; dataset++)
        {
            var length = 0;
            foreach (var sample in samples)
                if (sample % _datasets.Length == dataset)
                    below[length++] = sample / _datasets.Length;
            Datasets.Check(_datasets[dataset], below[..length], network, call);
        }
    }
}
