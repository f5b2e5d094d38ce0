using System.Text;

namespace DeepGen;

/// <summary>Reads files of text as a whole.</summary>
public static class TextFile
{
    /// <summary>A string has no more letters, and in no encoding has one fewer than a byte.</summary>
    private const long MaxBytes = 0x3FFFFFDF;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file; gzip is recognised by its first bytes, and a mark of the byte order is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">How its bytes are letters. Without <see cref="TextEncoding.Latin1"/> a byte that is no UTF-8 is an error, and not a question mark.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, in another encoding, or too long; the message names the path and the reason.</exception>
    public static string Read(string path, TextEncoding encoding = TextEncoding.Utf8)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
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
        DataFile.CheckExists(path, "file");
        var length = new FileInfo(path).Length;
        if (length > MaxBytes) throw Bad(path, $"its {length} bytes are more than the {MaxBytes} of the longest text; cut it into parts");
        var bytes = File.ReadAllBytes(path);
        if (!Gzip.IsPacked(bytes)) return bytes;
        try
        {
            return Gzip.Unpack(bytes, MaxBytes);
        }
        catch (InvalidDataException error)
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
