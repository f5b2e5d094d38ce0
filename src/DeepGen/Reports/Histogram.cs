using System.Text;

namespace DeepGen;

/// <summary>How values are distributed: counts of equal bins from the lowest to the highest.</summary>
internal sealed class Histogram
{
    private Histogram(int count, double lowest, double highest, double mean, double deviation, int notFinite, long[] bins) =>
        (Count, Lowest, Highest, Mean, Deviation, NotFinite, Bins) = (count, lowest, highest, mean, deviation, notFinite, bins);

    public int Count { get; }

    public double Lowest { get; }

    public double Highest { get; }

    public double Mean { get; }

    public double Deviation { get; }

    /// <summary>Values that are NaN or infinite, which are in no bin.</summary>
    public int NotFinite { get; }

    public IReadOnlyList<long> Bins { get; }

    public double SumOfSquares => ((Deviation * Deviation) + (Mean * Mean)) * Count;

    public static Histogram Of(ReadOnlySpan<float> values, int bins = 40)
    {
        var (lowest, highest, sum, squares, notFinite) = (double.PositiveInfinity, double.NegativeInfinity, 0.0, 0.0, 0);
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                notFinite++;
                continue;
            }

            (lowest, highest, sum, squares) = (Math.Min(lowest, value), Math.Max(highest, value), sum + value, squares + ((double)value * value));
        }

        var finite = values.Length - notFinite;
        var counts = new long[bins];
        if (finite == 0) return new Histogram(0, 0, 0, double.NaN, double.NaN, notFinite, counts);
        var width = (highest - lowest) / bins;
        foreach (var value in values)
            if (float.IsFinite(value)) counts[width > 0 ? Math.Min(bins - 1, (int)((value - lowest) / width)) : bins / 2]++;
        var mean = sum / finite;
        return new Histogram(finite, lowest, highest, mean, Math.Sqrt(Math.Max(0, (squares / finite) - (mean * mean))), notFinite, counts);
    }

    /// <summary>The bins as bars.</summary>
    /// <param name="name">What the values are.</param>
    /// <param name="style">The colour's class.</param>
    public string Draw(string name, string style)
    {
        const double Width = 220, Height = 64;
        var svg = new StringBuilder();
        svg.Append(Html.Invariant($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Text(name)}\"><title>{Html.Text(Words(name))}</title>"));
        var most = Math.Max(1, Bins.Max());
        var path = new StringBuilder(Html.Invariant($"M0 {Height}"));
        for (var i = 0; i < Bins.Count; i++)
        {
            var top = Height - ((Height - 4) * Bins[i] / most);
            path.Append(Html.Invariant($"L{Width * i / Bins.Count:0.#} {top:0.#}L{Width * (i + 1) / Bins.Count:0.#} {top:0.#}"));
        }

        svg.Append(Html.Invariant($"<path class=\"bars {style}\" d=\"{path}L{Width} {Height}Z\"/>"));
        if (Lowest < 0 && Highest > 0)
        {
            var zero = Width * -Lowest / (Highest - Lowest);
            svg.Append(Html.Invariant($"<line class=\"zero\" x1=\"{zero:0.#}\" x2=\"{zero:0.#}\" y1=\"0\" y2=\"{Height}\"/>"));
        }

        return svg.Append("</svg>").Append($"<div class=\"range muted\"><span>{Html.Number(Lowest, 3)}</span><span>{Html.Number(Mean, 2)} ± {Html.Number(Deviation, 2)}</span><span>{Html.Number(Highest, 3)}</span></div>")
            .Append(NotFinite > 0 ? $"<div class=\"bad\">{Shapes.Count(NotFinite, "value")} not finite</div>" : "").ToString();
    }

    private string Words(string name) => $"{name}: {Html.Number(Lowest)} to {Html.Number(Highest)}, mean {Html.Number(Mean)}, standard deviation {Html.Number(Deviation)}";
}
