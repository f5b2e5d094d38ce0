namespace DeepGen.Examples;

/// <summary>Where results go: what would fail after a long training is found before it.</summary>
public static class OutputFiles
{
    /// <summary>Checks that a file can be written there.</summary>
    /// <param name="option">The option that named it, for the message.</param>
    /// <param name="file">The file.</param>
    /// <returns>The folder of the file, as a full path.</returns>
    /// <exception cref="UsageException">It is a folder.</exception>
    /// <exception cref="DirectoryNotFoundException">Its folder does not exist.</exception>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    public static string CheckedFolder(string option, string file)
    {
        if (Directory.Exists(file))
            throw new UsageException($"{option}: '{file}' is a folder; give the name of a file.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file));
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{option}: there is no folder '{folder}'.");
        using (new FileStream(Path.Combine(folder, $".{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
            // That it could be made is all that is asked.
        }
        return folder;
    }

    /// <summary>Checks the folder of a run's results against what is there: an earlier run's checkpoints are neither mixed up with nor lost.</summary>
    /// <param name="folder">What --out says.</param>
    /// <param name="checkpoints">Whether it holds checkpoints, and where they would be.</param>
    /// <param name="resume">Whether --resume is given.</param>
    /// <exception cref="UsageException">It is a file, it holds checkpoints and they are not to be resumed, or there is none to resume.</exception>
    public static void CheckRun(string folder, (bool Any, string Path) checkpoints, bool resume)
    {
        CheckOut(folder);
        if (checkpoints.Any && !resume) throw new UsageException($"--out: '{folder}' holds an earlier run's checkpoints; go on with --resume, or give another folder.");
        if (!checkpoints.Any && resume) throw new UsageException($"--resume: there is no checkpoint in '{checkpoints.Path}'.");
    }

    /// <summary>Checks that a folder can be one.</summary>
    /// <exception cref="UsageException">It is a file.</exception>
    public static void CheckOut(string folder)
    {
        if (File.Exists(folder)) throw new UsageException($"--out: '{folder}' is a file; give the name of a folder.");
    }
}
