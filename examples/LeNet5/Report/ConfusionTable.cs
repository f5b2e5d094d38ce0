using System.Globalization;
using System.Text;

namespace DeepGen.Examples.Report;

/// <summary>A confusion matrix as an HTML table whose cells are shaded by their share of the row.</summary>
internal static class ConfusionTable
{
    public static string Draw(ConfusionMatrix matrix)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table class=\"confusion\">\n<thead><tr><th class=\"corner\">true \\ predicted</th>");
        foreach (var name in matrix.Classes)
            html.Append($"<th scope=\"col\"><span>{Html.Text(name)}</span></th>");
        html.Append("<th scope=\"col\" class=\"figure\">recall</th><th scope=\"col\" class=\"figure\">precision</th><th scope=\"col\" class=\"figure\">F1</th></tr></thead>\n<tbody>\n");
        for (var truth = 0; truth < matrix.Classes.Count; truth++)
        {
            html.Append($"<tr><th scope=\"row\">{Html.Text(matrix.Classes[truth])}</th>");
            var support = matrix.Support(truth);
            for (var predicted = 0; predicted < matrix.Classes.Count; predicted++)
            {
                var count = matrix[truth, predicted];
                var share = support == 0 ? 0 : (double)count / support;
                // The square root lifts the rare confusions, which are what one looks for.
                var shade = count == 0 ? 0 : 0.08 + 0.92 * (truth == predicted ? share : Math.Sqrt(share));
                var style = string.Create(CultureInfo.InvariantCulture, $"--shade:{100 * shade:0}%");
                var kind = truth == predicted ? "hit" : "miss";
                var strong = shade > 0.55 ? " strong" : "";
                var tip = string.Create(CultureInfo.InvariantCulture, $"{matrix.Classes[truth]} taken for {matrix.Classes[predicted]}: {count} of {support} ({100 * share:0.0} %)");
                html.Append($"<td class=\"{(count == 0 ? "none" : kind + strong)}\" style=\"{style}\" title=\"{Html.Text(tip)}\">{(count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture))}</td>");
            }
            var (recall, precision) = (matrix.Recall(truth), matrix.Precision(truth));
            html.Append($"<td class=\"figure\">{Share(recall)}</td><td class=\"figure\">{Share(precision)}</td><td class=\"figure\">{Share(2 * recall * precision / (recall + precision))}</td></tr>\n");
        }
        return html.Append("</tbody></table></div>").ToString();
    }

    private static string Share(double value) => double.IsNaN(value) ? "–" : value.ToString("0.000", CultureInfo.InvariantCulture);
}
