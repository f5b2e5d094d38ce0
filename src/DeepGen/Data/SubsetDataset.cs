namespace DeepGen;

/// <summary>Some samples of a dataset.</summary>
internal sealed class SubsetDataset(IDataset dataset, int[] chosen) : IDataset, ICheckedDataset
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
            Translate(part, below);
            dataset.Fill(below[..part.Length], part.Length == indices.Length ? batch : batch.Window(start, part.Length));
        }
    }

    public void Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        Span<int> below = stackalloc int[samples.Length];
        Translate(samples, below);
        Datasets.Check(dataset, below, network, call);
    }

    private void Translate(ReadOnlySpan<int> samples, Span<int> below)
    {
        for (var i = 0; i < samples.Length; i++) below[i] = chosen[samples[i]];
    }
}
