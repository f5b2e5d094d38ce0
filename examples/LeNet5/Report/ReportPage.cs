using System.Globalization;
using System.Text;

namespace DeepGen.Examples.Report;

/// <summary>One HTML file about one run. Pictures are inline, there is no script and nothing is fetched.</summary>
public static class ReportPage
{
    /// <summary>Writes the page, as a whole or not at all: an old report survives a full disk.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, RunSummary run)
    {
        var beside = path + ".new";
        File.WriteAllText(beside, Render(run), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>The page as text.</summary>
    public static string Render(RunSummary run)
    {
        var html = new StringBuilder();
        html.Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>LeNet-5 on {Html.Text(run.DataName)}</title>
            <style>
            {ReportStyle.Css}
            </style>
            </head>
            <body>
            <main>
            <header>
            <p class="eyebrow">DeepGen training report</p>
            <h1>LeNet-5 on {Html.Text(run.DataName)}</h1>
            <p class="muted">{Html.Text(Subtitle(run))}</p>
            </header>

            """);
        Tiles(html, run);
        if (run.Epochs.Count > 0)
            Curves(html, run);
        html.Append(Invariant($"<section>\n<h2>Confusion matrix</h2>\n<p class=\"muted\">{run.Test.Total:N0} test images; a row is a true class, a column what the network said. A stronger colour is a larger share of the row.</p>\n"));
        html.Append(ConfusionTable.Draw(run.Test)).Append("\n</section>\n");
        Mistakes(html, run.Mistakes);
        html.Append("<div class=\"two\">\n");
        Facts(html, "Hyper-parameters", run.HyperParameters);
        Facts(html, "Environment", run.Environment);
        html.Append("</div>\n");
        if (run.Epochs.Count > 0)
            Epochs(html, run);
        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static string Subtitle(RunSummary run)
    {
        var when = run.Finished.ToString("d MMMM yyyy, HH:mm 'UTC'zzz", CultureInfo.InvariantCulture);
        return run.Epochs.Count switch
        {
            0 => $"Loaded weights, tested on {when}",
            var n when run.Stopped => $"Stopped by hand after {n} epoch{(n == 1 ? "" : "s")} on {when}",
            var n => $"{n} epoch{(n == 1 ? "" : "s")}, finished on {when}",
        };
    }

    private static void Tiles(StringBuilder html, RunSummary run)
    {
        html.Append("<section class=\"tiles\">\n");
        Tile("test accuracy", Invariant($"{run.Test.Accuracy:0.0000}"), Invariant($"{run.Test.Correct:N0} of {run.Test.Total:N0} images"), "lead");
        Tile("test loss", Invariant($"{run.TestLoss:0.0000}"), "cross-entropy, nats");
        if (run.Epochs.FirstOrDefault(e => e.Epoch == run.BestEpoch) is { } best)
            Tile("epoch kept", Invariant($"{best.Epoch}"), double.IsNaN(best.ValidationAccuracy) ? "the last one" : Invariant($"validation accuracy {best.ValidationAccuracy:0.0000}"));
        if (run.Epochs.Count > 0)
        {
            var seconds = run.Epochs.Sum(e => e.Duration.TotalSeconds);
            Tile("training time", seconds < 120 ? Invariant($"{seconds:0.00} s") : Invariant($"{seconds / 60:0.0} min"), Invariant($"{run.Epochs.Average(e => e.ImagesPerSecond):N0} images/s"));
        }
        Tile("parameters", Invariant($"{run.ParameterCount:N0}"), "all trained");
        html.Append("</section>\n");

        void Tile(string name, string value, string note, string style = "") =>
            html.Append($"<div class=\"tile {style}\"><div class=\"name\">{Html.Text(name)}</div><div class=\"value\">{Html.Text(value)}</div><div class=\"muted\">{Html.Text(note)}</div></div>\n");
    }

    private static void Curves(StringBuilder html, RunSummary run)
    {
        var epochs = run.Epochs.Select(e => e.Epoch).ToList();
        var validated = run.Epochs.Any(e => double.IsFinite(e.ValidationLoss));
        html.Append("<div class=\"two\">\n");
        Chart("Loss", e => e.TrainLoss, e => e.ValidationLoss, double.PositiveInfinity);
        Chart("Accuracy", e => e.TrainAccuracy, e => e.ValidationAccuracy, 1);
        html.Append("</div>\n");

        void Chart(string title, Func<EpochRecord, double> train, Func<EpochRecord, double> validation, double limit)
        {
            List<Curve> curves = [new("train", "train", [.. run.Epochs.Select(train)])];
            if (validated)
                curves.Add(new("validation", "validation", [.. run.Epochs.Select(validation)]));
            html.Append($"<section>\n<h2>{title}</h2>\n<p class=\"legend\">");
            foreach (var curve in curves)
                html.Append(Invariant($"<span><i class=\"{curve.Style}\"></i>{curve.Name} <b>{curve.Values[^1]:0.000}</b></span>"));
            html.Append("</p>\n").Append(LineChart.Draw($"{title} over the epochs", curves, epochs, run.BestEpoch, limit)).Append("\n</section>\n");
        }
    }

    private static void Mistakes(StringBuilder html, IReadOnlyList<Mistake> mistakes)
    {
        if (mistakes.Count == 0)
            return;
        html.Append("<section>\n<h2>Most confident mistakes</h2>\n<p class=\"muted\">Test images taken for another class with the highest probability.</p>\n<div class=\"mistakes\">\n");
        foreach (var mistake in mistakes)
        {
            var alternative = Html.Text($"{mistake.Truth} taken for {mistake.Predicted}");
            html.Append($"<figure><img width=\"84\" height=\"84\" alt=\"{alternative}\" src=\"{Png.DataAddress(mistake.Pixels, 28)}\">");
            html.Append(Invariant($"<figcaption><b>{Html.Text(mistake.Truth)}</b><br>seen as {Html.Text(mistake.Predicted)}<br><span class=\"muted\">{100 * mistake.Probability:0.0} %</span></figcaption></figure>\n"));
        }
        html.Append("</div>\n</section>\n");
    }

    private static void Facts(StringBuilder html, string title, IReadOnlyList<(string Name, string Value)> facts)
    {
        html.Append($"<section>\n<h2>{Html.Text(title)}</h2>\n<table class=\"facts\">\n");
        foreach (var (name, value) in facts)
            html.Append($"<tr><th scope=\"row\">{Html.Text(name)}</th><td>{Html.Text(value)}</td></tr>\n");
        html.Append("</table>\n</section>\n");
    }

    private static void Epochs(StringBuilder html, RunSummary run)
    {
        html.Append("<section>\n<details>\n<summary><h2>All epochs</h2></summary>\n<div class=\"scroll\"><table class=\"epochs\">\n<thead><tr><th>epoch</th><th>train loss</th><th>train accuracy</th><th>validation loss</th><th>validation accuracy</th><th>learning rate</th><th>images/s</th><th>seconds to train</th></tr></thead>\n<tbody>\n");
        foreach (var e in run.Epochs)
        {
            html.Append(e.Epoch == run.BestEpoch ? "<tr class=\"kept\">" : "<tr>");
            html.Append(Invariant($"<td>{e.Epoch}</td><td>{Figure(e.TrainLoss)}</td><td>{Figure(e.TrainAccuracy)}</td><td>{Figure(e.ValidationLoss)}</td><td>{Figure(e.ValidationAccuracy)}</td><td>{e.LearningRate:0.0e+0}</td><td>{e.ImagesPerSecond:N0}</td><td>{e.Duration.TotalSeconds:0.00}</td></tr>\n"));
        }
        html.Append("</tbody></table></div>\n</details>\n</section>\n");

        static string Figure(double value) => double.IsNaN(value) ? "–" : Invariant($"{value:0.0000}");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
