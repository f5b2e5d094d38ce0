namespace DeepGen;

/// <summary>A training while it runs, as its watchers see it. One object for the whole training: it says where the training is now.</summary>
public sealed class WatchedTraining
{
    private readonly FitContext _context;
    private readonly ITrainingWatcher[] _watchers;
    private EpochResult? _completed;

    internal WatchedTraining(Network network, Optimizer optimizer, FitContext context, IDataset train, IDataset? validation, Metrics trainMetrics, ITrainingWatcher[] watchers)
    {
        (Network, Optimizer, TrainData, ValidationData, TrainMetrics, _context, _watchers) = (network, optimizer, train, validation, trainMetrics, context, watchers);
        History = context.State.History.AsReadOnly();
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>How it is trained.</summary>
    public TrainerOptions Options => _context.Options;

    /// <summary>What moves its parameters.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The samples that it learns from.</summary>
    public IDataset TrainData { get; }

    /// <summary>The samples that epochs are judged by; null without them.</summary>
    public IDataset? ValidationData { get; }

    /// <summary>The current epoch, counted from 1; before the first step the one that is to come.</summary>
    public int Epoch => _completed?.Epoch ?? _context.State.Epoch;

    /// <summary>The epochs of the whole training.</summary>
    public int Epochs => Options.Epochs;

    /// <summary>The batches of this epoch that are done.</summary>
    public int Batch => _completed == null ? _context.State.Batch : Batches;

    /// <summary>The batches of an epoch.</summary>
    public int Batches => _context.Batches;

    /// <summary>The steps that are done, of a training that was resumed those before too.</summary>
    public long Step => ((long)(Epoch - 1) * Batches) + Batch;

    /// <summary>The mean loss over the batch of the last step; NaN before the first.</summary>
    public double Loss { get; private set; } = double.NaN;

    /// <summary>The learning rate of the last step.</summary>
    public float LearningRate { get; private set; }

    /// <summary>The training samples of this epoch so far, each before the step that learned from it.</summary>
    public Metrics TrainMetrics { get; }

    /// <summary>The validation samples after the epoch that is complete, until the next is; null without them and before.</summary>
    public Metrics? ValidationMetrics { get; private set; }

    /// <summary>The epochs that are complete, in order; of a training that was resumed those before too.</summary>
    public IReadOnlyList<EpochResult> History { get; }

    /// <summary>The time of the whole training, of one that was resumed that before too.</summary>
    public TimeSpan Elapsed => _context.State.Elapsed;

    /// <summary>The training samples of this epoch a second, validation not counted.</summary>
    public double SamplesPerSecond => _completed?.SamplesPerSecond ?? TrainMetrics.Samples / (Elapsed - _context.State.EpochBegan).TotalSeconds;

    /// <summary>An estimate for all epochs that remain, validation included, at the pace so far.</summary>
    public TimeSpan TimeLeft
    {
        get
        {
            var done = Epoch - 1 + ((double)Batch / Batches);
            return Elapsed * ((Epochs - done) / done);
        }
    }

    /// <summary>Where the training was resumed; null when it began at the start.</summary>
    public ResumeReport? Resumed => _context.State.Resumed;

    /// <summary>Tells all watchers of something that looks wrong.</summary>
    public void Warn(TrainingWarning warning)
    {
        ArgumentNullException.ThrowIfNull(warning);
        foreach (var watcher in _watchers) watcher.OnWarning(this, warning);
    }

    internal void Begin()
    {
        foreach (var watcher in _watchers) watcher.OnBegin(this);
    }

    internal void AfterStep(float loss)
    {
        (Loss, LearningRate, _completed) = (loss, Optimizer.LearningRate, null);
        foreach (var watcher in _watchers) watcher.OnStep(this);
    }

    internal void AfterEpoch(EpochResult epoch, Metrics? validation)
    {
        (_completed, ValidationMetrics) = (epoch, validation);
        foreach (var watcher in _watchers) watcher.OnEpoch(this, epoch);
    }

    internal void End(FitResult? result, Exception? error)
    {
        if (error is NonFiniteException nonFinite) Warn(TrainingWarning.Of(nonFinite, Epoch));
        foreach (var watcher in _watchers) watcher.OnEnd(this, result, error);
    }
}
