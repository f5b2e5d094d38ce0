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

    private int[] Extents(Val v) => v.Dims.ToArray().Select(d => d.IsSymbol ? batch : d.Size).ToArray();

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
            case InverseBatchPrim: return [1.0 / batch];
            case BatchPrim: return [batch];
            case IotaPrim: return Enumerable.Range(0, y.Length).Select(i => (double)i).ToArray();
            case UniformPrim p:
                return y.Select((_, i) => (double)Philox.Uniform(options.Seed, (uint)p.Purpose, options.Step, options.FirstSample + (uint)(i / (y.Length / batch)), (uint)(i % (y.Length / batch)))).ToArray();
            case UnaryPrim p: return Pointwise(v, shape, x, a => Unary(p.Op, a[0]));
            case LeakyReluPrim p: return Pointwise(v, shape, x, a => a[0] > 0 ? a[0] : p.Slope == 0 ? 0 : p.Slope * a[0]);
            case NotPrim: return Pointwise(v, shape, x, a => a[0] == 0 ? 1 : 0);
            case BroadcastPrim or CopyPrim: return Pointwise(v, shape, x, a => a[0]);
            case BinaryPrim p: return Pointwise(v, shape, x, a => Binary(p.Op, a[0], a[1]));
            case SelectPrim: return Pointwise(v, shape, x, a => a[0] != 0 ? a[1] : a[2]);
            case ReshapePrim or StopGradientPrim: return x[0];
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
                int[] a = Extents(v.Inputs[0]), b = Extents(v.Inputs[1]);
                for (var m = 0; m < shape[0]; m++)
                {
                    for (var n = 0; n < shape[1]; n++)
                    {
                        for (var k = 0; k < a[p.TransposeA ? 0 : 1]; k++)
                        {
                            y[(m * shape[1]) + n] += x[0][p.TransposeA ? (k * a[1]) + m : (m * a[1]) + k] * x[1][p.TransposeB ? (n * b[1]) + k : (k * b[1]) + n];
                        }
                    }
                }

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
            case AvgPoolPrim p:
                Windows(p.Window, Extents(v.Inputs[0]), shape, (yi, inside) => y[yi] = inside.Sum(i => x[0][i]) / Count(p.Window, p.CountPadding, inside));
                return y;
            case AvgPoolGradPrim p:
                Windows(p.Window, shape, Extents(v.Inputs[0]), (yi, inside) => inside.ForEach(i => y[i] += x[0][yi] / Count(p.Window, p.CountPadding, inside)));
                return y;
            default:
                throw new NotSupportedException($"{nameof(PrimitiveInterpreter)} has no {v.Prim.GetType().Name}; add it.");
        }
    }

    private static int Count(WindowSpec w, bool countPadding, List<int> inside) => countPadding ? w.Kernel.Aggregate(1, (n, k) => n * k) : inside.Count;

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
            var at = new int[shape.Length];
            for (int axis = shape.Length - 1, rest = i; axis >= 0; axis--)
            {
                at[axis] = rest % shape[axis];
                rest /= shape[axis];
            }

            body(at, i);
        }
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
        int channels = x[1] / w.Groups, filters = y[1] / w.Groups, kh = w.Kernel[0], kw = w.Kernel[1];
        Each([y[0], y[1], y[2], y[3], channels, kh, kw], (t, _) =>
        {
            int row = (t[2] * w.Stride[0]) + (t[5] * w.Dilation[0]) - w.PadBefore[0], column = (t[3] * w.Stride[1]) + (t[6] * w.Dilation[1]) - w.PadBefore[1];
            if (row >= 0 && row < x[2] && column >= 0 && column < x[3])
            {
                var c = (t[1] / filters * channels) + t[4];
                body(Index([t[0], c, row, column], x), (((((t[1] * channels) + t[4]) * kh) + t[5]) * kw) + t[6], Index([t[0], t[1], t[2], t[3]], y));
            }
        });
    }

    private static void Windows(WindowSpec w, int[] x, int[] y, Action<int, List<int>> body) => Each(y, (t, i) =>
    {
        var inside = new List<int>();
        Each([w.Kernel[0], w.Kernel[1]], (tap, _) =>
        {
            int row = (t[2] * w.Stride[0]) + tap[0] - w.PadBefore[0], column = (t[3] * w.Stride[1]) + tap[1] - w.PadBefore[1];
            if (row >= 0 && row < x[2] && column >= 0 && column < x[3])
            {
                inside.Add(Index([t[0], t[1], row, column], x));
            }
        });
        body(i, inside);
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
        UnaryOp.Erf => Kernels.SimdMathTests.ReferenceErf(x),
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
