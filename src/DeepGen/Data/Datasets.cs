namespace DeepGen;

/// <summary>Datasets made of datasets. They copy no sample; random augmentation below a view depends on a sample's number there, so it is the same in every view.</summary>
public static class Datasets
{
    /// <summary>Numbers of samples that views translate at once, on the stack.</summary>
    internal const int Run = 1024;

    /// <summary>Some samples of a dataset.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="indices">The samples, in the order that they are to have; one may come several times.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public static IDataset Subset(this IDataset dataset, IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(indices);
        int[] chosen = [.. indices];
        CheckIndices(chosen, dataset.Count);
        return new SubsetDataset(dataset, chosen);
    }

    /// <summary>Cuts a dataset into parts at random.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="seed">The key of the choice.</param>
    /// <param name="shares">The share of each part, above 0; together 1, or less to leave some samples out.</param>
    /// <returns>The parts, each in the order of the dataset.</returns>
    /// <exception cref="ArgumentException">The shares are not as said, or a part would be empty.</exception>
    public static IDataset[] Split(this IDataset dataset, ulong seed, params ReadOnlySpan<double> shares)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return Array.ConvertAll(DataSplit.Random(dataset.Count, seed, shares), part => dataset.Subset(part));
    }

    /// <summary>Cuts a dataset into parts at random so that every class has the same share of each part ("stratified").</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="seed">The key of the choice.</param>
    /// <param name="shares">The share of each part, above 0; together 1, or less to leave some samples out.</param>
    /// <returns>The parts, each in the order of the dataset.</returns>
    /// <exception cref="ArgumentException">The shares are not as said, a part would be empty, or there is not a label for each sample.</exception>
    public static IDataset[] Split(this IDataset dataset, IReadOnlyList<int> labels, ulong seed, params ReadOnlySpan<double> shares)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != dataset.Count) throw new ArgumentException($"There are {Shapes.Count(dataset.Count, "sample")}, but {Shapes.Count(labels.Count, "label")}.", nameof(labels));
        return Array.ConvertAll(DataSplit.Stratified(labels, seed, shares), part => dataset.Subset(part));
    }

    /// <summary>The samples of several datasets one after the other.</summary>
    /// <exception cref="ArgumentException">There is no dataset, or together they have too many samples.</exception>
    public static IDataset Concat(params IReadOnlyList<IDataset> datasets)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        return datasets.Count > 0 ? new ConcatDataset([.. datasets]) : throw new ArgumentException("There is no dataset to join.", nameof(datasets));
    }

    /// <summary>
    /// The samples of several datasets of one length in turn: with k datasets sample i is sample i / k of dataset i % k. With other transforms in each of them, such as the crops of a ten-crop, samples k·j to
    /// k·j + k − 1 are versions of one, whose predictions can be averaged.
    /// </summary>
    /// <exception cref="ArgumentException">There is no dataset, their lengths differ, or together they have too many samples.</exception>
    public static IDataset Interleave(params IReadOnlyList<IDataset> datasets)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        if (datasets.Count == 0) throw new ArgumentException("There is no dataset to join.", nameof(datasets));
        foreach (var dataset in datasets)
            if (dataset.Count != datasets[0].Count)
                throw new ArgumentException($"The first dataset has {Shapes.Count(datasets[0].Count, "sample")}, but another {dataset.Count}.", nameof(datasets));
        return new InterleavedDataset([.. datasets]);
    }

    /// <summary>Checks all samples of a dataset, where it can tell.</summary>
    internal static void Check(IDataset dataset, NetworkDefinition network, string call)
    {
        Span<int> samples = stackalloc int[Math.Min(Run, dataset.Count)];
        for (var start = 0; start < dataset.Count; start += Run)
        {
            var part = samples[..Math.Min(Run, dataset.Count - start)];
            for (var i = 0; i < part.Length; i++) part[i] = start + i;
            Check(dataset, part, network, call);
        }
    }

    /// <summary>Checks samples of a dataset, where it can tell.</summary>
    internal static void Check(IDataset dataset, ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        if (samples.Length > 0) (dataset as ICheckedDataset)?.Check(samples, network, call);
    }

    internal static void CheckIndices(ReadOnlySpan<int> indices, int count)
    {
        foreach (var index in indices)
            if ((uint)index >= (uint)count)
                throw new ArgumentOutOfRangeException(nameof(indices), index, count == 0 ? "This dataset has no sample." : $"This dataset has samples 0 to {count - 1}.");
    }
}
