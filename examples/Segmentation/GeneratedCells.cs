namespace DeepGen.Examples.Segmentation;

/// <summary>
/// Pictures like those of a fluorescence microscope, with the truth: bright ellipses of different size and brightness, many of them touching, on an uneven dark ground, with noise and with specks of dirt that are as bright
/// as cells but smaller. Every pixel is a function of the seed, the picture and its place.
/// </summary>
internal static class GeneratedCells
{
    /// <summary>Keep the random numbers of a picture's parts apart.</summary>
    private const int Layout = 0, Grain = 1;

    private const double Pixel = 255;

    /// <summary>Draws pictures.</summary>
    /// <param name="count">How many.</param>
    /// <param name="size">Their height and width.</param>
    /// <param name="seed">The key.</param>
    /// <returns>The pictures, and their masks: 255 in a cell, 0 outside and between two cells that touch.</returns>
    public static (ImageArray Images, ImageArray Masks) Draw(int count, int size, ulong seed)
    {
        var images = new byte[count * size * size];
        var masks = new byte[images.Length];
        for (var i = 0; i < count; i++) Draw(images.AsSpan(i * size * size, size * size), masks.AsSpan(i * size * size, size * size), size, seed, i);
        return (new ImageArray(images, 1, size, size), new ImageArray(masks, 1, size, size));
    }

    private static void Draw(Span<byte> image, Span<byte> mask, int size, ulong seed, int number)
    {
        var random = new CounterRandom(seed, Layout, 0, number, 0);
        var cells = Cells(ref random, size);
        var owners = new int[size * size];
        var light = new double[size * size];
        var (slopeX, slopeY, ground) = (random.Uniform(-0.1, 0.1), random.Uniform(-0.1, 0.1), random.Uniform(0.1, 0.25));
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
                light[(y * size) + x] = ground + (slopeX * x / size) + (slopeY * y / size);
        for (var cell = 0; cell < cells.Count; cell++) Paint(cells[cell], cell + 1, owners, light, size);
        for (var speck = random.Below(6); speck > 0; speck--)
            Paint(new Ellipse(random.Uniform(0, size), random.Uniform(0, size), random.Uniform(0.8, 1.8), random.Uniform(0.8, 1.8), 0, random.Uniform(0.3, 0.6)), 0, owners, light, size);

        var noise = new CounterRandom(seed, Grain, 0, number, 0);
        var deviation = random.Uniform(0.03, 0.08);
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = (byte)Math.Round(Pixel * Math.Clamp(light[i] + (deviation * noise.Normal()), 0, 1));
            mask[i] = owners[i] > 0 && !Touches(owners, i, size) ? byte.MaxValue : byte.MinValue;
        }
    }

    /// <summary>Places, sizes and brightnesses of the cells; two of five begin at the side of another one.</summary>
    private static List<Ellipse> Cells(ref CounterRandom random, int size)
    {
        var cells = new List<Ellipse>();
        var count = Math.Max(2, size * size / 1400) + random.Below(5);
        for (var i = 0; i < count; i++)
        {
            var (a, b, angle, brightness) = (random.Uniform(6, 13), random.Uniform(5, 10), random.Uniform(0, Math.PI), random.Uniform(0.15, 0.6));
            var (x, y) = (random.Uniform(0, size), random.Uniform(0, size));
            if (cells.Count > 0 && random.Chance(0.4))
            {
                var other = cells[random.Below(cells.Count)];
                var direction = random.Uniform(0, 2 * Math.PI);
                var distance = 0.8 * (Math.Min(other.A, other.B) + Math.Min(a, b));
                (x, y) = (other.X + (distance * Math.Cos(direction)), other.Y + (distance * Math.Sin(direction)));
            }

            cells.Add(new Ellipse(x, y, a, b, angle, brightness));
        }

        return cells;
    }

    /// <summary>Adds an ellipse's light, brightest in the middle, and makes its pixels a cell's where they are nobody's yet; number 0 is no cell.</summary>
    private static void Paint(Ellipse shape, int number, int[] owners, double[] light, int size)
    {
        var reach = (int)Math.Ceiling(Math.Max(shape.A, shape.B)) + 2;
        int top = Math.Max(0, (int)shape.Y - reach), bottom = Math.Min(size - 1, (int)shape.Y + reach);
        int left = Math.Max(0, (int)shape.X - reach), right = Math.Min(size - 1, (int)shape.X + reach);
        var (sin, cos) = Math.SinCos(shape.Angle);
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var (dx, dy) = (x - shape.X, y - shape.Y);
                var (u, v) = (((dx * cos) + (dy * sin)) / shape.A, ((dy * cos) - (dx * sin)) / shape.B);
                var radius = Math.Sqrt((u * u) + (v * v));
                var at = (y * size) + x;
                if (owners[at] == 0)
                {
                    // A soft side, as through a lens.
                    light[at] += shape.Brightness / (1 + Math.Exp((radius - 1) * 12)) * (1.1 - (0.3 * Math.Min(radius, 1)));
                    if (radius <= 1) owners[at] = number;
                }
            }
        }
    }

    /// <summary>Whether a pixel of one cell has one of another cell beside it: such a pixel is no cell's, so that cells stay apart in the mask.</summary>
    private static bool Touches(int[] owners, int at, int size)
    {
        int y = at / size, x = at % size;
        for (var row = Math.Max(0, y - 1); row <= Math.Min(size - 1, y + 1); row++)
        {
            for (var column = Math.Max(0, x - 1); column <= Math.Min(size - 1, x + 1); column++)
            {
                var other = owners[(row * size) + column];
                if (other != 0 && other != owners[at]) return true;
            }
        }

        return false;
    }

    private readonly record struct Ellipse(double X, double Y, double A, double B, double Angle, double Brightness);
}
