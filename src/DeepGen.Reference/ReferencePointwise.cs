using DeepGen.Generators.Graph;

namespace DeepGen.Reference;

/// <summary>A function of one element of each input; inputs broadcast.</summary>
/// <param name="partials">The derivative with respect to each input.</param>
internal sealed class ReferencePointwise(Func<Call, double[], double> f, Func<Call, double[], double[]> partials) : ReferenceOp
{
    public ReferencePointwise(Func<double, double, double> f, Func<double, double, (double A, double B)> partial)
        : this((_, x) => f(x[0], x[1]), (_, x) => partial(x[0], x[1]) is var (a, b) ? [a, b] : [])
    {
    }

    public override void Forward(Call c) => Each(c, (y, at) => c.Y.Data[y] = f(c, Operands(c, at)));

    public override void Backward(Call c) => Each(c, (y, at) =>
    {
        var d = partials(c, Operands(c, at));
        for (var i = 0; i < at.Length; i++)
        {
            c.Inputs[i].Gradient[at[i]] += d[i] * c.Y.Gradient[y];
        }
    });

    private static double[] Operands(Call c, int[] at)
    {
        var x = new double[at.Length];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = c.Inputs[i].Data[at[i]];
        }

        return x;
    }

    private static void Each(Call c, Action<int, int[]> body)
    {
        var at = new int[c.Inputs.Length];
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var i = 0; i < c.Y.Size; i++)
            {
                for (var k = 0; k < at.Length; k++)
                {
                    at[k] = c.Inputs[k].Size == c.Y.Size ? c.Inputs[k].Start(n) + i : Index(c.Inputs[k], n, c.Y.Shape, i);
                }

                body((n * c.Y.Size) + i, at);
            }
        }
    }

    /// <summary>Where element <paramref name="i"/> of the result finds its operand: axes aligned from the right, extents of one repeated.</summary>
    private static int Index(Value x, int n, int[] shape, int i)
    {
        int index = 0, step = 1;
        for (var axis = 1; axis <= shape.Length; axis++)
        {
            var at = i % shape[^axis];
            i /= shape[^axis];
            if (axis <= x.Shape.Length)
            {
                index += x.Shape[^axis] == 1 ? 0 : at * step;
                step *= x.Shape[^axis];
            }
        }

        return x.Start(n) + index;
    }

    public static ReferencePointwise Map { get; } = new(
        (c, x) => ScalarDual.Evaluate(Body(c), x, -1).Value,
        (c, x) => x.Select((_, i) => ScalarDual.Evaluate(Body(c), x, i).Derivative).ToArray());

    private static ScalarExpr Body(Call c) => ((ScalarFunction)c.Argument("function")!).Body;
}

/// <summary>Forward and backward as the user wrote them.</summary>
internal sealed class ReferenceCustom : ReferenceOp
{
    public override void Forward(Call c)
    {
        for (var i = 0; i < c.Y.Data.Length; i++)
        {
            c.Y.Data[i] = ScalarDual.Evaluate(((ScalarFunction)c.Argument("forward")!).Body, [c.X.Data[i]], -1).Value;
        }
    }

    public override void Backward(Call c)
    {
        for (var i = 0; i < c.Y.Data.Length; i++)
        {
            c.X.Gradient[i] += ScalarDual.Evaluate(((ScalarFunction)c.Argument("backward")!).Body, [c.X.Data[i], c.Y.Data[i], c.Y.Gradient[i]], -1).Value;
        }
    }
}

/// <summary>The same values, and no gradient.</summary>
internal sealed class ReferenceStopGradient : ReferenceOp
{
    public override void Forward(Call c) => c.X.Data.CopyTo(c.Y.Data, 0);

    public override void Backward(Call c)
    {
    }
}

/// <summary>y = x where x > 0, w·x elsewhere; one w, or one for each entry of the first axis.</summary>
internal sealed class ReferencePRelu : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (i, w) => c.Y.Data[i] = c.X.Data[i] > 0 ? c.X.Data[i] : c.Parameters[0].Data[w] * c.X.Data[i]);

    public override void Backward(Call c) => Each(c, (i, w) =>
    {
        var dy = c.Y.Gradient[i];
        if (c.X.Data[i] > 0)
        {
            c.X.Gradient[i] += dy;
        }
        else
        {
            c.X.Gradient[i] += c.Parameters[0].Data[w] * dy;
            c.Parameters[0].Gradient[w] += c.X.Data[i] * dy;
        }
    });

    private static void Each(Call c, Action<int, int> body)
    {
        var perSlope = c.X.Size / c.Parameters[0].Data.Length;
        for (var i = 0; i < c.X.Data.Length; i++)
        {
            body(i, i % c.X.Size / perSlope);
        }
    }
}

