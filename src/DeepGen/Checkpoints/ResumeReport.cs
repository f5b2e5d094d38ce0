namespace DeepGen;

/// <summary>Where a training was resumed.</summary>
/// <param name="Path">The checkpoint.</param>
/// <param name="Epoch">The epoch that it went on with, counted from 1; one more than there are when all were done.</param>
/// <param name="Batch">The batches of that epoch that were done.</param>
/// <param name="Step">All steps that were done.</param>
/// <param name="Skipped">Newer checkpoints that could not be read, newest first.</param>
/// <param name="Changes">What is another than in the checkpoint, as <see cref="Resume.AllowChanges"/> allowed.</param>
public sealed record ResumeReport(string Path, int Epoch, int Batch, long Step, IReadOnlyList<SkippedCheckpoint> Skipped, IReadOnlyList<string> Changes);

/// <summary>A checkpoint that could not be read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedCheckpoint(string Path, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Reason.Contains(Path, StringComparison.Ordinal) ? Reason : $"{Path}: {Reason}";
}
