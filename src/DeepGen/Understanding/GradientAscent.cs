using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// Changes an input until an output shows more of something: DeepDream (A. Mordvintsev, C. Olah and M. Tyka 2015) with <see cref="OutputObjectives.Strength"/> of a network that ends at the layer of interest, the image
/// of a class (K. Simonyan et al. 2013, section 2) with <see cref="OutputObjectives.Score"/> and a <see cref="Decay"/>. Training mode, as with <see cref="Saliency"/>.
/// </summary>
public sealed record GradientAscent
{
    /// <summary>Keeps these numbers apart from those of other purposes under the same seed.</summary>
    private const uint Purpose = 0x41534345;

    /// <summary>The number of steps. At least 1.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>How far a step goes: x ← x + Rate · g/mean|g|. Above 0.</summary>
    public float Rate { get; init; } = 0.01f;

    /// <summary>The share of x that each step takes away, which keeps values small where the objective does not care (an L2 penalty). At least 0, below 1.</summary>
    public float Decay { get; init; }

    /// <summary>By how many pixels at most the picture is rolled in each direction before a step, and back after it: no pattern then sticks to the grid of a stride. For inputs [C, H, W].</summary>
    public int Jitter { get; init; }

    /// <summary>The key of the rolls.</summary>
    public ulong Seed { get; init; }

    /// <summary>The lowest value that the input may have.</summary>
    public float Lowest { get; init; } = float.NegativeInfinity;

    /// <summary>The highest value that the input may have.</summary>
    public float Highest { get; init; } = float.PositiveInfinity;

    /// <summary>Changes a sample in place.</summary>
    /// <param name="network">A network with one input of floats and one output; it is afterwards what it was before.</param>
    /// <param name="sample">One sample, to begin with and to end with.</param>
    /// <param name="objective">What is to rise.</param>
    /// <returns>The objective before each step.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, the network has other inputs or outputs, or the sample another size.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    public double[] Run(Network network, Span<float> sample, OutputObjective objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        using var probe = new Probe("GradientAscent", network);
        Check(probe.Input);
        probe.Set(sample);
        var values = new double[Steps];
        var rolled = new float[sample.Length];
        network.Undisturbed("GradientAscent", () =>
        {
            for (var step = 0; step < Steps; step++)
            {
                var (down, right) = Roll(step);
                var x = probe.Batch.Input<float>();
                Rolled(x, rolled, probe.Input.Shape, down, right);
                rolled.CopyTo(x);
                values[step] = probe.Run(objective);
                InputSteps.Ascend(x, probe.InputGradient, Rate, Decay, Lowest, Highest);
                Rolled(x, rolled, probe.Input.Shape, -down, -right);
                rolled.CopyTo(x);
            }
        });
        probe.Batch.Input<float>().CopyTo(sample);
        return values;
    }

    private void Check(TensorDefinition input)
    {
        InputSteps.Check("GradientAscent", Steps, Rate, Lowest, Highest);
        if (!(Decay >= 0 && Decay < 1)) throw new ArgumentOutOfRangeException(nameof(Decay), Decay, "GradientAscent.Decay must be at least 0 and below 1.");
        if (Jitter < 0 || (Jitter > 0 && input.Shape.Length != 3))
            throw new ArgumentOutOfRangeException(nameof(Jitter), Jitter, $"GradientAscent.Jitter must be at least 0, and 0 where the input is no picture [C, H, W]; it is {Shapes.Text(input.Shape)}.");
    }

    /// <summary>How far a step rolls: −Jitter to Jitter each.</summary>
    private (int Down, int Right) Roll(int step)
    {
        if (Jitter == 0) return (0, 0);
        var (a, b, _, _) = Philox.Block((uint)step, 0, 0, Purpose, (uint)Seed, (uint)(Seed >> 32));
        var places = (2 * (ulong)Jitter) + 1;
        return ((int)(a * places >> 32) - Jitter, (int)(b * places >> 32) - Jitter);
    }

    private static void Rolled(ReadOnlySpan<float> from, Span<float> to, ReadOnlySpan<int> shape, int down, int right)
    {
        if (down == 0 && right == 0)
        {
            from.CopyTo(to);
            return;
        }

        int height = shape[1], width = shape[2];
        for (var row = 0; row < from.Length / width; row++)
        {
            var target = (row / height * height) + Within((row % height) + down, height);
            for (var x = 0; x < width; x++) to[(target * width) + Within(x + right, width)] = from[(row * width) + x];
        }

        static int Within(int place, int length) => ((place % length) + length) % length;
    }
}
