namespace DeepGen.Examples;

/// <summary>The images of a run: what is trained on, what the best epoch is chosen by, and what the result is measured on.</summary>
public sealed class ImageData
{
    private const int Classes = 10;

    /// <summary>The share of the training files that is held out for validation: the last ones of every class.</summary>
    private const double ValidationShare = 0.1;

    private readonly SmallPictures _pictures;
    private readonly int[] _train;

    private ImageData(SmallPictures pictures)
    {
        _pictures = pictures;
        var (images, labels) = (ImageArray.Load(pictures.Train.Images), pictures.Train.Labels);
        (_train, var validation) = Split(labels);
        (Mean, Deviation) = Moments(images, _train);
        var normalized = new float[256];
        for (var grey = 0; grey < 256; grey++)
            normalized[grey] = (float)((grey / 255.0 - Mean) / Deviation);
        Train = new ImageSet(images, labels, _train, normalized);
        Validation = validation.Length == 0 ? null : new ImageSet(images, labels, validation, normalized);
        Test = new ImageSet(ImageArray.Load(pictures.Test.Images), pictures.Test.Labels, [.. Enumerable.Range(0, pictures.Test.Count)], normalized);
    }

    /// <summary>Where the images come from, for people.</summary>
    public string Name => _pictures.Name;

    /// <summary>The names of the ten classes in the order of their labels.</summary>
    public IReadOnlyList<string> ClassNames => _pictures.Train.Classes;

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

    /// <summary>The images of a folder of IDX files, or those inside this program where there is none.</summary>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or is not what MNIST's files are.</exception>
    public static ImageData Read(string? folder) => new(SmallPictures.Read(folder));

    /// <summary>
    /// The training images, distorted anew in each epoch: turned, enlarged, stretched and bent as by the muscles of another hand (P. Simard, D. Steinkraus and J. Platt 2003).
    /// </summary>
    /// <param name="seed">The key of the distortions.</param>
    public IDataset Distorted(ulong seed)
    {
        var distorted = new ImageDataset(_pictures.Train, new ImageDatasetOptions
        {
            Transforms = [ImageTransform.Rotation(5), ImageTransform.Zoom(0.95, 1.05), ImageTransform.Elastic(strength: 20, smoothness: 4)],
            Seed = seed,
        });
        return new Standardization([(float)Mean], [(float)Deviation]).Apply(distorted.Subset(_train));
    }

    /// <summary>The last tenth of every class for validation, the rest to train on; both in the order of the file.</summary>
    private static (int[] Train, int[] Validation) Split(IReadOnlyList<int> labels)
    {
        var left = new int[Classes];
        foreach (var label in labels)
            left[label]++;
        var held = left.Select(count => (int)Math.Round(count * ValidationShare)).ToArray();
        var (train, validation) = (new List<int>(), new List<int>());
        for (var i = 0; i < labels.Count; i++)
            (left[labels[i]]-- > held[labels[i]] ? train : validation).Add(i);
        return ([.. train], [.. validation]);
    }

    /// <summary>Mean and standard deviation of the grey values of some images, on the scale 0 to 1; exact, from a histogram.</summary>
    private static (double Mean, double Deviation) Moments(ImageArray images, int[] chosen)
    {
        var histogram = new long[256];
        foreach (var image in chosen)
            foreach (var grey in images[image])
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
