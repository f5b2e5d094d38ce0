namespace DeepGen;

/// <summary>Parts of the dataset side by side.</summary>
internal sealed class StreamSampler : Sampler
{
    private readonly int _rows;

    public StreamSampler(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        _rows = rows;
    }

    internal override int? BatchSize => _rows;

    public override int Count(int samples) => samples >= _rows
        ? samples
        : throw new ArgumentException($"{_rows} streams need at least as many samples, but the dataset has {samples}.", nameof(samples));

    public override void Order(int samples, int epoch, Span<int> order)
    {
        // The first parts have a sample more where the last batch has not all rows.
        var (length, longer) = Math.DivRem(samples, _rows);
        for (var i = 0; i < order.Length; i++)
        {
            var row = i % _rows;
            order[i] = (row * length) + Math.Min(row, longer) + (i / _rows);
        }
    }
}
