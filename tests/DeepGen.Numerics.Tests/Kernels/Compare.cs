namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>Comparison of a tensor with its reference in double.</summary>
public static class Compare
{
    /// <summary>‖actual − expected‖ ≤ tolerance · ‖expected‖ (plus a hair, for tensors that are zero).</summary>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, string what, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        double error = 0, norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            error += (expected[i] - actual[i]) * (expected[i] - actual[i]);
            norm += expected[i] * expected[i];
        }
        Assert.True(Math.Sqrt(error) <= tolerance * Math.Sqrt(norm) + 1e-6, $"{what}: error {Math.Sqrt(error):g3} of norm {Math.Sqrt(norm):g3}");
    }
}
