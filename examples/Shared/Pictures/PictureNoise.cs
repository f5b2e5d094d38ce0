namespace DeepGen.Examples.Pictures;

/// <summary>Smooth noise of several sizes (K. Perlin 1985, with values in place of gradients): clouds, hills, paint. A function of the seed and the place alone.</summary>
public sealed class PictureNoise(ulong seed)
{
    private const int Cells = 64;

    private readonly float[] _lattice = Lattice(seed);

    /// <summary>About −1 to 1.</summary>
    /// <param name="y">The place; 1 is one period of the coarsest noise.</param>
    /// <param name="x">The place.</param>
    /// <param name="octaves">Sizes, each half of the one before with half its weight.</param>
    public double At(double y, double x, int octaves = 4)
    {
        double sum = 0, weight = 1, all = 0;
        for (var octave = 0; octave < octaves; octave++, weight /= 2)
        {
            sum += weight * Smooth(y, x);
            all += weight;
            (y, x) = ((y * 2) + 17.3, (x * 2) + 5.7);
        }

        return sum / all * 2;
    }

    private double Smooth(double y, double x)
    {
        var (row, column) = (Math.Floor(y), Math.Floor(x));
        double down = Ease(y - row), across = Ease(x - column);
        return ((Value(row, column) * (1 - across)) + (Value(row, column + 1) * across)) * (1 - down) + (((Value(row + 1, column) * (1 - across)) + (Value(row + 1, column + 1) * across)) * down);

        static double Ease(double t) => t * t * (3 - (2 * t));
    }

    private double Value(double row, double column) => _lattice[(Within(row) * Cells) + Within(column)] - 0.5;

    private static int Within(double place) => (int)(((long)place % Cells) + Cells) % Cells;

    private static float[] Lattice(ulong seed)
    {
        var values = new float[Cells * Cells];
        var random = new CounterRandom(seed, 0, 0, 0, 0);
        random.Fill(values);
        return values;
    }
}
