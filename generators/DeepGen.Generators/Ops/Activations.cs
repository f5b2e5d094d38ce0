using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>An elementwise function: the shape stays.</summary>
internal abstract class Elementwise : OpDefinition
{
    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) => AxisSight.Each(node.Shape.Rank);

    public override string ShapeRule => "any shape, unchanged";

    public override string Fuses => "computed while the convolution, Dense or pool before it stores its result; its derivative while the gradient that reaches it is stored";

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        return (c.Shape(), Element.Float32);
    }
}

internal sealed class Relu : Elementwise
{
    public override string Name => "Relu";

    public override string Summary => "Rectified linear unit.";

    public override string Formula => "y = max(x, 0)";

    public override string Source => "Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines";

    public override string Gradient => "dx = dy where y > 0, else 0; read from the output, so the input is not kept";

    public override string? Activation => "Relu";

    public override Val Lower(LowerContext c) => c.B.LeakyRelu(c.X, 0);
}

internal sealed class LeakyRelu : Elementwise
{
    public override string Name => "LeakyRelu";

    public override string Summary => "Rectified linear unit with a small slope for negative values.";

    public override string Formula => "y = x for x > 0, slope·x otherwise";

    public override string Source => "Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models";

    public override string Gradient => "dx = dy where y > 0, else slope·dy; read from the output, so the input is not kept";

    public override string? Activation => "Relu";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("slope", OpParameterType.Float, "Slope of the negative side, at least 0.", 0.01f, 0),
    };

    public override Val Lower(LowerContext c) => c.B.LeakyRelu(c.X, c.Float("slope"));
}

internal sealed class Sigmoid : Elementwise
{
    public override string Name => "Sigmoid";

    public override string Summary => "Logistic function.";

    public override string Formula => "y = 1 / (1 + e^−x)";

    public override string Gradient => "dx = dy·y·(1 − y); read from the output, so the input is not kept";

    public override string? Activation => "Sigmoid";

    public override Val Lower(LowerContext c) => c.B.Unary(UnaryOp.Sigmoid, c.X);
}

internal sealed class Tanh : Elementwise
{
    public override string Name => "Tanh";

    public override string Summary => "Hyperbolic tangent.";

    public override string Formula => "y = tanh x";

    public override string Source => "LeCun et al. 1998, Efficient backprop";

    public override string Gradient => "dx = dy·(1 − y²); read from the output, so the input is not kept";

    public override string? Activation => "Tanh";

    public override Val Lower(LowerContext c) => c.B.Unary(UnaryOp.Tanh, c.X);
}

/// <summary>Over the first axis: classes of a vector, channels of a map at each position.</summary>
internal abstract class OverChannels : Elementwise
{
    public override string ShapeRule => "[C, …], unchanged";

    public override string Fuses => "over a vector maximum, sum and result are one pass over each row, and so is the gradient; over a map maximum and sum are passes of their own";

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        return c.Shape().Rank > 0 ? (c.Shape(), Element.Float32) : throw c.Error(OpErrorKind.Rank, null, $"{Name} needs a vector or a map but {c.Gives()}");
    }

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) => AxisSight.Each(node.Shape.Rank).Select((sight, axis) => axis == 0 ? null : sight).ToArray();

    protected static int ChannelAxis(LowerContext c) => c.X.Dims.HasBatch ? 1 : 0;
}

internal sealed class Softmax : OverChannels
{
    public override string Name => "Softmax";

    public override string Summary => "Probabilities over the first axis: classes of a vector, channels of a map (at each position).";

    public override string Formula => "y[c] = e^(x[c] − m) / Σ_k e^(x[k] − m), m = max_k x[k]";

    public override string Gradient => "dx[c] = y[c]·(dy[c] − Σ_k dy[k]·y[k])";

    public override Val Lower(LowerContext c)
    {
        var axis = ChannelAxis(c);
        var e = c.B.Unary(UnaryOp.Exp, c.B.Sub(c.X, c.B.StopGradient(c.B.Reduce(ReduceOp.Max, c.X, axis))));
        return c.B.Mul(e, c.B.Unary(UnaryOp.Reciprocal, c.B.Sum(e, axis)));
    }
}

internal sealed class Map : Elementwise
{
    public override string Name => "Map";

    public override string Summary => "A static float method of yours applied to every element, or to the elements of several tensors: x.Map(f), Tensor.Map(f, a, b). Differentiated and fused at build time.";

    public override string Formula => "y = f(x); y = f(a, b), y = f(a, b, c)";

    public override string ShapeRule => "any shape, unchanged; several: " + Broadcasting.Rule;

    public override string Gradient => "dx = dy·f′(x), f′ from the gradient table of the primitives that f is made of; of several tensors the partial derivatives";

    public override OpForm Form => OpForm.Method;

    public override string? Activation => "None";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("function", OpParameterType.Function, "A static method from float to float, of arithmetic, MathF and conditionals."),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c) => (Broadcasting.Common(c, Name, _ => false), Element.Float32);

    public override Val Lower(LowerContext c) => ScalarLowering.Lower(c.B, c.Function("function").Body, Broadcasting.Aligned(c));
}
