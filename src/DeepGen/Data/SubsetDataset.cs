namespace DeepGen;

/// <summary>Some samples of a dataset.</summary>
internal sealed class SubsetDataset(IDataset dataset, int[] chosen) : IDataset
{
    public int Count => chosen.Length;

    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Count = indices.Length;
        Datasets.CheckIndices(indices, Count);
        Span<int> below = stackalloc int[Math.Min(Datasets.Run, indices.Length)];
        for (var start = 0; start < indices.Length; start += Datasets.Run)
        {
            var part = indices[start..Math.Min(start + Datasets.Run, indices.Length)];
            for (var i = 0; i < part.Length; i++) below[i] = chosen[part[i]];
            dataset.Fill(below[..part.Length], part.Length == indices.Length ? batch : batch.Window(start, part.Length));
        }
    }
}
