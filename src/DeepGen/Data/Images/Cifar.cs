namespace DeepGen;

/// <summary>
/// The binary files of CIFAR-10 and CIFAR-100 (A. Krizhevsky 2009): records of a label (in CIFAR-100 a coarse and a fine one) and 32 × 32 pixels in three planes. https://www.cs.toronto.edu/~kriz/cifar.html
/// </summary>
public static class Cifar
{
    private const int Size = 32;
    private const int Channels = 3;
    private const int PixelBytes = Channels * Size * Size;

    /// <summary>Reads CIFAR-10 from the folder of its binary version: <c>data_batch_1.bin</c> to <c>data_batch_5.bin</c>, <c>test_batch.bin</c>, and <c>batches.meta.txt</c> where it is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="stream">Whether the pictures stay in the files and are read one by one.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or a label is no class; the message names the path and the reason.</exception>
    public static (LabelledImages Train, LabelledImages Test) Read10(string folder, bool stream = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        DataFile.CheckFolder(folder);
        var classes = Names(folder, "batches.meta.txt", 10);
        return (
            Read(Enumerable.Range(1, 5).Select(i => Path.Combine(folder, $"data_batch_{i}.bin")), classes, 1, 0, stream),
            Read([Path.Combine(folder, "test_batch.bin")], classes, 1, 0, stream));
    }

    /// <summary>Reads CIFAR-100 from the folder of its binary version: <c>train.bin</c>, <c>test.bin</c>, and the names of the classes where they are there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="coarse">Whether the labels are the 20 superclasses in place of the 100 classes.</param>
    /// <param name="stream">Whether the pictures stay in the files and are read one by one.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or a label is no class; the message names the path and the reason.</exception>
    public static (LabelledImages Train, LabelledImages Test) Read100(string folder, bool coarse = false, bool stream = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        DataFile.CheckFolder(folder);
        var classes = coarse ? Names(folder, "coarse_label_names.txt", 20) : Names(folder, "fine_label_names.txt", 100);
        return (
            Read([Path.Combine(folder, "train.bin")], classes, 2, coarse ? 0 : 1, stream),
            Read([Path.Combine(folder, "test.bin")], classes, 2, coarse ? 0 : 1, stream));
    }

    private static LabelledImages Read(IEnumerable<string> files, string[] classes, int labelBytes, int labelAt, bool stream)
    {
        string[] paths = [.. files];
        var buffer = new byte[labelBytes + PixelBytes];
        var labels = new List<int>();
        foreach (var path in paths)
        {
            using var file = DataFile.Open(path, "CIFAR file");
            if (file.Length == 0 || file.Length % buffer.Length != 0)
                throw new InvalidDataException($"Cannot read the CIFAR file '{path}': its {file.Length} bytes are no records of {buffer.Length}; it is truncated, or of another format.");
            for (var i = 0; i < file.Length / buffer.Length; i++)
            {
                file.ReadExactly(buffer);
                labels.Add(buffer[labelAt]);
                if (buffer[labelAt] >= classes.Length)
                    throw new InvalidDataException($"Cannot read the CIFAR file '{path}': image {i} has the label {buffer[labelAt]}; there are {classes.Length} classes, so labels are 0 to {classes.Length - 1}.");
            }
        }

        var source = new RecordImages(paths, 0, labelBytes, Channels, Size, Size);
        if (stream) return new LabelledImages(source, labels, classes);
        using (source) return new LabelledImages(ImageArray.Load(source), labels, classes);
    }

    private static string[] Names(string folder, string file, int classes)
    {
        var path = Path.Combine(folder, file);
        if (!Path.Exists(path)) return [.. Enumerable.Range(0, classes).Select(label => $"{label}")];
        string[] names = [.. TextFile.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length == classes ? names : throw new InvalidDataException($"Cannot read '{path}': it has {names.Length} lines that are not empty, and there are {classes} classes.");
    }
}
