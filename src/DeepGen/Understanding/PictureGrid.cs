namespace DeepGen;

/// <summary>Filters or maps side by side as one picture to look at: bytes plane after plane, [Channels, Height, Width].</summary>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Pixels">The bytes.</param>
public sealed record PictureGrid(int Channels, int Height, int Width, byte[] Pixels)
{
    /// <summary>
    /// The filters of a convolution, each scaled for itself so that 0 is the grey in the middle and its largest |value| black or white. A filter over three channels is a colour tile (A. Krizhevsky et al. 2012, figure 3); of
    /// others each channel is a grey tile, a row for each filter.
    /// </summary>
    /// <param name="weight">A weight [filters, channels, height, width], such as <c>network.Parameters["Conv2d1.weight"]</c>.</param>
    /// <param name="scale">How many pixels a value is high and wide.</param>
    /// <exception cref="ArgumentException">The parameter has no filters, or the scale is below 1.</exception>
    public static PictureGrid OfFilters(Parameter weight, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Shape is not [var filters, var channels, var height, var width])
            throw new ArgumentException($"'{weight.Name}' has no filters to show: a weight [filters, channels, height, width] is needed, but it is {Shapes.Text(weight.Shape)}.", nameof(weight));
        var values = weight.Values;
        var bytes = new byte[values.Length];
        var size = channels * height * width;
        for (var f = 0; f < filters; f++)
        {
            var filter = values.Slice(f * size, size);
            var largest = 0f;
            foreach (var value in filter) largest = Math.Max(largest, Math.Abs(value));
            for (var i = 0; i < size; i++) bytes[(f * size) + i] = Byte(largest > 0 ? 0.5 + (0.5 * filter[i] / largest) : 0.5);
        }

        return channels == 3
            ? Tiled(bytes, filters, 3, height, width, Side(filters), scale)
            : Tiled(bytes, filters * channels, 1, height, width, channels == 1 ? Side(filters) : channels, scale);
    }

    /// <summary>Maps such as the activations of a layer, or a saliency map, each scaled for itself from its lowest value (black) to its highest (white).</summary>
    /// <param name="maps">[count, height, width].</param>
    /// <param name="height">Rows of a map.</param>
    /// <param name="width">Columns of a map.</param>
    /// <param name="scale">How many pixels a value is high and wide.</param>
    /// <exception cref="ArgumentException">The values are no whole maps, or a number is below 1.</exception>
    public static PictureGrid OfMaps(ReadOnlySpan<float> maps, int height, int width, int scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var size = height * width;
        if (maps.Length == 0 || maps.Length % size != 0) throw new ArgumentException($"Maps of {height}x{width} have a multiple of {size} values, but there are {maps.Length}.", nameof(maps));
        var bytes = new byte[maps.Length];
        for (var first = 0; first < maps.Length; first += size)
        {
            var (lowest, highest) = (float.PositiveInfinity, float.NegativeInfinity);
            foreach (var value in maps.Slice(first, size)) (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
            for (var i = first; i < first + size; i++) bytes[i] = Byte(highest > lowest ? ((double)maps[i] - lowest) / ((double)highest - lowest) : 0);
        }

        return Tiled(bytes, maps.Length / size, 1, height, width, Side(maps.Length / size), scale);
    }

    /// <summary>Pictures on one scale, such as what a generator gives: a batch of its output.</summary>
    /// <param name="pictures">[count, channels, height, width].</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    /// <param name="height">Rows of a picture.</param>
    /// <param name="width">Columns of a picture.</param>
    /// <param name="black">The value that is black; values below are black, too.</param>
    /// <param name="white">The value that is white; values above are white, too.</param>
    /// <param name="columns">Pictures in a row; about as many as rows when null.</param>
    /// <param name="scale">How many pixels a value is high and wide.</param>
    /// <exception cref="ArgumentException">The values are no whole pictures, a number is below 1, the channels are neither 1 nor 3, or black is white.</exception>
    public static PictureGrid OfPictures(ReadOnlySpan<float> pictures, int channels, int height, int width, float black = 0, float white = 1, int? columns = null, int scale = 1)
    {
        if (channels is not (1 or 3)) throw new ArgumentException($"A picture has 1 channel (grey) or 3 (red, green and blue), not {channels}.", nameof(channels));
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (columns < 1) throw new ArgumentOutOfRangeException(nameof(columns), columns, "A row has at least one picture.");
        if (!(black != white)) throw new ArgumentException($"Black and white are both {black}; they must be different numbers.", nameof(white));
        var size = channels * height * width;
        if (pictures.Length == 0 || pictures.Length % size != 0)
            throw new ArgumentException($"Pictures of {channels}x{height}x{width} have a multiple of {size} values, but there are {pictures.Length}.", nameof(pictures));
        var bytes = new byte[pictures.Length];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = Byte(((double)pictures[i] - black) / ((double)white - black));
        return Tiled(bytes, bytes.Length / size, channels, height, width, columns ?? Side(bytes.Length / size), scale);
    }

    /// <summary>A picture as it is, without its opacity.</summary>
    /// <exception cref="ArgumentException">It has other than 1 to 4 channels.</exception>
    public static PictureGrid Of(Image picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var copy = new Image();
        copy.CopyFrom(picture);
        copy.ConvertTo(picture.Channels >= 3 ? 3 : 1);
        return new PictureGrid(copy.Channels, copy.Height, copy.Width, copy.Pixels.ToArray());
    }

    /// <summary>The picture as one that can be saved.</summary>
    public Image ToImage()
    {
        var image = new Image(Channels, Height, Width);
        Pixels.CopyTo(image.Pixels);
        return image;
    }

    private static int Side(int tiles) => (int)Math.Ceiling(Math.Sqrt(tiles));

    private static byte Byte(double share) => double.IsNaN(share) ? (byte)0 : (byte)Math.Round(255 * Math.Clamp(share, 0, 1));

    /// <summary>Tiles in rows, a black line between them.</summary>
    private static PictureGrid Tiled(byte[] tiles, int count, int channels, int height, int width, int columns, int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        columns = Math.Min(columns, count);
        int rows = ((count - 1) / columns) + 1, high = height * scale, wide = width * scale;
        var grid = new PictureGrid(channels, (rows * (high + 1)) - 1, (columns * (wide + 1)) - 1, []);
        var pixels = new byte[checked(channels * grid.Height * grid.Width)];
        for (var tile = 0; tile < count; tile++)
        {
            int top = tile / columns * (high + 1), left = tile % columns * (wide + 1);
            for (var c = 0; c < channels; c++)
                for (var y = 0; y < high; y++)
                    for (var x = 0; x < wide; x++)
                        pixels[(((c * grid.Height) + top + y) * grid.Width) + left + x] = tiles[(((((tile * channels) + c) * height) + (y / scale)) * width) + (x / scale)];
        }

        return grid with { Pixels = pixels };
    }
}
