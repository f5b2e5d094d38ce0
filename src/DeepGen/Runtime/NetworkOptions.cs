namespace DeepGen;

/// <summary>How a network is created.</summary>
public sealed record NetworkOptions
{
    /// <summary>The largest number of samples of one call; memory for activations is reserved for as many. At least 1.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>The key of all random numbers: first weights and dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of threads that a call may use, the caller's included. Results do not depend on it. At least 1.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal NetworkOptions Checked()
    {
        if (MaxBatch < 1) throw new ArgumentOutOfRangeException(nameof(MaxBatch), MaxBatch, "NetworkOptions.MaxBatch must be at least 1.");
        if (Threads < 1) throw new ArgumentOutOfRangeException(nameof(Threads), Threads, "NetworkOptions.Threads must be at least 1.");
        return this;
    }
}
