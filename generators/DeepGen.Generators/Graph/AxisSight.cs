namespace DeepGen.Generators.Graph;

/// <summary>
/// What an output sees of one axis of an input: at place p of its axis <see cref="Along"/>, the places from First + p·Step on, Extent of them. Outside the input there is a border, which counts as if the input went on.
/// An axis that is seen as a whole has none.
/// </summary>
/// <param name="Along">The axis of the output that moves the window.</param>
/// <param name="Step">How far one place of the output is on the axis of the input; a part of 1 where the map is enlarged.</param>
/// <param name="First">Where the window of place 0 begins; with a fraction, between two grains.</param>
/// <param name="Extent">From the window's first place to its last, inclusive; with a fraction, between two grains.</param>
internal sealed record AxisSight(int Along, Fraction Step, Fraction First, Fraction Extent)
{
    /// <summary>Where a map was enlarged, its windows begin at multiples of the step from before, and neighbours share them: what is between two grains is rounded to the outer ones, counted from the window of then.</summary>
    private (Fraction Size, Fraction First, Fraction Extent) Grain { get; init; } = (1, 0, 1);

    /// <summary>The number of places that a window has, of windows of different extents the largest.</summary>
    public long Size => (Grain.Extent + (Grain.Size * ((Extent - Grain.Extent) / Grain.Size).Ceiling)).Ceiling;

    /// <summary>Each place of an axis sees the same place.</summary>
    public static AxisSight Same(int axis, long offset = 0) => new(axis, 1, offset, 1);

    /// <summary>Each axis sees itself.</summary>
    public static IReadOnlyList<AxisSight?> Each(int rank) => Enumerable.Range(0, rank).Select(axis => Same(axis)).ToArray();

    /// <summary>No axis is seen in parts.</summary>
    public static IReadOnlyList<AxisSight?> Whole(int rank) => new AxisSight?[rank];

    /// <summary>Where the window of a place begins.</summary>
    public long Start(int place) => (Grain.First + (Grain.Size * ((First + (Step * place) - Grain.First) / Grain.Size).Floor)).Floor;

    /// <summary>What is seen through this of what <paramref name="below"/> sees.</summary>
    public AxisSight Through(AxisSight below)
    {
        var seen = new AxisSight(Along, Step * below.Step, below.First + (First * below.Step), below.Extent + ((Extent - 1) * below.Step)) { Grain = below.Grain };
        var enlarges = Step.Denominator > 1 && (below.Step / below.Grain.Size).Denominator == 1;
        return enlarges ? seen with { Grain = (below.Step, below.First, seen.Extent) } : seen;
    }

    /// <summary>What two branches see together; null, everything, where they move differently.</summary>
    public static AxisSight? Union(AxisSight? a, AxisSight? b)
    {
        if (a is null || b is null || a.Along != b.Along || a.Step != b.Step)
        {
            return null;
        }

        var first = Fraction.Min(a.First, b.First);
        return (a.Size >= b.Size ? a : b) with { First = first, Extent = Fraction.Max(a.First + a.Extent, b.First + b.Extent) - first };
    }
}
