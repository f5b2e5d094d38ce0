namespace DeepGen;

/// <summary>A dataset that can tell before a training whether its samples fit a network: one that would be refused amid an epoch is refused before anything has begun.</summary>
internal interface ICheckedDataset
{
    /// <summary>Checks samples.</summary>
    /// <param name="samples">Their numbers, at most <see cref="Datasets.Run"/> of them.</param>
    /// <param name="network">The network.</param>
    /// <param name="call">Who asks, for messages.</param>
    /// <exception cref="ArgumentException">The network takes or wants something else, or an index is none of its classes.</exception>
    /// <exception cref="InvalidDataException">A file cannot be read.</exception>
    void Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call);
}
