using System.Diagnostics;

namespace DeepGen;

/// <summary>Trains a network on a dataset: epochs, shuffling, validation, progress and cancellation.</summary>
public sealed class Trainer
{
    private readonly Optimizer _optimizer;

    /// <summary>Prepares a training of a network.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or the batch size above <see cref="Network.MaxBatch"/>.</exception>
    /// <exception cref="InvalidOperationException">The network has no loss.</exception>
    public Trainer(Network network, TrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new TrainerOptions();
        if (options.Epochs < 1) throw new ArgumentOutOfRangeException(nameof(options), options.Epochs, "TrainerOptions.Epochs must be at least 1.");
        if (options.BatchSize < 1) throw new ArgumentOutOfRangeException(nameof(options), options.BatchSize, "TrainerOptions.BatchSize must be at least 1.");
        if (!(options.BestTolerance >= 0)) throw new ArgumentOutOfRangeException(nameof(options), options.BestTolerance, "TrainerOptions.BestTolerance must be at least 0.");
        if (options.BatchSize > network.MaxBatch)
            throw new ArgumentException($"TrainerOptions.BatchSize is {options.BatchSize}, above the network's maximum of {network.MaxBatch}; raise NetworkOptions.MaxBatch.", nameof(options));
        if (!network.Definition.HasLoss)
            throw new InvalidOperationException($"Trainer: {network.Definition.Name} has no loss; declare one, for instance [SoftmaxCrossEntropy].");
        Network = network;
        Options = options;
        _optimizer = options.Optimizer ?? new Adam();
    }

    /// <summary>The network that is trained.</summary>
    public Network Network { get; }

    /// <summary>How it is trained.</summary>
    public TrainerOptions Options { get; }

    /// <summary>Trains until the last epoch or until cancelled; the same seed and data give the same weights at every number of threads.</summary>
    /// <param name="train">The samples to learn from.</param>
    /// <param name="validation">Samples that every epoch is judged by; null for none.</param>
    /// <param name="progress">Told where the training is, on the calling thread.</param>
    /// <param name="cancellationToken">
    /// Stops the training between two batches. That is no error: the result says so, and with <see cref="TrainerOptions.KeepBest"/> the
    /// network has the weights of the best completed epoch.
    /// </param>
    /// <exception cref="ArgumentException">A dataset is empty, does not fit the network, or holds a label that is no class.</exception>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite. The weights are those of the best completed epoch where they are kept, else of the step before.</exception>
    /// <exception cref="InvalidOperationException">Another training phase is running on the network.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public FitResult Fit(IDataset train, IDataset? validation = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var training = new BatchLoop(Network, train, Options.BatchSize ?? Network.MaxBatch, "Fit");
        using var validating = validation == null ? null : new BatchLoop(Network, validation, Network.MaxBatch, "Fit, validation");
        using var best = Options.KeepBest && validation != null ? new BestWeights(Network) : null;
        var rule = new BestEpochRule(Options.BestTolerance);
        var rate = _optimizer.LearningRate;
        var history = new List<EpochResult>(Options.Epochs);
        var clock = Stopwatch.StartNew();
        try
        {
            for (var epoch = 1; epoch <= Options.Epochs; epoch++)
            {
                if (Epoch(epoch, training, validating, rule, rate, progress, clock, cancellationToken) is not { } result) break;
                history.Add(result);
                best?.Offer(result);
                progress?.Report(new TrainingProgress(
                    epoch, Options.Epochs, training.Batches, training.Batches, result.TrainLoss, result.TrainAccuracy, result.SamplesPerSecond, TimeLeft(clock, epoch), result));
            }
        }
        catch (NonFiniteException)
        {
            best?.Restore();
            throw;
        }
        finally
        {
            _optimizer.LearningRate = rate;
        }

        best?.Restore();
        return new FitResult(history, history.Count < Options.Epochs, history.LastOrDefault(result => result.IsBest)?.Epoch, best is { Epoch: not null }, clock.Elapsed);
    }

    /// <summary>Trains and validates one epoch; null when cancelled.</summary>
    private EpochResult? Epoch(
        int epoch, BatchLoop training, BatchLoop? validating, BestEpochRule rule, float rate, IProgress<TrainingProgress>? progress, Stopwatch clock, CancellationToken cancellationToken)
    {
        var began = clock.Elapsed;
        var reported = began;
        training.Restart();
        if (Options.Shuffle) training.Shuffle(Options.Seed, epoch);
        var steps = (long)training.Batches * Options.Epochs;
        for (var index = 0; index < training.Batches; index++)
        {
            if (cancellationToken.IsCancellationRequested) return null;
            var done = ((long)(epoch - 1) * training.Batches) + index;
            _optimizer.LearningRate = Options.LearningRate.At(rate, done, steps);
            training.Step(index, _optimizer);
            if (progress == null || index == training.Batches - 1 || clock.Elapsed - reported < Options.ProgressInterval) continue;
            reported = clock.Elapsed;
            progress.Report(new TrainingProgress(
                epoch,
                Options.Epochs,
                index + 1,
                training.Batches,
                training.Metrics.Loss,
                training.Metrics.Accuracy,
                training.Metrics.Samples / (reported - began).TotalSeconds,
                TimeLeft(clock, epoch - 1 + ((index + 1.0) / training.Batches)),
                null));
        }

        var speed = training.Metrics.Samples / (clock.Elapsed - began).TotalSeconds;
        var learningRate = _optimizer.LearningRate;
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

        return new EpochResult(epoch, training.Metrics.Loss, training.Metrics.Accuracy, judged?.Loss, judged?.Accuracy, learningRate, speed, clock.Elapsed - began, rule.IsBest(judged));
    }

    /// <summary>The time for the epochs that remain, at the pace so far.</summary>
    private TimeSpan TimeLeft(Stopwatch clock, double epochsDone) => clock.Elapsed * ((Options.Epochs - epochsDone) / epochsDone);
}
