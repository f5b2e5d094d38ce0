namespace DeepGen.Examples.Gan;

/// <summary>Pictures of 28 × 28 with a class each; white is 1 and black −1, as the generator's Tanh makes them.</summary>
internal sealed class Pictures
{
    public const int Size = SmallPictures.Side * SmallPictures.Side;

    public const int Classes = 10;

    /// <summary>(p / 255 − 0.5) / 0.5.</summary>
    private const float Middle = 0.5f;

    /// <summary>The pictures of MNIST or Fashion-MNIST.</summary>
    /// <param name="source">All of them.</param>
    /// <param name="limit">So many training pictures at most.</param>
    public Pictures(SmallPictures source, int limit)
    {
        Name = source.Name;
        (TrainPixels, Train) = Read(source.Train, limit);
        (TestPixels, Test) = Read(source.Test, int.MaxValue);
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

    private static (byte[] Pixels, InMemoryDataset Dataset) Read(LabelledImages images, int limit)
    {
        var all = ImageArray.Load(images.Images);
        var pixels = new byte[Math.Min(limit, all.Count) * Size];
        for (var i = 0; i < pixels.Length / Size; i++) all[i].CopyTo(pixels.AsSpan(i * Size));
        return (pixels, new InMemoryDataset(pixels, Size, [.. images.Labels.Take(pixels.Length / Size)], Middle, Middle));
    }
}
