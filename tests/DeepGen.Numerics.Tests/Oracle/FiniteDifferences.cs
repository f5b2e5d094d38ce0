namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>
/// Central differences in double of a scalar function, against gradients given: the check that the interpreter's own backward is right.
/// At a kink (a rectifier's zero, two equal maxima) the differences at h and h/2 disagree; such coordinates are counted and left out.
/// </summary>
internal static class FiniteDifferences
{
    private const double H = 1e-4;

    /// <param name="function">The scalar, read from the arrays that <paramref name="at"/> holds.</param>
    /// <param name="coordinates">At most so many of each array, spread evenly.</param>
    public static void Check(Func<double> function, IReadOnlyList<(string Name, double[] At, double[] Gradient)> arrays, int coordinates = 200, double tolerance = 1e-6)
    {
        foreach (var (name, at, gradient) in arrays)
        {
            Assert.True(at.Length == gradient.Length, $"{name}: {at.Length} values, {gradient.Length} gradients");
            var step = Math.Max(1, at.Length / coordinates);
            double error = 0, norm = 0;
            int kinks = 0, checkedCount = 0;
            for (var i = 0; i < at.Length; i += step)
            {
                double Slope(double h)
                {
                    var old = at[i];
                    at[i] = old + h;
                    var plus = function();
                    at[i] = old - h;
                    var minus = function();
                    at[i] = old;
                    return (plus - minus) / (2 * h);
                }

                double coarse = Slope(H), fine = Slope(H / 2);
                checkedCount++;
                if (Math.Abs(coarse - fine) > 1e-5 * (1 + Math.Abs(fine)))
                {
                    kinks++;
                    continue;
                }

                // Richardson: the error of the differences falls from h² to h⁴.
                var slope = ((4 * fine) - coarse) / 3;
                error += (slope - gradient[i]) * (slope - gradient[i]);
                norm += slope * slope;
            }

            Assert.True(kinks <= 1 + (checkedCount / 20), $"{name}: {kinks} of {checkedCount} coordinates lie at a kink; choose other data");
            Assert.True(Math.Sqrt(error) <= tolerance * (Math.Sqrt(norm) + 1e-3), $"{name}: gradient differs from finite differences by {Math.Sqrt(error / (norm + 1e-300)):g3} (norm-wise)");
        }
    }
}
