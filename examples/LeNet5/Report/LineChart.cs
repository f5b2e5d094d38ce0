using System.Globalization;
using System.Text;

namespace DeepGen.Examples.Report;

/// <summary>A curve of a <see cref="LineChart"/>: a value for each epoch; NaN leaves a gap.</summary>
/// <param name="Name">Its name in the legend and the tooltips.</param>
/// <param name="Style">The CSS class that colours it.</param>
/// <param name="Values">A value for each epoch, from the first.</param>
public sealed record Curve(string Name, string Style, IReadOnlyList<double> Values);

/// <summary>Curves over the epochs as inline SVG. Colours come from the page's style sheet, so that light and dark share one picture.</summary>
public static class LineChart
{
    private const double Width = 640, Height = 340, Left = 52, Right = 18, Top = 16, Bottom = 42;

    /// <summary>Draws the curves with a mark at the best epoch.</summary>
    /// <param name="title">What the chart shows, for a screen reader.</param>
    /// <param name="curves">The curves, all over the same epochs.</param>
    /// <param name="epochs">The number of each point on the x axis.</param>
    /// <param name="bestEpoch">Where to draw the mark; 0 for none.</param>
    /// <param name="limit">The largest value possible, to end the y axis there; infinity for none.</param>
    public static string Draw(string title, IReadOnlyList<Curve> curves, IReadOnlyList<int> epochs, int bestEpoch, double limit)
    {
        var values = curves.SelectMany(c => c.Values).Where(double.IsFinite).ToList();
        if (values.Count == 0)
            return "<p class=\"muted\">No epoch was run to its end.</p>";

        var (low, high, step) = Axis(values.Min(), values.Max(), limit);
        var (first, last) = (epochs[0], epochs[^1]);
        double X(int epoch) => last == first ? (Left + Width - Right) / 2 : Left + (Width - Left - Right) * (epoch - first) / (last - first);
        double Y(double value) => Top + (Height - Top - Bottom) * (high - value) / (high - low);

        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Text(title)}\">\n"));

        var decimals = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step) - 1e-9));
        for (var i = 0; low + i * step <= high + step * 1e-6; i++)
        {
            var value = low + i * step;
            svg.Append(Invariant($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.#}\" y2=\"{Y(value):0.#}\"/>"));
            svg.Append(Invariant($"<text class=\"tick\" x=\"{Left - 8}\" y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{value.ToString("F" + decimals, CultureInfo.InvariantCulture)}</text>\n"));
        }
        var every = EpochsPerTick(last - first);
        foreach (var epoch in epochs.Where(e => e == first || e % every == 0 && 2 * (e - first) >= every || e == last && 2 * (e % every) >= every))
            svg.Append(Invariant($"<text class=\"tick\" x=\"{X(epoch):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{epoch}</text>\n"));
        svg.Append(Invariant($"<text class=\"tick\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 4}\" text-anchor=\"middle\">epoch</text>\n"));

        if (bestEpoch >= first && bestEpoch <= last && last > first)
        {
            // The label stands on the side that has room.
            var toLeft = X(bestEpoch) > Width / 2;
            svg.Append(Invariant($"<line class=\"best\" x1=\"{X(bestEpoch):0.#}\" x2=\"{X(bestEpoch):0.#}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>"));
            svg.Append(Invariant($"<text class=\"tick\" x=\"{X(bestEpoch) + (toLeft ? -6 : 6):0.#}\" y=\"{(curves[0].Values[^1] > (low + high) / 2 ? Height - Bottom - 8 : Top + 10):0.#}\" text-anchor=\"{(toLeft ? "end" : "start")}\">kept: epoch {bestEpoch}</text>\n"));
        }
        foreach (var curve in curves)
            Append(svg, curve, epochs, X, Y);
        return svg.Append("</svg>").ToString();
    }

    private static void Append(StringBuilder svg, Curve curve, IReadOnlyList<int> epochs, Func<int, double> x, Func<double, double> y)
    {
        var path = new StringBuilder();
        var pen = 'M';
        for (var i = 0; i < epochs.Count; i++)
        {
            if (!double.IsFinite(curve.Values[i]))
            {
                pen = 'M';
                continue;
            }
            path.Append(Invariant($"{pen}{x(epochs[i]):0.#} {y(curve.Values[i]):0.#}"));
            pen = 'L';
        }
        svg.Append($"<path class=\"curve {curve.Style}\" d=\"{path}\"/>\n");
        for (var i = 0; i < epochs.Count; i++)
        {
            if (!double.IsFinite(curve.Values[i]))
                continue;
            var point = Invariant($"cx=\"{x(epochs[i]):0.#}\" cy=\"{y(curve.Values[i]):0.#}\"");
            var tip = Invariant($"<title>{Html.Text(curve.Name)}, epoch {epochs[i]}: {curve.Values[i]:0.0000}</title>");
            // A dot on every epoch up to a number that can be told apart; beyond, only an invisible target for the tooltip.
            if (epochs.Count <= 40)
                svg.Append(Invariant($"<circle class=\"dot {curve.Style}\" {point} r=\"{(epochs.Count < 4 ? 4.5 : 2.6)}\"/>"));
            svg.Append($"<circle class=\"target\" {point} r=\"8\">{tip}</circle>\n");
        }
    }

    /// <summary>A round lower end, upper end and step for the y axis around the values.</summary>
    private static (double Low, double High, double Step) Axis(double min, double max, double limit)
    {
        var span = Math.Max(max - min, Math.Max(1e-3, 0.02 * Math.Abs(max)));
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(span / 5)));
        var step = new[] { 1, 2, 5, 10 }.Select(m => m * magnitude).First(s => span / s <= 6);
        var low = Math.Max(0, Math.Floor(min / step - 1e-9) * step);
        var high = Math.Min(limit, Math.Ceiling(max / step + 1e-9) * step);
        return (low, Math.Max(high, low + step), step);
    }

    private static int EpochsPerTick(int span)
    {
        foreach (var every in (ReadOnlySpan<int>)[1, 2, 5, 10, 20, 50, 100, 200, 500])
            if (span / every <= 12)
                return every;
        return Math.Max(1000, span / 10);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
