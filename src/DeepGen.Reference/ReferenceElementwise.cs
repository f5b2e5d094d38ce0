namespace DeepGen.Reference;

/// <summary>y = f(x) for every element, f giving the value and the derivative.</summary>
internal sealed class ReferenceElementwise(Func<Call, double, ScalarDual> f) : ReferenceOp
{
    public override void Forward(Call c)
    {
        for (var i = 0; i < c.Y.Data.Length; i++)
        {
            c.Y.Data[i] = f(c, c.X.Data[i]).Value;
        }
    }

    public override void Backward(Call c)
    {
        for (var i = 0; i < c.Y.Data.Length; i++)
        {
            c.X.Gradient[i] += c.Y.Gradient[i] * f(c, c.X.Data[i]).Derivative;
        }
    }
}

/// <summary>Flatten and Reshape: the same values.</summary>
internal sealed class ReferenceCopy : ReferenceOp
{
    public override void Forward(Call c) => c.X.Data.CopyTo(c.Y.Data, 0);

    public override void Backward(Call c)
    {
        for (var i = 0; i < c.Y.Data.Length; i++)
        {
            c.X.Gradient[i] += c.Y.Gradient[i];
        }
    }
}

/// <summary>One input after the other along an axis, at each place of the axes before it.</summary>
internal sealed class ReferenceConcat : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (y, x, i) => c.Y.Data[y] = x.Data[i]);

    public override void Backward(Call c) => Each(c, (y, x, i) => x.Gradient[i] += c.Y.Gradient[y]);

    private static void Each(Call c, Action<int, Value, int> body)
    {
        var axis = (c.Int("axis") + c.Y.Shape.Length) % c.Y.Shape.Length;
        var places = c.Y.Shape.Take(axis).Aggregate(1, (n, e) => n * e);
        var at = 0;
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var place = 0; place < places; place++)
            {
                foreach (var x in c.Inputs)
                {
                    var length = x.Size / places;
                    for (var i = 0; i < length; i++)
                    {
                        body(at++, x, x.Start(n) + (place * length) + i);
                    }
                }
            }
        }
    }
}

/// <summary>Over the first axis, at each position of the others.</summary>
internal sealed class ReferenceSoftmax : ReferenceOp
{
    public override void Forward(Call c) => EachRow(c, row =>
    {
        var m = row.Max(i => c.X.Data[i]);
        var sum = row.Sum(i => Math.Exp(c.X.Data[i] - m));
        foreach (var i in row)
        {
            c.Y.Data[i] = Math.Exp(c.X.Data[i] - m) / sum;
        }
    });

    public override void Backward(Call c) => EachRow(c, row =>
    {
        var dot = row.Sum(i => c.Y.Data[i] * c.Y.Gradient[i]);
        foreach (var i in row)
        {
            c.X.Gradient[i] += c.Y.Data[i] * (c.Y.Gradient[i] - dot);
        }
    });

    public static void EachRow(Call c, Action<int[]> body)
    {
        var classes = c.Y.Shape[0];
        var positions = c.Y.Size / classes;
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var p = 0; p < positions; p++)
            {
                body(Enumerable.Range(0, classes).Select(k => (n * c.Y.Size) + (k * positions) + p).ToArray());
            }
        }
    }
}

/// <summary>y = x·[u ≥ p]/(1 − p) when training, u from the counter (seed, node, step, sample, element).</summary>
internal sealed class ReferenceDropout : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (i, factor) => c.Y.Data[i] = c.X.Data[i] * factor);

    public override void Backward(Call c) => Each(c, (i, factor) => c.X.Gradient[i] += c.Y.Gradient[i] * factor);

    private static void Each(Call c, Action<int, double> body)
    {
        var p = (float)c.Float("probability");
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var i = 0; i < c.Y.Size; i++)
            {
                var keep = !c.Options.Training || ReferencePhilox.Uniform(c.Options.Seed, (uint)c.NodeId, c.Options.Step, c.Options.FirstSample + (uint)n, (uint)((c.Time * c.Y.Size) + i)) >= p;
                body((n * c.Y.Size) + i, !c.Options.Training ? 1 : keep ? 1 / (1 - (double)p) : 0);
            }
        }
    }
}
