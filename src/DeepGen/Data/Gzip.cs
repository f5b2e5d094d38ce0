using System.Buffers.Binary;
using System.IO.Compression;

namespace DeepGen;

/// <summary>Files that are packed by gzip (RFC 1952).</summary>
internal static class Gzip
{
    /// <summary>Deflate cannot shrink more than this, so a damaged size is seen before memory is reserved for it.</summary>
    public const long MaxRatio = 1032;

    private const int LengthBytes = 4;

    /// <summary>Whether a file is packed, by its first bytes.</summary>
    public static bool IsPacked(ReadOnlySpan<byte> start) => start is [0x1F, 0x8B, ..];

    /// <summary>Unpacks a whole file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="maxBytes">The most bytes that are of use.</param>
    /// <exception cref="InvalidDataException">It is damaged, or there are more bytes than that.</exception>
    public static byte[] Unpack(byte[] file, long maxBytes)
    {
        var length = EndOf(file);
        if (length > MaxRatio * file.Length) throw Cut();
        if (length > maxBytes) throw new InvalidDataException($"it holds {length} bytes, more than the {maxBytes} that can be read");
        using var unpacked = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        var bytes = new byte[length];
        CheckEnd(file, unpacked.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) + (unpacked.ReadByte() < 0 ? 0 : 1));
        return bytes;
    }

    /// <summary>Checks that a file is whole: the decompressor, which verifies the checksum where there is one, does not notice that its end is missing.</summary>
    /// <param name="end">The file, or at least its last four bytes.</param>
    /// <param name="length">How many bytes it was unpacked to.</param>
    /// <exception cref="InvalidDataException">They tell another length.</exception>
    public static void CheckEnd(ReadOnlySpan<byte> end, long length)
    {
        if (EndOf(end) != (uint)length) throw Cut();
    }

    /// <summary>The length of what is in a file, modulo 2³², as its last bytes tell it.</summary>
    private static uint EndOf(ReadOnlySpan<byte> file) => file.Length < LengthBytes ? throw Cut() : BinaryPrimitives.ReadUInt32LittleEndian(file[^LengthBytes..]);

    private static InvalidDataException Cut() => new("the length at its end is another; it is truncated, or joined from several");
}
