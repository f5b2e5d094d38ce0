namespace DeepGen;

/// <summary>
/// A picture in memory: bytes, plane after plane (channels, height, width), as networks take them. Its memory is kept when it becomes smaller, so one object can take picture after picture.
/// </summary>
public sealed class Image
{
    private byte[] _pixels;

    /// <summary>No picture yet.</summary>
    public Image() => _pixels = [];

    /// <summary>A black picture.</summary>
    /// <param name="channels">1 grey, 2 grey and opacity, 3 red, green and blue, 4 with opacity; or any other number.</param>
    /// <param name="height">The number of rows.</param>
    /// <param name="width">The number of columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the picture is larger than an array can be.</exception>
    public Image(int channels, int height, int width) : this() => SetSize(channels, height, width);

    /// <summary>The number of planes.</summary>
    public int Channels { get; private set; }

    /// <summary>The number of rows.</summary>
    public int Height { get; private set; }

    /// <summary>The number of columns.</summary>
    public int Width { get; private set; }

    /// <summary>The bytes of all planes, one after the other, each row by row.</summary>
    public Span<byte> Pixels => _pixels.AsSpan(0, Channels * Height * Width);

    /// <summary>The bytes of one plane, row by row.</summary>
    public Span<byte> Plane(int channel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, Channels);
        return _pixels.AsSpan(channel * Height * Width, Height * Width);
    }

    /// <summary>Gives it another size. What it shows is undefined afterwards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the picture is larger than an array can be.</exception>
    public void SetSize(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if ((Int128)channels * height * width > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(height), $"A picture of {channels}x{height}x{width} bytes is too large; there may be {Array.MaxLength}.");
        if (_pixels.Length < channels * height * width) _pixels = new byte[channels * height * width];
        (Channels, Height, Width) = (channels, height, width);
    }

    /// <summary>
    /// Changes the number of channels to 1 or 3: grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), grey becomes colour by repetition, and opacity is dropped, all as Pillow's <c>convert</c> does it.
    /// </summary>
    /// <param name="channels">1 or 3.</param>
    /// <exception cref="ArgumentException">The picture has other than 1 to 4 channels, or another number than 1 or 3 is wanted.</exception>
    public void ConvertTo(int channels)
    {
        if (channels == Channels) return;
        if (channels is not (1 or 3) || Channels is < 1 or > 4)
            throw new ArgumentException($"A picture of {Shapes.Count(Channels, "channel")} cannot be made one of {channels}; 1 to 4 can be made 1 or 3.", nameof(channels));
        var size = Height * Width;
        if (channels == 1 && Channels >= 3)
        {
            ReadOnlySpan<byte> red = Plane(0), green = Plane(1), blue = Plane(2);
            var grey = Plane(0);
            for (var i = 0; i < size; i++) grey[i] = (byte)(((red[i] * 19595) + (green[i] * 38470) + (blue[i] * 7471) + 0x8000) >> 16);
        }

        if (channels == 3 && Channels < 3)
        {
            if (_pixels.Length < 3 * size) Array.Resize(ref _pixels, checked(3 * size));
            _pixels.AsSpan(0, size).CopyTo(_pixels.AsSpan(size));
            _pixels.AsSpan(0, size).CopyTo(_pixels.AsSpan(2 * size));
        }

        Channels = channels;
    }

    /// <summary>Becomes a copy of another picture.</summary>
    public void CopyFrom(Image other)
    {
        ArgumentNullException.ThrowIfNull(other);
        SetSize(other.Channels, other.Height, other.Width);
        other.Pixels.CopyTo(Pixels);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">A file of one of <see cref="ImageFormats.All"/>; its content decides which, not its name.</param>
    /// <param name="values">What the bytes are.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or no picture that can be read; the message names the path and the reason.</exception>
    public static Image Read(string path, PixelValues values = PixelValues.Colors)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var image = new Image();
        ImageFiles.Decode(path, ImageFormats.All, values, image);
        return image;
    }

    /// <summary>Writes a file, as a whole or not at all.</summary>
    /// <param name="path">Ends with <c>.png</c>, or <c>.pgm</c>, <c>.ppm</c> or <c>.pnm</c> for a picture of 1 or 3 channels.</param>
    /// <exception cref="ArgumentException">The name ends otherwise, or the format has no such number of channels.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => PngWriter.Encode(this),
            ".pgm" or ".ppm" or ".pnm" => PnmFormat.Encode(this),
            var other => throw new ArgumentException($"Cannot save '{path}': the name must end with .png, .pgm, .ppm or .pnm, not '{other}'.", nameof(path)),
        };
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    /// <summary>The picture as the bytes of a PNG file.</summary>
    /// <exception cref="InvalidOperationException">It has other than 1 to 4 channels.</exception>
    public byte[] ToPng() => PngWriter.Encode(this);
}