/// <summary>The greatest of several linear functions.</summary>
internal sealed class ReferenceMaxout : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (y, pieces) => c.Y.Data[y] = pieces.Max(p => p.Value));

    public override void Backward(Call c) => Each(c, (y, pieces) =>
    {
        var (best, _, x) = pieces.MaxBy(p => p.Value);
        var dy = c.Y.Gradient[y];
        for (var i = 0; i < c.X.Size; i++)
        {
            c.X.Gradient[x + i] += dy * c.Parameters[0].Data[(best * c.X.Size) + i];
            c.Parameters[0].Gradient[(best * c.X.Size) + i] += dy * c.X.Data[x + i];
        }

        if (c.Parameters.Length > 1)
        {
            c.Parameters[1].Gradient[best] += dy;
        }
    });

    private static void Each(Call c, Action<int, (int Row, double Value, int X)[]> body)
    {
        var pieces = c.Int("pieces");
        for (var y = 0; y < c.Y.Data.Length; y++)
        {
            var x = c.X.Start(y / c.Y.Size);
            body(y, Enumerable.Range(y % c.Y.Size * pieces, pieces).Select(row =>
            {
                var sum = c.Parameters.Length > 1 ? c.Parameters[1].Data[row] : 0;
                for (var i = 0; i < c.X.Size; i++)
                {
                    sum += c.Parameters[0].Data[(row * c.X.Size) + i] * c.X.Data[x + i];
                }

                return (row, sum, x);
            }).ToArray());
        }
    }
}

/// <summary>Values of a sample gathered over some axes.</summary>
/// <param name="value">The result from the gathered values.</param>
/// <param name="derivative">Its derivative with respect to each of them.</param>
internal sealed class ReferenceReduction(Func<double[], double> value, Func<double[], double[]> derivative) : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (y, members) => c.Y.Data[y] = value(members.Select(i => c.X.Data[i]).ToArray()));

    public override void Backward(Call c) => Each(c, (y, members) =>
    {
        var d = derivative(members.Select(i => c.X.Data[i]).ToArray());
        for (var k = 0; k < members.Count; k++)
        {
            c.X.Gradient[members[k]] += d[k] * c.Y.Gradient[y];
        }
    });

    private static void Each(Call c, Action<int, List<int>> body)
    {
        var shape = c.X.Shape;
        var named = c.Argument(c.Has("axes") ? "axes" : "axis") is int one ? [one] : ((EquatableArray<int>)c.Argument("axes")!).ToArray();
        var axes = named.Length == 0 ? Enumerable.Range(0, shape.Length).ToArray() : named.Select(a => a < 0 ? a + shape.Length : a).ToArray();
        for (var n = 0; n < c.X.Samples; n++)
        {
            var groups = Enumerable.Range(0, c.Y.Size).Select(_ => new List<int>()).ToArray();
            for (var i = 0; i < c.X.Size; i++)
            {
                int rest = i, step = 1, y = 0;
                for (var axis = shape.Length - 1; axis >= 0; axis--)
                {
                    if (!axes.Contains(axis))
                    {
                        y += rest % shape[axis] * step;
                        step *= shape[axis];
                    }

                    rest /= shape[axis];
                }

                groups[y].Add((n * c.X.Size) + i);
            }

            for (var y = 0; y < groups.Length; y++)
            {
                body((n * c.Y.Size) + y, groups[y]);
            }
        }
    }

    public static double LogSumExp(double[] x) => x.Max() + Math.Log(x.Sum(v => Math.Exp(v - x.Max())));
}

/// <summary>Log-probabilities over the first axis.</summary>
internal sealed class ReferenceLogSoftmax : ReferenceOp
{
    public override void Forward(Call c) => ReferenceSoftmax.EachRow(c, row =>
    {
        var sum = ReferenceReduction.LogSumExp(row.Select(i => c.X.Data[i]).ToArray());
        foreach (var i in row)
        {
            c.Y.Data[i] = c.X.Data[i] - sum;
        }
    });

