using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Passes;

/// <summary>
/// Evaluates a program in primitives with naive loops in double, so that lowering, differentiation and each pass can be compared with the layer
/// graph's interpreter before any code is emitted: a disagreement then names the stage that is wrong.
/// </summary>
internal sealed class PrimitiveInterpreter(int batch, double[][] inputs, double[][] targets, Func<int, double[]> weights, RunOptions options)
{
    private readonly Dictionary<Val, double[]> known = [];

    /// <summary>What a SeedPrim stands for: the gradient of each output.</summary>
    public double[][] Seeds { get; set; } = [];

    public double[] Evaluate(Val value)
    {
        foreach (var v in Liveness.Of([value]))
        {
            if (!known.ContainsKey(v))
            {
                known.Add(v, One(v));
            }
        }

        return known[value];
    }

    private int[] Extents(Val v) => v.Dims.ToArray().Select(d => d.IsSymbol ? batch * d.Size : d.Size).ToArray();

    /// <summary>One step after the other, each with leaves of its own; the results by their numbers.</summary>
    private double[][] Scan(ScanPrim scan, double[][] x)
    {
        var body = scan.Body;
        var states = x.Skip(body.Sequences.Count).Take(body.Carries.Count).ToArray();
        var outputs = new double[body.Outputs.Count][][];
        foreach (var j in Enumerable.Range(0, outputs.Length))
        {
            outputs[j] = new double[body.Steps][];
        }

        for (var i = 0; i < body.Steps; i++)
        {
            var t = scan.Reverse ? body.Steps - 1 - i : i;
            var step = new PrimitiveInterpreter(batch, inputs, targets, weights, options) { time = t };
            for (var s = 0; s < body.Sequences.Count; s++)
            {
                var length = x[s].Length / body.Steps;
                step.known.Add(body.Sequences[s], x[s][(t * length)..((t + 1) * length)]);
            }

            for (var s = 0; s < states.Length; s++)
            {
                step.known.Add(body.Carries[s], states[s]);
            }

            for (var s = 0; s < body.Shared.Count; s++)
            {
                step.known.Add(body.Shared[s], x[body.Sequences.Count + states.Length + s]);
            }

            for (var j = 0; j < outputs.Length; j++)
            {
                outputs[j][t] = step.Evaluate(body.Outputs[j]);
            }

            states = body.Next.Select(step.Evaluate).ToArray();
        }

        return [.. states, .. outputs.Select(o => o.SelectMany(v => v).ToArray())];
    }

    private readonly Dictionary<Val, double[][]> scans = [];
    private int time;

    /// <summary>[a, b, …] → [b, a, …].</summary>
    private static double[] Swap(double[] x, int a, int b)
    {
        var size = x.Length / (a * b);
        var y = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            int from = i / size / b, to = i / size % b;
            y[(((to * a) + from) * size) + (i % size)] = x[i];
        }

