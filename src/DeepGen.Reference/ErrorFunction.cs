namespace DeepGen.Reference;

/// <summary>erf by its Maclaurin series, or by the continued fraction of erfc (Abramowitz and Stegun 7.1.5 and 7.1.14).</summary>
internal static class ErrorFunction
{
    public static double Of(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        var t = Math.Abs(x);
        if (t > 6)
        {
            return Math.Sign(x);
        }

        if (t < 2.5)
        {
            double term = x, sum = x;
            for (var n = 1; n < 100; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        var fraction = 0d;
        for (var n = 120; n > 0; n--)
        {
            fraction = n / 2d / (t + fraction);
        }

        return Math.Sign(x) * (1 - (Math.Exp(-t * t) / Math.Sqrt(Math.PI) / (t + fraction)));
    }
}
