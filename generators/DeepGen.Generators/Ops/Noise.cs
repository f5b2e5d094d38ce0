using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class Dropout2d : Elementwise
{
    public override string Name => "Dropout2d";

    public override string Summary => "Spatial dropout: sets whole channels to zero with the given probability when training and scales the rest, so that inference needs nothing.";

    public override string Formula => "y[c, …] = x[c, …]·[u[c] ≥ p]/(1 − p), u uniform from the counter (seed, step, sample, channel)";

    public override string ShapeRule => "[C, …], unchanged";

    public override string Source => "Tompson et al. 2015, Efficient object localization using convolutional networks";

    public override string Gradient => "dx = dy·[u ≥ p]/(1 − p), u drawn again from the same counter, so no mask is kept";

    public override string Fuses => "a pass of its own, with what is elementwise around it";

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[] { Dropout.Probability };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        Dropout.CheckProbability(c);
        return c.Shape().Rank > 1 ? base.Infer(c) : throw c.Error(OpErrorKind.Rank, null, $"Dropout2d needs a map but {c.Gives()}; over a vector use Dropout");
    }

    public override Val Lower(LowerContext c)
    {
        var p = c.Float("probability");
        if (!c.Training || p == 0)
        {
            return c.X;
        }

        var b = c.B;
        var channel = c.X.Dims.HasBatch ? 1 : 0;
        var u = b.Leaf(new UniformPrim(c.Node.Id), new Dims(c.X.Dims.ToArray().Select((d, i) => i <= channel ? d : (Dim)1)));
        return b.Mul(c.X, b.Select(b.Binary(BinaryOp.GreaterOrEqual, u, b.Const(p)), b.Const(1f / (1f - p)), b.Const(0)));
    }
}

/// <summary>Numbers from a counter.</summary>
internal static class RandomNumbers
{
    // Node ids stay far below.
    private const int Second = 1 << 30;

    /// <summary>Uniform in [0, 1), in the extents of the first input.</summary>
    public static Val Uniform(LowerContext c, int stream = 0) => c.B.Leaf(new UniformPrim(c.Node.Id + (stream * Second)), c.X.Dims);

    /// <summary>Standard normal, by Box and Muller 1958: z = √(−2·ln(1 − u₁))·cos(2π·u₂).</summary>
    public static Val Normal(LowerContext c)
    {
        var b = c.B;
        var radius = b.Unary(UnaryOp.Sqrt, b.Mul(b.Unary(UnaryOp.Log, b.Sub(b.Const(1), Uniform(c))), b.Const(-2)));
        return b.Mul(radius, b.Unary(UnaryOp.Cos, b.Mul(Uniform(c, 1), b.Const(6.2831853f))));
    }
}

internal sealed class GaussianNoise : Elementwise
{
    public override string Name => "GaussianNoise";

    public override string Summary => "Adds normal noise when training; nothing is left of it in inference.";

    public override string Formula => "y = x + sigma·z, z standard normal from the counter (seed, step, sample, element)";

    public override string Source => "Bishop 1995, Training with noise is equivalent to Tikhonov regularization";

    public override string Gradient => "dx = dy";

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("sigma", OpParameterType.Float, "Standard deviation of the noise.", Minimum: 0),
    };

    public override Val Lower(LowerContext c)
    {
        var sigma = c.Float("sigma");
        return c.Training && sigma > 0 ? c.B.Add(c.X, c.B.Mul(RandomNumbers.Normal(c), c.B.Const(sigma))) : c.X;
    }
}

/// <summary>A tensor of random numbers with the shape of another.</summary>
internal abstract class RandomTensor : Elementwise
{
    public override string ShapeRule => "any shape: that of x, whose values do not matter";

    public override string Gradient => "none; of mean + deviation·x.RandomNormal() by mean and deviation, which is the reparametrization of Kingma & Welling 2013";

    public override string Fuses => "drawn again wherever it is used, and never kept";

    public override Val Lower(LowerContext c) => c.Training ? Draw(c) : c.B.Broadcast(c.B.Const(Expected(c)), c.X.Dims);

    protected abstract Val Draw(LowerContext c);

    protected abstract float Expected(LowerContext c);
}

internal sealed class RandomNormal : RandomTensor
{
    public override string Name => "RandomNormal";

    public override string Summary => "Normal random numbers in the shape of a tensor, drawn anew in every training step; in inference their mean, so that predictions can be repeated.";

    public override string Formula => "y = mean + deviation·z, z standard normal from the counter (seed, step, sample, element); in inference y = mean";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("mean", OpParameterType.Float, "Their mean.", 0f),
        new OpParameter("deviation", OpParameterType.Float, "Their standard deviation.", 1f, 0),
    };

    protected override Val Draw(LowerContext c) => c.B.Add(c.B.Mul(RandomNumbers.Normal(c), c.B.Const(c.Float("deviation"))), c.B.Const(c.Float("mean")));

    protected override float Expected(LowerContext c) => c.Float("mean");
}

internal sealed class RandomUniform : RandomTensor
{
    public override string Name => "RandomUniform";

    public override string Summary => "Uniform random numbers in the shape of a tensor, drawn anew in every training step; in inference their mean, so that predictions can be repeated.";

    public override string Formula => "y = low + (high − low)·u, u uniform in [0, 1) from the counter (seed, step, sample, element); in inference y = (low + high)/2";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("low", OpParameterType.Float, "Lower bound, which may be drawn.", 0f),
        new OpParameter("high", OpParameterType.Float, "Upper bound, which is not.", 1f),
    };

    protected override Val Draw(LowerContext c) => c.B.Add(c.B.Mul(RandomNumbers.Uniform(c), c.B.Const(c.Float("high") - c.Float("low"))), c.B.Const(c.Float("low")));

    protected override float Expected(LowerContext c) => (c.Float("low") + c.Float("high")) / 2;
}
