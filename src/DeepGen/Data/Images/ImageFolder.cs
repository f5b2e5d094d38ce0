namespace DeepGen;

/// <summary>Pictures in a folder for each class, as PyTorch's <c>ImageFolder</c> has them.</summary>
public static class ImageFolder
{
    /// <summary>Opens a folder; the pictures are decoded when they are wanted. <see cref="LabelledImages.InMemory"/> loads them.</summary>
    /// <param name="folder">Its folders are the classes, in the ordinal order of their names; the pictures of a class may lie in folders of their own. Names that begin with a dot do not count.</param>
    /// <param name="options">How the files are read; the defaults when null.</param>
    /// <param name="classes">The classes in the order of their labels, for a folder that must agree with another; those of the folder when null.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There is no class, one has no picture or is not among <paramref name="classes"/>, or a file cannot be read; the message names the path and the reason.</exception>
    public static LabelledImages Open(string folder, ImageFileOptions? options = null, IReadOnlyList<string>? classes = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        DataFile.CheckFolder(folder);
        var formats = options?.Formats ?? ImageFormats.All;
        string[] found = [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];
        if (found.Length == 0) throw new InvalidDataException($"The folder '{folder}' has no folders, which would be the classes.");
        var names = classes ?? found;
        var unknown = Array.Find(found, name => !names.Contains(name, StringComparer.Ordinal));
        if (unknown != null) throw new InvalidDataException($"'{Path.Combine(folder, unknown)}' is none of the classes {string.Join(", ", names)}.");
        var paths = new List<string>();
        var labels = new List<int>();
        for (var label = 0; label < names.Count; label++)
        {
            if (!found.Contains(names[label], StringComparer.Ordinal)) throw new InvalidDataException($"The folder '{folder}' has no folder for the class '{names[label]}'.");
            var files = ImageFiles.Find(Path.Combine(folder, names[label]), SearchOption.AllDirectories, formats);
            if (files.Length == 0) throw new InvalidDataException($"The class folder '{Path.Combine(folder, names[label])}' has no picture ({ImageFiles.Extensions(formats)}).");
            paths.AddRange(files);
            labels.AddRange(Enumerable.Repeat(label, files.Length));
        }

        return new LabelledImages(new ImageFiles(paths, options), labels, names);
    }
}
