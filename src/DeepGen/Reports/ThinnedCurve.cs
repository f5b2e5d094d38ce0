namespace DeepGen;

/// <summary>A curve that any number of points may be added to, in memory for so many: where it is full, neighbours become their mean. Nothing is allocated after the constructor.</summary>
internal sealed class ThinnedCurve(int capacity = 512)
{
    private readonly double[] _x = new double[capacity];
    private readonly double[] _y = new double[capacity];
    private long _each = 1;
    private long _open;
    private double _sumX;
    private double _sumY;

    /// <summary>The points that <see cref="At"/> gives.</summary>
    public int Count { get; private set; }

    /// <summary>How many of the points that were added one of these stands for; 1 while all are there.</summary>
    public long Each => _each;

    /// <summary>The value that was added last.</summary>
    public double Last { get; private set; } = double.NaN;

    public (double X, double Y) At(int index) => (_x[index], _y[index]);

    public void Add(double x, double y)
    {
        Last = y;
        (_sumX, _sumY) = (_sumX + x, _sumY + y);
        if (++_open < _each) return;
        if (Count == capacity) Halve();
        if (_open < _each) return;
        (_x[Count], _y[Count]) = (_sumX / _open, _sumY / _open);
        Count++;
        (_open, _sumX, _sumY) = (0, 0, 0);
    }

    private void Halve()
    {
        Count /= 2;
        for (var i = 0; i < Count; i++)
        {
            _x[i] = (_x[2 * i] + _x[(2 * i) + 1]) / 2;
            _y[i] = (_y[2 * i] + _y[(2 * i) + 1]) / 2;
        }

        _each *= 2;
    }
}
