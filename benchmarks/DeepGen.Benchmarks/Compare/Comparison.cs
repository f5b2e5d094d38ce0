namespace DeepGen.Benchmarks.Compare;

/// <summary>One line of the table: how long we take, how long the other side takes, and the ratio of paired runs.</summary>
/// <param name="Workload">What runs.</param>
/// <param name="Batch">Samples, or empty.</param>
/// <param name="Threads">Our threads.</param>
/// <param name="Milliseconds">Our median for one run.</param>
/// <param name="Peer">The other side and its setting.</param>
/// <param name="PeerMilliseconds">Its median; null where there is no other side.</param>
/// <param name="Ratios">Their time divided by ours, pair by pair.</param>
internal sealed record Comparison(string Workload, string Batch, int Threads, double Milliseconds, string Peer, double? PeerMilliseconds, double[] Ratios)
{
    public static string[] Header { get; } = ["workload", "batch", "threads", "deepgen-ms", "peer", "peer-ms", "ratio (min..max)"];

    public string[] Cells =>
    [
        Workload, Batch, $"{Threads}", Time(Milliseconds), Peer, PeerMilliseconds is { } ms ? Time(ms) : "-",
        Ratios.Length == 0 ? "-" : $"{Median(Ratios):0.00} ({Ratios.Min():0.00}..{Ratios.Max():0.00})",
    ];

    /// <summary>Runs two sides in turn; in every second pair the other begins.</summary>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="ours">Runs our side some times and gives the seconds of one.</param>
    /// <param name="theirs">The same of the other side.</param>
    public static (double Ours, double Theirs, double[] Ratios) Interleave(int pairs, Func<double> ours, Func<double> theirs)
    {
        var a = new double[pairs];
        var b = new double[pairs];
        for (var i = 0; i < pairs; i++)
        {
            if (i % 2 == 0)
                a[i] = ours();
            b[i] = theirs();
            if (i % 2 != 0)
                a[i] = ours();
        }
        return (Median(a), Median(b), [.. a.Zip(b, (x, y) => y / x)]);
    }

    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Time(double milliseconds) => milliseconds >= 100 ? $"{milliseconds:0}" : milliseconds >= 1 ? $"{milliseconds:0.00}" : $"{milliseconds:0.0000}";
}
