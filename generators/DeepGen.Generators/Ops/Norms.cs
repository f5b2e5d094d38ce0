using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>Normalizes within each sample, the same in training and inference; then scales and shifts.</summary>
internal abstract class SampleNorm : OpDefinition
{
    public override string Gradient => "with x̂ the normalized values and m their number: dγ = Σ dy·x̂, dβ = Σ dy, dx = (g − mean(g) − x̂·mean(g·x̂))/√(σ² + ε), g = γ·dy";

    public override string Fuses => "mean, variance and result are one pass over each normalized row where scale and shift run along it or are one for it; dγ and dβ are a pass";

    public override bool KeepsScale => true;

    protected static OpParameter Epsilon { get; } = new("epsilon", OpParameterType.Float, "Added to the variance.", 1e-5f, 0);

    protected static void ScaleAndShift(OpContext c, Shape shape)
    {
        if (c.Bool("affine"))
        {
            c.Parameter("weight", shape, 1, 1, Initializer.Ones);
            c.Parameter("bias", shape, 1, 1, Initializer.Zeros);
        }
    }

    /// <summary>(x − μ)/√(σ² + ε) over the axes.</summary>
    protected static Val Normalize(LowerContext c, Val x, int[] axes)
    {
        var b = c.B;
        var inverse = b.Const(1f / axes.Aggregate(1, (n, a) => n * x.Dims[a].Size));
        var mean = b.Mul(b.Sum(x, axes), inverse);
        // Σ(x − μ) = 0, so the variance's derivative by way of the mean vanishes.
        var forVariance = b.Sub(x, b.StopGradient(mean));
        var variance = b.Mul(b.Sum(b.Mul(forVariance, forVariance), axes), inverse);
        return b.Mul(b.Sub(x, mean), b.Unary(UnaryOp.Reciprocal, b.Unary(UnaryOp.Sqrt, b.Add(variance, b.Const(c.Float("epsilon"))))));
    }

    protected static Val Affine(LowerContext c, Val normalized, Func<Val, Val> shaped) =>
        c.Parameters.Count == 0 ? normalized : c.B.Add(c.B.Mul(normalized, shaped(c.Parameters[0])), shaped(c.Parameters[1]));
}

internal sealed class LayerNorm : SampleNorm
{
    public override string Name => "LayerNorm";

    public override string Summary => "Normalizes over the last axes of each sample: the features of a vector or of each step of a sequence; then scales and shifts each value.";

    public override string Formula => "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the last axes";

    public override string ShapeRule => "[…], unchanged; weight and bias have the extents of the last axes";

    public override string Source => "Ba, Kiros & Hinton 2016, Layer normalization";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("axes", OpParameterType.Int, "How many of the last axes are normalized together.", 1, 1),
        Epsilon,
        new OpParameter("affine", OpParameterType.Bool, "Whether it scales and shifts.", true),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var axes = c.Int("axes");
        if (c.Shape().Rank < axes)
        {
            throw c.Error(OpErrorKind.Rank, axes == 1 ? null : "axes", $"LayerNorm over {axes} {(axes == 1 ? "axis" : "axes")} needs as many but {c.Gives()}");
        }

        ScaleAndShift(c, new Shape(c.Shape().ToArray().Skip(c.Shape().Rank - axes)));
        return (c.Shape(), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var axes = LowerContext.SampleAxes(c.X);
        return Affine(c, Normalize(c, c.X, axes.Skip(axes.Length - c.Int("axes")).ToArray()), v => v);
    }
}

internal sealed class InstanceNorm : SampleNorm
{
    public override string Name => "InstanceNorm";

    public override string Summary => "Normalizes each channel of each sample over its positions; may then scale and shift the channels.";

    public override string Formula => "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the positions of a channel";

    public override string ShapeRule => "[C, …], unchanged; at least two positions";

    public override string Source => "Ulyanov, Vedaldi & Lempitsky 2016, Instance normalization";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        Epsilon,
        new OpParameter("affine", OpParameterType.Bool, "Whether it scales and shifts.", false),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        if (c.Shape().Rank < 2 || c.Shape().Elements == c.Shape()[0])
        {
            throw c.Error(OpErrorKind.Rank, null, $"InstanceNorm needs channels of at least two positions but {c.Gives()}");
        }

        ScaleAndShift(c, new Shape(c.Shape()[0]));
        return (c.Shape(), Element.Float32);
    }

    public override Val Lower(LowerContext c) =>
        Affine(c, Normalize(c, c.X, LowerContext.SampleAxes(c.X).Skip(1).ToArray()), v => c.Channel(v));
}

internal sealed class GroupNorm : SampleNorm
{
    public override string Name => "GroupNorm";

    public override string Summary => "Normalizes groups of channels of each sample over their positions; then scales and shifts the channels.";

    public override string Formula => "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the positions of a group's channels";

    public override string ShapeRule => "[C, …], unchanged; groups divide C";

    public override string Source => "Wu & He 2018, Group normalization";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("groups", OpParameterType.Int, "Into how many groups the channels are split.", Minimum: 1),
        Epsilon,
        new OpParameter("affine", OpParameterType.Bool, "Whether it scales and shifts.", true),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        if (c.Shape().Rank == 0)
        {
            throw c.Error(OpErrorKind.Rank, null, $"{c.CallText} needs a vector or a map but {c.Gives()}");
        }

        int channels = c.Shape()[0], groups = c.Int("groups");
        if (channels % groups != 0)
        {
            throw c.Error(OpErrorKind.Groups, "groups", $"GroupNorm's groups must divide the channels, but {groups} does not divide {channels}: {c.Gives()}");
        }

        if (c.Shape().Elements == groups)
        {
            throw c.Error(OpErrorKind.Rank, "groups", $"{c.CallText} needs groups of at least two values but {c.Gives()}");
        }

        ScaleAndShift(c, new Shape(channels));
        return (c.Shape(), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var dims = c.X.Dims.ToArray();
        var channel = c.X.Dims.HasBatch ? 1 : 0;
        var groups = c.Int("groups");
        var split = b.Reshape(c.X, new Dims(dims.Take(channel).Append(groups).Append((Dim)(int)(c.Node.Shape.Elements / groups))));
        return Affine(c, b.Reshape(Normalize(c, split, new[] { channel + 1 }), c.X.Dims), v => c.Channel(v));
    }
}
