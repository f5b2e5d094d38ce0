using System.Buffers;
using System.IO.Compression;

namespace DeepGen;

/// <summary>Reads PNG files (ISO/IEC 15948:2004): all colour types, bit depths and interlacing, with every checksum checked.</summary>
internal sealed class PngFormat : IImageFormat
{
    /// <summary>Deflate cannot shrink more than this, so a damaged size is seen before memory is reserved for it.</summary>
    private const long MaxRatio = 1032;

    /// <summary>Adam7: first column and row, steps of columns and rows of each pass (section 8.2).</summary>
    private static readonly Pass[] Adam7 = [new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2)];

    private static readonly Pass[] Whole = [new(0, 0, 1, 1)];

    public string Name => "PNG";

    public IReadOnlyList<string> Extensions { get; } = [".png"];

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith(PngChunks.Signature);

    public (int Height, int Width) ReadSize(ReadOnlyMemory<byte> file)
    {
        var header = PngHeader.Read(new PngChunks(file));
        return (header.Height, header.Width);
    }

    public void Decode(ReadOnlyMemory<byte> file, Image image, PixelValues values)
    {
        var chunks = new PngChunks(file);
        var header = PngHeader.Read(chunks);
        ReadOnlyMemory<byte> palette = default, transparency = default;
        using var data = new PngData();
        while (chunks.Next() && chunks.Type != "IEND")
        {
            switch (chunks.Type)
            {
                case "PLTE" when palette.IsEmpty && transparency.IsEmpty && data.Length == 0:
                    palette = chunks.Data;
                    break;
                case "tRNS" when transparency.IsEmpty && data.Length == 0:
                    transparency = chunks.Data;
                    break;
                case "IDAT":
                    data.Add(chunks.Data);
                    break;
                case "IHDR" or "PLTE" or "tRNS":
                    throw new InvalidDataException($"its chunk {chunks.Type} is out of place");
                default:
                    // A capital first letter marks what cannot be left out.
                    if (char.IsAsciiLetterUpper(chunks.Type[0])) throw new InvalidDataException($"it has a chunk {chunks.Type} that must be understood and is not");
                    data.End();
                    break;
            }
        }

        if (data.Length == 0) throw new InvalidDataException("it has no pixels: there is no IDAT chunk");
        var pixels = new PngPixels(header, palette, transparency, values);
        if (header.Height * (long)header.Width * pixels.Channels > Array.MaxLength)
            throw new InvalidDataException($"its {header.Width}x{header.Height} pixels in {Shapes.Count(pixels.Channels, "channel")} are more than {Array.MaxLength} bytes");
        var passes = header.Interlaced ? Adam7 : Whole;
        var packed = passes.Sum(pass => pass.Rows(header.Height) * (pass.Columns(header.Width) == 0 ? 0 : 1 + header.RowBytes(pass.Columns(header.Width))));
        if (packed > MaxRatio * data.Length)
            throw new InvalidDataException($"its {header.Width}x{header.Height} pixels are {packed} bytes, and its data are too short for that");
        image.SetSize(pixels.Channels, header.Height, header.Width);
        Inflate(data, header, passes, pixels, image);
    }

    private static void Inflate(PngData data, PngHeader header, Pass[] passes, PngPixels pixels, Image image)
    {
        var longest = (int)header.RowBytes(header.Width);
        var memory = ArrayPool<byte>.Shared.Rent(2 * longest);
        try
        {
            using var stream = new ZLibStream(data, CompressionMode.Decompress, leaveOpen: true);
            var stride = Math.Max(1, header.BitsPerPixel / 8);
            Span<byte> filter = stackalloc byte[1];
            foreach (var pass in passes)
            {
                var columns = pass.Columns(header.Width);
                if (columns == 0) continue;
                var length = (int)header.RowBytes(columns);
                var row = memory.AsSpan(0, length);
                var above = memory.AsSpan(longest, length);
                above.Clear();
                for (var y = pass.FirstRow; y < header.Height; y += pass.RowStep)
                {
                    Read(stream, filter);
                    Read(stream, row);
                    PngFilter.Undo(filter[0], row, above, stride);
                    pixels.Write(row, columns, image, (y * header.Width) + pass.FirstColumn, pass.ColumnStep);
                    var done = row;
                    row = above;
                    above = done;
                }
            }

            // What follows should be nothing; reading it makes the stream compare its checksum.
            Take(stream, filter);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }

    private static void Read(ZLibStream stream, Span<byte> bytes)
    {
        if (Take(stream, bytes) < bytes.Length) throw new InvalidDataException("it is truncated: its data end before the last row of pixels");
    }

    private static int Take(ZLibStream stream, Span<byte> bytes)
    {
        try
        {
            return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"its compressed data are damaged ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>The pixels of one pass of interlacing.</summary>
    private readonly record struct Pass(int FirstColumn, int FirstRow, int ColumnStep, int RowStep)
    {
        public int Columns(int width) => (width - FirstColumn + ColumnStep - 1) / ColumnStep;

        public long Rows(int height) => (height - FirstRow + RowStep - 1) / RowStep;
    }
}
