using System.Text;

namespace DeepGen;

/// <summary>A confusion matrix as an HTML table whose cells are shaded by their share of the row; of many classes, the confusions that are most frequent.</summary>
internal static class ConfusionTable
{
    private const int MostClasses = 30;
    private const int MostConfusions = 20;

    public static string Draw(PredictionMetrics metrics, Func<int, string> name) =>
        metrics.IsBinary || metrics.Classes > MostClasses ? Classes(metrics, name) : Matrix(metrics, name);

    private static string Matrix(PredictionMetrics metrics, Func<int, string> name)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table class=\"confusion\">\n<thead><tr><th class=\"corner\">true \\ predicted</th>");
        for (var label = 0; label < metrics.Classes; label++) html.Append($"<th scope=\"col\"><span>{Html.Text(name(label))}</span></th>");
        html.Append("<th scope=\"col\" class=\"figure\">recall</th><th scope=\"col\" class=\"figure\">precision</th><th scope=\"col\" class=\"figure\">F1</th></tr></thead>\n<tbody>\n");
        for (var truth = 0; truth < metrics.Classes; truth++)
        {
            html.Append($"<tr><th scope=\"row\">{Html.Text(name(truth))}</th>");
            var support = metrics.Support(truth);
            for (var predicted = 0; predicted < metrics.Classes; predicted++)
            {
                var count = metrics[truth, predicted];
                var share = support == 0 ? 0 : (double)count / support;

                // The square root lifts the rare confusions, which are what one looks for.
                var shade = count == 0 ? 0 : 0.08 + (0.92 * (truth == predicted ? share : Math.Sqrt(share)));
                var kind = count == 0 ? "none" : (truth == predicted ? "hit" : "miss") + (shade > 0.55 ? " strong" : "");
                var tip = Html.Invariant($"{name(truth)} taken for {name(predicted)}: {count:N0} of {support:N0} ({100 * share:0.0} %)");
                html.Append(Html.Invariant($"<td class=\"{kind}\" style=\"--shade:{100 * shade:0}%\" title=\"{Html.Text(tip)}\">{(count == 0 ? "" : Count(count))}</td>"));
            }

            html.Append($"<td class=\"figure\">{Share(metrics.Recall(truth))}</td><td class=\"figure\">{Share(metrics.Precision(truth))}</td><td class=\"figure\">{Share(metrics.F1(truth))}</td></tr>\n");
        }

        return html.Append("</tbody></table></div>").ToString();
    }

    /// <summary>Too many classes for a matrix, or yes and no: a line for each class, worst first.</summary>
    private static string Classes(PredictionMetrics metrics, Func<int, string> name)
    {
        var html = new StringBuilder();
        var labels = Enumerable.Range(0, metrics.Classes).Where(label => metrics.Support(label) > 0).OrderBy(metrics.F1).ThenBy(label => label).ToList();
        html.Append("<div class=\"scroll\"><table class=\"figures\">\n<thead><tr><th>class</th><th>targets</th><th>recall</th><th>precision</th><th>F1</th><th>IoU</th></tr></thead>\n<tbody>\n");
        foreach (var label in labels.Take(MostConfusions))
            html.Append(Html.Invariant($"<tr><th scope=\"row\">{Html.Text(name(label))}</th><td>{metrics.Support(label):N0}</td><td>{Share(metrics.Recall(label))}</td><td>{Share(metrics.Precision(label))}</td><td>{Share(metrics.F1(label))}</td><td>{Share(metrics.IoU(label))}</td></tr>\n"));
        html.Append("</tbody></table></div>\n");
        if (labels.Count > MostConfusions) html.Append(Html.Invariant($"<p class=\"muted\">The {MostConfusions} of {labels.Count} classes with the lowest F1.</p>\n"));
        if (!metrics.HasMatrix) return html.ToString();
        var confusions = labels.SelectMany(truth => Enumerable.Range(0, metrics.Classes).Where(predicted => predicted != truth && metrics[truth, predicted] > 0).Select(predicted => (truth, predicted)))
            .OrderByDescending(pair => metrics[pair.truth, pair.predicted]).Take(MostConfusions).ToList();
        if (confusions.Count == 0) return html.ToString();
        html.Append("<h3>Most frequent confusions</h3>\n<div class=\"scroll\"><table class=\"figures\">\n<thead><tr><th>true</th><th>taken for</th><th>times</th><th>share of the class</th></tr></thead>\n<tbody>\n");
        foreach (var (truth, predicted) in confusions)
            html.Append(Html.Invariant($"<tr><th scope=\"row\">{Html.Text(name(truth))}</th><td>{Html.Text(name(predicted))}</td><td>{metrics[truth, predicted]:N0}</td><td>{Share((double)metrics[truth, predicted] / metrics.Support(truth))}</td></tr>\n"));
        return html.Append("</tbody></table></div>\n").ToString();
    }

    /// <summary>Pixels are counted in millions, for which a cell has no room.</summary>
    private static string Count(long count) => count < 10_000 ? Html.Invariant($"{count}") : count < 1_000_000 ? Html.Invariant($"{count / 1e3:0.#}k") : Html.Invariant($"{count / 1e6:0.#}M");

    private static string Share(double value) => double.IsNaN(value) ? "–" : Html.Invariant($"{value:0.000}");
}
