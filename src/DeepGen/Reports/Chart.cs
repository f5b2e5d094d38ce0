namespace DeepGen;

/// <summary>Curves with common axes.</summary>
internal sealed class Chart(string name, Per per)
{
    private readonly List<Curve> _curves = [];

    /// <summary>What it shows.</summary>
    public string Name { get; } = name;

    /// <summary>What the x axis counts.</summary>
    public Per Per { get; } = per;

    /// <summary>The largest value possible, where the y axis ends; infinite for none.</summary>
    public double Limit { get; init; } = double.PositiveInfinity;

    /// <summary>In the order of their first values.</summary>
    public IReadOnlyList<Curve> Curves => _curves;

    /// <summary>The curve of a name, which is made where there is none.</summary>
    public Curve this[string name]
    {
        get
        {
            if (_curves.Find(curve => curve.Name == name) is { } found) return found;
            _curves.Add(new Curve(name));
            return _curves[^1];
        }
    }
}

/// <summary>A curve of a <see cref="Chart"/>; values that are not finite leave a gap.</summary>
internal sealed class Curve(string name)
{
    public string Name { get; } = name;

    public ThinnedCurve Points { get; } = new();

    public IEnumerable<(double X, double Y)> Finite => Enumerable.Range(0, Points.Count).Select(Points.At).Where(point => double.IsFinite(point.Y));
}
