namespace DeepGen;

/// <summary>The file formats of pictures that DeepGen reads by itself.</summary>
public static class ImageFormats
{
    private const int StartBytes = 16;

    /// <summary>Portable Network Graphics: every colour type, bit depth and interlacing of the standard (ISO/IEC 15948).</summary>
    public static IImageFormat Png { get; } = new PngFormat();

    /// <summary>Netpbm's PBM, PGM and PPM, P1 to P6.</summary>
    public static IImageFormat Pnm { get; } = new PnmFormat();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IImageFormat> All { get; } = [Png, Pnm];

    /// <summary>Extensions of pictures that are not read unless a format for them is given; a folder that has one is an error, not a folder with fewer pictures.</summary>
    internal static readonly string[] Unsupported = [".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".heic", ".jxl", ".jp2"];

    /// <summary>Reads the size of a picture from the head of its file.</summary>
    /// <param name="formats">The formats to look for.</param>
    /// <param name="file">The file, or at least its first 4096 bytes.</param>
    /// <param name="path">For messages.</param>
    internal static (int Height, int Width) ReadSize(IReadOnlyList<IImageFormat> formats, ReadOnlyMemory<byte> file, string path)
    {
        try
        {
            return Find(formats, file.Span).ReadSize(file);
        }
        catch (InvalidDataException error)
        {
            throw Bad(path, error);
        }
    }

    /// <summary>Decodes a file.</summary>
    internal static void Read(IReadOnlyList<IImageFormat> formats, ReadOnlyMemory<byte> file, string path, Image image, PixelValues values)
    {
        try
        {
            Find(formats, file.Span).Decode(file, image, values);
        }
        catch (InvalidDataException error)
        {
            throw Bad(path, error);
        }
    }

    private static InvalidDataException Bad(string path, InvalidDataException error) => new($"Cannot read the image '{path}': {error.Message}.", error);

    private static IImageFormat Find(IReadOnlyList<IImageFormat> formats, ReadOnlySpan<byte> file)
    {
        var start = file[..Math.Min(file.Length, StartBytes)];
        foreach (var format in formats)
            if (format.Recognizes(start))
                return format;
        throw new InvalidDataException(Refusal(formats, start));
    }

    private static string Refusal(IReadOnlyList<IImageFormat> formats, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) return "it is empty";
        var known = string.Join(" and ", formats.Select(format => format.Name));
        var name = start switch
        {
            [0xFF, 0xD8, 0xFF, ..] => "JPEG",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "GIF",
            [(byte)'B', (byte)'M', ..] => "BMP",
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "TIFF",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "WebP",
            _ => null,
        };
        return name == null
            ? $"its first bytes, {Convert.ToHexString(start[..Math.Min(8, start.Length)])}, are of no format that is read here ({known})"
            : $"it is a {name} file, and only {known} are read here; convert it (for instance with ImageMagick: mogrify -format png), or give a decoder for it in ImageFileOptions.Formats";
    }
}
