namespace DeepGen;

/// <summary>Files that data are read from: what is wrong with a path is said in the same words everywhere.</summary>
internal static class DataFile
{
    /// <summary>Opens a file to read it from its beginning.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is, for messages: "CIFAR file".</param>
    /// <exception cref="FileNotFoundException">There is none, or it is a folder.</exception>
    public static FileStream Open(string path, string what)
    {
        CheckExists(path, what);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
    }

    /// <summary>Checks that there is a file.</summary>
    /// <exception cref="FileNotFoundException">There is none, or it is a folder.</exception>
    public static void CheckExists(string path, string what)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no {what} '{path}'{(Directory.Exists(path) ? ": it is a folder; give a file" : "")}.", path);
    }

    /// <summary>Checks that there is a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none, or it is a file.</exception>
    public static void CheckFolder(string path)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"There is no folder '{path}'{(File.Exists(path) ? ": it is a file; give a folder" : "")}.");
    }
}