        return y;
    }

    private double[] One(Val v)
    {
        var shape = Extents(v);
        var y = new double[shape.Aggregate(1, (n, e) => n * e)];
        var x = v.Inputs.Select(i => known[i]).ToArray();
        switch (v.Prim)
        {
            case InputPrim p: return inputs[p.Index];
            case TargetPrim p: return targets[p.Index];
            case ParameterPrim p: return weights(p.Node);
            case SeedPrim p: return Seeds[p.Index];
            case ConstPrim p: return [p.Value];
            case TablePrim p: return p.Values.Select(value => (double)value).ToArray();
            case InverseBatchPrim or SampleSharePrim: return [1.0 / batch];
            case BatchPrim: return [batch];
            case IotaPrim: return Enumerable.Range(0, y.Length).Select(i => (double)i).ToArray();
            case UniformPrim p:
                return y.Select((_, i) => (double)ReferencePhilox.Uniform(options.Seed, (uint)p.Purpose, options.Step, options.FirstSample + (uint)(i / (y.Length / batch)), (uint)((time * (y.Length / batch)) + (i % (y.Length / batch))))).ToArray();
            case UnaryPrim p: return Pointwise(v, shape, x, a => Unary(p.Op, a[0]));
            case LeakyReluPrim p: return Pointwise(v, shape, x, a => a[0] > 0 ? a[0] : p.Slope == 0 ? 0 : p.Slope * a[0]);
            case NotPrim: return Pointwise(v, shape, x, a => a[0] == 0 ? 1 : 0);
            case BroadcastPrim or CopyPrim: return Pointwise(v, shape, x, a => a[0]);
            case BinaryPrim p: return Pointwise(v, shape, x, a => Binary(p.Op, a[0], a[1]));
            case SelectPrim: return Pointwise(v, shape, x, a => a[0] != 0 ? a[1] : a[2]);
            case ReshapePrim or StopGradientPrim: return x[0];
            case TimeMajorPrim: return Swap(x[0], batch, Extents(v.Inputs[0])[1]);
            case SampleMajorPrim: return Swap(x[0], shape[1], batch);
            case ScanPrim p:
                scans[v] = Scan(p, x);
                return y;
            case ScanOutputPrim p: return scans[v.Inputs[0]][p.Index];
            case ReducePrim p: return Reduce(p, Extents(v.Inputs[0]), shape, x[0]);
            case ConcatPrim p:
                Each(shape, (at, i) =>
                {
                    var part = 0;
                    while (at[p.Axis] >= v.Inputs[part].Dims[p.Axis].Size)
                    {
                        at[p.Axis] -= v.Inputs[part++].Dims[p.Axis].Size;
                    }

                    y[i] = x[part][Index(at, Extents(v.Inputs[part]))];
                });
                return y;
            case SlicePrim p:
                Each(shape, (at, i) =>
                {
                    at[p.Axis] += p.Start;
                    y[i] = x[0][Index(at, Extents(v.Inputs[0]))];
                });
                return y;
            case MatMulPrim p:
                MatMul(p, Extents(v.Inputs[0]), Extents(v.Inputs[1]), shape, x[0], x[1], y);
                return y;
            case PermutePrim p:
                Each(shape, (at, i) => y[i] = x[0][Index(at.Select((_, axis) => at[p.Axes.ToList().IndexOf(axis)]).ToArray(), Extents(v.Inputs[0]))]);
                return y;
            case ResamplePrim p:
                Resample(p, p.Transposed ? shape : Extents(v.Inputs[0]), p.Transposed ? Extents(v.Inputs[0]) : shape, (small, large, weight) =>
                    y[p.Transposed ? small : large] += weight * x[0][p.Transposed ? large : small]);
                return y;
            case GatherPrim p:
                Rows(v.Inputs[0], v.Inputs[1], x[1], p.Padding, (row, k) => y[k] = x[0][row]);
                return y;
            case ScatterAddPrim p:
                Rows(v, v.Inputs[1], x[1], p.Padding, (row, k) => y[row] += x[0][k]);
                return y;
            case ConvPrim p:
                Taps(p.Window, Extents(v.Inputs[0]), shape, (xi, wi, yi) => y[yi] += x[0][xi] * x[1][wi]);
                return y;
            case ConvGradInputPrim p:
                Taps(p.Window, shape, Extents(v.Inputs[0]), (xi, wi, yi) => y[xi] += x[0][yi] * x[1][wi]);
                return y;
            case ConvGradWeightPrim p:
                Taps(p.Window, Extents(v.Inputs[0]), Extents(v.Inputs[1]), (xi, wi, yi) => y[wi] += x[0][xi] * x[1][yi]);
                return y;
            case MaxPoolPrim p:
                Windows(p.Window, Extents(v.Inputs[0]), shape, (yi, inside) => y[yi] = inside.Max(i => x[0][i]));
                return y;
            case MaxPoolGradPrim p:
                Windows(p.Window, shape, Extents(v.Inputs[1]), (yi, inside) => y[inside.MaxBy(i => x[0][i])] += x[1][yi]);
                return y;
            case MaxPoolPickPrim p:
                Windows(p.Window, Extents(v.Inputs[0]), shape, (yi, inside) => y[yi] = x[1][inside.MaxBy(i => x[0][i])]);
                return y;
            case AvgPoolPrim p:
                Windows(p.Window, Extents(v.Inputs[0]), shape, (yi, inside, counted) => y[yi] = inside.Sum(i => x[0][i]) / (p.CountPadding ? counted : inside.Count));
                return y;
            case AvgPoolGradPrim p:
                Windows(p.Window, shape, Extents(v.Inputs[0]), (yi, inside, counted) => inside.ForEach(i => y[i] += x[0][yi] / (p.CountPadding ? counted : inside.Count)));
                return y;
            default:
                throw new NotSupportedException($"{nameof(PrimitiveInterpreter)} has no {v.Prim.GetType().Name}; add it.");
        }
    }

    private static void MatMul(MatMulPrim p, int[] a, int[] b, int[] c, double[] x, double[] w, double[] y)
    {
        int m = c[^2], n = c[^1], k = p.TransposeA ? a[^2] : a[^1];
        for (var i = 0; i < y.Length; i++)
        {
            int each = i / (m * n), row = i / n % m, column = i % n;
            int left = each * m * k, right = b.Length < a.Length ? 0 : each * k * n;
            for (var l = 0; l < k; l++)
            {
                y[i] += x[left + (p.TransposeA ? (l * m) + row : (row * k) + l)] * w[right + (p.TransposeB ? (column * k) + l : (l * n) + column)];
            }
        }
    }

    /// <summary>Every term (element of the smaller side, element of the larger, weight) of a resampling.</summary>
    private static void Resample(ResamplePrim p, int[] small, int[] large, Action<int, int, double> body) => Each(large, (at, i) =>
    {
        foreach (var (row, rowWeight) in Taps(p.Rows, at[2]))
        {
            foreach (var (column, columnWeight) in Taps(p.Columns, at[3]))
            {
                body(Index([at[0], at[1], row, column], small), i, rowWeight * columnWeight);
            }
        }
    });

    private static IEnumerable<(int At, double Weight)> Taps(AxisMap map, int i)
    {
        var at = i - map.Before;
        switch (map.Rule)
        {
            case AxisRule.Nearest:
                return [(i / map.Scale, 1)];
            case AxisRule.Linear:
                // A hat around every element; the outermost ones reach to the border.
                var place = map.AlignCorners ? i * (map.Size - 1.0) / Math.Max(1, map.Out - 1) : Math.Clamp(((i + 0.5) / map.Scale) - 0.5, 0, map.Size - 1);
                return Enumerable.Range(0, map.Size).Select(j => (j, 1 - Math.Abs(place - j))).Where(t => t.Item2 > 0);
            default:
                var inside = map.Rule == AxisRule.Reflect ? (map.Size == 1 ? 0 : map.Size - 1 - Math.Abs(map.Size - 1 - Math.Abs(at))) : Math.Clamp(at, 0, map.Size - 1);
                return map.Rule == AxisRule.Zero && inside != at ? [] : [(inside, 1)];
        }
    }

    /// <summary>Every element of a chosen row and the place of its copy.</summary>
    private void Rows(Val rows, Val indices, double[] index, int padding, Action<int, int> body)
    {
        var perSample = rows.Dims.HasBatch;
        var extents = Extents(rows).Skip(perSample ? 1 : 0).ToArray();
        var width = extents.Skip(1).Aggregate(1, (n, e) => n * e);
        for (var i = 0; i < index.Length; i++)
        {
            var first = (perSample ? i / (index.Length / batch) * extents[0] * width : 0) + ((int)index[i] * width);
            for (var j = 0; j < width && (int)index[i] != padding; j++)
            {
                body(first + j, (i * width) + j);
            }
        }
    }

    private double[] Pointwise(Val v, int[] shape, double[][] x, Func<double[], double> f)
    {
        var extents = v.Inputs.Select(Extents).ToArray();
        var y = new double[shape.Aggregate(1, (n, e) => n * e)];
        Each(shape, (at, i) => y[i] = f(x.Select((values, k) => values[Index(at, extents[k])]).ToArray()));
        return y;
    }

    private static double[] Reduce(ReducePrim p, int[] from, int[] to, double[] x)
    {
        var y = new double[to.Aggregate(1, (n, e) => n * e)];
        if (p.Op == ReduceOp.SquaredDeviations)
        {
            var mean = Reduce(p with { Op = ReduceOp.Sum }, from, to, x).Select(sum => sum * y.Length / x.Length).ToArray();
            Each(from, (at, i) => y[Index(at, to)] += Math.Pow(x[i] - mean[Index(at, to)], 2));
            return y;
        }

        Array.Fill(y, p.Op == ReduceOp.Max ? double.NegativeInfinity : 0);
        Each(from, (at, i) =>
        {
            var j = Index(at, to);
            y[j] = p.Op == ReduceOp.Max ? Math.Max(y[j], x[i]) : y[j] + x[i];
        });
        return y;
    }

    /// <summary>All index tuples of a shape in row-major order; the tuple may be changed by the body.</summary>
    private static void Each(int[] shape, Action<int[], int> body)
    {
        var count = shape.Aggregate(1, (n, e) => n * e);
        for (var i = 0; i < count; i++)
        {
            body(At(i, shape), i);
        }
    }

    private static int Size(int[] shape) => shape.Aggregate(1, (n, e) => n * e);

    private static int[] At(int index, int[] shape)
    {
        var at = new int[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            at[axis] = index % shape[axis];
            index /= shape[axis];
        }

        return at;
    }

    /// <summary>Row-major, axes aligned from the right, extents of one repeated.</summary>
    private static int Index(int[] at, int[] shape)
    {
        var index = 0;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            index = (index * shape[axis]) + (shape[axis] == 1 ? 0 : at[at.Length - shape.Length + axis]);
        }

        return index;
    }

    private static void Taps(WindowSpec w, int[] x, int[] y, Action<int, int, int> body)
    {
        int channels = x[1] / w.Groups, filters = y[1] / w.Groups;
        // Window, tap and the element it sees are the same for all channels.
        var places = new List<(int Window, int Tap, int Seen)>();
        Each([w.Taps, .. y[2..]], (t, _) =>
        {
            var tap = At(t[0], w.Kernel.ToArray());
            var seen = t[1..].Select((p, a) => (p * w.Stride[a]) + (tap[a] * w.Dilation[a]) - w.PadBefore[a]).ToArray();
            if (seen.Select((s, a) => s >= 0 && s < x[a + 2]).All(s => s))
            {
                places.Add((Index(t[1..], y[2..]), t[0], Index(seen, x[2..])));
            }
        });
        int windows = Size(y[2..]), size = Size(x[2..]), taps = w.Taps;
        Each([y[0], y[1], channels], (t, _) =>
        {
            int firstX = ((t[0] * x[1]) + (t[1] / filters * channels) + t[2]) * size, firstW = ((t[1] * channels) + t[2]) * taps, firstY = ((t[0] * y[1]) + t[1]) * windows;
            foreach (var (window, tap, seen) in places)
            {
                body(firstX + seen, firstW + tap, firstY + window);
            }
        });
    }

    private static void Windows(WindowSpec w, int[] x, int[] y, Action<int, List<int>> body) => Windows(w, x, y, (i, inside, _) => body(i, inside));

    /// <summary>For every output the elements of the input under its window, and how many places of it count with the border.</summary>
    private static void Windows(WindowSpec w, int[] x, int[] y, Action<int, List<int>, int> body) => Each(y, (t, i) =>
    {
        var inside = new List<int>();
        var counted = 0;
        Each(w.Kernel.ToArray(), (tap, _) =>
        {
            var seen = tap.Select((k, a) => (t[a + 2] * w.Stride[a]) + k - w.PadBefore[a]).ToArray();
            counted += seen.Select((s, a) => s < x[a + 2] + w.PadAfter[a] - w.Overhang[a]).All(s => s) ? 1 : 0;
            if (seen.Select((s, a) => s >= 0 && s < x[a + 2]).All(s => s))
            {
                inside.Add(Index([t[0], t[1], .. seen], x));
            }
        });
        body(i, inside, counted);
    });

    private static double Unary(UnaryOp op, double x) => op switch
    {
        UnaryOp.Neg => -x,
        UnaryOp.Exp => Math.Exp(x),
        UnaryOp.Log => Math.Log(x),
        UnaryOp.Sqrt => Math.Sqrt(x),
        UnaryOp.Tanh => Math.Tanh(x),
        UnaryOp.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryOp.Abs => Math.Abs(x),
        UnaryOp.Sin => Math.Sin(x),
        UnaryOp.Cos => Math.Cos(x),
        UnaryOp.Floor => Math.Floor(x),
        UnaryOp.Reciprocal => 1 / x,
        UnaryOp.Erf => ErrorFunction.Of(x),
        UnaryOp.Expm1 => Kernels.SimdMathTests.ReferenceExpm1(x),
        UnaryOp.Log1p => Kernels.SimdMathTests.ReferenceLog1p(x),
        _ => throw new NotSupportedException(op.ToString()),
    };

    private static double Binary(BinaryOp op, double a, double b) => op switch
    {
        BinaryOp.Add => a + b,
        BinaryOp.Sub => a - b,
        BinaryOp.Mul => a * b,
        BinaryOp.Div => a / b,
        BinaryOp.Min => Math.Min(a, b),
        BinaryOp.Max => Math.Max(a, b),
        BinaryOp.Pow => Math.Pow(a, b),
        BinaryOp.Greater => a > b ? 1 : 0,
        BinaryOp.GreaterOrEqual => a >= b ? 1 : 0,
        BinaryOp.Equal => a == b ? 1 : 0,
        BinaryOp.And => a != 0 && b != 0 ? 1 : 0,
        BinaryOp.Or => a != 0 || b != 0 ? 1 : 0,
        _ => throw new NotSupportedException(op.ToString()),
    };
}
