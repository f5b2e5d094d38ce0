using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DeepGen;

/// <summary>Reads files of text as a whole.</summary>
public static class TextFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file; gzip is recognised by its first bytes, and a mark of the byte order is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">How its bytes are letters. Without <see cref="TextEncoding.Latin1"/> a byte that is no UTF-8 is an error, and not a question mark.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, in another encoding, or too long; the message names the path and the reason.</exception>
    public static string Read(string path, TextEncoding encoding = TextEncoding.Utf8)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no file '{path}'.", path);
        return Decode(Bytes(path), path, encoding);
    }

    /// <summary>Reads the lines of a file, without their ends.</summary>
    /// <inheritdoc cref="Read"/>
    public static string[] ReadLines(string path, TextEncoding encoding = TextEncoding.Utf8)
    {
        var text = Read(path, encoding);
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static byte[] Bytes(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes is not [0x1F, 0x8B, ..]) return bytes;
        try
        {
            using var unpacked = new MemoryStream();
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            gzip.CopyTo(unpacked);
            var text = unpacked.ToArray();

            // The stream does not notice that its end is missing; the last eight bytes tell (RFC 1952).
            if (bytes.Length < 18 || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(^8)) != Crc32.Of(text) || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(^4)) != (uint)text.Length)
                throw new InvalidDataException("the checksum at the end is another; it is truncated, or joined from several");
            return text;
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw Bad(path, $"its gzip data are damaged ({error.Message.TrimEnd('.')})", error);
        }
    }

    private static string Decode(ReadOnlySpan<byte> bytes, string path, TextEncoding encoding)
    {
        if (encoding == TextEncoding.Latin1) return Encoding.Latin1.GetString(bytes);
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) throw Bad(path, "it is UTF-16; save it as UTF-8");
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            var line = 1 + bytes[..Math.Max(0, error.Index)].Count((byte)'\n');
            throw Bad(path, $"line {line} has the byte {error.BytesUnknown?[0]:X2}, which is no UTF-8 where it stands; is the file Latin-1 (TextEncoding.Latin1)?", error);
        }
    }

    private static InvalidDataException Bad(string path, string reason, Exception? inner = null) => new($"Cannot read '{path}': {reason}{(reason.EndsWith('?') ? "" : ".")}", inner);
}
