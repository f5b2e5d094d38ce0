using System.Buffers.Binary;
using System.IO.Compression;

namespace DeepGen;

/// <summary>
/// A file of the IDX format of MNIST: two zero bytes, the element type, the number of dimensions, the dimensions (big endian), then the
/// elements row-major. Gzip is recognised by its first bytes, whatever the name. http://yann.lecun.com/exdb/mnist
/// </summary>
public sealed class IdxFile
{
    private const string Kind = "IDX file";

    private const byte UnsignedByte = 0x08;

    private IdxFile(string path, int[] shape, byte[] data) => (Path, Shape, Data) = (path, shape, data);

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>The dimensions; the first is the number of samples.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements, row-major.</summary>
    public byte[] Data { get; }

    /// <summary>Reads a file of unsigned bytes.</summary>
    /// <param name="path">The file; where there is none of that name, the one with <c>.gz</c> added.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no IDX file of unsigned bytes, or is damaged; the message names the path and the reason.</exception>
    public static IdxFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var found = Find(path);
        using var file = DataFile.Open(found, Kind);
        return Read(file, found);
    }

    /// <summary>Reads a file of unsigned bytes from a stream that can seek, such as an embedded resource.</summary>
    /// <param name="stream">The whole file.</param>
    /// <param name="name">What error messages call it, and its <see cref="Path"/>.</param>
    /// <exception cref="InvalidDataException">It is no IDX file of unsigned bytes, or is damaged; the message gives the name and the reason.</exception>
    public static IdxFile Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (stream.Length == 0) throw Bad(name, "it is empty");
        if (!IsPacked(stream)) return Parse(stream, name, stream.Length);
        using var unpacked = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            var file = Parse(unpacked, name, stream.Length > long.MaxValue / Gzip.MaxRatio ? long.MaxValue : stream.Length * Gzip.MaxRatio);
            Span<byte> end = stackalloc byte[4];
            stream.Position = stream.Length - end.Length;
            stream.ReadExactly(end);
            Gzip.CheckEnd(end, (4L * (1 + file.Shape.Count)) + file.Data.Length);
            return file;
        }
        catch (InvalidDataException error) when (error.InnerException == null && !error.Message.StartsWith("Cannot read", StringComparison.Ordinal))
        {
            throw Bad(name, $"its gzip data are damaged ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>Reads labelled images in MNIST's format.</summary>
    /// <param name="imagesPath">File of unsigned bytes [n, height, width] or [n, channels, height, width], gzip or not.</param>
    /// <param name="labelsPath">File of unsigned bytes [n], gzip or not.</param>
    /// <param name="classes">The names of the classes; their numbers, up to the highest label, when null.</param>
    /// <param name="stream">Whether the images stay in their file, which must not be packed, and are read one by one, for files larger than memory.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, the two do not belong together, a label is no class, or a packed file is to be streamed.</exception>
    public static LabelledImages ReadImages(string imagesPath, string labelsPath, IReadOnlyList<string>? classes = null, bool stream = false)
    {
        var labels = Read(labelsPath);
        return stream ? Labelled(Open(imagesPath, labels), labels, classes) : Read(imagesPath).WithLabels(labels, classes);
    }

    /// <summary>This file as images with the labels of another one.</summary>
    /// <param name="labels">A file of unsigned bytes [n].</param>
    /// <param name="classes">The names of the classes; their numbers, up to the highest label, when null.</param>
    /// <exception cref="InvalidDataException">This file is not [n, height, width] or [n, channels, height, width], the two do not belong together, or a label is no class.</exception>
    public LabelledImages WithLabels(IdxFile labels, IReadOnlyList<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        CheckPair(Path, Shape, labels);
        var (channels, height, width) = PictureShape(Path, Shape);
        return Labelled(new ImageArray(Data, channels, height, width, index => $"image {index} of '{Path}'"), labels, classes);
    }

    private static LabelledImages Labelled(IImageSource images, IdxFile labels, IReadOnlyList<string>? classes)
    {
        var values = Array.ConvertAll(labels.Data, label => (int)label);
        for (var i = 0; i < values.Length && classes != null; i++)
            if (values[i] >= classes.Count)
                throw new InvalidDataException($"'{labels.Path}' gives image {i} the label {values[i]}; there are {classes.Count} classes, so labels are 0 to {classes.Count - 1}.");
        return new LabelledImages(images, values, classes);
    }

    /// <summary>That images and labels belong together.</summary>
    internal static void CheckPair(string imagesPath, IReadOnlyList<int> images, IdxFile labels)
    {
        if (images.Count < 2)
            throw new InvalidDataException($"Cannot use '{imagesPath}' as images: its dimensions are {Shapes.Text(images)}; images need [count, height, width]. Are images and labels exchanged?");
        if (labels.Shape.Count != 1)
            throw new InvalidDataException($"Cannot use '{labels.Path}' as labels: its dimensions are {Shapes.Text(labels.Shape)}; labels need [count]. Are images and labels exchanged?");
        if (images[0] != labels.Shape[0])
            throw new InvalidDataException($"'{imagesPath}' has {images[0]} images, but '{labels.Path}' has {labels.Shape[0]} labels; they do not belong together.");
        if (images.Contains(0)) throw new InvalidDataException($"'{imagesPath}' holds no images; its dimensions are {Shapes.Text(images)}.");
    }

    private static (int Channels, int Height, int Width) PictureShape(string path, IReadOnlyList<int> shape) => shape switch
    {
        [_, var height, var width] => (1, height, width),
        [_, var channels, var height, var width] => (channels, height, width),
        _ => throw new InvalidDataException($"Cannot use '{path}' as images: its dimensions are {Shapes.Text(shape)}; images need [count, height, width] or [count, channels, height, width]."),
    };

    /// <summary>The images of a file that stays on the disk.</summary>
    private static RecordImages Open(string path, IdxFile labels)
    {
        var found = Find(path);
        using var file = DataFile.Open(found, Kind);
        if (IsPacked(file)) throw new InvalidDataException($"Cannot stream '{found}': it is packed (gzip), and its images can only be had one after the other; unpack it, or read it into memory.");
        var shape = ParseHeader(file, found, out var size);
        CheckPair(found, shape, labels);
        var (channels, height, width) = PictureShape(found, shape);
        if (size / shape[0] > Array.MaxLength) throw Bad(found, $"its dimensions {Shapes.Text(shape)} need more than {Array.MaxLength} bytes an image");
        var rest = file.Length - file.Position;
        if (rest < size) throw Truncated(found, size - rest, Contents(shape, size));
        if (rest > size) throw Bad(found, $"more follows the {Contents(shape, size)}");
        return new RecordImages([found], file.Position, 0, channels, height, width);
    }

    private static IdxFile Parse(Stream stream, string path, long maxBytes)
    {
        var shape = ParseHeader(stream, path, out var size);
        if (size > Array.MaxLength) throw Bad(path, $"its dimensions {Shapes.Text(shape)} need more than {Array.MaxLength} bytes");
        if (size > maxBytes) throw Bad(path, $"its dimensions {Shapes.Text(shape)} need {size} bytes, and the file is too short for that");
        var data = new byte[size];
        Read(stream, data, path, Contents(shape, size));
        if (stream.ReadByte() >= 0) throw Bad(path, $"more follows the {Contents(shape, size)}");
        return new IdxFile(path, shape, data);
    }

    private static int[] ParseHeader(Stream stream, string path, out long size)
    {
        Span<byte> word = stackalloc byte[4];
        Read(stream, word, path, "header");
        if (word[0] != 0 || word[1] != 0)
            throw Bad(path, $"it begins with the bytes {word[0]:X2} {word[1]:X2}, and an IDX file begins with 00 00");
        if (word[2] != UnsignedByte)
            throw Bad(path, $"its element type is 0x{word[2]:X2}, and only 0x08 (unsigned byte) can be read");
        var shape = new int[word[3]];
        if (shape.Length == 0) throw Bad(path, "it has no dimensions");
        size = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            Read(stream, word, path, "header");
            var length = BinaryPrimitives.ReadUInt32BigEndian(word);
            if (length > int.MaxValue) throw Bad(path, $"dimension {i} is {length}");
            shape[i] = (int)length;
            size = shape[i] > 0 && size > long.MaxValue / shape[i] ? long.MaxValue : size * shape[i];
        }

        return shape;
    }

    private static string Find(string path)
    {
        if (File.Exists(path) || Directory.Exists(path)) return path;
        var found = path + ".gz";
        return File.Exists(found) ? found : throw new FileNotFoundException($"There is no {Kind} '{path}', nor '{found}'.", path);
    }

    private static bool IsPacked(Stream stream)
    {
        Span<byte> start = stackalloc byte[2];
        var packed = Gzip.IsPacked(start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
        stream.Position = 0;
        return packed;
    }

    private static string Contents(int[] shape, long size) => $"{size} bytes of its dimensions {Shapes.Text(shape)}";

    private static void Read(Stream stream, Span<byte> bytes, string path, string what)
    {
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length) throw Truncated(path, bytes.Length - read, what);
    }

    private static InvalidDataException Truncated(string path, long missing, string what) => Bad(path, $"it is truncated: it ends {missing} bytes before the end of the {what}");

    private static InvalidDataException Bad(string path, string reason, Exception? inner = null) => new($"Cannot read the IDX file '{path}': {reason}.", inner);
}
