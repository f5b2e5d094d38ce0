namespace DeepGen;

/// <summary>What a <see cref="LearningRateSchedule"/> counts.</summary>
public enum Per
{
    /// <summary>Training steps.</summary>
    Step,

    /// <summary>Epochs.</summary>
    Epoch,
}
