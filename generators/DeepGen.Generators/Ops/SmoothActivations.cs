using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>Formulas that several ops share, written so that no finite value overflows, forward or backward.</summary>
internal static class Stable
{
    /// <summary>
    /// ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|). A choice by the sign in place of max and |x|: its derivative at 0 is the limit, 1/2, where those of max and |x| are 0.
    /// </summary>
    public static Val Softplus(IrBuilder b, Val x)
    {
        var positive = b.Binary(BinaryOp.Greater, x, b.Const(0));
        var small = b.Unary(UnaryOp.Log1p, b.Unary(UnaryOp.Exp, b.Select(positive, b.Neg(x), x)));
        return b.Add(b.Select(positive, x, b.Const(0)), small);
    }

    /// <summary>ln Σ e^x over <paramref name="axes"/>, which are kept as extents of one.</summary>
    public static Val LogSumExp(IrBuilder b, Val x, params int[] axes)
    {
        var max = b.StopGradient(b.Reduce(ReduceOp.Max, x, axes));
        return b.Add(b.Unary(UnaryOp.Log, b.Sum(b.Unary(UnaryOp.Exp, b.Sub(x, max)), axes)), max);
    }

    /// <summary>scale·x where x > 0, scale·alpha·(e^x − 1) elsewhere. The side that is not chosen sees 0 and cannot overflow.</summary>
    public static Val Elu(IrBuilder b, Val x, float alpha, float scale)
    {
        var positive = b.Binary(BinaryOp.Greater, x, b.Const(0));
        var negative = b.Unary(UnaryOp.Expm1, b.Select(positive, b.Const(0), x));
        return b.Select(positive, b.Mul(x, b.Const(scale)), b.Mul(negative, b.Const(scale * alpha)));
    }
}

internal sealed class Elu : Elementwise
{
    public override string Name => "Elu";

    public override string Summary => "Exponential linear unit.";

    public override string Formula => "y = x for x > 0, alpha·(e^x − 1) otherwise";

    public override string Source => "Clevert, Unterthiner & Hochreiter 2015, Fast and accurate deep network learning by exponential linear units";

    public override string Gradient => "dx = dy for x > 0, dy·alpha·e^x otherwise";

    public override string? Activation => "Relu";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("alpha", OpParameterType.Float, "What the negative side tends to, with its sign turned.", 1f),
    };

    public override Val Lower(LowerContext c) => Stable.Elu(c.B, c.X, c.Float("alpha"), 1);
}

internal sealed class Selu : Elementwise
{
    public override string Name => "Selu";

    public override string Summary => "Scaled exponential linear unit: keeps mean 0 and variance 1 from layer to layer.";

    public override string Formula => "y = 1.0507·(x for x > 0, 1.6733·(e^x − 1) otherwise)";

    public override string Source => "Klambauer et al. 2017, Self-normalizing neural networks";

    public override string Gradient => "dx = 1.0507·dy for x > 0, 1.7581·dy·e^x otherwise";

    public override string? Activation => "None";

    public override Val Lower(LowerContext c) => Stable.Elu(c.B, c.X, 1.6732632423543772f, 1.0507009873554805f);
}

internal sealed class Gelu : Elementwise
{
    public override string Name => "Gelu";

    public override string Summary => "Gaussian error linear unit: exact, or with the approximation by a hyperbolic tangent.";

    public override string Formula => "y = x·Φ(x), Φ(x) = (1 + erf(x/√2))/2; approximate: y = x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))";

    public override string Source => "Hendrycks & Gimpel 2016, Gaussian error linear units";

    public override string Gradient => "dx = dy·(Φ(x) + x·φ(x)), φ the normal density; of the approximation likewise";

