namespace DeepGen;

/// <summary>What an <see cref="ImageDataset"/> does to pictures.</summary>
public sealed record ImageDatasetOptions
{
    /// <summary>The transforms, in order.</summary>
    public IReadOnlyList<ImageTransform> Transforms { get; init; } = [];

    /// <summary>The key of their random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>What they find outside a picture.</summary>
    public Border Border { get; init; }

    /// <summary>What pixels between things count more, for networks whose second target is a weight for each pixel of the map of labels; null where there is none.</summary>
    public BorderWeights? BorderWeights { get; init; }
}
