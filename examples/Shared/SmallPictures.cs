namespace DeepGen.Examples;

/// <summary>Grey pictures of 28 × 28 with one of ten classes each: MNIST, Fashion-MNIST and the like.</summary>
/// <param name="Name">Where they come from, for people.</param>
/// <param name="Train">What is learned from.</param>
/// <param name="Test">What the result is measured on.</param>
public sealed record SmallPictures(string Name, LabelledImages Train, LabelledImages Test)
{
    /// <summary>The rows and the columns of a picture.</summary>
    public const int Side = 28;

    private static readonly string[] FashionClasses = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    private static readonly string[] Numbers = [.. Enumerable.Range(0, 10).Select(label => $"{label}")];

    /// <summary>Those of a folder, or the embedded ones where there is none.</summary>
    /// <param name="folder">What --data says.</param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or is not what MNIST's files are.</exception>
    public static SmallPictures Read(string? folder) => folder is null ? Embedded() : FromFolder(folder);

    /// <summary>The subset of Fashion-MNIST inside this library: 1,500 pictures to train on and 400 to test on.</summary>
    public static SmallPictures Embedded() => Of("Fashion-MNIST (embedded subset)", FashionClasses, name =>
    {
        using var stream = typeof(SmallPictures).Assembly.GetManifestResourceStream(name + ".gz")!;
        return IdxFile.Read(stream, name);
    });

    /// <summary>The four IDX files of a folder, gzipped or not.</summary>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or is not what MNIST's files are.</exception>
    public static SmallPictures FromFolder(string folder)
    {
        InputFiles.CheckFolder("--data", folder);
        return Of(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), Numbers, name => IdxFile.Read(Path.Combine(folder, name)));
    }

    private static SmallPictures Of(string name, string[] classes, Func<string, IdxFile> read)
    {
        return new SmallPictures(name, Images("train"), Images("t10k"));

        LabelledImages Images(string set)
        {
            var images = read($"{set}-images-idx3-ubyte");
            return images.Shape is [_, Side, Side]
                ? images.WithLabels(read($"{set}-labels-idx1-ubyte"), classes)
                : throw new InvalidDataException($"'{images.Path}' holds [{string.Join(", ", images.Shape)}]; images [count, {Side}, {Side}] are needed.");
        }
    }
}
