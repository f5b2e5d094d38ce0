namespace DeepGen.Examples;

/// <summary>Where data and weights come from: a path that leads to nothing is named with the option that gave it.</summary>
public static class InputFiles
{
    /// <summary>Checks that there is a file.</summary>
    /// <param name="option">The option, for the message.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is none, or it is a folder.</exception>
    public static void CheckFile(string option, string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"{option}: there is no file '{path}'{(Directory.Exists(path) ? ", but a folder" : "")}.");
    }

    /// <summary>Checks that there is a folder.</summary>
    /// <param name="option">The option, for the message.</param>
    /// <param name="path">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is none, or it is a file.</exception>
    public static void CheckFolder(string option, string path)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"{option}: there is no folder '{path}'{(File.Exists(path) ? ", but a file" : "")}.");
    }

    /// <summary>Checks that a set is large enough to be cut into nine tenths to learn from and a tenth to choose the best epoch by.</summary>
    /// <param name="name">What it is, for the message.</param>
    /// <param name="count">Its samples.</param>
    /// <exception cref="InvalidDataException">It has fewer than ten samples.</exception>
    public static void CheckTenths(string name, int count)
    {
        if (count < 10) throw new InvalidDataException($"--data: {name} has {count} samples to train on; at least 10 are needed, to learn from and to choose the best epoch by.");
    }
}
