using System.Diagnostics;

namespace DeepGen;

/// <summary>How far a training has come.</summary>
internal sealed class FitState
{
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>The epoch, counted from 1.</summary>
    public int Epoch { get; set; } = 1;

    /// <summary>The batches of it that are done.</summary>
    public int Batch { get; set; }

    /// <summary>The epochs that are done.</summary>
    public List<EpochResult> History { get; } = [];

    /// <summary>The time of the training before it was resumed.</summary>
    public TimeSpan Before { get; set; }

    /// <summary>The time of the whole training.</summary>
    public TimeSpan Elapsed => Before + Stopwatch.GetElapsedTime(_began);

    /// <summary>When the epoch began, on the clock of <see cref="Elapsed"/>.</summary>
    public TimeSpan EpochBegan { get; set; }

    /// <summary>Where it was resumed; null for a training from the start.</summary>
    public ResumeReport? Resumed { get; set; }
}
