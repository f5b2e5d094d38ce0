namespace DeepGen;

/// <summary>Replaces a file as a whole: whatever fails, the old one stays.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the file in its folder, flushes to the disk, then renames over it.</summary>
    /// <param name="path">The file to make or replace. Of a symbolic link, the file it leads to.</param>
    /// <param name="write">Writes the contents.</param>
    /// <param name="create">Opens the temporary file; tests put a full disk here.</param>
    public static void Write(string path, Action<Stream> write, Func<string, FileStream>? create = null)
    {
        path = Path.GetFullPath(path);
        if (new FileInfo(path).LinkTarget != null) path = File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(path)) throw new IOException($"Cannot save to '{path}': it is a folder.");
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"Cannot save to '{path}': the folder '{folder}' does not exist.");
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = (create ?? Create)(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error)
        {
            // Of the two errors the first is the one to report.
            try
            {
                File.Delete(temporary);
            }
            catch (Exception cleanup) when (cleanup is IOException or UnauthorizedAccessException)
            {
            }

            if (error is IOException) throw new IOException($"Cannot save to '{path}': {error.Message} A file that was there before is unchanged.", error);
            throw;
        }
    }

    private static FileStream Create(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
}
