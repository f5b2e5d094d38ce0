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

/// <summary>0, 1, 2, … along the only axis that is not one.</summary>
internal sealed record IotaPrim : LeafPrim;

/// <summary>Uniform numbers in [0, 1), counter-based: the same for the same (seed, purpose, step, sample, element).</summary>
internal sealed record UniformPrim(int Purpose) : LeafPrim;

/// <summary>Inside a loop: what sequence <paramref name="Index"/> has at this step.</summary>
internal sealed record StepPrim(int Index) : LeafPrim;

/// <summary>Inside a loop: what state <paramref name="Index"/> is before this step.</summary>
internal sealed record CarryPrim(int Index) : LeafPrim;

/// <summary>Inside a loop: a tensor that is the same at every step.</summary>
internal sealed record SharedPrim(int Index) : LeafPrim;

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

/// <summary>[n, T, …] → [T·n, …]: all samples of a step side by side, so that a step is one matrix.</summary>
internal sealed record TimeMajorPrim : Prim;

/// <summary>[T·n, …] → [n, T, …]: the steps of a sample side by side, as callers and files have them.</summary>
internal sealed record SampleMajorPrim : Prim;

internal sealed record StopGradientPrim : Prim;

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

/// <summary>
/// A loop over time. Inputs: sequences [T·n, …], first states, and tensors that are the same at every step, in the order of the body's leaves. It has several results;
/// each is a <see cref="ScanOutputPrim"/> of it.
/// </summary>
/// <param name="Reverse">From the last step to the first.</param>
internal sealed record ScanPrim(ScanBody Body, bool Reverse) : Prim;

/// <summary>A result of a loop: the states after the last step, then the body's outputs of all steps, [T·n, …].</summary>
internal sealed record ScanOutputPrim(int Index) : Prim;
