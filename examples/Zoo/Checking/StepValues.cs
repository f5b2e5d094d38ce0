namespace DeepGen.Zoo.Checking;

/// <summary>What one training step gives, by name: the loss, the first output and every gradient.</summary>
internal sealed class StepValues
{
    private readonly List<(string Name, double[] Values, double Floor)> tensors = [];

    /// <param name="loss">Null where there is none.</param>
    public StepValues(double? loss, double[] output, IReadOnlyDictionary<string, double[]> gradients)
    {
        if (loss is { } value)
            tensors.Add(("loss", [value], 1e-3));
        tensors.Add(("output", output, 1e-6));
        var largest = gradients.Values.Select(Length).DefaultIfEmpty(0).Max();
        foreach (var (name, gradient) in gradients)
        {
            // The gradient of a bias that a BatchNorm takes out again is a sum that cancels: zero but for rounding, which is that of its terms.
            tensors.Add(("gradient of " + name, gradient, Length(gradient) < 1e-9 * largest ? largest : 0.05 * largest));
        }
    }

    /// <summary>The distance of each tensor from this one's: |other − this| / (|this| + floor), Euclidean.</summary>
    public IEnumerable<(string Name, double Distance)> Distances(StepValues other) =>
        tensors.Zip(other.tensors, (mine, its) => (mine.Name, Distance(mine.Values, its.Values) / (Length(mine.Values) + mine.Floor)));

    private static double Length(double[] v) => Math.Sqrt(v.Sum(x => x * x));

    private static double Distance(double[] a, double[] b) => a.Length == b.Length ? Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()) : double.PositiveInfinity;
}
