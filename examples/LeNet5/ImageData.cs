using System.Reflection;

namespace DeepGen.Examples;

/// <summary>The images of a run: what is trained on, what the best epoch is chosen by, and what the result is measured on.</summary>
public sealed class ImageData
{
    private const int Classes = 10;

    /// <summary>The share of the training files that is held out for validation: the last ones of every class.</summary>
    private const double ValidationShare = 0.1;

    private static readonly string[] FashionClasses = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    private ImageData(string name, IReadOnlyList<string> classNames, IdxFile trainImages, IdxFile trainLabels, IdxFile testImages, IdxFile testLabels)
    {
        Check(trainImages, trainLabels);
        Check(testImages, testLabels);
        (Name, ClassNames) = (name, classNames);
        var (train, validation) = Split(trainLabels.Data);
        (Mean, Deviation) = Moments(trainImages.Data, train);
        var normalized = new float[256];
        for (var grey = 0; grey < 256; grey++)
            normalized[grey] = (float)((grey / 255.0 - Mean) / Deviation);
        Train = new ImageSet(trainImages.Data, trainLabels.Data, train, normalized);
        Validation = validation.Length == 0 ? null : new ImageSet(trainImages.Data, trainLabels.Data, validation, normalized);
        Test = new ImageSet(testImages.Data, testLabels.Data, [.. Enumerable.Range(0, testLabels.Data.Length)], normalized);
    }

    /// <summary>Where the images come from, for people.</summary>
    public string Name { get; }

    /// <summary>The names of the ten classes in the order of their labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The images that the network learns from.</summary>
    public ImageSet Train { get; }

    /// <summary>The images that the best epoch is chosen by; null where there are too few to hold any out.</summary>
    public ImageSet? Validation { get; }

    /// <summary>The images that the result is measured on, once.</summary>
    public ImageSet Test { get; }

    /// <summary>The mean grey value of the training images, on the scale 0 to 1.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation of their grey values.</summary>
    public double Deviation { get; }

    /// <summary>The subset of Fashion-MNIST inside this program.</summary>
    public static ImageData Embedded() => new("Fashion-MNIST (embedded subset)", FashionClasses,
        Resource("train-images-idx3-ubyte"), Resource("train-labels-idx1-ubyte"), Resource("t10k-images-idx3-ubyte"), Resource("t10k-labels-idx1-ubyte"));

    /// <summary>The four IDX files of a folder, gzipped or not.</summary>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or is not what MNIST's files are.</exception>
    public static ImageData FromFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"--data: there is no folder '{folder}'.");
        IdxFile Read(string name) => IdxFile.Read(Path.Combine(folder, name));
        return new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), [.. Enumerable.Range(0, Classes).Select(c => $"{c}")],
            Read("train-images-idx3-ubyte"), Read("train-labels-idx1-ubyte"), Read("t10k-images-idx3-ubyte"), Read("t10k-labels-idx1-ubyte"));
    }

    private static IdxFile Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name + ".gz")!;
        return IdxFile.Read(stream, name);
    }

    private static void Check(IdxFile images, IdxFile labels)
    {
        if (images.Shape is not [var count, 28, 28])
            throw new InvalidDataException($"'{images.Path}' holds [{string.Join(", ", images.Shape)}]; LeNet-5 needs images [count, 28, 28].");
        if (labels.Shape is not [var labelCount])
            throw new InvalidDataException($"'{labels.Path}' holds [{string.Join(", ", labels.Shape)}]; labels are [count].");
        if (count != labelCount)
            throw new InvalidDataException($"'{images.Path}' has {count} images but '{labels.Path}' has {labelCount} labels; they do not belong together.");
        if (count == 0)
            throw new InvalidDataException($"'{images.Path}' holds no image.");
        var wrong = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (wrong >= 0)
            throw new InvalidDataException($"'{labels.Path}' gives image {wrong} the label {labels.Data[wrong]}; the labels are 0 to {Classes - 1}.");
    }

    /// <summary>The last tenth of every class for validation, the rest to train on; both in the order of the file.</summary>
    private static (int[] Train, int[] Validation) Split(byte[] labels)
    {
        var left = new int[Classes];
        foreach (var label in labels)
            left[label]++;
        var held = left.Select(count => (int)Math.Round(count * ValidationShare)).ToArray();
        var (train, validation) = (new List<int>(), new List<int>());
        for (var i = 0; i < labels.Length; i++)
            (left[labels[i]]-- > held[labels[i]] ? train : validation).Add(i);
        return ([.. train], [.. validation]);
    }

    /// <summary>Mean and standard deviation of the grey values of some images, on the scale 0 to 1; exact, from a histogram.</summary>
    private static (double Mean, double Deviation) Moments(byte[] pixels, int[] images)
    {
        var histogram = new long[256];
        foreach (var image in images)
            foreach (var grey in pixels.AsSpan(image * ImageSet.Size, ImageSet.Size))
                histogram[grey]++;
        double count = 0, sum = 0, squares = 0;
        for (var grey = 0; grey < 256; grey++)
        {
            count += histogram[grey];
            sum += histogram[grey] * (grey / 255.0);
            squares += histogram[grey] * (grey / 255.0) * (grey / 255.0);
        }
        var mean = sum / count;
        // Images of one grey have no deviation; any scale serves them.
        return (mean, Math.Sqrt(Math.Max(squares / count - mean * mean, 1e-8)));
    }
}
