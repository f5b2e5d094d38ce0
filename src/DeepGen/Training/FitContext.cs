namespace DeepGen;

/// <summary>What a running training consists of, for those who look at it as a whole.</summary>
/// <param name="Options">How it trains.</param>
/// <param name="Rate">The optimizer's learning rate, which the schedule changes.</param>
/// <param name="Batches">The steps of an epoch.</param>
/// <param name="Judge">What decides after each epoch.</param>
/// <param name="State">How far it has come.</param>
internal sealed record FitContext(TrainerOptions Options, float Rate, int Batches, EpochJudge Judge, FitState State)
{
    /// <summary>The steps that are done.</summary>
    public long StepsDone => ((long)(State.Epoch - 1) * Batches) + State.Batch;

    /// <summary>The rate of a step, plateaus apart.</summary>
    /// <param name="step">Its number, from 0.</param>
    public float ScheduledRate(long step) => Options.LearningRate.At(Rate, step, (long)Batches * Options.Epochs, Batches);
}
