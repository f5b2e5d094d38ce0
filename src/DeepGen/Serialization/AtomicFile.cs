using System.Runtime.InteropServices;

namespace DeepGen;

/// <summary>Replaces a file as a whole: whatever fails, the old one stays.</summary>
internal static partial class AtomicFile
{
    private const string Suffix = ".tmp";

    /// <summary>Writes beside the file in its folder, flushes to the disk, renames over it, and flushes the folder where the platform can.</summary>
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
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{Suffix}");
        try
        {
            using (var stream = (create ?? Create)(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            FlushFolder(folder);
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

            if (error is UnauthorizedAccessException) throw new UnauthorizedAccessException($"Cannot save to '{path}': {error.Message} A file that was there before is unchanged.", error);
            if (error is IOException) throw new IOException($"Cannot save to '{path}': {error.Message} A file that was there before is unchanged.", error);
            throw;
        }
    }

    /// <summary>The files beside which a process left its half-written ones: those that <see cref="Write"/> makes before it renames them.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="isTarget">Whether a file of this name would have been written.</param>
    public static IEnumerable<string> Leftovers(string folder, Func<string, bool> isTarget)
    {
        // .NAME.32 hexadecimal digits.tmp
        const int Digits = 32;
        foreach (var path in Directory.EnumerateFiles(folder, ".*" + Suffix))
        {
            var stem = Path.GetFileName(path)[1..^Suffix.Length];
            var dot = stem.Length - Digits - 1;
            if (dot > 0 && stem[dot] == '.' && Guid.TryParseExact(stem[(dot + 1)..], "N", out _) && isTarget(stem[..dot])) yield return path;
        }
    }

    /// <summary>Without it a renamed file may be the old one again after a power failure. Not every file system has it, and the file is whole in any case, so errors are passed over.</summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsBrowser()) return;
        try
        {
            var descriptor = OpenFolder(folder, 0);
            if (descriptor < 0) return;
            _ = Flush(descriptor);
            _ = Close(descriptor);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    private static FileStream Create(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
}
