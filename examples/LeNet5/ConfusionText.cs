using System.Globalization;
using System.Text;

namespace DeepGen.Examples;

/// <summary>A confusion matrix as plain text of at most 80 columns: a row for each true class, with its recall at the end.</summary>
internal static class ConfusionText
{
    public static string Of(PredictionMetrics metrics, IReadOnlyList<string> classNames)
    {
        const int Column = 5;
        const string Corner = "true \\ said";
        var label = Math.Max(Corner.Length, classNames.Max(c => c.Length));
        var text = new StringBuilder(Corner.PadRight(label));
        foreach (var name in classNames)
            text.Append(name[..Math.Min(name.Length, Column - 1)].PadLeft(Column));
        text.Append("   found");
        for (var truth = 0; truth < classNames.Count; truth++)
        {
            text.AppendLine().Append(classNames[truth].PadRight(label));
            for (var predicted = 0; predicted < classNames.Count; predicted++)
            {
                var count = metrics[truth, predicted];
                text.Append((count == 0 ? "·" : count.ToString(CultureInfo.InvariantCulture)).PadLeft(Column));
            }
            text.Append((metrics.Support(truth) == 0 ? "–" : metrics.Recall(truth).ToString("0.0 %", CultureInfo.InvariantCulture)).PadLeft(8));
        }
        return text.ToString();
    }
}
