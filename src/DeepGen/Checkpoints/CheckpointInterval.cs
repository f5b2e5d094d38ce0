using System.Diagnostics;

namespace DeepGen;

/// <summary>How often a <see cref="Trainer"/> writes a checkpoint. It never changes what is learned.</summary>
public sealed record CheckpointInterval
{
    private readonly int _steps;
    private readonly int _epochs;
    private readonly TimeSpan? _time;

    private CheckpointInterval(int steps, int epochs, TimeSpan? time) => (_steps, _epochs, _time) = (steps, epochs, time);

    /// <summary>After every so many steps of the training.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static CheckpointInterval Steps(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new CheckpointInterval(steps, 0, null);
    }

    /// <summary>After every so many epochs of the training.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static CheckpointInterval Epochs(int epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        return new CheckpointInterval(0, epochs, null);
    }

    /// <summary>Between two steps or after an epoch, when so much time has gone by since the last one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public static CheckpointInterval Time(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return new CheckpointInterval(0, 0, time);
    }

    /// <summary>Whether one is due between two steps.</summary>
    /// <param name="step">The steps done.</param>
    /// <param name="last">When the last one was written, as <see cref="Stopwatch.GetTimestamp"/> tells it.</param>
    internal bool IsDue(long step, long last) => (_steps > 0 && step % _steps == 0) || (_time is { } time && Stopwatch.GetElapsedTime(last) >= time);

    /// <summary>Whether one is due after an epoch.</summary>
    internal bool IsDueAfter(int epoch) => _epochs > 0 && epoch % _epochs == 0;
}
