using DeepGen.Generators.Graph;

namespace DeepGen.Reference;

/// <summary>An op whose every output element is a weighted sum of input elements, the weights known without the values.</summary>
/// <param name="terms">For a call and the indices of an output element within its sample: the input elements (input, indices, weight) that it sums.</param>
internal sealed class ReferenceLinear(Func<Call, int[], IEnumerable<(int[] At, double Weight)>> terms) : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (y, x, weight) => c.Y.Data[y] += weight * c.X.Data[x]);

    public override void Backward(Call c) => Each(c, (y, x, weight) => c.X.Gradient[x] += weight * c.Y.Gradient[y]);

    private void Each(Call c, Action<int, int, double> body)
    {
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var i = 0; i < c.Y.Size; i++)
            {
                foreach (var (at, weight) in terms(c, Indices(i, c.Y.Shape)))
                {
                    body((n * c.Y.Size) + i, c.X.Start(n) + Flat(at, c.X.Shape), weight);
                }
            }
        }
    }

    /// <summary>The element's place along every axis.</summary>
    private static int[] Indices(int i, int[] shape)
    {
        var at = new int[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            at[axis] = i % shape[axis];
            i /= shape[axis];
        }

        return at;
    }

    private static int Flat(int[] at, int[] shape) => shape.Select((extent, axis) => (extent, axis)).Aggregate(0, (flat, e) => (flat * e.extent) + at[e.axis]);

    public static ReferenceLinear Slice { get; } = new((c, at) => One(At(at, Axis(c), c.Int("start"))));

    public static ReferenceLinear CenterCrop { get; } = new((c, at) =>
        One([at[0], at[1] + ((c.X.Shape[1] - c.Int("height")) / 2), at[2] + ((c.X.Shape[2] - c.Int("width")) / 2)]));

    public static ReferenceLinear Permute { get; } = new((c, at) =>
    {
        var x = new int[at.Length];
        foreach (var (axis, i) in ((EquatableArray<int>)c.Argument("axes")!).Select((axis, i) => (axis, i)))
        {
            x[axis] = at[i];
        }

        return One(x);
    });

    public static ReferenceLinear BroadcastTo { get; } = new((c, at) =>
        One(c.X.Shape.Select((extent, i) => extent == 1 ? 0 : at[at.Length - c.X.Shape.Length + i]).ToArray()));

    public static ReferenceLinear Repeat { get; } = new((c, at) => One(at.Select((a, i) => i == Axis(c) ? a % c.X.Shape[i] : a).ToArray()));

    /// <param name="inside">The place in the input for a place counted from the input's first element, or -1.</param>
    public static ReferenceLinear Pad(Func<int, int, int> inside) => new((c, at) =>
    {
        int Side(string name, string other) => c.Int(name) >= 0 ? c.Int(name) : c.Int(other);
        var top = Side("top", "left");
        int row = inside(at[1] - top, c.X.Shape[1]), column = inside(at[2] - c.Int("left"), c.X.Shape[2]);
        return row < 0 || column < 0 ? [] : One([at[0], row, column]);
    });

    public static ReferenceLinear UpsampleNearest { get; } = new((c, at) => One([at[0], at[1] / c.Int("scale"), at[2] / c.Int("scale")]));

    public static ReferenceLinear UpsampleBilinear { get; } = new((c, at) =>
        from row in Interpolated(at[1], c.X.Shape[1], c.Int("scale"), c.Bool("alignCorners"))
        from column in Interpolated(at[2], c.X.Shape[2], c.Int("scale"), c.Bool("alignCorners"))
        select (new[] { at[0], row.At, column.At }, row.Weight * column.Weight));

    /// <summary>The two elements around a place, as torch.nn.functional.interpolate documents it.</summary>
    private static IEnumerable<(int At, double Weight)> Interpolated(int i, int size, int scale, bool alignCorners)
    {
        var place = alignCorners ? (size * scale == 1 ? 0 : (double)i * (size - 1) / ((size * scale) - 1)) : Math.Max(0, ((i + 0.5) / scale) - 0.5);
        var low = (int)Math.Floor(place);
        yield return (low, 1 - (place - low));
        yield return (Math.Min(low + 1, size - 1), place - low);
    }

    private static int Axis(Call c) => c.Int("axis") < 0 ? c.X.Shape.Length + c.Int("axis") : c.Int("axis");

    private static IEnumerable<(int[], double)> One(int[] at) => [(at, 1)];

    private static int[] At(int[] at, int axis, int shift) => at.Select((a, i) => i == axis ? a + shift : a).ToArray();
}

/// <summary>Rows chosen by indices: of a tensor, or of the weight of an embedding, where the padding index gives zeros.</summary>
internal sealed class ReferenceGather(Func<Call, Value> rows, Func<Call, Value> indices, Func<Call, int> padding) : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (y, x) => c.Y.Data[y] = rows(c).Data[x]);

    public override void Backward(Call c) => Each(c, (y, x) => rows(c).Gradient[x] += c.Y.Gradient[y]);

    private void Each(Call c, Action<int, int> body)
    {
        var index = indices(c);
        var width = c.Y.Size / index.Size;
        for (var k = 0; k < index.Data.Length; k++)
        {
            for (var j = 0; j < width && (int)index.Data[k] != padding(c); j++)
            {
                body((k * width) + j, rows(c).Start(k / index.Size) + ((int)index.Data[k] * width) + j);
            }
        }
    }
}

internal sealed class ReferenceScatterAdd : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (y, x) => c.Y.Data[y] += c.X.Data[x]);

    public override void Backward(Call c) => Each(c, (y, x) => c.X.Gradient[x] += c.Y.Gradient[y]);

    private static void Each(Call c, Action<int, int> body)
    {
        var width = c.X.Size / c.X.Shape[0];
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var i = 0; i < c.X.Size; i++)
            {
                var row = (int)c.Inputs[1].Data[(n * c.X.Shape[0]) + (i / width)];
                body((n * c.Y.Size) + (row * width) + (i % width), c.X.Start(n) + i);
            }
        }
    }
}

internal sealed class ReferenceOneHot : ReferenceOp
{
    public override void Forward(Call c)
    {
        for (var i = 0; i < c.X.Data.Length; i++)
        {
            c.Y.Data[(i * c.Int("classes")) + (int)c.X.Data[i]] = 1;
        }
    }

    public override void Backward(Call c)
    {
    }
}
