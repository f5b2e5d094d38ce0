using System.Globalization;
using System.Text;

namespace DeepGen.Examples;

/// <summary>How often each true class (row) was taken for each class (column).</summary>
public sealed class ConfusionMatrix(IReadOnlyList<string> classes)
{
    private readonly int[,] _counts = new int[classes.Count, classes.Count];

    /// <summary>The names of the classes, in the order of their labels.</summary>
    public IReadOnlyList<string> Classes { get; } = classes;

    /// <summary>The images counted so far.</summary>
    public int Total { get; private set; }

    /// <summary>The images on the diagonal.</summary>
    public int Correct { get; private set; }

    /// <summary>The share of images on the diagonal, 0 when there are none.</summary>
    public double Accuracy => Total == 0 ? 0 : (double)Correct / Total;

    /// <summary>The images of class <paramref name="truth"/> taken for <paramref name="predicted"/>.</summary>
    public int this[int truth, int predicted] => _counts[truth, predicted];

    /// <summary>Counts one image.</summary>
    public void Add(int truth, int predicted)
    {
        _counts[truth, predicted]++;
        Total++;
        if (truth == predicted)
            Correct++;
    }

    /// <summary>The images whose true class is <paramref name="truth"/>.</summary>
    public int Support(int truth) => Enumerable.Range(0, Classes.Count).Sum(c => _counts[truth, c]);

    /// <summary>Of the images of this class, the share found; NaN when there are none.</summary>
    public double Recall(int @class) => (double)_counts[@class, @class] / Support(@class);

    /// <summary>Of the images taken for this class, the share that are of it; NaN when none was.</summary>
    public double Precision(int @class) => (double)_counts[@class, @class] / Enumerable.Range(0, Classes.Count).Sum(t => _counts[t, @class]);

    /// <summary>The matrix as plain text of at most 80 columns: a row for each true class, with its recall at the end.</summary>
    public override string ToString()
    {
        const int Column = 5;
        const string Corner = "true \\ said";
        var label = Math.Max(Corner.Length, Classes.Max(c => c.Length));
        var text = new StringBuilder(Corner.PadRight(label));
        foreach (var name in Classes)
            text.Append(name[..Math.Min(name.Length, Column - 1)].PadLeft(Column));
        text.Append("   found");
        for (var truth = 0; truth < Classes.Count; truth++)
        {
            text.AppendLine().Append(Classes[truth].PadRight(label));
            for (var predicted = 0; predicted < Classes.Count; predicted++)
            {
                var count = _counts[truth, predicted];
                text.Append((count == 0 ? "·" : count.ToString(CultureInfo.InvariantCulture)).PadLeft(Column));
            }
            text.Append((Support(truth) == 0 ? "–" : Recall(truth).ToString("0.0 %", CultureInfo.InvariantCulture)).PadLeft(8));
        }
        return text.ToString();
    }
}
