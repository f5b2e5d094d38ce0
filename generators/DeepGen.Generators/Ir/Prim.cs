using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Ir;

/// <summary>A primitive: the small core every op lowers to. Compared by value, so that equal computations become one.</summary>
internal abstract record Prim;

/// <summary>A tensor that exists before the program runs.</summary>
internal abstract record LeafPrim : Prim;

internal sealed record InputPrim(int Index) : LeafPrim;

internal sealed record TargetPrim(int Index) : LeafPrim;

/// <param name="Node">Id of the parameter's node in the layer graph.</param>
internal sealed record ParameterPrim(int Node) : LeafPrim;

internal sealed record ConstPrim(float Value) : LeafPrim;

/// <summary>1/n, n the batch.</summary>
internal sealed record InverseBatchPrim : LeafPrim;

/// <summary>n, the batch.</summary>
internal sealed record BatchPrim : LeafPrim;

/// <summary>The gradient of output <paramref name="Index"/>, from the loss or handed in.</summary>
internal sealed record SeedPrim(int Index) : LeafPrim;

/// <summary>Numbers of the source, such as one weight per class.</summary>
internal sealed record TablePrim(EquatableArray<float> Values) : LeafPrim;

/// <summary>0, 1, 2, … along the only axis that is not one.</summary>
internal sealed record IotaPrim : LeafPrim;

/// <summary>Uniform numbers in [0, 1), counter-based: the same for the same (seed, purpose, step, sample, element).</summary>
internal sealed record UniformPrim(int Purpose) : LeafPrim;

internal abstract record PointwisePrim : Prim;

internal enum UnaryOp
{
    Neg,
    Exp,
    Log,
    Sqrt,
    Tanh,
    Sigmoid,
    Abs,
    Sin,
    Cos,
    Floor,
    Reciprocal,
    Erf,

    /// <summary>eˣ − 1 and ln(1 + x), with their digits near 0.</summary>
    Expm1,
    Log1p,
}

internal enum BinaryOp
{
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Pow,

    /// <summary>Comparisons give a mask, which only Select, And, Or and Not take.</summary>
    Greater,
    GreaterOrEqual,
    Equal,
    And,
    Or,
}

internal sealed record UnaryPrim(UnaryOp Op) : PointwisePrim;

/// <summary>x where x is positive, else slope·x. A primitive because its derivative is known from its output, so that the input need not be kept.</summary>
internal sealed record LeakyReluPrim(float Slope) : PointwisePrim;

internal sealed record NotPrim : PointwisePrim;

/// <summary>The same value with extents of one repeated.</summary>
internal sealed record BroadcastPrim : PointwisePrim;

internal sealed record BinaryPrim(BinaryOp Op) : PointwisePrim;

internal sealed record SelectPrim : PointwisePrim;

/// <summary>The same value in a place of its own: a result that would otherwise share one with an input or with another result.</summary>
internal sealed record CopyPrim : PointwisePrim;

internal enum ReduceOp
{
    Sum,
    Max,
}

/// <summary>A reduction that keeps the reduced axes as extents of one.</summary>
internal sealed record ReducePrim(ReduceOp Op, EquatableArray<int> Axes) : Prim;

internal sealed record ReshapePrim : Prim;

/// <summary>The same value, with no derivative, or with one that the user wrote: dx = Gradient(x, y, dy).</summary>
/// <param name="X">What a gradient of the user's own is with respect to. No input: only the gradient reads it.</param>
internal sealed record StopGradientPrim(Val? X = null, ScalarExpr? Gradient = null) : Prim;

internal sealed record ConcatPrim(int Axis) : Prim;

internal sealed record SlicePrim(int Axis, int Start) : Prim;

/// <summary>A [m, k] · B [k, n], either one stored transposed.</summary>
internal sealed record MatMulPrim(bool TransposeA, bool TransposeB) : Prim;

/// <summary>Strides, padding and so on, one number per spatial axis.</summary>
internal sealed record WindowSpec(EquatableArray<int> Kernel, EquatableArray<int> Stride, EquatableArray<int> PadBefore, EquatableArray<int> PadAfter, EquatableArray<int> Dilation, int Groups)
{
    public int Out(int axis, int size) => (size + PadBefore[axis] + PadAfter[axis] - ((Kernel[axis] - 1) * Dilation[axis]) - 1) / Stride[axis] + 1;
}

/// <summary>x [n, C, …], w [O, C/groups, …].</summary>
internal sealed record ConvPrim(WindowSpec Window) : Prim;

/// <summary>dy, w → dx.</summary>
internal sealed record ConvGradInputPrim(WindowSpec Window) : Prim;

/// <summary>x, dy → dw.</summary>
internal sealed record ConvGradWeightPrim(WindowSpec Window) : Prim;

internal sealed record MaxPoolPrim(WindowSpec Window) : Prim;

/// <summary>x, dy → dx.</summary>
internal sealed record MaxPoolGradPrim(WindowSpec Window) : Prim;

/// <param name="CountPadding">Whether padded zeros count in the mean.</param>
internal sealed record AvgPoolPrim(WindowSpec Window, bool CountPadding) : Prim;

/// <summary>dy → dx.</summary>
internal sealed record AvgPoolGradPrim(WindowSpec Window, bool CountPadding) : Prim;
