namespace DeepGen;

/// <summary>Makes bytes of a picture from the unfiltered rows of a PNG file.</summary>
internal sealed class PngPixels
{
    private readonly PngHeader _header;
    private readonly bool _raw;
    private readonly byte[] _palette = [];
    private readonly int[]? _transparent;
    private byte[] _unpacked = [];

    public PngPixels(PngHeader header, ReadOnlyMemory<byte> palette, ReadOnlyMemory<byte> transparency, PixelValues values)
    {
        _header = header;
        _raw = values == PixelValues.Raw;
        if (_raw && header.Color is not (0 or 3)) throw new InvalidDataException("it is in colour or has opacity, and a map of labels must have a palette or be grey");
        if (header.Color == 3) _palette = Palette(header, palette.Span, transparency.Span);
        else if (!transparency.IsEmpty && !_raw) _transparent = Transparent(header, transparency.Span);
        Channels = _raw ? 1 : header.Color == 3 ? (transparency.IsEmpty ? 3 : 4) : header.Samples + (_transparent == null ? 0 : 1);
    }

    /// <summary>Channels of the picture.</summary>
    public int Channels { get; }

    /// <summary>Writes a row.</summary>
    /// <param name="row">The row as it stands in the file.</param>
    /// <param name="columns">Its pixels.</param>
    /// <param name="image">The picture.</param>
    /// <param name="to">Where in a plane its first pixel goes.</param>
    /// <param name="step">The distance between its pixels there.</param>
    public void Write(ReadOnlySpan<byte> row, int columns, Image image, int to, int step)
    {
        if (_transparent != null) WriteOpacity(row, columns, image.Plane(Channels - 1)[to..], step);
        var samples = _header.Depth == 8 ? row : Unpack(row, columns);
        if (_header.Color == 3)
        {
            WriteIndexed(samples, columns, image, to, step);
            return;
        }

        for (var c = 0; c < _header.Samples; c++)
        {
            var plane = image.Plane(c)[to..];
            for (int i = 0, from = c, at = 0; i < columns; i++, from += _header.Samples, at += step) plane[at] = samples[from];
        }
    }

    private void WriteIndexed(ReadOnlySpan<byte> samples, int columns, Image image, int to, int step)
    {
        var colors = _palette.Length / 4;
        for (var i = 0; i < columns; i++)
            if (samples[i] >= colors)
                throw new InvalidDataException($"a pixel has colour {samples[i]} of the palette, which has {colors}");
        for (var c = 0; c < Channels; c++)
        {
            var plane = image.Plane(c)[to..];
            for (int i = 0, at = 0; i < columns; i++, at += step) plane[at] = _raw ? samples[i] : _palette[(4 * samples[i]) + c];
        }
    }

    /// <summary>One colour is transparent and all others are not.</summary>
    private void WriteOpacity(ReadOnlySpan<byte> row, int columns, Span<byte> plane, int step)
    {
        var samples = _header.Samples;
        for (var i = 0; i < columns; i++)
        {
            var equal = true;
            for (var c = 0; c < samples; c++) equal &= Sample(row, (i * samples) + c) == _transparent![c];
            plane[i * step] = equal ? (byte)0 : (byte)255;
        }
    }

    /// <summary>A byte for each sample: fewer bits are spread over 0 to 255, more are rounded; raw samples stay as they are.</summary>
    private ReadOnlySpan<byte> Unpack(ReadOnlySpan<byte> row, int columns)
    {
        var count = columns * _header.Samples;
        if (_unpacked.Length < count) _unpacked = new byte[count];
        var scale = _raw || _header.Color == 3 ? 1 : 255 / ((1 << Math.Min(8, _header.Depth)) - 1);
        for (var i = 0; i < count; i++)
        {
            var sample = Sample(row, i);
            if (_header.Depth < 8) _unpacked[i] = (byte)(sample * scale);
            else if (!_raw) _unpacked[i] = (byte)(((sample * 255) + 32895) >> 16);
            else if (sample < 256) _unpacked[i] = (byte)sample;
            else throw new InvalidDataException($"a pixel is {sample}, and labels must be below 256");
        }

        return _unpacked;
    }

    private int Sample(ReadOnlySpan<byte> row, int index)
    {
        var depth = _header.Depth;
        if (depth == 8) return row[index];
        if (depth == 16) return row[2 * index] << 8 | row[(2 * index) + 1];
        var bit = index * depth;
        return row[bit >> 3] >> (8 - depth - (bit & 7)) & ((1 << depth) - 1);
    }

    /// <summary>Red, green, blue, opacity of each colour.</summary>
    private static byte[] Palette(PngHeader header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency)
    {
        if (palette.IsEmpty) throw new InvalidDataException("it has no palette: there is no PLTE chunk before its pixels");
        if (palette.Length % 3 != 0 || palette.Length / 3 > 1 << header.Depth)
            throw new InvalidDataException($"its palette has {palette.Length} bytes; {Shapes.Count(header.Depth, "bit")} a pixel can have 3 for each of up to {1 << header.Depth} colours");
        if (transparency.Length > palette.Length / 3) throw new InvalidDataException($"its chunk tRNS has {transparency.Length} values for {palette.Length / 3} colours");
        var colors = new byte[palette.Length / 3 * 4];
        for (var i = 0; i < colors.Length / 4; i++)
        {
            palette.Slice(3 * i, 3).CopyTo(colors.AsSpan(4 * i));
            colors[(4 * i) + 3] = i < transparency.Length ? transparency[i] : (byte)255;
        }

        return colors;
    }

    private static int[] Transparent(PngHeader header, ReadOnlySpan<byte> transparency)
    {
        if (header.Color is 4 or 6 || transparency.Length != 2 * header.Samples)
            throw new InvalidDataException($"its chunk tRNS has {transparency.Length} bytes, which does not go with colour type {header.Color}");
        var color = new int[header.Samples];
        for (var c = 0; c < color.Length; c++) color[c] = (transparency[2 * c] << 8 | transparency[(2 * c) + 1]) & ((1 << header.Depth) - 1);
        return color;
    }
}