    public override string? Activation => "Relu";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("approximate", OpParameterType.Bool, "Whether to use the approximation by tanh.", false),
    };

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var x = c.X;
        var s = c.Bool("approximate")
            ? b.Unary(UnaryOp.Tanh, b.Mul(b.Const(0.7978845608f), b.Add(x, b.Mul(b.Const(0.044715f), b.Mul(b.Mul(x, x), x)))))
            : b.Unary(UnaryOp.Erf, b.Mul(x, b.Const(0.7071067812f)));
        return b.Mul(b.Mul(x, b.Const(0.5f)), b.Add(s, b.Const(1)));
    }
}

internal sealed class Softplus : Elementwise
{
    public override string Name => "Softplus";

    public override string Summary => "Smooth rectifier.";

    public override string Formula => "y = ln(1 + e^(beta·x))/beta, and x where beta·x > threshold";

    public override string Source => "Dugas et al. 2001, Incorporating second-order functional knowledge for better option pricing";

    public override string Gradient => "dx = dy·σ(beta·x), and dy where beta·x > threshold";

    public override string? Activation => "Relu";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("beta", OpParameterType.Float, "Steepness, above 0.", 1f),
        new OpParameter("threshold", OpParameterType.Float, "From here on the function counts as linear.", 20f),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c) =>
        c.Float("beta") > 0 ? base.Infer(c) : throw c.Error(OpErrorKind.Argument, "beta", $"Softplus's beta must be above 0, but is {new ConstValue(c.Float("beta"))}");

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var beta = c.Float("beta");
        var z = b.Mul(c.X, b.Const(beta));
        return b.Select(b.Binary(BinaryOp.Greater, z, b.Const(c.Float("threshold"))), c.X, b.Mul(Stable.Softplus(b, z), b.Const(1 / beta)));
    }
}

internal sealed class Silu : Elementwise
{
    public override string Name => "Silu";

    public override string Summary => "Sigmoid-weighted linear unit, also known as swish.";

    public override string Formula => "y = x·σ(x)";

    public override string Source => "Elfwing, Uchibe & Doya 2018, Sigmoid-weighted linear units; Ramachandran, Zoph & Le 2017";

    public override string Gradient => "dx = dy·(s + x·s·(1 − s)), s = σ(x)";

    public override string? Activation => "Relu";

    public override Val Lower(LowerContext c) => c.B.Mul(c.X, c.B.Unary(UnaryOp.Sigmoid, c.X));
}

internal sealed class Hardtanh : Elementwise
{
    public override string Name => "Hardtanh";

    public override string Summary => "Values between two bounds; Hardtanh(0, 6) is ReLU6.";

    public override string Formula => "y = max(min, min(max, x))";

    public override string Source => "Collobert 2004, Large scale machine learning";

    public override string Gradient => "dx = dy where min < x < max, else 0";

    public override string? Activation => "Tanh";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("min", OpParameterType.Float, "Lower bound.", -1f),
        new OpParameter("max", OpParameterType.Float, "Upper bound, above the lower one.", 1f),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c) =>
        c.Float("min") < c.Float("max")
            ? base.Infer(c)
            : throw c.Error(OpErrorKind.Argument, "max", $"Hardtanh's max must be above its min of {new ConstValue(c.Float("min"))}, but is {new ConstValue(c.Float("max"))}");

    // The bounds stand right: where they are met, the derivative is theirs.
    public override Val Lower(LowerContext c) => c.B.Binary(BinaryOp.Max, c.B.Binary(BinaryOp.Min, c.X, c.B.Const(c.Float("max"))), c.B.Const(c.Float("min")));
}

internal sealed class LogSoftmax : OverChannels
{
    public override string Name => "LogSoftmax";

    public override string Summary => "Logarithms of the probabilities over the first axis: classes of a vector, channels of a map (at each position).";

    public override string Formula => "y[c] = x[c] − ln Σ_k e^(x[k])";

    public override string Gradient => "dx[c] = dy[c] − softmax(x)[c]·Σ_k dy[k]";

    public override Val Lower(LowerContext c) => c.B.Sub(c.X, Stable.LogSumExp(c.B, c.X, ChannelAxis(c)));
}

