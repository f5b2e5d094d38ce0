namespace DeepGen.Examples.DeepDream;

/// <summary>Patterns in two colours, of random place, direction and size, with noise: what the small network learns to see. Each is a function of the seed and its number.</summary>
internal sealed class PatternPictures(int count, int size, ulong seed) : IDataset
{
    public const int Classes = 8;

    /// <summary>The names of the classes.</summary>
    public static readonly string[] Names = ["stripes", "checks", "dots", "rings", "waves", "spirals", "lattice", "rays"];

    public int Count => count;

    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            Draw(batch.Input<float>().Slice(i * 3 * size * size, 3 * size * size), indices[i]);
            batch.Target<int>()[i] = indices[i] % Classes;
        }
    }

    private void Draw(Span<float> picture, int number)
    {
        var random = new CounterRandom(seed, 0, 0, number, 0);
        Span<double> ground = stackalloc double[3], ink = stackalloc double[3];
        for (var c = 0; c < 3; c++) (ground[c], ink[c]) = (random.Uniform(0, 1), random.Uniform(0, 1));

        // Two colours that differ.
        var contrast = random.Below(3);
        (ground[contrast], ink[contrast]) = random.Chance(0.5) ? (0.05, 0.95) : (0.95, 0.05);
        var (angle, period, y0, x0) = (random.Uniform(0, 2 * Math.PI), random.Uniform(5, 11), random.Uniform(0, size), random.Uniform(0, size));
        var noise = random.Uniform(0, 0.08);
        var (sin, cos) = Math.SinCos(angle);
        for (var i = 0; i < size * size; i++)
        {
            double y = (i / size) - y0, x = (i % size) - x0;
            var share = Share(number % Classes, ((x * cos) + (y * sin)) / period, ((y * cos) - (x * sin)) / period);
            for (var c = 0; c < 3; c++) picture[(c * size * size) + i] = (float)Math.Clamp(ground[c] + ((ink[c] - ground[c]) * share) + (noise * random.Normal()), 0, 1);
        }
    }

    /// <summary>How much ink there is, 0 to 1.</summary>
    private static double Share(int pattern, double u, double v)
    {
        const double Turn = 2 * Math.PI;
        var (radius, angle) = (Math.Sqrt((u * u) + (v * v)), Math.Atan2(v, u));
        return Soft(pattern switch
        {
            0 => Math.Sin(Turn * u),
            1 => Math.Sin(Math.PI * u) * Math.Sin(Math.PI * v) * 2,
            2 => 0.35 - Math.Sqrt(Math.Pow(u - Math.Round(u), 2) + Math.Pow(v - Math.Round(v), 2)),
            3 => Math.Sin(Turn * radius),
            4 => Math.Sin(Turn * (u + (0.35 * Math.Sin(Turn * v / 2)))),
            5 => Math.Sin((Turn * radius) + (2 * angle)),
            6 => 0.12 - Math.Min(Math.Abs(u - Math.Round(u)), Math.Abs(v - Math.Round(v))),
            _ => Math.Sin(8 * angle),
        });

        static double Soft(double value) => 1 / (1 + Math.Exp(-8 * value));
    }
}
