namespace DeepGen;

/// <summary>
/// Strengthens in a picture of any size what a network sees in it, from the coarse to the fine (A. Mordvintsev, C. Olah and M. Tyka 2015, Inceptionism; the tiles and octaves are those of their published notebook).
/// </summary>
/// <remarks>
/// The picture is reduced several times by <see cref="OctaveScale"/>; at each size, the smallest first, it is changed by <see cref="Steps"/> of gradient ascent, enlarged, and given back the detail that reducing had lost. The
/// gradient is computed in tiles of the network's own size over the picture rolled by a random distance, so that no seam stays in one place. A picture smaller than a tile is continued by mirroring. Training
/// mode, as with <see cref="Saliency"/>.
/// </remarks>
public sealed record DeepDream
{
    /// <summary>Keeps these numbers apart from those of other purposes under the same seed.</summary>
    private const int Purpose = 0x4452454D;

    /// <summary>The number of sizes. At least 1.</summary>
    public int Octaves { get; init; } = 4;

    /// <summary>How many times larger a size is than the one before. Above 1.</summary>
    public double OctaveScale { get; init; } = 1.4;

    /// <summary>Steps at each size. At least 1.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>How far a step goes: x ← x + Rate · g/mean|g|. Above 0.</summary>
    public float Rate { get; init; } = 0.01f;

    /// <summary>The key of the rolls.</summary>
    public ulong Seed { get; init; }

    /// <summary>The lowest value that the picture may have.</summary>
    public float Lowest { get; init; } = float.NegativeInfinity;

    /// <summary>The highest value that the picture may have.</summary>
    public float Highest { get; init; } = float.PositiveInfinity;

    /// <summary>Changes a picture in place.</summary>
    /// <param name="network">A network with one input [C, h, w] of floats; it is afterwards what it was before.</param>
    /// <param name="picture">The picture [C, height, width].</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="terms">What is to rise, such as <see cref="OutputObjectives.Strength"/> of a layer's output.</param>
    /// <param name="progress">Told after each size its number, from 0, its rows and columns, and the picture of that size.</param>
    /// <param name="cancellationToken">Ends it between two steps; the picture is then brought to its own size with the detail that it had.</param>
    /// <returns>The sum of the terms over the tiles of each step, in order.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, the network has other inputs, there is no term or no output of its name, or the picture has another number of values.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    public double[] Run(Network network, Span<float> picture, int height, int width, IReadOnlyList<OutputTerm> terms, Action<int, int, int, ReadOnlySpan<float>>? progress = null, CancellationToken cancellationToken = default)
    {
        using var probe = new Probe("DeepDream", network, severalOutputs: true);
        Check(probe.Input, height, width, picture.Length);
        var outputs = probe.Find(terms);
        var channels = probe.Input.Shape[0];
        var sizes = Sizes(height, width);
        var details = new float[sizes.Length][];
        var current = picture.ToArray();
        for (var octave = sizes.Length - 1; octave > 0; octave--)
        {
            var smaller = PictureScaling.Resized(current, channels, sizes[octave], sizes[octave - 1]);
            var back = PictureScaling.Resized(smaller, channels, sizes[octave - 1], sizes[octave]);
            for (var i = 0; i < back.Length; i++) back[i] = current[i] - back[i];
            (details[octave], current) = (back, smaller);
        }

        var values = new List<double>();
        network.Undisturbed("DeepDream", () =>
        {
            for (var octave = 0; octave < sizes.Length; octave++)
            {
                if (octave > 0)
                {
                    current = PictureScaling.Resized(current, channels, sizes[octave - 1], sizes[octave]);
                    for (var i = 0; i < current.Length; i++) current[i] += details[octave][i];
                }

                var gradient = new float[current.Length];
                for (var step = 0; step < Steps && !cancellationToken.IsCancellationRequested; step++)
                {
                    values.Add(Gradient(probe, terms, outputs, current, sizes[octave], octave, step, gradient));
                    InputSteps.Ascend(current, gradient, Rate, decay: 0, Lowest, Highest);
                }

                progress?.Invoke(octave, sizes[octave].Height, sizes[octave].Width, current);
            }
        });
        current.CopyTo(picture);
        return [.. values];
    }

    private void Check(TensorDefinition input, int height, int width, int length)
    {
        InputSteps.Check("DeepDream", Steps, Rate, Lowest, Highest);
        if (input.Shape.Length != 3) throw new ArgumentException($"DeepDream needs a network whose input is a picture [C, h, w], but it is {Shapes.Text(input.Shape)}.");
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (length != (long)input.Shape[0] * height * width) throw new ArgumentException($"A picture of [{input.Shape[0]}, {height}, {width}] has {(long)input.Shape[0] * height * width} values, but the span has {length}.");
        if (Octaves < 1) throw new ArgumentOutOfRangeException(nameof(Octaves), Octaves, "DeepDream.Octaves must be at least 1.");
        if (!(OctaveScale > 1) || !double.IsFinite(OctaveScale)) throw new ArgumentOutOfRangeException(nameof(OctaveScale), OctaveScale, "DeepDream.OctaveScale must be above 1.");
    }

    /// <summary>The sizes, the smallest first.</summary>
    private (int Height, int Width)[] Sizes(int height, int width) =>
    [
        .. Enumerable.Range(0, Octaves).Select(octave =>
        {
            var scale = Math.Pow(OctaveScale, octave - (Octaves - 1));
            return (Math.Max(1, (int)Math.Round(height * scale)), Math.Max(1, (int)Math.Round(width * scale)));
        }),
    ];

    /// <summary>The gradient of the whole picture, tile by tile.</summary>
    private double Gradient(Probe probe, IReadOnlyList<OutputTerm> terms, int[] outputs, float[] picture, (int Height, int Width) size, int octave, int step, float[] gradient)
    {
        var (channels, tall, wide) = (probe.Input.Shape[0], probe.Input.Shape[1], probe.Input.Shape[2]);
        var random = new CounterRandom(Seed, Purpose, octave, step, 0);
        var (down, right) = (random.Below(tall), random.Below(wide));
        var sum = 0.0;
        for (var top = 0; top < size.Height; top += tall)
        {
            for (var left = 0; left < size.Width; left += wide)
            {
                // The last tiles of a row or column begin early enough to lie within; what they see twice is what they say of it.
                int y = Math.Max(0, Math.Min(top, size.Height - tall)), x = Math.Max(0, Math.Min(left, size.Width - wide));
                Cut(probe.Batch.Input<float>(), y, x);
                sum += probe.Run(terms, outputs);
                Paste(probe.InputGradient, y, x);
            }
        }

        return sum;

        void Cut(Span<float> tile, int y, int x)
        {
            for (var i = 0; i < tile.Length; i++)
                tile[i] = picture[At(i / (tall * wide), OverlapTile.Mirrored(y + (i / wide % tall), size.Height), OverlapTile.Mirrored(x + (i % wide), size.Width))];
        }

        void Paste(ReadOnlySpan<float> tile, int y, int x)
        {
            for (var c = 0; c < channels; c++)
                for (var row = 0; row < Math.Min(tall, size.Height - y); row++)
                    for (var column = 0; column < Math.Min(wide, size.Width - x); column++)
                        gradient[At(c, y + row, x + column)] = tile[(((c * tall) + row) * wide) + column];
        }

        // Of the rolled picture.
        int At(int channel, int y, int x) => (((channel * size.Height) + ((y + down) % size.Height)) * size.Width) + ((x + right) % size.Width);
    }
}
