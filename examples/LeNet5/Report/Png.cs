using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DeepGen.Examples.Report;

/// <summary>A grey image as a PNG file (ISO/IEC 15948): signature, IHDR, IDAT, IEND.</summary>
internal static class Png
{
    /// <summary>The image as a <c>data:</c> address, so that the page needs no file beside it.</summary>
    /// <param name="pixels">Rows of grey values, 0 black to 255 white.</param>
    /// <param name="width">The pixels of a row.</param>
    public static string DataAddress(ReadOnlySpan<byte> pixels, int width)
    {
        var height = pixels.Length / width;
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;  // bits per sample; colour type 0 (grey), compression, filter and interlace 0 follow

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var row = 0; row < height; row++)
            {
                zlib.WriteByte(0);  // filter: none
                zlib.Write(pixels.Slice(row * width, width));
            }
        }

        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n\u001a\n"u8]);
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", packed.ToArray());
        WriteChunk(file, "IEND", []);
        return "data:image/png;base64," + Convert.ToBase64String(file.ToArray());
    }

    /// <summary>Length, type, data, and the CRC of type and data.</summary>
    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
        file.Write(number);
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = ~0u;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        }
        return ~crc;
    }
}
