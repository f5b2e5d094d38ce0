using System.Buffers.Binary;
using System.IO.Compression;

namespace DeepGen;

/// <summary>
/// A file of the IDX format of MNIST: two zero bytes, the element type, the number of dimensions, the dimensions (big endian), then the
/// elements row-major. Gzip is recognised by its first bytes, whatever the name. http://yann.lecun.com/exdb/mnist
/// </summary>
public sealed class IdxFile
{
    private const byte UnsignedByte = 0x08;

    /// <summary>Deflate cannot shrink more than this, so a damaged size is seen before memory is reserved for it.</summary>
    private const long MaxRatio = 1032;

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
        var found = File.Exists(path) ? path : path + ".gz";
        if (!File.Exists(found))
            throw new FileNotFoundException($"There is no IDX file '{path}', nor '{path}.gz'.", path);
        using var file = new FileStream(found, FileMode.Open, FileAccess.Read, FileShare.Read);
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
        var packed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = 0;
        if (!packed) return Parse(stream, name, stream.Length);
        using var unpacked = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            return Parse(unpacked, name, stream.Length > long.MaxValue / MaxRatio ? long.MaxValue : stream.Length * MaxRatio);
        }
        catch (InvalidDataException error) when (error.InnerException == null && !error.Message.StartsWith("Cannot read", StringComparison.Ordinal))
        {
            throw Bad(name, $"its gzip data are damaged ({error.Message})", error);
        }
    }

    private static IdxFile Parse(Stream stream, string path, long maxBytes)
    {
        Span<byte> word = stackalloc byte[4];
        Read(stream, word, path, "the header");
        if (word[0] != 0 || word[1] != 0)
            throw Bad(path, $"it begins with the bytes {word[0]:X2} {word[1]:X2}, and an IDX file begins with 00 00");
        if (word[2] != UnsignedByte)
            throw Bad(path, $"its element type is 0x{word[2]:X2}, and only 0x08 (unsigned byte) can be read");
        var shape = new int[word[3]];
        if (shape.Length == 0) throw Bad(path, "it has no dimensions");
        long size = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            Read(stream, word, path, "the header");
            var length = BinaryPrimitives.ReadUInt32BigEndian(word);
            if (length > int.MaxValue) throw Bad(path, $"dimension {i} is {length}");
            shape[i] = (int)length;
            size *= length;
            if (size > Array.MaxLength) throw Bad(path, $"its dimensions {Shapes.Text(shape)} need more than {Array.MaxLength} bytes");
        }

        if (size > maxBytes) throw Bad(path, $"its dimensions {Shapes.Text(shape)} need {size} bytes, and the file is too short for that");
        var data = new byte[size];
        Read(stream, data, path, $"the {size} bytes of its dimensions {Shapes.Text(shape)}");
        if (stream.ReadByte() >= 0) throw Bad(path, $"more follows the {size} bytes of its dimensions {Shapes.Text(shape)}");
        return new IdxFile(path, shape, data);
    }

    private static void Read(Stream stream, Span<byte> bytes, string path, string what)
    {
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length) throw Bad(path, $"it is truncated: it ends {bytes.Length - read} bytes before the end of {what}");
    }

    private static InvalidDataException Bad(string path, string reason, Exception? inner = null) => new($"Cannot read the IDX file '{path}': {reason}.", inner);
}
