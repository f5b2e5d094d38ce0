namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>The sliding window of a convolution or a pool, from the op's own arguments and in the notation of its formula.</summary>
internal sealed class ReferenceWindow
{
    private readonly int stride;
    private readonly int dilation;
    private readonly int[] before;

    public ReferenceWindow(Call c, int stride, int dilation)
    {
        this.stride = stride;
        this.dilation = dilation;
        Kernel = c.Int("kernel");
        var padding = c.Int("padding");
        before = new int[2];
        for (var axis = 0; axis < 2; axis++)
        {
            // Padding.Same: ceil(size / stride) outputs; the odd one of the border goes to the end.
            var size = c.X.Shape[axis + 1];
            var outputs = (int)Math.Ceiling(size / (double)stride);
            before[axis] = padding >= 0 ? padding : Math.Max(0, ((outputs - 1) * stride) + ((Kernel - 1) * dilation) + 1 - size) / 2;
            if (padding < 0)
            {
                Assert.Equal(outputs, c.Y.Shape[axis + 1]);
            }
        }
    }

    public int Kernel { get; }

    /// <summary>Row (axis 0) or column (axis 1) of the input that tap <paramref name="tap"/> of output <paramref name="at"/> reads; may lie outside.</summary>
    public int Source(int axis, int at, int tap) => (at * stride) + (tap * dilation) - before[axis];
}

internal sealed class ReferenceConv2d : ReferenceOp
{
    public override void Forward(Call c)
    {
        var bias = c.Parameters.Length > 1 ? c.Parameters[1] : null;
        for (var i = 0; i < c.Y.Data.Length; i++)
        {
            c.Y.Data[i] = bias is null ? 0 : bias.Data[i % c.Y.Size / (c.Y.Shape[1] * c.Y.Shape[2])];
        }

        Each(c, (y, x, w) => c.Y.Data[y] += c.X.Data[x] * c.Parameters[0].Data[w]);
    }

    public override void Backward(Call c)
    {
        for (var i = 0; c.Parameters.Length > 1 && i < c.Y.Data.Length; i++)
        {
            c.Parameters[1].Gradient[i % c.Y.Size / (c.Y.Shape[1] * c.Y.Shape[2])] += c.Y.Gradient[i];
        }

        Each(c, (y, x, w) =>
        {
            c.X.Gradient[x] += c.Y.Gradient[y] * c.Parameters[0].Data[w];
            c.Parameters[0].Gradient[w] += c.Y.Gradient[y] * c.X.Data[x];
        });
    }

    /// <summary>Every product of the formula: y[o,p,q] with x[c,…] and w[o,c,i,j].</summary>
    private static void Each(Call call, Action<int, int, int> body)
    {
        var window = new ReferenceWindow(call, call.Int("stride"), call.Int("dilation"));
        int groups = call.Int("groups"), k = window.Kernel;
        int channels = call.X.Shape[0], height = call.X.Shape[1], width = call.X.Shape[2];
        int filters = call.Y.Shape[0], rows = call.Y.Shape[1], columns = call.Y.Shape[2];
        int perGroup = channels / groups, filtersPerGroup = filters / groups;
        for (var n = 0; n < call.Y.Samples; n++)
        {
            for (var o = 0; o < filters; o++)
            {
                var first = o / filtersPerGroup * perGroup;
                for (var p = 0; p < rows; p++)
                {
                    for (var q = 0; q < columns; q++)
                    {
                        var y = (n * call.Y.Size) + (((o * rows) + p) * columns) + q;
                        for (var c = 0; c < perGroup; c++)
                        {
                            for (var i = 0; i < k; i++)
                            {
                                var r = window.Source(0, p, i);
                                for (var j = 0; j < k && r >= 0 && r < height; j++)
                                {
                                    var s = window.Source(1, q, j);
                                    if (s >= 0 && s < width)
                                    {
                                        body(y, call.X.Start(n) + ((((first + c) * height) + r) * width) + s, (((((o * perGroup) + c) * k) + i) * k) + j);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

internal abstract class ReferencePool2d : ReferenceOp
{
    /// <summary>For every output: its index, the indices of the input under its window in row-major order, and the taps of the window, border included.</summary>
    protected static void Each(Call call, Action<int, List<int>, int> body)
    {
        var window = new ReferenceWindow(call, call.Int("stride") == 0 ? call.Int("kernel") : call.Int("stride"), 1);
        int channels = call.X.Shape[0], height = call.X.Shape[1], width = call.X.Shape[2], rows = call.Y.Shape[1], columns = call.Y.Shape[2];
        for (var n = 0; n < call.Y.Samples; n++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var p = 0; p < rows; p++)
                {
                    for (var q = 0; q < columns; q++)
                    {
                        var inside = new List<int>();
                        for (var i = 0; i < window.Kernel; i++)
                        {
                            for (var j = 0; j < window.Kernel; j++)
                            {
                                int r = window.Source(0, p, i), s = window.Source(1, q, j);
                                if (r >= 0 && r < height && s >= 0 && s < width)
                                {
                                    inside.Add(call.X.Start(n) + (((c * height) + r) * width) + s);
                                }
                            }
                        }

                        body((n * call.Y.Size) + (((c * rows) + p) * columns) + q, inside, window.Kernel * window.Kernel);
                    }
                }
            }
        }
    }
}

/// <summary>The first maximum in row-major order gets the gradient; NaN counts as the maximum.</summary>
internal sealed class ReferenceMaxPool2d : ReferencePool2d
{
    public override void Forward(Call c) => Each(c, (y, inside, _) => c.Y.Data[y] = c.X.Data[Winner(c, inside)]);

    public override void Backward(Call c) => Each(c, (y, inside, _) => c.X.Gradient[Winner(c, inside)] += c.Y.Gradient[y]);

    private static int Winner(Call c, List<int> inside)
    {
        var best = inside[0];
        foreach (var i in inside)
        {
            if (c.X.Data[i] > c.X.Data[best] || (double.IsNaN(c.X.Data[i]) && !double.IsNaN(c.X.Data[best])))
            {
                best = i;
            }
        }

        return best;
    }
}

internal sealed class ReferenceAvgPool2d : ReferencePool2d
{
    public override void Forward(Call c) => Each(c, (y, inside, taps) => c.Y.Data[y] = inside.Sum(i => c.X.Data[i]) / (c.Bool("countPadding") ? taps : inside.Count));

    public override void Backward(Call c) => Each(c, (y, inside, taps) =>
    {
        foreach (var i in inside)
        {
            c.X.Gradient[i] += c.Y.Gradient[y] / (c.Bool("countPadding") ? taps : inside.Count);
        }
    });
}

internal sealed class ReferenceGlobalAvgPool2d : ReferenceOp
{
    public override void Forward(Call c)
    {
        var positions = c.X.Shape[1] * c.X.Shape[2];
        for (var i = 0; i < c.X.Data.Length; i++)
        {
            c.Y.Data[i / positions] += c.X.Data[i] / positions;
        }
    }

    public override void Backward(Call c)
    {
        var positions = c.X.Shape[1] * c.X.Shape[2];
        for (var i = 0; i < c.X.Data.Length; i++)
        {
            c.X.Gradient[i] += c.Y.Gradient[i / positions] / positions;
        }
    }
}
