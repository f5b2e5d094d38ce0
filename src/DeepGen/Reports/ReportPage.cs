using System.Globalization;
using System.Text;

namespace DeepGen;

/// <summary>Contents as one HTML page. Pictures are inline, there is no script and nothing is fetched.</summary>
internal static class ReportPage
{
    /// <summary>Seconds after which a page that is not finished loads itself anew.</summary>
    private const int Reload = 5;

    /// <summary>The pieces of a gallery beyond so many are folded away, the newest stay.</summary>
    private const int ShownFigures = 12;

    public static string Render(ReportContents contents)
    {
        var html = new StringBuilder();
        var title = Html.Text(contents.Title);
        html.Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">{(contents.Ended == null ? Html.Invariant($"\n<meta http-equiv=\"refresh\" content=\"{Reload}\">") : "")}
            <title>{title}</title>
            <style>
            {ReportStyle.Css}
            </style>
            </head>
            <body>
            <main>
            <header>
            <p class="eyebrow">DeepGen training report</p>
            <h1>{title}</h1>
            <p class="muted"><span class="status {contents.Ended ?? "running"}">{contents.Ended ?? "running"}</span> {Html.Text(Subtitle(contents))}</p>
            </header>

            """);
        Tiles(html, contents);
        Warnings(html, contents.Warnings);
        Charts(html, contents);
        var half = false;
        foreach (var section in contents.Sections)
        {
            if (section.IsHalf != half) html.Append(section.IsHalf ? "<div class=\"two\">\n" : "</div>\n");
            half = section.IsHalf;
            Section(html, section);
        }

        return html.Append(half ? "</div>\n" : "").Append("</main>\n</body>\n</html>\n").ToString();
    }

    public static string Facts(IReadOnlyList<(string Name, string Value)> facts)
    {
        var html = new StringBuilder("<table class=\"facts\">\n");
        foreach (var (name, value) in facts) html.Append($"<tr><th scope=\"row\">{Html.Text(name)}</th><td>{Html.Text(value)}</td></tr>\n");
        return html.Append("</table>").ToString();
    }

    public static string Table(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table class=\"figures\">\n<thead><tr>");
        foreach (var name in header) html.Append($"<th scope=\"col\">{Html.Text(name)}</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            html.Append("<tr>");
            for (var i = 0; i < row.Count; i++) html.Append(i == 0 ? $"<th scope=\"row\">{Html.Text(row[i])}</th>" : $"<td>{Html.Text(row[i])}</td>");
            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>").ToString();
    }

    public static string Confusion(PredictionMetrics metrics, IReadOnlyList<string>? classNames)
    {
        var about = metrics.IsBinary || metrics.Classes > 30 ? "" : " A row is a true class, a column what the network said. A stronger colour is a larger share of the row.";
        return Html.Invariant($"<p class=\"muted\">{metrics.Predictions:N0} predictions, {100 * metrics.Accuracy:0.00} % right.{about}</p>\n") + ConfusionTable.Draw(metrics, label => ShownPrediction.Name(classNames, label));
    }

    public static string Predictions(IReadOnlyList<ShownPrediction> predictions)
    {
        if (predictions.Count == 0) return "<p class=\"muted\">None.</p>";
        var html = new StringBuilder("<div class=\"predictions\">\n");
        foreach (var prediction in predictions)
        {
            var words = prediction.IsRight ? prediction.Truth : $"{prediction.Truth} taken for {prediction.Predicted}";
            html.Append($"<figure class=\"{(prediction.IsRight ? "right" : "wrong")}\">");
            if (prediction.Picture != null) html.Append(Html.Picture(prediction.Picture, 92, words));
            html.Append($"<figcaption><b>{Html.Text(prediction.Truth)}</b><br>{(prediction.IsRight ? "✓" : $"✗ {Html.Text(prediction.Predicted)}")}");
            if (!double.IsNaN(prediction.Probability)) html.Append(Html.Invariant($" <span class=\"muted\">{100 * prediction.Probability:0.0} %</span>"));
            html.Append("</figcaption></figure>\n");
        }

        return html.Append("</div>").ToString();
    }

    private static string Subtitle(ReportContents contents)
    {
        var at = DateTimeOffset.Now.ToString("d MMMM yyyy, HH:mm:ss 'UTC'zzz", CultureInfo.InvariantCulture);
        var where = contents.Status.Length == 0 ? "" : contents.Status + " · ";
        return $"{where}{Html.Time(contents.Elapsed)}, {at}";
    }

    private static void Tiles(StringBuilder html, ReportContents contents)
    {
        if (!contents.Tiles.Any()) return;
        html.Append("<section class=\"tiles\">\n");
        var lead = " lead";
        foreach (var (name, value, note, _) in contents.Tiles)
        {
            html.Append($"<div class=\"tile{lead}\"><div class=\"name\">{Html.Text(name)}</div><div class=\"value\">{Html.Text(value)}</div><div class=\"muted\">{Html.Text(note)}</div></div>\n");
            lead = "";
        }

        html.Append("</section>\n");
    }

    private static void Warnings(StringBuilder html, List<TrainingWarning> warnings)
    {
        if (warnings.Count == 0) return;
        html.Append("<section class=\"warnings\">\n<h2>Warnings</h2>\n<ul>\n");
        foreach (var warning in warnings)
            html.Append(Html.Invariant($"<li><b>{Html.Text(warning.Layer ?? warning.Kind.ToString())}</b> <span class=\"muted\">epoch {warning.Epoch}, step {warning.Step:N0}</span><br>{Html.Text(warning.Message)}</li>\n"));
        html.Append("</ul>\n</section>\n");
    }

    private static void Charts(StringBuilder html, ReportContents contents)
    {
        var drawn = contents.Charts.Where(chart => chart.Curves.Any(curve => curve.Finite.Any())).ToList();
        if (drawn.Count == 0) return;
        html.Append("<div class=\"two\">\n");
        foreach (var chart in drawn)
            html.Append($"<section>\n<h2>{Html.Text(chart.Name)}</h2>\n").Append(LineChart.Legend(chart)).Append(LineChart.Draw(chart, chart.Per == Per.Epoch ? contents.Kept : null)).Append("\n</section>\n");
        html.Append("</div>\n");
    }

    private static void Section(StringBuilder html, ReportSection section)
    {
        html.Append(section.IsFolded ? $"<section>\n<details>\n<summary><h2>{Html.Text(section.Title)}</h2></summary>\n" : $"<section>\n<h2>{Html.Text(section.Title)}</h2>\n");
        if (section.Note.Length > 0) html.Append($"<p class=\"muted\">{Html.Text(section.Note)}</p>\n");
        var figures = section.Pieces.Where(piece => piece.IsFigure).ToList();
        foreach (var piece in section.Pieces)
        {
            if (piece.IsFigure) continue;
            html.Append(piece.Caption.Length > 0 ? $"<h3>{Html.Text(piece.Caption)}</h3>\n" : "").Append(piece.Html).Append('\n');
        }

        var folded = Math.Max(0, figures.Count - ShownFigures);
        if (folded > 0)
        {
            html.Append(Html.Invariant($"<details>\n<summary class=\"muted\">{folded} before</summary>\n"));
            Gallery(html, figures.Take(folded));
            html.Append("</details>\n");
        }

        if (figures.Count > 0) Gallery(html, figures.Skip(folded));
        html.Append(section.IsFolded ? "</details>\n</section>\n" : "</section>\n");
    }

    private static void Gallery(StringBuilder html, IEnumerable<ReportPiece> figures)
    {
        html.Append("<div class=\"gallery\">\n");
        foreach (var figure in figures)
            html.Append($"<figure>{figure.Html}{(figure.Caption.Length > 0 ? $"<figcaption>{Html.Text(figure.Caption)}</figcaption>" : "")}</figure>\n");
        html.Append("</div>\n");
    }
}
