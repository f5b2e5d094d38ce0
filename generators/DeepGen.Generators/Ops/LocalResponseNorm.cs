using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class LocalResponseNorm : OpDefinition
{
    public override string Name => "LocalResponseNorm";

    public override string Summary => "Divides each value by the energy of the channels around it, at the same position.";

    public override string Formula => "y[c,…] = x[c,…] / (k + alpha/size · Σ_j x[j,…]²)^beta, j from c − ⌊size/2⌋ to c + ⌈size/2⌉ − 1, as far as there are channels (PyTorch's convention; the paper's alpha is alpha/size)";

    public override string ShapeRule => "[C, …], unchanged";

    public override string Source => "Krizhevsky, Sutskever & Hinton 2012, ImageNet classification with deep convolutional neural networks";

    public override string Gradient => "with s the sum in brackets: dx[c] = dy[c]·s[c]^−beta − 2·alpha·beta/size·x[c]·Σ_j dy[j]·x[j]·s[j]^(−beta − 1), over the channels j whose sum holds c";

    public override string Fuses => "the squares are stored for the pool that adds up neighbours; power, product and what is elementwise behind them are one pass";

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("size", OpParameterType.Int, "Neighbouring channels that are summed.", Minimum: 1),
        new OpParameter("alpha", OpParameterType.Float, "Factor of the sum, divided by size.", 1e-4f, 0),
        new OpParameter("beta", OpParameterType.Float, "Exponent.", 0.75f, 0),
        new OpParameter("k", OpParameterType.Float, "Added to the sum.", 1f, 0),
    };

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) => AxisSight.Each(node.Shape.Rank).Select((sight, axis) => axis == 0 ? null : sight).ToArray();

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        if (c.Shape().Rank < 2 || !c.Inputs[0].PerSample)
        {
            throw c.Error(OpErrorKind.Rank, null, $"{c.CallText} needs a map (C, …) but {c.Gives()}");
        }

        if (c.Float("k") == 0)
        {
            throw c.Error(OpErrorKind.Argument, "k", "LocalResponseNorm's k must be above 0, or zeros would be divided by zero");
        }

        return (c.Shape(), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var x = c.X;
        // The channels as rows of one map, the positions as its columns: the sum over neighbours is a mean over windows of one column.
        int channels = x.Dims[1].Size, size = c.Int("size"), positions = x.Dims.ToArray().Skip(2).Aggregate(1, (p, d) => p * d.Size);
        var window = Windows.Spec(
            new Shape(1, channels, positions),
            EquatableArray<int>.Own(size, 1),
            1,
            EquatableArray<int>.Own(size / 2, (size - 1) / 2, 0, 0),
            1);
        var mean = b.AvgPool(b.Reshape(b.Mul(x, x), new Dims(new Dim[] { x.Dims[0], 1, channels, positions })), window, countPadding: true);
        var energy = b.Add(b.Mul(b.Reshape(mean, x.Dims), b.Const(c.Float("alpha"))), b.Const(c.Float("k")));
        return b.Mul(x, b.Binary(BinaryOp.Pow, energy, b.Const(-c.Float("beta"))));
    }
}
