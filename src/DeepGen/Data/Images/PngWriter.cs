using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DeepGen;

/// <summary>Writes PNG files (ISO/IEC 15948:2004) of 8 bits a sample, each row with the filter that looks best.</summary>
internal static class PngWriter
{
    public static byte[] Encode(Image image)
    {
        if (image.Channels is < 1 or > 4) throw new InvalidOperationException($"A PNG file has 1 to 4 channels, and the picture has {image.Channels}.");
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = (byte)(image.Channels switch { 1 => 0, 2 => 4, 3 => 2, _ => 6 });
        header[10..].Clear();
        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        Write(file, "IHDR", header);
        Write(file, "IDAT", Pack(image));
        Write(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Pack(Image image)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var length = image.Width * image.Channels;
            byte[] row = new byte[length], above = new byte[length], filtered = new byte[length], best = new byte[length];
            for (var y = 0; y < image.Height; y++)
            {
                (row, above) = (above, row);
                for (var c = 0; c < image.Channels; c++)
                {
                    var plane = image.Plane(c).Slice(y * image.Width, image.Width);
                    for (var x = 0; x < plane.Length; x++) row[(x * image.Channels) + c] = plane[x];
                }

                zlib.WriteByte(Filter(row, above, image.Channels, filtered, best));
                zlib.Write(best);
            }
        }

        return packed.ToArray();
    }

    /// <summary>The filter whose differences are smallest in sum packs best more often than not (section 12.8).</summary>
    private static byte Filter(byte[] row, byte[] above, int stride, byte[] filtered, byte[] best)
    {
        var (chosen, least) = (0, long.MaxValue);
        for (var kind = 0; kind < PngFilter.Kinds; kind++)
        {
            PngFilter.Apply(kind, row, above, stride, filtered);
            long sum = 0;
            foreach (var value in filtered) sum += Math.Abs((int)(sbyte)value);
            if (sum >= least) continue;
            (chosen, least) = (kind, sum);
            filtered.CopyTo(best, 0);
        }

        return (byte)chosen;
    }

    private static void Write(Stream file, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4], name = stackalloc byte[4];
        Encoding.ASCII.GetBytes(type, name);
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        file.Write(name);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc32.Of(data, Crc32.Of(name)));
        file.Write(word);
    }
}
