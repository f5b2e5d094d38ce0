namespace DeepGen.Zoo.Checking;

/// <summary>How far one tensor is from another.</summary>
internal static class Deviation
{
    public static double Length(ReadOnlySpan<double> v)
    {
        var sum = 0.0;
        foreach (var x in v)
            sum += x * x;
        return Math.Sqrt(sum);
    }

    /// <summary>|actual − expected| / (|expected| + floor), Euclidean; NaN where a number is none.</summary>
    public static double Relative(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double floor)
    {
        if (expected.Length != actual.Length)
            return double.PositiveInfinity;
        double error = 0, norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        return Math.Sqrt(error) / (Math.Sqrt(norm) + floor);
    }
}
