namespace DeepGen;

/// <summary>Trains a network on a dataset: epochs, shuffling, validation, progress and cancellation.</summary>
public sealed class Trainer
{
    private readonly Optimizer _optimizer;

    /// <summary>Prepares a training of a network.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, the batch size above <see cref="Network.MaxBatch"/>, or options contradict each other.</exception>
    /// <exception cref="KeyNotFoundException">A parameter group of the optimizer matches no parameter.</exception>
    /// <exception cref="InvalidOperationException">The network has no loss, or the optimizer belongs to another network.</exception>
    public Trainer(Network network, TrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new TrainerOptions();
        if (options.Epochs < 1) throw new ArgumentOutOfRangeException(nameof(options), options.Epochs, "TrainerOptions.Epochs must be at least 1.");
        if (options.BatchSize < 1) throw new ArgumentOutOfRangeException(nameof(options), options.BatchSize, "TrainerOptions.BatchSize must be at least 1.");
        if (!(options.BestTolerance >= 0)) throw new ArgumentOutOfRangeException(nameof(options), options.BestTolerance, "TrainerOptions.BestTolerance must be at least 0.");
        if (options.MicroBatch < 1 || options.MicroBatch > network.MaxBatch)
            throw new ArgumentOutOfRangeException(nameof(options), options.MicroBatch, $"TrainerOptions.MicroBatch must be from 1 to the network's maximum of {network.MaxBatch}.");
        if (options.BatchSize > network.MaxBatch && options.MicroBatch == null)
            throw new ArgumentException($"TrainerOptions.BatchSize is {options.BatchSize}, above the network's maximum of {network.MaxBatch}; raise NetworkOptions.MaxBatch, or set TrainerOptions.MicroBatch.", nameof(options));
        if (options.BestTolerance > 0 && options.Metric != null)
            throw new ArgumentException($"TrainerOptions.BestTolerance is about the validation accuracy, but Metric is '{options.Metric.Name}'; leave one of them out.", nameof(options));
        if (options.Metric is { NeedsHead: true } && network.Definition.Heads.Length == 0)
            throw new ArgumentException($"TrainerOptions.Metric is '{options.Metric.Name}', but the loss of {network.Definition.Name} has no classes and no yes or no.", nameof(options));
        if (!network.Definition.HasLoss)
            throw new InvalidOperationException($"Trainer: {network.Definition.Name} has no loss; declare one, for instance [SoftmaxCrossEntropy].");
        Network = network;
        Options = options;
        ArgumentNullException.ThrowIfNull(options.CarriedStates, "TrainerOptions.CarriedStates");
        _ = new CarriedInputs(network.Definition, options.CarriedStates);
        _optimizer = options.Optimizer ?? new Adam();
        _optimizer.Bind(network);
    }

    /// <summary>The network that is trained.</summary>
    public Network Network { get; }

    /// <summary>How it is trained.</summary>
    public TrainerOptions Options { get; }

    /// <summary>Trains until the last epoch, until it no longer improves, or until cancelled; the same seed and data give the same weights at every number of threads.</summary>
    /// <param name="train">The samples to learn from.</param>
    /// <param name="validation">Samples that every epoch is judged by; null for none.</param>
    /// <param name="progress">Told where the training is, on the calling thread.</param>
    /// <param name="cancellationToken">
    /// Stops the training between two batches. That is no error: the result says so, and with <see cref="TrainerOptions.KeepBest"/> the
    /// network has the weights of the best completed epoch. Where checkpoints are kept, one is written.
    /// </param>
    /// <exception cref="ArgumentException">A dataset is empty, does not fit the network, or holds a label that is no class; or early stopping, a plateau or the metric needs validation samples and there are none.</exception>
    /// <exception cref="InvalidDataException">The checkpoint to resume from is of another training, or cannot be read; see <see cref="Resume"/>. Nothing was changed.</exception>
    /// <exception cref="IOException">A checkpoint cannot be read or written, its folder is in use, or it holds an earlier training's. Checkpoints that were there are unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder of checkpoints may not be written.</exception>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite. The weights are those of the best completed epoch where they are kept, else of the step before.</exception>
    /// <exception cref="InvalidOperationException">Another training phase is running on the network.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public FitResult Fit(IDataset train, IDataset? validation = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var carried = Options.CarriedStates;
        var sampler = Options.Sampler ?? (carried.Count > 0 ? Sampler.Streams(Options.BatchSize ?? Network.MaxBatch) : Options.Shuffle ? Sampler.Shuffled(Options.Seed) : Sampler.Sequential);
        using var training = new BatchLoop(
            Network, train, new DataLoaderOptions { BatchSize = Options.BatchSize, Sampler = sampler, Prefetch = Options.Prefetch }, "Fit", Options.MicroBatch, carried: carried);
        using var validating = validation == null ? null : new BatchLoop(Network, validation, OfValidation(validation) with { Prefetch = Options.Prefetch }, "Fit, validation", carried: carried);
        if (validating == null) CheckNeedsNoValidation();
        using var best = Options.KeepBest && (validation != null || Options.Metric != null) ? new BestWeights(Network) : null;
        using var restart = Options.LearningRate.Plateau is { FromBest: true } ? new BestWeights(Network, _optimizer) : null;
        var judge = new EpochJudge(Options);
        var state = new FitState();
        var context = new FitContext(Options, _optimizer.LearningRate, training.Batches, judge, state);
        using var checkpoints = Checkpoints(context, training, train.Count, validation?.Count, best, restart);
        var stoppedEarly = judge.Stops && state.Epoch <= Options.Epochs;
        var watched = new WatchedTraining(Network, _optimizer, context, train, validation, training.Metrics, progress == null ? [.. Options.Watchers] : [.. Options.Watchers, new ProgressWatcher(progress)]);
        try
        {
            watched.Begin();
            while (state.Epoch <= Options.Epochs && !stoppedEarly)
            {
                var epoch = state.Epoch;
                if (Epoch(context, training, validating, checkpoints, watched, cancellationToken) is not { } result)
                {
                    checkpoints?.AfterCancellation();
                    break;
                }

                state.History.Add(result);
                if (result.IsBest) best?.Save();
                if (judge.BestOfPlateau) restart?.Save();
                if (judge.EndsPlateau) restart?.Restore();
                stoppedEarly = judge.Stops && epoch < Options.Epochs;
                (state.Epoch, state.Batch) = (epoch + 1, 0);
                checkpoints?.AfterEpoch(epoch, result.IsBest, stoppedEarly || epoch == Options.Epochs);
                watched.AfterEpoch(result, validating?.Metrics);
            }
        }
        catch (Exception error)
        {
            if (error is NonFiniteException) best?.Restore();
            watched.End(null, error);
            throw;
        }
        finally
        {
            _optimizer.LearningRate = context.Rate;
        }

