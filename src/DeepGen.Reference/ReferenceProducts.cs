namespace DeepGen.Reference;

/// <summary>Every product of two elements that an op sums into an element of its result.</summary>
internal abstract class ReferenceProduct : ReferenceOp
{
    /// <summary>Calls body(y, a, b, factor) for every term y += factor·a·b.</summary>
    protected abstract void Each(Call c, Action<int, int, int, double> body);

    protected virtual Value B(Call c) => c.Inputs[1];

    public override void Forward(Call c) => Each(c, (y, a, b, factor) => c.Y.Data[y] += factor * c.X.Data[a] * B(c).Data[b]);

    public override void Backward(Call c) => Each(c, (y, a, b, factor) =>
    {
        c.X.Gradient[a] += factor * c.Y.Gradient[y] * B(c).Data[b];
        B(c).Gradient[b] += factor * c.Y.Gradient[y] * c.X.Data[a];
    });
}

internal sealed class ReferenceMatMul : ReferenceProduct
{
    protected override void Each(Call c, Action<int, int, int, double> body)
    {
        Value a = c.X, b = c.Inputs[1];
        bool ta = c.Bool("transposeA"), tb = c.Bool("transposeB");
        int m = c.Y.Shape[^2], n = c.Y.Shape[^1], k = a.Shape[ta ? ^2 : ^1];
        for (var sample = 0; sample < c.Y.Samples; sample++)
        {
            for (var each = 0; each < c.Y.Size / (m * n); each++)
            {
                var left = a.Start(sample) + (each * m * k);
                var right = b.Start(sample) + (b.Shape.Length == 2 ? 0 : each * k * n);
                for (var i = 0; i < m * n * k; i++)
                {
                    int row = i / k / n, column = i / k % n, inner = i % k;
                    body(
                        (sample * c.Y.Size) + (each * m * n) + (row * n) + column,
                        left + (ta ? (inner * m) + row : (row * k) + inner),
                        right + (tb ? (column * k) + inner : (inner * n) + column),
                        1);
                }
            }
        }
    }
}

internal sealed class ReferenceGram : ReferenceProduct
{
    protected override Value B(Call c) => c.X;

    protected override void Each(Call c, Action<int, int, int, double> body)
    {
        var channels = c.X.Shape[0];
        var positions = c.X.Size / channels;
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var i = 0; i < channels * channels * positions; i++)
            {
                int p = i % positions, first = i / positions / channels, second = i / positions % channels;
                body((n * c.Y.Size) + (first * channels) + second, c.X.Start(n) + (first * positions) + p, c.X.Start(n) + (second * positions) + p, c.Bool("normalize") ? 1.0 / c.X.Size : 1);
            }
        }
    }
}

internal sealed class ReferenceRbf : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (y, x, w) => c.Y.Data[y] += Math.Pow(c.X.Data[x] - c.Parameters[0].Data[w], 2));

    public override void Backward(Call c) => Each(c, (y, x, w) =>
    {
        var slope = 2 * (c.X.Data[x] - c.Parameters[0].Data[w]) * c.Y.Gradient[y];
        c.X.Gradient[x] += slope;
        c.Parameters[0].Gradient[w] -= slope;
    });

    private static void Each(Call c, Action<int, int, int> body)
    {
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var w = 0; w < c.Parameters[0].Size; w++)
            {
                body((n * c.Y.Size) + (w / c.X.Size), c.X.Start(n) + (w % c.X.Size), w);
            }
        }
    }
}
