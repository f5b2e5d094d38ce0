namespace DeepGen;

/// <summary>How a <see cref="Trainer"/> trains.</summary>
public sealed record TrainerOptions
{
    /// <summary>The rule that moves the parameters; <see cref="Adam"/> with its defaults when null.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>How often every sample is seen. At least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples of one step, the last of an epoch may have fewer; the network's <see cref="Network.MaxBatch"/> when null.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Whether every epoch has a new order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>The key of the orders: the same seed gives the same orders.</summary>
    public ulong Seed { get; init; }

    /// <summary>How the optimizer's learning rate changes from step to step.</summary>
    public LearningRateSchedule LearningRate { get; init; } = LearningRateSchedule.Constant;

    /// <summary>
    /// Whether the weights of the best epoch are put back at the end, or after cancellation: of the highest validation accuracy for
    /// classifiers, else of the lowest validation loss. Without validation data the last weights stay.
    /// </summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>The least time between two progress reports; an epoch's last is always given. Zero reports every batch.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