        best?.Restore();
        var history = state.History;
        var fit = new FitResult(
            history, history.Count < Options.Epochs && !stoppedEarly, stoppedEarly, history.LastOrDefault(result => result.IsBest)?.Epoch, best is { Any: true }, state.Elapsed)
        {
            Resumed = state.Resumed,
        };
        watched.End(fit, null);
        return fit;
    }

    /// <summary>In order, or in streams where states are carried.</summary>
    private DataLoaderOptions OfValidation(IDataset validation)
    {
        if (Options.CarriedStates.Count == 0) return new DataLoaderOptions();
        var rows = Math.Max(1, Math.Min(Math.Min(Options.BatchSize ?? Network.MaxBatch, Network.MaxBatch), validation.Count));
        return new DataLoaderOptions { BatchSize = rows, Sampler = Sampler.Streams(rows) };
    }

    /// <summary>Trains and validates what is left of an epoch; null when cancelled.</summary>
    private EpochResult? Epoch(
        FitContext context, BatchLoop training, BatchLoop? validating, FitCheckpoints? checkpoints, WatchedTraining watched, CancellationToken cancellationToken)
    {
        var state = context.State;
        if (state.Batch == 0) state.EpochBegan = state.Elapsed;
        training.Begin(state.Epoch, state.Batch);
        while (state.Batch < training.Batches)
        {
            if (cancellationToken.IsCancellationRequested) return null;
            _optimizer.LearningRate = RateOf(context.StepsDone);
            var loss = training.Step(_optimizer);
            if (++state.Batch < training.Batches) checkpoints?.AfterStep();
            watched.AfterStep(loss);
        }

        var speed = training.Metrics.Samples / (state.Elapsed - state.EpochBegan).TotalSeconds;
        Metrics? judged = null;
        if (validating != null)
        {
            try
            {
                judged = validating.Evaluate(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }

        var learningRate = RateOf(context.StepsDone - 1);
        return context.Judge.Judge(
            new EpochResult(state.Epoch, training.Metrics.Loss, training.Metrics.Accuracy, judged?.Loss, judged?.Accuracy, learningRate, speed, state.Elapsed - state.EpochBegan, IsBest: false), judged);

        float RateOf(long step) => (float)(context.ScheduledRate(step) * context.Judge.RateScale);
    }

    /// <summary>Opens the folder of checkpoints and goes to where the training is to begin; null where none are kept.</summary>
    private FitCheckpoints? Checkpoints(FitContext context, BatchLoop training, int samples, int? validationSamples, BestWeights? best, BestWeights? restart)
    {
        if (Options.Checkpoints == null) return null;
        var contents = new Checkpoint()
            .Add(Network)
            .Add(new OptimizerPart("optimizer", _optimizer, Network, context.Rate))
            .Add(new TrainingPart(context, training, samples, validationSamples));
        if (best != null) contents.Add(new BestWeightsPart("best", Network, best, null));
        if (restart != null) contents.Add(new BestWeightsPart("restart", Network, restart, _optimizer));
        var checkpoints = new FitCheckpoints(Options.Checkpoints, context, contents);
        checkpoints.Begin();
        return checkpoints;
    }

    /// <summary>What looks at validation samples says so before the training, not after the first epoch.</summary>
    private void CheckNeedsNoValidation()
    {
        var watched = Options.Metric ?? EpochMetric.ValidationLoss;
        var who = Options.Metric is { NeedsValidation: true } ? "TrainerOptions.Metric looks"
            : watched.NeedsValidation && Options.EarlyStopping != null ? "TrainerOptions.EarlyStopping looks"
            : watched.NeedsValidation && Options.LearningRate.Plateau != null ? "LearningRateSchedule.ReduceOnPlateau looks"
            : null;
        if (who != null)
            throw new ArgumentException($"Fit: {who} at the {watched.Name}, but there are no validation samples; pass some, or set TrainerOptions.Metric to one of the training, such as EpochMetric.TrainLoss.");
    }
}
