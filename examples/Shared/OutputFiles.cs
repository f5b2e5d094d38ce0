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
}