internal sealed class PRelu : Elementwise
{
    public override string Name => "PRelu";

    public override string Summary => "Rectified linear unit whose slope for negative values is learned: one slope, or one per channel.";

    public override string Formula => "y = x for x > 0, w·x otherwise";

    public override string Source => "He et al. 2015, Delving deep into rectifiers";

    public override string Gradient => "dx = dy for x > 0, w·dy otherwise; dw = Σ x·dy where x ≤ 0";

    public override string Fuses => base.Fuses + "; dw is a pass of its own";

    public override string? Activation => "Relu";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("perChannel", OpParameterType.Bool, "Whether every channel has a slope of its own.", false),
        new OpParameter("init", OpParameterType.Float, "What the slopes start at.", 0.25f),
    };

    public override IReadOnlyList<string> ParameterLeaves { get; } = new[] { "weight" };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var perChannel = c.Bool("perChannel");
        if (perChannel && c.Shape().Rank == 0)
        {
            throw c.Error(OpErrorKind.Rank, "perChannel", $"PRelu with a slope per channel needs a vector or a map but {c.Gives()}");
        }

        c.Parameter("weight", new Shape(perChannel ? c.Shape()[0] : 1), 1, 1, Initializer.Constant, value: c.Float("init"));
        return (c.Shape(), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var slope = c.Channel(c.Parameters[0], c.Bool("perChannel"));
        return b.Select(b.Binary(BinaryOp.Greater, c.X, b.Const(0)), c.X, b.Mul(slope, c.X));
    }
}

internal sealed class Maxout : OpDefinition
{
    public override string Name => "Maxout";

    public override string Summary => "Fully connected layer whose units are each the greatest of several linear pieces; no activation follows it. Over maps: a convolution of channels·pieces, Reshape and Max.";

    public override string Formula => "y[o] = max_j (b[o·pieces + j] + Σ_i w[o·pieces + j, i]·x[i])";

    public override string ShapeRule => "[F] → [features]";

    public override string Source => "Goodfellow et al. 2013, Maxout networks";

    public override string Gradient => "that of Dense for the greatest piece of each unit; equal ones share it";

    public override string Fuses => "the maximum over the pieces is a pass behind the product; db in the pass of dw";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("features", OpParameterType.Int, "Length of the output vector.", Minimum: 1),
        new OpParameter("pieces", OpParameterType.Int, "Linear pieces of each unit.", Minimum: 1),
        new OpParameter("bias", OpParameterType.Bool, "Whether biases are added.", true),
    };

    public override IReadOnlyList<string> ParameterLeaves { get; } = new[] { "weight", "bias" };

    public override string? Activation => "None";

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        if (c.Shape().Rank > 1)
        {
            throw c.Error(OpErrorKind.NeedsFlatten, null, $"{c.CallText} needs a vector but {c.Gives()}; add Flatten before it");
        }

        c.Require(0, 1, "a vector");
        int input = c.Shape()[0], features = c.Int("features"), outputs = checked(features * c.Int("pieces"));
        c.Parameter("weight", new Shape(outputs, input), input, outputs);
        if (c.Bool("bias"))
        {
            c.Parameter("bias", new Shape(outputs), input, outputs, Initializer.Zeros);
        }

        return (new Shape(features), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var z = b.MatMul(c.X, c.Parameters[0], transposeB: true);
        z = c.Parameters.Count > 1 ? b.Add(z, c.Parameters[1]) : z;
        int features = c.Int("features"), pieces = c.Int("pieces");
        var max = b.Reduce(ReduceOp.Max, b.Reshape(z, new Dims(new[] { z.Dims[0], (Dim)features, (Dim)pieces })), 2);
        return b.Reshape(max, new Dims(new[] { z.Dims[0], (Dim)features }));
    }

    public override long Macs(Node node, IReadOnlyList<Node> nodes) => nodes[node.Parameters[0]].Shape.Elements;
}
