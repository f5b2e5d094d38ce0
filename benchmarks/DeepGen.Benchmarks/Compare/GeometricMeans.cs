using System.Globalization;

namespace DeepGen.Benchmarks.Compare;

/// <summary>The geometric mean of the ratios of each group of lines.</summary>
internal static class GeometricMeans
{
    /// <summary>A text for each group that has lines.</summary>
    /// <param name="rows">Cells of the table.</param>
    public static IEnumerable<string> Of(IEnumerable<string[]> rows) => rows
        .Select(cells => (Group: Group(cells), Ratio: Ratio(cells[6])))
        .Where(row => row.Group != null && row.Ratio > 0)
        .GroupBy(row => row.Group!, row => row.Ratio)
        .Select(group => $"geometric mean, {group.Key}: {Math.Exp(group.Average(Math.Log)):0.00} ({group.Count()} lines)");

    private static string? Group(string[] cells)
    {
        var peer = cells[4].Split(',')[0];
        var workload = Workloads.All.FirstOrDefault(workload => workload.Name == cells[0]);
        return workload == null || peer == "DeepGen" ? null : $"{(workload.Trains ? "training" : workload.Kind == WorkloadKind.Predict ? "inference" : "kernels")} beside {peer}";
    }

    private static double Ratio(string cell) => double.TryParse(cell.Split(' ')[0], CultureInfo.InvariantCulture, out var ratio) ? ratio : 0;
}
