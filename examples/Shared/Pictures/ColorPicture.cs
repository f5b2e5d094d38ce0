namespace DeepGen.Examples.Pictures;

/// <summary>A picture in colour as the networks see it.</summary>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Values">Red, green and blue planes, 0 to 1.</param>
public sealed record ColorPicture(int Height, int Width, float[] Values)
{
    /// <summary>Reads a PNG or PNM file.</summary>
    /// <param name="option">The option that named it, for the message.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or no picture that can be read; the message names the path and the reason.</exception>
    public static ColorPicture Read(string option, string path)
    {
        InputFiles.CheckFile(option, path);
        var image = Image.Read(path);
        image.ConvertTo(3);
        var values = new float[image.Pixels.Length];
        for (var i = 0; i < values.Length; i++) values[i] = image.Pixels[i] / 255f;
        return new(image.Height, image.Width, values);
    }

    /// <summary>The middle square, brought to another size by averaging.</summary>
    /// <param name="size">Its rows and columns.</param>
    public ColorPicture Square(int size)
    {
        var side = Math.Min(Height, Width);
        int top = (Height - side) / 2, left = (Width - side) / 2;
        var values = new float[3 * size * size];

        // Each pixel of the result is the mean of 4 × 4 bilinear samples or more, so that what is reduced does not flicker.
        var samples = Math.Max(1, (int)Math.Ceiling((double)side / size)) * (side == size ? 1 : 2);
        for (var i = 0; i < values.Length; i++)
        {
            int channel = i / (size * size), y = i / size % size, x = i % size;
            var sum = 0.0;
            for (var part = 0; part < samples * samples; part++)
            {
                var row = top + ((y + (((part / samples) + 0.5) / samples)) * side / size) - 0.5;
                var column = left + ((x + (((part % samples) + 0.5) / samples)) * side / size) - 0.5;
                sum += At(channel, row, column);
            }

            values[i] = (float)(sum / (samples * samples));
        }

        return new(size, size, values);
    }

    /// <summary>The picture to look at or to save.</summary>
    public PictureGrid ToGrid() => PictureGrid.OfPictures(Values, 3, Height, Width);

    /// <summary>A picture whose colours are a function of the place.</summary>
    /// <param name="size">Rows and columns.</param>
    /// <param name="color">Red, green and blue at (y, x), each of 0 to 1; values outside are cut off.</param>
    public static ColorPicture Of(int size, Func<double, double, (double Red, double Green, double Blue)> color)
    {
        var values = new float[3 * size * size];
        for (var i = 0; i < size * size; i++)
        {
            var (red, green, blue) = color((i / size + 0.5) / size, (i % size + 0.5) / size);
            (values[i], values[(size * size) + i], values[(2 * size * size) + i]) = ((float)Math.Clamp(red, 0, 1), (float)Math.Clamp(green, 0, 1), (float)Math.Clamp(blue, 0, 1));
        }

        return new(size, size, values);
    }

    private double At(int channel, double row, double column)
    {
        row = Math.Clamp(row, 0, Height - 1);
        column = Math.Clamp(column, 0, Width - 1);
        int y = Math.Min((int)row, Height - 2 < 0 ? 0 : Height - 2), x = Math.Min((int)column, Width - 2 < 0 ? 0 : Width - 2);
        int below = Math.Min(y + 1, Height - 1), right = Math.Min(x + 1, Width - 1);
        double down = row - y, across = column - x;
        return (Pixel(y, x) * (1 - down) * (1 - across)) + (Pixel(y, right) * (1 - down) * across) + (Pixel(below, x) * down * (1 - across)) + (Pixel(below, right) * down * across);

        double Pixel(int y, int x) => Values[(((channel * Height) + y) * Width) + x];
    }
}
