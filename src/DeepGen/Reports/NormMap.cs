using System.Text;

namespace DeepGen;

/// <summary>The gradient norms of parameters over the epochs as a map: a row for each in the order of the network, darker where larger, on a logarithmic scale.</summary>
internal sealed class NormMap(IReadOnlyList<string> names)
{
    private const int MostColumns = 48;

    private readonly List<(int Epoch, double[] Norms)> _epochs = [];

    /// <summary>Adds an epoch.</summary>
    public void Add(int epoch, double[] norms) => _epochs.Add((epoch, norms));

    public bool Any => _epochs.Count > 0;

    public string Draw()
    {
        // Of more epochs than there is room for, every so many, the last always.
        var every = ((_epochs.Count - 1) / MostColumns) + 1;
        var shown = _epochs.Where((_, i) => (_epochs.Count - 1 - i) % every == 0).ToList();
        var finite = shown.SelectMany(epoch => epoch.Norms).Where(norm => double.IsFinite(norm) && norm > 0).ToList();
        if (finite.Count == 0) return "<p class=\"muted\">All gradients are zero.</p>";
        var (low, high) = (Math.Log10(finite.Min()), Math.Log10(finite.Max()));
        const double Row = 20, Left = 250, Right = 74, Width = 1080, Bottom = 26;
        var height = (Row * names.Count) + Bottom;
        var cell = Math.Min((Width - Left - Right) / shown.Count, 60);
        var svg = new StringBuilder();
        svg.Append(Html.Invariant($"<svg class=\"chart map\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"Gradient norms\">\n"));
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i].Length > 34 ? "…" + names[i][^33..] : names[i];
            svg.Append(Html.Invariant($"<text class=\"name\" x=\"{Left - 10}\" y=\"{(Row * i) + 14}\">{Html.Text(name)}</text>"));
            for (var j = 0; j < shown.Count; j++)
            {
                var norm = shown[j].Norms[i];
                var shade = !double.IsFinite(norm) ? 1 : norm <= 0 ? 0 : high > low ? 0.08 + (0.92 * (Math.Log10(norm) - low) / (high - low)) : 0.6;
                svg.Append(Html.Invariant($"<rect class=\"cell{(double.IsFinite(norm) ? "" : " bad")}\" x=\"{Left + (cell * j):0.##}\" y=\"{(Row * i) + 1}\" width=\"{Math.Max(1, cell - 1):0.##}\" height=\"{Row - 2}\" rx=\"2\" fill-opacity=\"{shade:0.##}\"><title>{Html.Text(names[i])}, epoch {shown[j].Epoch}: {Html.Number(norm)}</title></rect>"));
            }

            svg.Append(Html.Invariant($"<text class=\"tick\" x=\"{Left + (cell * shown.Count) + 8:0.#}\" y=\"{(Row * i) + 14}\">{Html.Number(shown[^1].Norms[i])}</text>\n"));
        }

        var label = Math.Max(1, (int)Math.Ceiling(34 / cell));
        for (var j = 0; j < shown.Count; j += label)
            svg.Append(Html.Invariant($"<text class=\"tick\" x=\"{Left + (cell * (j + 0.5)):0.#}\" y=\"{height - 8}\" text-anchor=\"middle\">{shown[j].Epoch}</text>"));
        return svg.Append("\n</svg>").ToString();
    }
}
