namespace DeepGen.Examples;

/// <summary>The folder of a run's results: the report, the weights, and below it the checkpoints. What would be refused after the data were read, or after a long training, is refused before.</summary>
/// <param name="path">The folder, as --out gave it.</param>
public sealed class OutputFolder(string path)
{
    private const string CheckpointFolder = "checkpoints";

    /// <summary>The path of one of its files.</summary>
    public string this[string name] => Path.Combine(path, name);

    /// <summary>Where the report goes.</summary>
    public string Report => this["report.html"];

    /// <summary>Checks that it can be a folder.</summary>
    /// <exception cref="UsageException">It is a file.</exception>
    public void Check()
    {
        if (File.Exists(path)) throw new UsageException($"--out: '{path}' is a file; give the name of a folder.");
    }

    /// <summary>Checks also that an earlier run's checkpoints are neither mixed up with nor lost.</summary>
    /// <param name="resume">Whether --resume was given.</param>
    /// <exception cref="UsageException">It is a file, it holds an earlier training and is not to be gone on with, or the other way round.</exception>
    public void Check(bool resume) => Check(resume, this[CheckpointFolder], Directory.Exists(this[CheckpointFolder]) && Directory.EnumerateFiles(this[CheckpointFolder], "*.safetensors").Any());

    /// <summary>The same for a training loop of one's own, which keeps one checkpoint.</summary>
    /// <param name="resume">Whether --resume was given.</param>
    /// <param name="checkpoint">The name of its file.</param>
    /// <exception cref="UsageException">As for the other overload.</exception>
    public void Check(bool resume, string checkpoint) => Check(resume, path, File.Exists(this[checkpoint]));

    /// <summary>Makes the folder.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    public void Create() => Directory.CreateDirectory(path);

    /// <summary>A checkpoint a minute and after the best epochs; the last two are kept.</summary>
    /// <param name="resume">Whether to go on from the newest.</param>
    public CheckpointOptions Checkpoints(bool resume) => new(this[CheckpointFolder])
    {
        Every = CheckpointInterval.Time(TimeSpan.FromMinutes(1)),
        Resume = resume ? Resume.Newest : Resume.Never,
        Keep = 2,
    };

    private void Check(bool resume, string place, bool any)
    {
        Check();
        if (any && !resume) throw new UsageException($"--out: '{path}' holds the checkpoints of an earlier training; go on with --resume, or give another folder.");
        if (!any && resume) throw new UsageException($"--resume: there is no checkpoint in '{place}'.");
    }
}
