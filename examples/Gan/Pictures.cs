using System.Reflection;

namespace DeepGen.Examples.Gan;

/// <summary>Pictures of 28 × 28 with a class each; white is 1 and black −1, as the generator's Tanh makes them.</summary>
internal sealed class Pictures
{
    public const int Size = 28 * 28;

    public const int Classes = 10;

    /// <summary>(p / 255 − 0.5) / 0.5.</summary>
    private const float Middle = 0.5f;

    private Pictures(string name, int limit, IdxFile trainImages, IdxFile trainLabels, IdxFile testImages, IdxFile testLabels)
    {
        Check(trainImages, trainLabels);
        Check(testImages, testLabels);
        Name = name;
        var count = Math.Min(limit, trainLabels.Data.Length);
        TrainPixels = count < trainLabels.Data.Length ? trainImages.Data[..(count * Size)] : trainImages.Data;
        (Train, Test) = (Dataset(TrainPixels, trainLabels.Data[..count]), Dataset(testImages.Data, testLabels.Data));
        TestPixels = testImages.Data;
    }

    /// <summary>Where they come from, for people.</summary>
    public string Name { get; }

    /// <summary>What the networks learn from.</summary>
    public InMemoryDataset Train { get; }

    /// <summary>Pictures that the classifier has not learned from.</summary>
    public InMemoryDataset Test { get; }

    /// <summary>The bytes of the training pictures.</summary>
    public byte[] TrainPixels { get; }

    /// <summary>The bytes of the test pictures.</summary>
    public byte[] TestPixels { get; }

    /// <summary>The subset of Fashion-MNIST inside this program: that of the LeNet5 example.</summary>
    /// <param name="limit">So many training pictures at most.</param>
    public static Pictures Embedded(int limit) => new("Fashion-MNIST (embedded subset)", limit,
        Resource("train-images-idx3-ubyte"), Resource("train-labels-idx1-ubyte"), Resource("t10k-images-idx3-ubyte"), Resource("t10k-labels-idx1-ubyte"));

    /// <summary>The four IDX files of a folder, gzipped or not.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="limit">So many training pictures at most.</param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or is not what MNIST's files are.</exception>
    public static Pictures FromFolder(string folder, int limit)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"--data: there is no folder '{folder}'.");
        IdxFile Read(string name) => IdxFile.Read(Path.Combine(folder, name));
        return new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), limit,
            Read("train-images-idx3-ubyte"), Read("train-labels-idx1-ubyte"), Read("t10k-images-idx3-ubyte"), Read("t10k-labels-idx1-ubyte"));
    }

    /// <summary>The training pictures for a discriminator.</summary>
    /// <param name="target">What real pictures are called.</param>
    public IDataset Real(float target)
    {
        var targets = new float[Train.Count];
        Array.Fill(targets, target);
        return new InMemoryDataset([SampleColumn.Bytes(TrainPixels, Size, Middle, Middle)], [SampleColumn.Floats(targets, 1)]);
    }

    /// <summary>Some pictures as the networks see them.</summary>
    /// <param name="pixels">Bytes of whole pictures.</param>
    /// <param name="count">How many, from the first on.</param>
    public static float[] Values(byte[] pixels, int count)
    {
        var values = new float[Math.Min(count, pixels.Length / Size) * Size];
        for (var i = 0; i < values.Length; i++) values[i] = ((pixels[i] / 255f) - Middle) / Middle;
        return values;
    }

    private static InMemoryDataset Dataset(byte[] pixels, byte[] labels) => new(pixels, Size, Array.ConvertAll(labels, label => (int)label), Middle, Middle);

    private static IdxFile Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name + ".gz")!;
        return IdxFile.Read(stream, name);
    }

    private static void Check(IdxFile images, IdxFile labels)
    {
        if (images.Shape is not [var count, 28, 28]) throw new InvalidDataException($"'{images.Path}' holds [{string.Join(", ", images.Shape)}]; images [count, 28, 28] are needed.");
        if (labels.Shape is not [var labelCount] || labelCount != count) throw new InvalidDataException($"'{images.Path}' has {count} images but '{labels.Path}' holds [{string.Join(", ", labels.Shape)}] labels; they do not belong together.");
        if (count == 0) throw new InvalidDataException($"'{images.Path}' holds no image.");
        var wrong = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (wrong >= 0) throw new InvalidDataException($"'{labels.Path}' gives image {wrong} the label {labels.Data[wrong]}; the labels are 0 to {Classes - 1}.");
    }
}
