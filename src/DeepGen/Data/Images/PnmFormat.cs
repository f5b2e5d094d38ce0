using System.Globalization;
using System.Text;

namespace DeepGen;

/// <summary>
/// Reads and writes the formats of Netpbm: P1 and P4 black and white, P2 and P5 grey, P3 and P6 colour, the first of each pair in digits, the second in bytes. https://netpbm.sourceforge.net/doc/pnm.html
/// </summary>
internal sealed class PnmFormat : IImageFormat
{
    public string Name => "PNM";

    public IReadOnlyList<string> Extensions { get; } = [".pnm", ".pbm", ".pgm", ".ppm"];

    public bool Recognizes(ReadOnlySpan<byte> start) => start.Length >= 3 && start[0] == 'P' && start[1] is >= (byte)'1' and <= (byte)'6' && (IsSpace(start[2]) || start[2] == '#');

    public (int Height, int Width) ReadSize(ReadOnlyMemory<byte> file)
    {
        var header = Header.Read(file.Span);
        return (header.Height, header.Width);
    }

    public void Decode(ReadOnlyMemory<byte> file, Image image, PixelValues values)
    {
        var header = Header.Read(file.Span);
        var raw = values == PixelValues.Raw;
        if (raw && header.Channels != 1) throw new InvalidDataException("it is in colour, and a map of labels must be grey");
        if ((long)header.Height * header.Width > Array.MaxLength / header.Channels) throw new InvalidDataException($"its {header.Width}x{header.Height} pixels in {Shapes.Count(header.Channels, "channel")} are more than {Array.MaxLength} bytes");

        var rest = file.Span[Math.Min(header.Length, file.Length)..];
        if (header.Digits ? rest.Length < header.DataBytes : rest.Length != header.DataBytes)
            throw new InvalidDataException($"{(rest.Length < header.DataBytes ? "it is truncated" : "more follows the picture")}: its {header.Width}x{header.Height} pixels are {header.DataBytes} bytes, and {rest.Length} are there");
        image.SetSize(header.Channels, header.Height, header.Width);
        if (header.Digits || header.Kind == 4) DecodeOneByOne(file.Span, header, image, raw);
        else DecodeBytes(rest, header, image, raw);
    }

    private static void DecodeBytes(ReadOnlySpan<byte> data, Header header, Image image, bool raw)
    {
        for (var c = 0; c < header.Channels; c++)
        {
            var plane = image.Plane(c);
            for (int i = 0, from = c; i < plane.Length; i++, from += header.Channels)
            {
                var value = header.Max < 256 ? data[from] : data[2 * from] << 8 | data[(2 * from) + 1];
                plane[i] = header.Max == 255 ? (byte)value : Scale(value, header, raw, i);
            }
        }
    }

    private static void DecodeOneByOne(ReadOnlySpan<byte> file, Header header, Image image, bool raw)
    {
        var reader = new Reader(file, header.Length);
        for (var i = 0; i < header.Height * header.Width; i++)
        {
            for (var c = 0; c < header.Channels; c++)
            {
                var value = header.Kind switch
                {
                    1 => reader.Bit(),
                    4 => file[header.Length + (i / header.Width * ((header.Width + 7) / 8)) + (i % header.Width >> 3)] >> (7 - (i % header.Width & 7)) & 1,
                    _ => reader.Number("a pixel"),
                };

                // In PBM 1 is black.
                image.Plane(c)[i] = header.Kind is 1 or 4 && !raw ? (byte)(255 * (1 - value)) : Scale(value, header, raw, i);
            }
        }

        if (header.Digits && !reader.AtEnd()) throw new InvalidDataException($"more follows the picture of {header.Width}x{header.Height} pixels");
    }

    private static byte Scale(int value, Header header, bool raw, int pixel)
    {
        var limit = raw ? Math.Min(255, header.Max) : header.Max;
        if (value > limit)
            throw new InvalidDataException($"the pixel in row {pixel / header.Width}, column {pixel % header.Width} is {value}, and {(limit < header.Max ? "labels must be below 256" : $"the maximum is {header.Max}")}");
        return (byte)(raw ? value : ((value * 255) + (header.Max / 2)) / header.Max);
    }

