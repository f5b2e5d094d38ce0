using System.Globalization;

namespace DeepGen.Examples.Transfer;

/// <summary>The same number measured in several runs.</summary>
/// <param name="values">One of each run.</param>
internal sealed class Sample(IReadOnlyList<double> values)
{
    /// <summary>The mean.</summary>
    public double Mean { get; } = values.Average();

    /// <summary>The standard deviation, divided by n − 1; NaN of one run.</summary>
    public double Deviation => Math.Sqrt(values.Sum(value => (value - Mean) * (value - Mean)) / (values.Count - 1));

    /// <summary>The standard error of the mean; NaN of one run.</summary>
    public double StandardError => Deviation / Math.Sqrt(values.Count);

    /// <summary>"0.8507 ± 0.0190", or the mean alone of one run.</summary>
    public override string ToString() => WithSpread(Deviation, "0.0000");

    /// <summary>As a difference: "+0.0124 ± 0.0051", the mean and its standard error.</summary>
    public string AsDifference() => WithSpread(StandardError, "+0.0000;-0.0000");

    private string WithSpread(double spread, string format)
    {
        var mean = Mean.ToString(format, CultureInfo.InvariantCulture);
        return values.Count == 1 ? mean : string.Create(CultureInfo.InvariantCulture, $"{mean} ± {spread:0.0000}");
    }
}
