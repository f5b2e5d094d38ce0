namespace DeepGen;

/// <summary>A finite set of samples that can be read in any order.</summary>
public interface IDataset
{
    /// <summary>The number of samples.</summary>
    int Count { get; }

    /// <summary>
    /// Writes samples into a batch, one after the other, in the order of the indices. It should not allocate. A training calls it from a thread of its <see cref="DataLoader"/>, one call at a time; the
    /// datasets of this library may be filled from by several threads at once. What it writes should depend on the index, <see cref="Batch.Epoch"/> and <see cref="Batch.Occurrence"/> alone.
    /// </summary>
    /// <param name="indices">Sample numbers in [0, <see cref="Count"/>), at most <see cref="Batch.Capacity"/> of them.</param>
    /// <param name="batch">Where they go; its <see cref="Batch.Count"/> already is the number of indices.</param>
    void Fill(ReadOnlySpan<int> indices, Batch batch);
}
