namespace DeepGen;

/// <summary>Where a <see cref="Trainer"/> that keeps checkpoints begins.</summary>
public sealed record Resume
{
    private Resume(bool newest, string? path) => (IsNewest, Path) = (newest, path);

    /// <summary>
    /// At the newest checkpoint of the folder that can be read, or at the start where there is none. Those that cannot be read are reported in <see cref="ResumeReport.Skipped"/>; when there are
    /// some and none can be read, the training is refused.
    /// </summary>
    public static Resume Newest { get; } = new(true, null);

    /// <summary>At the start. A folder that holds checkpoints already is refused, so that none is lost or mistaken for one of this training.</summary>
    public static Resume Never { get; } = new(false, null);

    /// <summary>Whether it is <see cref="Newest"/>.</summary>
    public bool IsNewest { get; }

    /// <summary>The file of <see cref="From"/>; null for the others.</summary>
    public string? Path { get; }

    /// <summary>
    /// Whether the training goes on where options, the optimizer or its settings are others than those of the checkpoint; those of now hold, and <see cref="ResumeReport.Changes"/> tells them. An optimizer
    /// that keeps other moments begins anew. The network's tensors, the number of samples, the batch size and the seed must be the same all the same.
    /// </summary>
    public bool AllowChanges { get; init; }

    /// <summary>At a file, which may be in another folder. A folder that holds checkpoints of later steps is refused: to branch off, give another folder.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static Resume From(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new Resume(false, path);
    }
}
