namespace DeepGen.Examples.Segmentation;

/// <summary>Pictures with a mask each, cut into three parts, and perhaps more pictures without masks.</summary>
internal sealed class CellPictures
{
    /// <summary>The values of the two classes in a mask.</summary>
    private static readonly byte[] MaskValues = [0, 255];

    /// <summary>How fast the border's weight falls with the distance, in pixels: 5 in the paper, where cells are larger.</summary>
    private const double BorderDeviation = 3;

    private CellPictures(string name, string inside, ImageArray images, ImageArray masks, ImageArray? unlabelled, ulong seed)
    {
        (Name, Inside, Images, Masks, Unlabelled) = (name, inside, Stretched(images), masks, unlabelled == null ? null : Stretched(unlabelled));
        double count = images.Count, validation = Math.Max(1, Math.Round(0.1 * count)), test = Math.Max(1, Math.Round(0.2 * count));
        var parts = DataSplit.Random(images.Count, seed, (count - validation - test) / count, validation / count, test / count);
        (Train, Validation, Test) = (parts[0], parts[1], parts[2]);
    }

    /// <summary>Where the pictures come from, for people.</summary>
    public string Name { get; }

    /// <summary>What the class of white pixels is.</summary>
    public string Inside { get; }

    /// <summary>All pictures, the darkest pixel of each 0 and the 99.8th percentile 255: microscopes' exposures differ.</summary>
    public ImageArray Images { get; }

    /// <summary>Their masks.</summary>
    public ImageArray Masks { get; }

    /// <summary>Pictures whose masks nobody gave.</summary>
    public ImageArray? Unlabelled { get; }

    /// <summary>The pictures that the network learns from.</summary>
    public int[] Train { get; }

    /// <summary>The pictures that the best epoch is chosen by.</summary>
    public int[] Validation { get; }

    /// <summary>The pictures that the result is measured on, once.</summary>
    public int[] Test { get; }

    /// <summary>Pictures of this program's own making.</summary>
    /// <param name="count">How many, at least 4.</param>
    /// <param name="size">Their height and width.</param>
    /// <param name="seed">The key of pictures and parts.</param>
    public static CellPictures Generated(int count, int size, ulong seed)
    {
        var (images, masks) = GeneratedCells.Draw(count, size, seed);
        return new($"{count} generated pictures of cells", "cell", images, masks, null, seed);
    }

    /// <summary>Pictures of a folder: <c>images</c> and <c>masks</c> with equal names, or the ISBI challenge's <c>train/image</c>, <c>train/label</c> and <c>test</c>.</summary>
    /// <exception cref="IOException">The folder has neither.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, pictures differ in size, one has no mask, or a mask has other values than 0 and 255.</exception>
    public static CellPictures FromFolder(string folder, ulong seed)
    {
        InputFiles.CheckFolder("--data", folder);
        var grey = new ImageFileOptions { Channels = 1 };
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (Directory.Exists(Path.Combine(folder, "images")))
        {
            var images = ImageFiles.InFolder(Path.Combine(folder, "images"), grey);
            return Read(images, images.Matching(Path.Combine(folder, "masks"), grey), null, "nucleus");
        }

        if (!Directory.Exists(Path.Combine(folder, "train", "image")))
            throw new DirectoryNotFoundException($"--data: '{folder}' has neither a folder 'images' (beside 'masks') nor a folder 'train/image' (beside 'train/label').");
        var slices = ImageFiles.InFolder(Path.Combine(folder, "train", "image"), grey);
        var more = Path.Combine(folder, "test");
        return Read(slices, slices.Matching(Path.Combine(folder, "train", "label"), grey), Directory.Exists(more) ? ImageFiles.InFolder(more, grey) : null, "inside");

        CellPictures Read(ImageFiles images, ImageFiles masks, ImageFiles? unlabelled, string inside)
        {
            if (images.Count < 4) throw new InvalidDataException($"'{folder}' has {images.Count} pictures; at least 4 are needed to learn from, choose by and test on.");
            return new($"{images.Count} pictures of {name}", inside, ImageArray.Load(images), ImageArray.Load(masks), unlabelled == null ? null : ImageArray.Load(unlabelled), seed);
        }
    }

    /// <summary>The samples to learn from: random crops, turned, mirrored and bent, each with its mask.</summary>
    /// <param name="size">Rows and columns of a sample.</param>
    /// <param name="seed">The key of the crops and distortions.</param>
    /// <param name="borderWeight">What the ground between two cells that touch counts more.</param>
    public IDataset Training(int size, ulong seed, double borderWeight) => Samples(new ImageDatasetOptions
    {
        Transforms =
        [
            ImageTransform.RandomCrop(size, size, Reach(size)),
            ImageTransform.HorizontalFlip(),
            ImageTransform.VerticalFlip(),
            ImageTransform.Rotation(180),
            ImageTransform.ElasticGrid(grid: 3, deviation: 8),
            ImageTransform.Brightness(0.2),
            ImageTransform.Contrast(0.2),
        ],
        Border = Border.Mirror,
        BorderWeights = new BorderWeights(borderWeight, BorderDeviation),
        Seed = seed,
    }).Subset(Train);

    /// <summary>The samples to choose the best epoch by: the middle of each picture, as it is.</summary>
    public IDataset Validating(int size, double borderWeight) => Samples(new ImageDatasetOptions
    {
        Transforms = [ImageTransform.CenterCrop(size, size)],
        Border = Border.Mirror,
        BorderWeights = new BorderWeights(borderWeight, BorderDeviation),
    }).Subset(Validation);

    private ImageDataset Samples(ImageDatasetOptions options) => new(Images, new LabelMaps(Masks, MaskValues), options);

    /// <summary>Pixels to add around a picture that is smaller than a sample.</summary>
    private int Reach(int size) => Math.Max(0, (size - Math.Min(Images.Height, Images.Width) + 1) / 2);

    private static ImageArray Stretched(ImageArray images)
    {
        int size = images.Height * images.Width;
        var pixels = new byte[images.Count * size];
        Span<int> histogram = stackalloc int[256];
        for (var i = 0; i < images.Count; i++)
        {
            histogram.Clear();
            foreach (var value in images[i]) histogram[value]++;
            int low = 0, high = 255;
            while (histogram[low] == 0) low++;
            for (var above = 0; high > low + 1 && (above += histogram[high]) <= size / 500;) high--;
            for (var k = 0; k < size; k++) pixels[(i * size) + k] = (byte)(255 * Math.Clamp(images[i][k] - low, 0, high - low) / Math.Max(1, high - low));
        }

        return new ImageArray(pixels, 1, images.Height, images.Width);
    }
}
