using DeepGen.Generators.Graph;

namespace DeepGen.Reference;

/// <summary>The sliding window of a convolution or a pool, in any number of dimensions, from the op's own arguments and in the notation of its formula.</summary>
internal sealed class ReferenceWindow
{
    private readonly int[] kernel;
    private readonly int[] stride;
    private readonly int[] dilation;
    private readonly int[] before;
    private readonly int[] counted;
    private readonly int[] map;
    private readonly int[] windows;

    /// <param name="map">Extents that the windows see.</param>
    /// <param name="windows">Number of windows along each axis.</param>
    /// <param name="isTransposed">Padding.Same asks for windows·stride elements rather than elements/stride windows.</param>
    public ReferenceWindow(Call c, IEnumerable<int> map, IEnumerable<int> windows, bool isTransposed = false)
    {
        this.map = map.ToArray();
        this.windows = windows.ToArray();
        var axes = this.map.Length;
        kernel = Numbers(c, "kernel", axes);
        stride = c.Has("stride") ? Numbers(c, "stride", axes).Zip(kernel, (s, k) => s == 0 ? k : s).ToArray() : kernel;
        dilation = c.Has("dilation") ? Numbers(c, "dilation", axes) : Enumerable.Repeat(1, axes).ToArray();
        before = new int[axes];
        counted = new int[axes];
        var padding = c.Argument("padding");
        for (var axis = 0; axis < axes; axis++)
        {
            int size = this.map[axis], extent = ((kernel[axis] - 1) * dilation[axis]) + 1, after;
            if (padding is EquatableArray<int> sides && sides.Count == 2 * axes)
            {
                (before[axis], after) = (sides[2 * axis], sides[(2 * axis) + 1]);
            }
            else if (Numbers(c, "padding", axes)[axis] is >= 0 and var number)
            {
                before[axis] = after = number;
            }
            else if (Numbers(c, "padding", axes)[axis] == -2)
            {
                // Padding.Full: the first window sees one element, and so does the last.
                before[axis] = after = extent - 1;
            }
            else
            {
                // Padding.Same: ceil(size / stride) windows; the odd one of the border goes to the end.
                var total = isTransposed ? extent - stride[axis] : Math.Max(0, ((this.windows[axis] - 1) * stride[axis]) + extent - size);
                before[axis] = Math.Max(0, total) / 2;
                after = total - before[axis];
                var expected = isTransposed ? (this.windows[axis] * stride[axis]) + Numbers(c, "outputPadding", axes)[axis] : (int)Math.Ceiling(size / (double)stride[axis]);
                if (expected != (isTransposed ? size : this.windows[axis]))
                {
                    throw new InvalidOperationException($"{c.Node.Name}: Padding.Same gives {(isTransposed ? size : this.windows[axis])} along axis {axis}, not {expected}.");
                }
            }

            counted[axis] = size + after;
        }

        Taps = kernel.Aggregate(1, (n, k) => n * k);
        Windows = this.windows.Aggregate(1, (n, e) => n * e);
        Positions = this.map.Aggregate(1, (n, e) => n * e);
    }

    /// <summary>Elements of a window.</summary>
    public int Taps { get; }

    public int Windows { get; }

    public int Positions { get; }

    /// <summary>The element that a tap of a window sees, flat within its channel; −1 where that lies outside.</summary>
    public int Source(int window, int tap)
    {
        int source = 0, scale = 1;
        for (var axis = map.Length - 1; axis >= 0; axis--)
        {
            var at = Place(axis, ref window, ref tap);
            if (at < 0 || at >= map[axis])
            {
                return -1;
            }

            source += at * scale;
            scale *= map[axis];
        }

        return source;
    }

    /// <summary>Elements of a window that lie in the map or in the border around it: all but what overhangs in ceil mode.</summary>
    public int Counted(int window) => Enumerable.Range(0, Taps).Count(tap =>
    {
        var w = window;
        var inside = true;
        for (var axis = map.Length - 1; axis >= 0; axis--)
        {
            inside &= Place(axis, ref w, ref tap) < counted[axis];
        }

        return inside;
    });

    private int Place(int axis, ref int window, ref int tap)
    {
        var at = (window % windows[axis] * stride[axis]) + (tap % kernel[axis] * dilation[axis]) - before[axis];
        window /= windows[axis];
        tap /= kernel[axis];
        return at;
    }

    private static int[] Numbers(Call c, string name, int axes) =>
        c.Argument(name) is EquatableArray<int> numbers ? numbers.Count == 1 ? Enumerable.Repeat(numbers[0], axes).ToArray() : numbers.ToArray() : Enumerable.Repeat(c.Int(name), axes).ToArray();
}

