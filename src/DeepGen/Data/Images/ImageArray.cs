namespace DeepGen;

/// <summary>Pictures of one size in memory.</summary>
public sealed class ImageArray : IImageSource, IKnownImages
{
    private readonly byte[] _pixels;
    private readonly Func<int, string> _name;

    /// <summary>Pictures from bytes.</summary>
    /// <param name="pixels">Picture after picture, plane after plane, row after row; it is not copied.</param>
    /// <param name="channels">The planes of a picture.</param>
    /// <param name="height">The rows of a plane.</param>
    /// <param name="width">The columns of a plane.</param>
    /// <exception cref="ArgumentException">The number of bytes is no multiple of a picture's.</exception>
    public ImageArray(byte[] pixels, int channels, int height, int width) : this(pixels, channels, height, width, index => $"image {index}")
    {
    }

    internal ImageArray(byte[] pixels, int channels, int height, int width, Func<int, string> name)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (_pixels, Channels, Height, Width, _name) = (pixels, channels, height, width, name);
        if (pixels.Length % ((long)channels * height * width) != 0)
            throw new ArgumentException($"There are {pixels.Length} bytes, no multiple of a picture's {channels}x{height}x{width}.", nameof(pixels));
        Count = pixels.Length / (channels * height * width);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>The planes of a picture.</summary>
    public int Channels { get; }

    /// <summary>The rows of a plane.</summary>
    public int Height { get; }

    /// <summary>The columns of a plane.</summary>
    public int Width { get; }

    /// <summary>The bytes of a picture: plane after plane, row after row.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Shapes.Count(Count, "picture")}.");
            var size = Channels * Height * Width;
            return _pixels.AsSpan(index * size, size);
        }
    }

    /// <summary>Loads all pictures of a source.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, pictures differ in size, or they do not fit into one array.</exception>
    public static ImageArray Load(IImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source is ImageArray already) return already;
        if (source.Count == 0) throw new ArgumentException("There is no picture to load.", nameof(source));
        var image = new Image();
        source.Read(0, image);
        var (channels, height, width) = (image.Channels, image.Height, image.Width);
        var size = image.Pixels.Length;
        if ((long)size * source.Count > Array.MaxLength)
            throw new InvalidDataException($"{source.Count} pictures of {channels}x{height}x{width} bytes do not fit into memory as one array of at most {Array.MaxLength} bytes; leave them on the disk.");
        var pixels = new byte[size * source.Count];
        for (var i = 0; i < source.Count; i++)
        {
            source.Read(i, image);
            if ((image.Channels, image.Height, image.Width) != (channels, height, width))
                throw new InvalidDataException($"'{source.Name(i)}' is {image.Channels}x{image.Height}x{image.Width} (channels, height, width), but '{source.Name(0)}' is {channels}x{height}x{width}; pictures in memory have one size.");
            image.Pixels.CopyTo(pixels.AsSpan(i * size));
        }

        return new ImageArray(pixels, channels, height, width, source.Name);
    }

    /// <summary>The pictures that are the rows of one large picture, as datasets for browsers are packed.</summary>
    /// <param name="sheet">Each of its rows has the pixels of one picture, row after row.</param>
    /// <param name="height">The rows of a picture.</param>
    /// <param name="width">The columns of a picture; height times width is the sheet's width.</param>
    /// <exception cref="ArgumentException">The sheet's width is not that of a picture's pixels.</exception>
    public static ImageArray FromRows(Image sheet, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        if ((long)height * width != sheet.Width)
            throw new ArgumentException($"A row of the sheet has {sheet.Width} pixels, and a picture {height}x{width} = {(long)height * width}.", nameof(sheet));
        var pixels = new byte[sheet.Pixels.Length];
        for (var c = 0; c < sheet.Channels; c++)
            for (var i = 0; i < sheet.Height; i++)
                sheet.Plane(c).Slice(i * sheet.Width, sheet.Width).CopyTo(pixels.AsSpan(((i * sheet.Channels) + c) * sheet.Width));
        return new ImageArray(pixels, sheet.Channels, height, width);
    }

    /// <inheritdoc/>
    public void Read(int index, Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = this[index];
        image.SetSize(Channels, Height, Width);
        pixels.CopyTo(image.Pixels);
    }

    /// <inheritdoc/>
    public string Name(int index) => _name(index);

    int? IKnownImages.KnownChannels => Channels;

    (int Height, int Width) IKnownImages.SizeOf(int index) => (Height, Width);
}
