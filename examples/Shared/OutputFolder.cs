namespace DeepGen.Examples;

/// <summary>The folder of a run's results: the report, the weights, and below it the checkpoints.</summary>
/// <param name="path">The folder, as --out gave it.</param>
public sealed class OutputFolder(string path)
{
    private readonly string _checkpoints = Path.Combine(path, "checkpoints");

    /// <summary>Where the report goes.</summary>
    public string Report => Path.Combine(path, "report.html");

    /// <summary>What would be refused later is refused before data are read.</summary>
    /// <param name="resume">Whether --resume was given.</param>
    /// <exception cref="UsageException">It is a file, it holds an earlier training and is not to be gone on with, or the other way round.</exception>
    public void Check(bool resume)
    {
        if (File.Exists(path))
            throw new UsageException($"--out: '{path}' is a file; give the name of a folder.");
        var any = Directory.Exists(_checkpoints) && Directory.EnumerateFiles(_checkpoints, "*.safetensors").Any();
        if (any && !resume)
            throw new UsageException($"--out: '{path}' holds the checkpoints of an earlier training; go on with --resume, or give another folder.");
        if (!any && resume)
            throw new UsageException($"--resume: there is no checkpoint in '{_checkpoints}'.");
    }

    /// <summary>Makes the folder.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    public void Create() => Directory.CreateDirectory(path);

    /// <summary>A checkpoint a minute and after the best epochs; the last two are kept.</summary>
    /// <param name="resume">Whether to go on from the newest.</param>
    public CheckpointOptions Checkpoints(bool resume) => new(_checkpoints)
    {
        Every = CheckpointInterval.Time(TimeSpan.FromMinutes(1)),
        Resume = resume ? Resume.Newest : Resume.Never,
        Keep = 2,
    };
}
