namespace DeepGen;

/// <summary>
/// Looks at a training while <see cref="Trainer.Fit"/> runs: a report, a log for TensorBoard, warnings, progress. What it does not look at, it leaves out. See <see cref="TrainerOptions.Watchers"/>.
/// </summary>
/// <remarks>
/// All calls come on the thread that trains, between two steps: gradients are those of the last step, and the network may be asked for predictions or looked into, but must not be changed. The
/// next step waits meanwhile. An exception ends the training.
/// </remarks>
public interface ITrainingWatcher
{
    /// <summary>The training begins, or goes on from a checkpoint; nothing was computed yet.</summary>
    void OnBegin(WatchedTraining training)
    {
    }

    /// <summary>A step is done. It must not allocate where steps are not to.</summary>
    void OnStep(WatchedTraining training)
    {
    }

    /// <summary>An epoch is complete: trained, validated, judged and its checkpoint written.</summary>
    void OnEpoch(WatchedTraining training, EpochResult epoch)
    {
    }

    /// <summary>Something about the training looks wrong; see <see cref="TrainingWarnings"/>.</summary>
    void OnWarning(WatchedTraining training, TrainingWarning warning)
    {
    }

    /// <summary>The training is over; the best weights are back where they are kept.</summary>
    /// <param name="training">How it ended.</param>
    /// <param name="result">What it gave; null where it failed.</param>
    /// <param name="error">Why it failed, about to be thrown on; else null.</param>
    void OnEnd(WatchedTraining training, FitResult? result, Exception? error)
    {
    }
}
