namespace DeepGen;

/// <summary>
/// How a <see cref="Trainer"/> keeps checkpoints: files <c>step-0000001200.safetensors</c>, called after the steps done, in a folder. The one after the best epoch so far is the last of those called
/// <c>step-…-best.safetensors</c>. One is also written at the end of the training and when it is cancelled.
/// </summary>
public sealed record CheckpointOptions
{
    /// <summary>Keeps checkpoints in a folder of their own.</summary>
    /// <param name="folder">The folder of one training; made where it is missing.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public CheckpointOptions(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = folder;
    }

    /// <summary>Where the files are.</summary>
    public string Folder { get; }

    /// <summary>How often one is written; after each epoch when not set.</summary>
    public CheckpointInterval Every { get; init; } = CheckpointInterval.Epochs(1);

    /// <summary>How many of the last files are kept. At least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int Keep
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Keep));
            field = value;
        }
    }

    = 3;

    /// <summary>Whether one is written after each epoch that is the best so far, and the last of these kept besides.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Where the training begins.</summary>
    public Resume Resume { get; init; } = Resume.Newest;

    /// <summary>Opens a file for writing; tests put a full disk here.</summary>
    internal Func<string, FileStream>? Create { get; init; }
}
