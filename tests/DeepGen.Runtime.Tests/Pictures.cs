namespace DeepGen.Runtime.Tests;

/// <summary>Pictures of 8 x 8 pixels of small shapes at random places, in noise.</summary>
internal static class Pictures
{
    private static readonly string[][] Shapes =
    [
        ["###", "...", "..."],
        ["#..", "#..", "#.."],
        ["#..", ".#.", "..#"],
        ["..#", ".#.", "#.."],
        ["#.#", ".#.", "#.#"],
        [".#.", "###", ".#."],
    ];

    /// <summary>Pictures of some of the kinds, labelled from 0.</summary>
    public static InMemoryDataset Of(int count, int firstKind, int kinds, int seed)
    {
        var random = new Random(seed);
        var pixels = new float[count * 64];
        var labels = new int[count];
        for (var n = 0; n < count; n++)
        {
            labels[n] = n % kinds;
            Draw(pixels.AsSpan(n * 64, 64), firstKind + labels[n], random.Next(6), random.Next(6), random);
        }

        return new InMemoryDataset(pixels, 64, labels);
    }

    /// <summary>One picture with a shape at a place.</summary>
    public static void Draw(Span<float> picture, int kind, int top, int left, Random random)
    {
        foreach (ref var pixel in picture) pixel = 0.9f * ((float)random.NextDouble() - 0.5f);
        for (var y = 0; y < 3; y++)
            for (var x = 0; x < 3; x++)
                if (Shapes[kind][y][x] == '#')
                    picture[((top + y) * 8) + left + x] += 1;
    }
}
