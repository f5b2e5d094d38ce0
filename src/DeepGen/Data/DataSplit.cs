namespace DeepGen;

/// <summary>Cuts the numbers of samples into parts at random. The same seed gives the same parts.</summary>
public static class DataSplit
{
    /// <summary>Keeps the choice apart from the orders of epochs, which are counted from 1.</summary>
    private const int Epoch = 0;

    /// <summary>Parts with given shares.</summary>
    /// <param name="count">The number of samples.</param>
    /// <param name="seed">The key of the choice.</param>
    /// <param name="shares">The share of each part, above 0; together 1, or less to leave some samples out.</param>
    /// <returns>The samples of each part, in rising order.</returns>
    /// <exception cref="ArgumentException">The shares are not as said, or a part would be empty.</exception>
    public static int[][] Random(int count, ulong seed, params ReadOnlySpan<double> shares)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Cut([[.. Enumerable.Range(0, count)]], count, seed, shares);
    }

    /// <summary>Parts with given shares of every class ("stratified"). What rounding leaves of one class is made up for by the next, so the parts are as large as without classes.</summary>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="seed">The key of the choice.</param>
    /// <param name="shares">The share of each part, above 0; together 1, or less to leave some samples out.</param>
    /// <returns>The samples of each part, in rising order.</returns>
    /// <exception cref="ArgumentException">The shares are not as said, a part would be empty, or a label is negative.</exception>
    public static int[][] Stratified(IReadOnlyList<int> labels, ulong seed, params ReadOnlySpan<double> shares)
    {
        var counts = ClassBalance.Counts(labels);
        var groups = Array.ConvertAll(counts, size => new List<int>(size));
        for (var i = 0; i < labels.Count; i++) groups[labels[i]].Add(i);
        return Cut(Array.ConvertAll(groups, group => group.ToArray()), labels.Count, seed, shares);
    }

    private static int[][] Cut(int[][] groups, int count, ulong seed, ReadOnlySpan<double> shares)
    {
        if (shares.IsEmpty) throw new ArgumentException("There is no share.", nameof(shares));
        double sum = 0;
        var ends = new double[shares.Length];
        for (var part = 0; part < shares.Length; part++)
        {
            if (!(shares[part] > 0)) throw new ArgumentException($"Share {part} is {shares[part]}; it must be above 0.", nameof(shares));
            ends[part] = sum += shares[part];
        }

        // Ten tenths are not quite 1.
        if (sum > 1 + 1e-9) throw new ArgumentException($"The shares are {sum} together; they may be at most 1.", nameof(shares));
        if (sum > 1 - 1e-9) ends[^1] = 1;
        var parts = Array.ConvertAll(ends, _ => new List<int>());
        var before = 0;
        for (var group = 0; group < groups.Length; group++)
        {
            Shuffling.Shuffle(groups[group], seed, Epoch, (uint)group);

            // Part p of all groups up to this one ends at the rounded share of them, as if they were one.
            var taken = 0;
            for (var part = 0; part < parts.Length; part++)
            {
                var until = (int)(Math.Round(ends[part] * (before + groups[group].Length)) - Math.Round(ends[part] * before));
                until = Math.Clamp(until, taken, groups[group].Length);
                parts[part].AddRange(groups[group][taken..until]);
                taken = until;
            }

            before += groups[group].Length;
        }

        foreach (var (part, samples) in parts.Index())
        {
            if (samples.Count == 0) throw new ArgumentException($"Part {part} would be empty: its share of {Shapes.Count(count, "sample")} is {shares[part]}.", nameof(shares));
            samples.Sort();
        }

        return Array.ConvertAll(parts, samples => samples.ToArray());
    }
}
