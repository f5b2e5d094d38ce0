using System.Globalization;
using System.Text;

namespace DeepGen;

/// <summary>Curves as inline SVG. Colours come from the page's style sheet, so that light and dark share one picture.</summary>
internal static class LineChart
{
    private const double Width = 640, Height = 330, Left = 58, Right = 18, Top = 14, Bottom = 42;

    /// <summary>Colours of the style sheet for the curves of a chart; further curves take them again.</summary>
    public const int Colors = 8;

    /// <summary>Draws the curves of a chart, with a mark at the epoch that was kept.</summary>
    public static string Draw(Chart chart, int? kept = null)
    {
        var points = chart.Curves.SelectMany(curve => curve.Finite).ToList();
        if (points.Count == 0) return "<p class=\"muted\">Nothing yet.</p>";
        var (first, last) = (points.Min(point => point.X), points.Max(point => point.X));
        var (lowest, highest) = (points.Min(point => point.Y), points.Max(point => point.Y));

        // Where most of a curve lies orders of magnitude below its highest, equal ratios are equal distances.
        var logarithmic = lowest > 0 && highest / lowest > 300 && points.Select(point => point.Y).Order().ElementAt(points.Count / 2) < highest / 30;
        var (low, high, ticks) = logarithmic ? Decades(lowest, highest) : Linear(lowest, highest, chart.Limit);
        double Scaled(double value) => logarithmic ? Math.Log10(value) : value;
        double X(double x) => last == first ? (Left + Width - Right) / 2 : Left + ((Width - Left - Right) * (x - first) / (last - first));
        double Y(double y) => Top + ((Height - Top - Bottom) * (Scaled(high) - Scaled(y)) / (Scaled(high) - Scaled(low)));

        var svg = new StringBuilder();
        svg.Append(Html.Invariant($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Text(chart.Name)}\">\n"));
        foreach (var (value, text) in ticks)
        {
            svg.Append(Html.Invariant($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.#}\" y2=\"{Y(value):0.#}\"/>"));
            svg.Append(Html.Invariant($"<text class=\"tick\" x=\"{Left - 8}\" y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{text}</text>\n"));
        }

        foreach (var place in Places(first, last))
            svg.Append(Html.Invariant($"<text class=\"tick\" x=\"{X(place):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{place:#,0.##}</text>\n"));
        svg.Append(Html.Invariant($"<text class=\"tick\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 4}\" text-anchor=\"middle\">{(chart.Per == Per.Epoch ? "epoch" : "step")}</text>\n"));

        if (kept is { } epoch && epoch >= first && epoch <= last && last > first)
        {
            // The label stands on the side that has room.
            var toLeft = X(epoch) > Width / 2;
            svg.Append(Html.Invariant($"<line class=\"best\" x1=\"{X(epoch):0.#}\" x2=\"{X(epoch):0.#}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>"));
            var above = Y(chart.Curves[0].Finite.LastOrDefault().Y) > Height / 2;
            svg.Append(Html.Invariant($"<text class=\"tick\" x=\"{X(epoch) + (toLeft ? -6 : 6):0.#}\" y=\"{(above ? Top + 10 : Height - Bottom - 8):0.#}\" text-anchor=\"{(toLeft ? "end" : "start")}\">kept: epoch {epoch}</text>\n"));
        }

        for (var i = 0; i < chart.Curves.Count; i++) Append(svg, chart, i, X, Y);
        return svg.Append("</svg>").ToString();
    }

    /// <summary>The names of the curves with their colours and last values.</summary>
    public static string Legend(Chart chart)
    {
        var html = new StringBuilder("<p class=\"legend\">");
        for (var i = 0; i < chart.Curves.Count; i++)
            html.Append(Html.Invariant($"<span><i class=\"c{i % Colors}\"></i>{Html.Text(chart.Curves[i].Name)} <b>{Html.Number(chart.Curves[i].Points.Last)}</b></span>"));
        return html.Append("</p>\n").ToString();
    }

    private static void Append(StringBuilder svg, Chart chart, int number, Func<double, double> x, Func<double, double> y)
    {
        var curve = chart.Curves[number];
        var style = Html.Invariant($"c{number % Colors}");
        var path = new StringBuilder();
        var pen = 'M';
        for (var i = 0; i < curve.Points.Count; i++)
        {
            var (px, py) = curve.Points.At(i);
            if (!double.IsFinite(py))
            {
                pen = 'M';
                continue;
            }

            path.Append(Html.Invariant($"{pen}{x(px):0.#} {y(py):0.#}"));
            pen = 'L';
        }

        svg.Append($"<path class=\"curve {style}\" d=\"{path}\"/>\n");
        var unit = chart.Per == Per.Epoch ? "epoch" : "step";

        // Dots up to a number that can be told apart, places to point at up to one that a page can hold.
        var count = curve.Points.Count;
        var every = Math.Max(1, count / 120);
        for (var i = count - 1; i >= 0; i -= every)
        {
            var (px, py) = curve.Points.At(i);
            if (!double.IsFinite(py)) continue;
            var point = Html.Invariant($"cx=\"{x(px):0.#}\" cy=\"{y(py):0.#}\"");
            if (count <= 40 || (i == count - 1 && path.Length > 0)) svg.Append(Html.Invariant($"<circle class=\"dot {style}\" {point} r=\"{(count < 4 ? 4 : count <= 40 ? 2.4 : 3)}\"/>"));
            svg.Append(Html.Invariant($"<circle class=\"target\" {point} r=\"7\"><title>{Html.Text(curve.Name)}, {unit} {px:#,0.##}: {Html.Number(py)}</title></circle>\n"));
        }
    }

    /// <summary>A round lower end, upper end and ticks for the y axis around the values.</summary>
    private static (double Low, double High, List<(double, string)> Ticks) Linear(double min, double max, double limit)
    {
        var span = Math.Max(max - min, Math.Max(1e-9, 0.02 * Math.Abs(max)));
        var step = Round(span, 6);
        var low = Math.Floor((min / step) - 1e-9) * step;
        if (min >= 0) low = Math.Max(0, low);
        var high = Math.Ceiling((max / step) + 1e-9) * step;
        if (max <= limit) high = Math.Min(limit, high);
        high = Math.Max(high, low + step);
        var decimals = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step) - 1e-9));
        var ticks = new List<(double, string)>();
        for (var i = 0; low + (i * step) <= high + (step * 1e-6); i++)
        {
            var value = low + (i * step);
            ticks.Add((value, decimals > 4 || Math.Abs(high) >= 1e6 ? value.ToString("0.##e+0", CultureInfo.InvariantCulture) : value.ToString("N" + decimals, CultureInfo.InvariantCulture)));
        }

        return (low, high, ticks);
    }

    private static (double Low, double High, List<(double, string)> Ticks) Decades(double min, double max)
    {
        var (from, to) = ((int)Math.Floor(Math.Log10(min)), (int)Math.Ceiling(Math.Log10(max)));
        var every = ((to - from - 1) / 8) + 1;
        var ticks = new List<(double, string)>();
        for (var power = from; power <= to; power += every)
            ticks.Add((Math.Pow(10, power), power is >= -3 and <= 4 ? Math.Pow(10, power).ToString("#,0.###", CultureInfo.InvariantCulture) : Html.Invariant($"1e{power}")));
        return (Math.Pow(10, from), Math.Pow(10, to), ticks);
    }

    /// <summary>Round places on the x axis.</summary>
    private static IEnumerable<double> Places(double first, double last)
    {
        if (last == first) return [first];
        var step = Round(last - first, 11);
        if (last - first >= 3) step = Math.Max(1, step);
        var from = (long)Math.Ceiling((first / step) - 1e-9);
        var to = (long)Math.Floor((last / step) + 1e-9);
        return Enumerable.Range(0, (int)(to - from + 1)).Select(i => (from + i) * step);
    }

    /// <summary>The smallest of 1, 2, 5, 10, … that divides a span into at most so many parts.</summary>
    private static double Round(double span, int parts)
    {
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(span / parts)));
        return new[] { 1, 2, 5, 10, 20 }.Select(multiple => multiple * magnitude).First(step => span / step <= parts);
    }
}