    public override void Backward(Call c) => ReferenceSoftmax.EachRow(c, row =>
    {
        var dy = row.Sum(i => c.Y.Gradient[i]);
        foreach (var i in row)
        {
            c.X.Gradient[i] += c.Y.Gradient[i] - (Math.Exp(c.Y.Data[i]) * dy);
        }
    });
}

/// <summary>LayerNorm, InstanceNorm and GroupNorm: contiguous groups of a sample's values, each normalized by its own mean and biased variance.</summary>
/// <param name="groups">Into how many groups a sample falls.</param>
/// <param name="parameter">Which scale and shift belong to element i of a sample.</param>
internal sealed class ReferenceSampleNorm(Func<Call, int> groups, Func<Call, int, int> parameter) : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (start, count, mean, scale) =>
    {
        for (var i = start; i < start + count; i++)
        {
            var normalized = (c.X.Data[i] - mean) * scale;
            c.Y.Data[i] = (normalized * Gamma(c, i)) + (c.Parameters.Length == 0 ? 0 : c.Parameters[1].Data[parameter(c, i % c.X.Size)]);
        }
    });

    public override void Backward(Call c) => Each(c, (start, count, mean, scale) =>
    {
        double sum = 0, dot = 0;
        for (var i = start; i < start + count; i++)
        {
            var normalized = (c.X.Data[i] - mean) * scale;
            var g = c.Y.Gradient[i] * Gamma(c, i);
            sum += g;
            dot += g * normalized;
            if (c.Parameters.Length > 0)
            {
                c.Parameters[0].Gradient[parameter(c, i % c.X.Size)] += c.Y.Gradient[i] * normalized;
                c.Parameters[1].Gradient[parameter(c, i % c.X.Size)] += c.Y.Gradient[i];
            }
        }

        for (var i = start; i < start + count; i++)
        {
            c.X.Gradient[i] += scale * ((c.Y.Gradient[i] * Gamma(c, i)) - (sum / count) - ((c.X.Data[i] - mean) * scale * dot / count));
        }
    });

    private double Gamma(Call c, int i) => c.Parameters.Length == 0 ? 1 : c.Parameters[0].Data[parameter(c, i % c.X.Size)];

    private void Each(Call c, Action<int, int, double, double> body)
    {
        var count = c.X.Size / groups(c);
        for (var start = 0; start < c.X.Data.Length; start += count)
        {
            var values = c.X.Data[start..(start + count)];
            var mean = values.Average();
            body(start, count, mean, 1 / Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) + c.Float("epsilon")));
        }
    }
}

/// <summary>Random numbers of a training step; nothing random in inference.</summary>
/// <param name="y">The result from x and a source of random numbers: (stream, element) → uniform.</param>
/// <param name="factor">dy/dx, likewise.</param>
internal sealed class ReferenceNoise(Func<Call, double, Func<int, int, double>, int, double> y, Func<Call, Func<int, int, double>, int, double> factor) : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (at, i, u) => c.Y.Data[at] = y(c, c.X.Data[at], u, i));

    public override void Backward(Call c) => Each(c, (at, i, u) => c.X.Gradient[at] += c.Y.Gradient[at] * factor(c, u, i));

    private static void Each(Call c, Action<int, int, Func<int, int, double>> body)
    {
        for (var n = 0; n < c.Y.Samples; n++)
        {
            double Uniform(int stream, int element) => ReferencePhilox.Uniform(c.Options.Seed, (uint)(c.NodeId + (stream << 30)), c.Options.Step, c.Options.FirstSample + (uint)n, (uint)element);
            for (var i = 0; i < c.Y.Size; i++)
            {
                body((n * c.Y.Size) + i, (c.Time * c.Y.Size) + i, Uniform);
            }
        }
    }

    public static double Normal(Func<int, int, double> u, int i) => Math.Sqrt(-2 * Math.Log(1 - u(0, i))) * Math.Cos(2 * Math.PI * u(1, i));

    public static double Channel(Call c, Func<int, int, double> u, int i) =>
        !c.Options.Training ? 1 : u(0, i / (c.X.Size / c.X.Shape[0])) >= (float)c.Float("probability") ? 1 / (1 - c.Float("probability")) : 0;
}
