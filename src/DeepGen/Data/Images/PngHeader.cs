using System.Buffers.Binary;

namespace DeepGen;

/// <summary>What the chunk IHDR says.</summary>
internal sealed class PngHeader
{
    private PngHeader(int width, int height, int depth, int color, bool interlaced) => (Width, Height, Depth, Color, Interlaced) = (width, height, depth, color, interlaced);

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bits of a sample: 1, 2, 4, 8 or 16.</summary>
    public int Depth { get; }

    /// <summary>0 grey, 2 colour, 3 palette, 4 grey with opacity, 6 colour with opacity.</summary>
    public int Color { get; }

    public bool Interlaced { get; }

    /// <summary>Samples of a pixel in the file.</summary>
    public int Samples => Color switch { 0 or 3 => 1, 4 => 2, 2 => 3, _ => 4 };

    public int BitsPerPixel => Depth * Samples;

    public long RowBytes(int columns) => (((long)columns * BitsPerPixel) + 7) / 8;

    public static PngHeader Read(PngChunks chunks)
    {
        chunks.Next();
        var data = chunks.Data.Span;
        if (chunks.Type != "IHDR" || data.Length != 13) throw new InvalidDataException($"its first chunk is {chunks.Type} with {data.Length} bytes, not IHDR with 13");
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
        int depth = data[8], color = data[9];
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue) throw new InvalidDataException($"its size is {width}x{height}");
        var fits = color switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!fits) throw new InvalidDataException($"there is no colour type {color} with {Shapes.Count(depth, "bit")} a sample");
        if (data[10] != 0 || data[11] != 0 || data[12] > 1) throw new InvalidDataException($"its compression, filter and interlace methods are {data[10]}, {data[11]} and {data[12]}; only 0, 0 and 0 or 1 exist");
        var header = new PngHeader((int)width, (int)height, depth, color, data[12] == 1);
        if (header.RowBytes(header.Width) > Array.MaxLength / 2) throw new InvalidDataException($"its rows of {width} pixels are too long");
        return header;
    }
}
