namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>Comparison of whole tensors: |actual − expected| ≤ tolerance · |expected|, in the Euclidean norm.</summary>
internal static class Norm
{
    /// <param name="floor">Added to the norm of what is expected, for tensors that may be zero.</param>
    public static void Close(string what, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, double floor = 1e-7)
    {
        var error = Error(what, expected, actual, floor);
        Assert.True(error <= tolerance, $"{what}: differs by {error:g3} (norm-wise, at most {tolerance:g1} allowed); {Sample(expected, actual)}");
    }

    public static void Close(string what, ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance, double floor = 1e-7) =>
        Close(what, expected, Widen(actual), tolerance, floor);

    public static double Error(string what, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double floor = 1e-7)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} values came, {expected.Length} are expected");
        double error = 0, norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        return Math.Sqrt(error) / (Math.Sqrt(norm) + floor);
    }

    public static double[] Widen(ReadOnlySpan<float> values)
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = values[i];
        }

        return result;
    }

    private static string Sample(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        var worst = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= Math.Abs(actual[worst] - expected[worst])))
            {
                worst = i;
            }
        }

        return expected.Length == 0 ? "" : $"worst at {worst}: {actual[worst]:g8}, expected {expected[worst]:g8}";
    }
}
