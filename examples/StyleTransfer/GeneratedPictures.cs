using DeepGen.Examples.Pictures;

namespace DeepGen.Examples.StyleTransfer;

/// <summary>What is painted where no files are given.</summary>
internal static class GeneratedPictures
{
    /// <summary>A landscape: the sun over hills, a house, a lake.</summary>
    public static ColorPicture Landscape(int size, ulong seed)
    {
        var noise = new PictureNoise(seed);
        return ColorPicture.Of(size, (y, x) =>
        {
            var sun = Math.Sqrt(Math.Pow(y - 0.22, 2) + Math.Pow(x - 0.72, 2));
            if (sun < 0.1) return (1, 0.9, 0.5);
            if (x is > 0.2 and < 0.42 && y is > 0.52 and < 0.72) return x is > 0.28 and < 0.34 && y > 0.6 ? (0.3, 0.15, 0.1) : (0.85, 0.75, 0.65);
            if (y is > 0.4 and <= 0.52 && Math.Abs(x - 0.31) < (y - 0.4) * 1.2) return (0.65, 0.2, 0.15);
            var shade = 0.15 * noise.At(y * 12, x * 12);
            if (y > 0.78 && Math.Pow((x - 0.65) / 0.3, 2) + Math.Pow((y - 0.88) / 0.08, 2) < 1) return (0.25 + shade, 0.4 + shade, 0.7 + shade);
            if (y > 0.62 + (0.06 * Math.Sin(x * 7))) return (0.3 + shade, 0.6 + shade, 0.25 + shade);
            if (y > 0.45 + (0.1 * noise.At(0, x * 4))) return (0.25 + shade, 0.4 + shade, 0.4 + shade);
            return (0.5 + (0.4 * y) + shade, 0.7 + (0.2 * y) + shade, 0.95);
        });
    }

    /// <summary>Paint: short strokes along a field that turns slowly, of few strong colours.</summary>
    public static ColorPicture Strokes(int size, ulong seed)
    {
        var (field, colors, along) = (new PictureNoise(seed + 1), new PictureNoise(seed + 2), new PictureNoise(seed + 3));
        (double, double, double)[] palette = [(0.1, 0.15, 0.45), (0.95, 0.75, 0.2), (0.85, 0.3, 0.15), (0.15, 0.5, 0.55), (0.95, 0.9, 0.75)];
        return ColorPicture.Of(size, (y, x) =>
        {
            var (sin, cos) = Math.SinCos(Math.PI * (1 + (1.5 * field.At(y * 3, x * 3, 2))));
            double u = (x * cos) + (y * sin), v = (y * cos) - (x * sin);
            var choice = colors.At(v * 24, u * 5, 1);
            var (red, green, blue) = palette[Math.Clamp((int)((choice + 0.9) / 1.8 * palette.Length), 0, palette.Length - 1)];
            var light = 0.15 * along.At(v * 60, u * 8, 2);
            return (red + light, green + light, blue + light);
        });
    }
}
