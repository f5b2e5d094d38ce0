namespace DeepGen;

/// <summary>How a <see cref="Trainer"/> trains.</summary>
public sealed record TrainerOptions
{
    /// <summary>The rule that moves the parameters; <see cref="Adam"/> with its defaults when null.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>How often every sample is seen. At least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples of one step, the last of an epoch may have fewer; the network's <see cref="Network.MaxBatch"/> when null, and at most that unless there is a <see cref="MicroBatch"/>.</summary>
    public int? BatchSize { get; init; }

    /// <summary>
    /// The most samples that are computed at once, so that a step of <see cref="BatchSize"/> samples needs no more memory than these: their gradients are added up before the update.
    /// At most <see cref="Network.MaxBatch"/>, which the batch size may then exceed. Null computes a batch at once. See <see cref="Network.Step(Batch, DeepGen.Optimizer, int?)"/>.
    /// </summary>
    public int? MicroBatch { get; init; }

    /// <summary>Whether every epoch has a new order. It does not matter where there is a <see cref="Sampler"/> or states are carried.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Which samples an epoch has, and in which order, for instance <see cref="Sampler.Balanced"/>; all of them, as <see cref="Shuffle"/> and <see cref="Seed"/> say, when null.</summary>
    public Sampler? Sampler { get; init; }

    /// <summary>
    /// States that are carried from batch to batch. With any, an epoch goes through the samples in streams (<see cref="Sampler.Streams"/>) of as many rows as a batch has unless there is a <see cref="Sampler"/>,
    /// and so does the validation.
    /// </summary>
    public IReadOnlyList<CarriedState> CarriedStates { get; init; } = [];

    /// <summary>How many batches are filled ahead, in the background; 0 for none. The weights do not depend on it. See <see cref="DataLoaderOptions.Prefetch"/>.</summary>
    public int Prefetch { get; init; } = 1;

    /// <summary>The key of the orders: the same seed gives the same orders.</summary>
    public ulong Seed { get; init; }

    /// <summary>How the optimizer's learning rate changes.</summary>
    public LearningRateSchedule LearningRate { get; init; } = LearningRateSchedule.Constant;

    /// <summary>
    /// The number by which epochs are compared: for the best weights, early stopping and plateaus. When null, the best epoch is that of the highest validation accuracy for
    /// classifiers (of equal ones, of the lower loss), else of the lowest validation loss; early stopping and plateaus look at the validation loss.
    /// </summary>
    public EpochMetric? Metric { get; init; }

    /// <summary>Ends the training when it no longer improves; null never does.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>
    /// Whether the weights of the best epoch by <see cref="Metric"/> are put back at the end, or after cancellation. Without validation data the last weights stay,
    /// unless the metric needs none.
    /// </summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>
    /// By how many standard errors √(p(1 − p)/n) of the highest validation accuracy p, over n samples, that of a later epoch may be lower and the
    /// later epoch still be the best. 0 takes the highest; 1 is the one-standard-error rule (L. Breiman et al. 1984, section 3.4.3). It is
    /// for few validation samples: the highest of many noisy values is mostly luck, and under a falling learning rate the later of
    /// two epochs that cannot be told apart is the better trained. Only for classifiers, and without a <see cref="Metric"/>. At least 0.
    /// </summary>
    public double BestTolerance { get; init; }

    /// <summary>Keeps checkpoints, from which the training is resumed bit for bit; null for none.</summary>
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>Who looks at the training while it runs, such as a <see cref="TrainingReport"/> or <see cref="TrainingWarnings"/>, each called in this order.</summary>
    public IReadOnlyList<ITrainingWatcher> Watchers { get; init; } = [];

    /// <summary>The least time between two progress reports; an epoch's last is always given. Zero reports every batch.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
