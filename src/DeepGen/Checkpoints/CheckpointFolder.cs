using System.Globalization;

namespace DeepGen;

/// <summary>The folder of one training's checkpoints, which no other process uses meanwhile.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    private const string Prefix = "step-";
    private const string Best = "-best";
    private const string Extension = ".safetensors";
    private const string LockName = ".lock";

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly bool _made;

    /// <summary>Makes the folder where it is missing, and removes what a process that was killed left half-written.</summary>
    /// <exception cref="IOException">It cannot be made or written, or another training uses it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public CheckpointFolder(string path)
    {
        _path = Path.GetFullPath(path);
        _made = !Directory.Exists(_path);
        try
        {
            Directory.CreateDirectory(_path);

            // The system gives the lock back also when the process is killed.
            _lock = new FileStream(Path.Combine(_path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"Cannot keep checkpoints in '{_path}': {error.Message} Each training needs a folder of its own.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UnauthorizedAccessException($"Cannot keep checkpoints in '{_path}': {error.Message}", error);
        }

        foreach (var leftover in AtomicFile.Leftovers(_path, name => Parse(name) != null)) TryDelete(leftover);
    }

    /// <summary>The checkpoints, oldest first.</summary>
    public IReadOnlyList<CheckpointName> Files() =>
    [
        .. Directory.EnumerateFiles(_path, Prefix + "*" + Extension).Select(path => Parse(Path.GetFileName(path))).OfType<CheckpointName>()
            .OrderBy(file => file.Step).ThenBy(file => file.IsBest),
    ];

    /// <summary>The path of a checkpoint.</summary>
    public string PathOf(CheckpointName name) =>
        Path.Combine(_path, Prefix + Digits(name.Step) + (name.IsBest ? Best : "") + Extension);

    /// <summary>Deletes checkpoints up to a step, but for the last few and the best. Later ones are of a training that had come further and is not lost.</summary>
    /// <param name="step">The step.</param>
    /// <param name="keep">How many to keep.</param>
    /// <param name="keepBest">Whether to keep the last of the best ones.</param>
    /// <param name="spare">Paths that neither count nor are deleted.</param>
    public void Prune(long step, int keep, bool keepBest, IReadOnlyCollection<string> spare)
    {
        CheckpointName[] files = [.. Files().Where(file => file.Step <= step && !spare.Contains(PathOf(file)))];
        var best = keepBest ? Array.FindLastIndex(files, file => file.IsBest) : -1;
        for (var i = 0; i < files.Length - keep; i++)
            if (i != best) TryDelete(PathOf(files[i]));
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>As <see cref="Dispose"/>, where the training was refused: a folder that was made for it goes away.</summary>
    public void Abandon()
    {
        Dispose();
        if (!_made) return;
        TryDelete(Path.Combine(_path, LockName));
        try
        {
            Directory.Delete(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static CheckpointName? Parse(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(Extension, StringComparison.Ordinal)) return null;
        var stem = name[Prefix.Length..^Extension.Length];
        var best = stem.EndsWith(Best, StringComparison.Ordinal);
        if (best) stem = stem[..^Best.Length];
        return long.TryParse(stem, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && stem == Digits(step) ? new CheckpointName(step, best) : null;
    }

    /// <summary>So many that names sort as their numbers do.</summary>
    private static string Digits(long step) => step.ToString("D10", CultureInfo.InvariantCulture);

    /// <summary>A file that somebody else holds open stays until the next time; no training should end for it.</summary>
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}

/// <summary>What the name of a checkpoint says.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="IsBest">Whether it was written after the best epoch so far.</param>
internal sealed record CheckpointName(long Step, bool IsBest);
