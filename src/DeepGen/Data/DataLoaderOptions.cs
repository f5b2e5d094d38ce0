namespace DeepGen;

/// <summary>How a <see cref="DataLoader"/> makes batches of a dataset.</summary>
public sealed record DataLoaderOptions
{
    /// <summary>Samples of a batch; the last of an epoch may have fewer. The network's <see cref="Network.MaxBatch"/> when null; more only for steps in parts (micro-batches).</summary>
    public int? BatchSize { get; init; }

    /// <summary>Which samples an epoch has, and in which order; those of the dataset, in its order, when null.</summary>
    public Sampler? Sampler { get; init; }

    /// <summary>Whether a last batch with fewer samples than the others is left out.</summary>
    public bool DropLast { get; init; }

    /// <summary>
    /// How many batches are filled ahead of the one in use, on a thread of the loader's own; each costs the memory of a batch. More than 1 helps where some batches take much longer than others. At 0 a
    /// batch is filled when it is asked for, on the thread that asks. The batches are the same.
    /// </summary>
    public int Prefetch { get; init; } = 1;
}
