namespace DeepGen.Examples.Cifar.Data;

/// <summary>
/// Pictures of one of ten shapes, 32 × 32 in colour: of any size, place and colour, up to 20 degrees askew, on a background that shades from one colour to another, has a faint texture, a line or two across it and noise. A picture is
/// a function of the seed, its set and its number alone.
/// </summary>
internal static class GeneratedShapes
{
    private const int Size = 32;

    /// <summary>A pixel is the mean of so many points in each direction, so that edges are smooth.</summary>
    private const int Points = 4;

    /// <summary>Makes a set.</summary>
    /// <param name="count">The pictures; as many of each shape, or one more.</param>
    /// <param name="seed">The key of everything random in them.</param>
    /// <param name="set">Which set: other sets of the same seed have other pictures.</param>
    public static LabelledImages Make(int count, ulong seed, int set)
    {
        var pixels = new byte[count * 3 * Size * Size];
        var labels = new int[count];
        Parallel.For(0, count, i =>
        {
            labels[i] = i % Shape.Names.Length;
            Draw(labels[i], new CounterRandom(seed, 0, set, i, 0), pixels.AsSpan(i * 3 * Size * Size, 3 * Size * Size));
        });
        return new LabelledImages(new ImageArray(pixels, 3, Size, Size), labels, Shape.Names);
    }

    private static void Draw(int shape, CounterRandom random, Span<byte> picture)
    {
        Span<double> color = stackalloc double[3], from = stackalloc double[3], to = stackalloc double[3], stroke = stackalloc double[3];
        Color(ref random, from);
        Color(ref random, to);
        Color(ref random, stroke);
        // A shape that has its background's colour cannot be seen.
        do Color(ref random, color);
        while (Distance(color, from) < 0.4 || Distance(color, to) < 0.4);

        var radius = random.Uniform(8, 14);
        var (x0, y0) = (random.Uniform(radius - 1, Size - radius + 1), random.Uniform(radius - 1, Size - radius + 1));
        var (sin, cos) = Math.SinCos(random.Uniform(-Math.PI / 9, Math.PI / 9));
        var (downSin, downCos) = Math.SinCos(random.Uniform(0, 2 * Math.PI));
        double wave = random.Uniform(0.3, 1.2), phase = random.Uniform(0, 2 * Math.PI), depth = random.Uniform(0, 0.08), noise = random.Uniform(0.01, 0.06);
        // Lines lie behind the shape: a direction and a distance from the middle each.
        var strokes = random.Below(3);
        Span<(double X, double Y, double Offset)> lines = stackalloc (double, double, double)[2];
        foreach (ref var line in lines)
        {
            var (y, x) = Math.SinCos(random.Uniform(0, Math.PI));
            line = (x, y, random.Uniform(-12, 12));
        }

        for (var row = 0; row < Size; row++)
        {
            for (var column = 0; column < Size; column++)
            {
                double covered = 0, crossed = 0;
                for (var point = 0; point < Points * Points; point++)
                {
                    var x = column + (((point % Points) + 0.5) / Points);
                    var y = row + (((point / Points) + 0.5) / Points);
                    double u = (x - x0) / radius, v = (y0 - y) / radius;
                    if ((u * u) + (v * v) <= 1 && Shape.Contains(shape, (cos * u) + (sin * v), (cos * v) - (sin * u))) covered++;
                    else if (OnLine(lines[..strokes], x - (Size / 2), y - (Size / 2))) crossed++;
                }

                covered /= Points * Points;
                crossed /= Points * Points;
                double across = (column - (Size / 2)) / (double)Size, down = (row - (Size / 2)) / (double)Size;
                var shade = Math.Clamp(0.5 + (across * downCos) + (down * downSin), 0, 1);
                var texture = depth * Math.Sin((wave * ((column * downSin) - (row * downCos))) + phase);
                for (var c = 0; c < 3; c++)
                {
                    var behind = from[c] + ((to[c] - from[c]) * shade) + texture;
                    var value = (covered * color[c]) + (crossed * stroke[c]) + ((1 - covered - crossed) * behind) + (noise * random.Normal());
                    picture[(((c * Size) + row) * Size) + column] = (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
                }
            }
        }
    }

    private static bool OnLine(ReadOnlySpan<(double X, double Y, double Offset)> lines, double x, double y)
    {
        foreach (var line in lines)
            if (Math.Abs((x * line.X) + (y * line.Y) - line.Offset) < 0.8)
                return true;
        return false;
    }

    private static void Color(ref CounterRandom random, Span<double> color)
    {
        foreach (ref var value in color) value = random.Uniform(0.05, 0.95);
    }

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        Math.Sqrt(((a[0] - b[0]) * (a[0] - b[0])) + ((a[1] - b[1]) * (a[1] - b[1])) + ((a[2] - b[2]) * (a[2] - b[2])));
}
