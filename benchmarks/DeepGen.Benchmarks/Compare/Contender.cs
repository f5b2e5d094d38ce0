namespace DeepGen.Benchmarks.Compare;

/// <summary>One side of a workload, ready to run.</summary>
/// <param name="Name">For people.</param>
/// <param name="Restart">Goes back to the first weights.</param>
/// <param name="Seconds">Makes so many runs and gives the seconds of all together.</param>
internal sealed record Contender(string Name, Action Restart, Func<int, double> Seconds)
{
    /// <summary>What the first weights give in inference mode.</summary>
    public required Func<float[]> Outputs { get; init; }

    /// <summary>The losses of so many training steps from the first weights, which are there again afterwards.</summary>
    public required Func<int, float[]> Losses { get; init; }

    /// <summary>Called when it is no longer needed.</summary>
    public Action End { get; init; } = () => { };

    /// <summary>Warms it up and finds out how many of its runs take as long as one measurement should.</summary>
    /// <param name="length">Seconds of one measurement.</param>
    /// <returns>Makes so many runs and gives the seconds of one.</returns>
    public Func<double> Counted(double length)
    {
        // Compilation in tiers ends in the background: until then times fall.
        var (count, shortest, total) = (1, double.PositiveInfinity, 0d);
        for (var i = 0; i < 2 || (total < 8 * length && i < 200); i++)
        {
            var seconds = Seconds(count);
            total += seconds;
            shortest = Math.Min(shortest, seconds / count);
            count = (int)Math.Clamp(length / 3 / shortest, 1, 1e6);
        }
        count = (int)Math.Clamp(length / shortest, 1, 1e6);
        return () => Measure(count);
    }

    /// <summary>
    /// Many runs start from the first weights, after some that are not timed, so that a loss that has gone to nothing is not what is measured;
    /// a run that fills a measurement goes on from where it is.
    /// </summary>
    private double Measure(int count)
    {
        if (count > 1)
        {
            Restart();
            Seconds(Math.Max(1, count / 10));
        }
        return Seconds(count) / count;
    }
}