    /// <summary>P5 for one channel, P6 for three.</summary>
    public static byte[] Encode(Image image)
    {
        if (image.Channels is not (1 or 3)) throw new ArgumentException($"A PNM file has 1 or 3 channels, and the picture has {image.Channels}; save it as PNG.");
        var size = image.Height * image.Width;
        byte[] file = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P{(image.Channels == 1 ? 5 : 6)}\n{image.Width} {image.Height}\n255\n")), .. new byte[size * image.Channels]];
        var data = file.AsSpan(file.Length - (size * image.Channels));
        for (var c = 0; c < image.Channels; c++)
        {
            var plane = image.Plane(c);
            for (var i = 0; i < size; i++) data[(i * image.Channels) + c] = plane[i];
        }

        return file;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or >= 9 and <= 13;

    private readonly record struct Header(int Kind, int Width, int Height, int Max, int Length)
    {
        public bool Digits => Kind <= 3;

        public int Channels => Kind is 3 or 6 ? 3 : 1;

        /// <summary>Bytes behind the head; the least that can be where they are digits.</summary>
        public long DataBytes => Kind switch
        {
            1 => (long)Width * Height,
            4 => (Width + 7L) / 8 * Height,
            <= 3 => (2L * Width * Height * Channels) - 1,
            _ => (long)Width * Height * Channels * (Max < 256 ? 1 : 2),
        };

        public static Header Read(ReadOnlySpan<byte> file)
        {
            var reader = new Reader(file, 2);
            var kind = file[1] - '0';
            var width = reader.Number("the width");
            var height = reader.Number("the height");
            if (width == 0 || height == 0) throw new InvalidDataException($"its size is {width}x{height}");
            var max = kind is 1 or 4 ? 1 : reader.Number("the maximum");
            if (max is 0 or > 65535) throw new InvalidDataException($"its maximum is {max}; it must be 1 to 65535");

            // Bytes begin behind a single space.
            return new Header(kind, width, height, max, reader.Position + (kind > 3 ? 1 : 0));
        }
    }

    /// <summary>Numbers in digits, apart by spaces and comments.</summary>
    private ref struct Reader(ReadOnlySpan<byte> file, int position)
    {
        private readonly ReadOnlySpan<byte> _file = file;

        public int Position { get; private set; } = position;

        public int Number(string what)
        {
            SkipSpace();
            var begin = Position;
            long value = 0;
            for (; Position < _file.Length && char.IsAsciiDigit((char)_file[Position]); Position++)
            {
                value = (value * 10) + _file[Position] - '0';
                if (value > int.MaxValue) throw new InvalidDataException($"{what} is too large, at byte {begin}");
            }

            if (Position == begin) throw new InvalidDataException(begin >= _file.Length ? $"it is truncated: {what} is missing" : $"{what} should stand at byte {begin}, where there is no digit");
            if (Position < _file.Length && !IsSpace(_file[Position]) && _file[Position] != '#') throw new InvalidDataException($"{what} at byte {begin} is no number");
            return (int)value;
        }

        /// <summary>A digit of P1, where no space is needed between two.</summary>
        public int Bit()
        {
            SkipSpace();
            if (Position == _file.Length) throw new InvalidDataException("it is truncated: a pixel is missing");
            var value = _file[Position] - '0';
            if (value is not (0 or 1)) throw new InvalidDataException($"a pixel should stand at byte {Position}, where there is neither 0 nor 1");
            Position++;
            return value;
        }

        public bool AtEnd()
        {
            SkipSpace();
            return Position == _file.Length;
        }

        private void SkipSpace()
        {
            for (; Position < _file.Length; Position++)
            {
                if (_file[Position] == '#')
                    while (Position < _file.Length && _file[Position] is not (10 or 13)) Position++;
                else if (!IsSpace(_file[Position])) return;
            }
        }
    }
}