internal abstract class ReferencePool : ReferenceOp
{
    /// <summary>For every output: its index, the indices of the input under its window in row-major order, and the elements of the window that count with the border.</summary>
    public static void Each(Call call, Action<int, List<int>, int> body)
    {
        var window = new ReferenceWindow(call, call.X.Shape[1..], call.Y.Shape[1..]);
        var seen = Enumerable.Range(0, window.Windows).Select(p => Enumerable.Range(0, window.Taps).Select(tap => window.Source(p, tap)).Where(s => s >= 0).ToArray()).ToArray();
        var counted = Enumerable.Range(0, window.Windows).Select(window.Counted).ToArray();
        var inside = new List<int>();
        for (var n = 0; n < call.Y.Samples; n++)
        {
            for (var c = 0; c < call.X.Shape[0]; c++)
            {
                for (var p = 0; p < window.Windows; p++)
                {
                    inside.Clear();
                    foreach (var s in seen[p])
                    {
                        inside.Add(call.X.Start(n) + (c * window.Positions) + s);
                    }

                    body((n * call.Y.Size) + (c * window.Windows) + p, inside, counted[p]);
                }
            }
        }
    }
}

/// <summary>The first maximum in row-major order gets the gradient; NaN counts as the maximum.</summary>
internal sealed class ReferenceMaxPool : ReferencePool
{
    public override void Forward(Call c) => Each(c, (y, inside, _) => c.Y.Data[y] = c.X.Data[Winner(c, inside)]);

    public override void Backward(Call c) => Each(c, (y, inside, _) => c.X.Gradient[Winner(c, inside)] += c.Y.Gradient[y]);

    public static int Winner(Call c, IReadOnlyList<int> inside)
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

internal sealed class ReferenceAvgPool : ReferencePool
{
    public override void Forward(Call c) => Each(c, (y, inside, counted) => c.Y.Data[y] = inside.Sum(i => c.X.Data[i]) / (c.Bool("countPadding") ? counted : inside.Count));

    public override void Backward(Call c) => Each(c, (y, inside, counted) =>
    {
        foreach (var i in inside)
        {
            c.X.Gradient[i] += c.Y.Gradient[y] / (c.Bool("countPadding") ? counted : inside.Count);
        }
    });
}

/// <summary>Values go where the pool that made the second input found its maxima.</summary>
internal sealed class ReferenceMaxUnpool : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (x, y) => c.Y.Data[y] += c.X.Data[x]);

    public override void Backward(Call c) => Each(c, (x, y) => c.X.Gradient[x] += c.Y.Gradient[y]);

    private static void Each(Call c, Action<int, int> body)
    {
        var pool = c.Inputs[1].Maker!;
        ReferencePool.Each(pool, (window, inside, _) => body(window, ReferenceMaxPool.Winner(pool, inside)));
    }
}

internal sealed class ReferenceGlobalMaxPool : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (y, x) => c.Y.Data[y] = c.X.Data[x]);

    public override void Backward(Call c) => Each(c, (y, x) => c.X.Gradient[x] += c.Y.Gradient[y]);

    private static void Each(Call c, Action<int, int> body)
    {
        var positions = c.X.Size / c.X.Shape[0];
        for (var i = 0; i < c.Y.Data.Length; i++)
        {
            body(i, ReferenceMaxPool.Winner(c, [.. Enumerable.Range(i * positions, positions)]));
        }
    }
}

internal sealed class ReferenceGlobalAvgPool : ReferenceOp
{
    public override void Forward(Call c)
    {
        var positions = c.X.Size / c.X.Shape[0];
        for (var i = 0; i < c.X.Data.Length; i++)
        {
            c.Y.Data[i / positions] += c.X.Data[i] / positions;
        }
    }

    public override void Backward(Call c)
    {
        var positions = c.X.Size / c.X.Shape[0];
        for (var i = 0; i < c.X.Data.Length; i++)
        {
            c.X.Gradient[i] += c.Y.Gradient[i / positions] / positions;
        }
    }
}

internal sealed class ReferenceLocalResponseNorm : ReferenceOp
{
    public override void Forward(Call c)
    {
        for (var i = 0; i < c.X.Data.Length; i++)
        {
            c.Y.Data[i] = c.X.Data[i] * Math.Pow(Energy(c, i), -c.Float("beta"));
        }
    }

    public override void Backward(Call c)
    {
        for (var i = 0; i < c.X.Data.Length; i++)
        {
            double energy = Energy(c, i), beta = c.Float("beta");
            c.X.Gradient[i] += c.Y.Gradient[i] * Math.Pow(energy, -beta);
            foreach (var j in Neighbours(c, i))
            {
                c.X.Gradient[j] -= c.Y.Gradient[i] * c.X.Data[i] * beta * Math.Pow(energy, -beta - 1) * 2 * c.Float("alpha") / c.Int("size") * c.X.Data[j];
            }
        }
    }

    private static double Energy(Call c, int i) => c.Float("k") + (c.Float("alpha") / c.Int("size") * Neighbours(c, i).Sum(j => c.X.Data[j] * c.X.Data[j]));

    private static IEnumerable<int> Neighbours(Call c, int i)
    {
        int positions = c.X.Size / c.X.Shape[0], channel = i % c.X.Size / positions, first = channel - (c.Int("size") / 2);
        return Enumerable.Range(first, c.Int("size")).Where(j => j >= 0 && j < c.X.Shape[0]).Select(j => i + ((j - channel) * positions));
    }
}
