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

/// <summary>What a sample counts in the loss: 1 over the samples of the step, of which the batch may be a part.</summary>
internal sealed record SampleSharePrim : LeafPrim;

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

    /// <summary>Σ(x − mean)².</summary>
    SquaredDeviations,
}

/// <summary>A reduction that keeps the reduced axes as extents of one.</summary>
internal sealed record ReducePrim(ReduceOp Op, EquatableArray<int> Axes) : Prim;

internal sealed record ReshapePrim : Prim;

/// <summary>[n, T, …] → [T·n, …]: all samples of a step side by side, so that a step is one matrix.</summary>
internal sealed record TimeMajorPrim : Prim;

/// <summary>[T·n, …] → [n, T, …]: the steps of a sample side by side, as callers and files have them.</summary>
internal sealed record SampleMajorPrim : Prim;

/// <summary>The same value, with no derivative, or with one that the user wrote: dx = Gradient(x, y, dy).</summary>
/// <param name="X">What a gradient of the user's own is with respect to. No input: only the gradient reads it.</param>
internal sealed record StopGradientPrim(Val? X = null, ScalarExpr? Gradient = null) : Prim;

internal sealed record ConcatPrim(int Axis) : Prim;

internal sealed record SlicePrim(int Axis, int Start) : Prim;

/// <summary>The same elements with their axes in another order: axis i of the result is axis Axes[i] of the input.</summary>
internal sealed record PermutePrim(EquatableArray<int> Axes) : Prim;

internal enum AxisRule
{
    /// <summary>Zeros before and after.</summary>
    Zero,

    /// <summary>What lies inside, mirrored at the first and the last element.</summary>
    Reflect,

    /// <summary>The first and the last element repeated.</summary>
    Replicate,

    /// <summary>Every element repeated Scale times.</summary>
    Nearest,

    /// <summary>Interpolated between the two nearest elements.</summary>
    Linear,
}

/// <summary>A sparse linear map of one axis: every element of the result is a weighted sum of a few of the <paramref name="Size"/> elements.</summary>
internal sealed record AxisMap(AxisRule Rule, int Size, int Before = 0, int After = 0, int Scale = 1, bool AlignCorners = false)
{
    public int Out => checked((Size * Scale) + Before + After);
}

/// <summary>Applies a map to each of the last two axes of [n, C, H, W]; or their transposes, which are the gradient: padding and cropping, enlarging and its reverse.</summary>
internal sealed record ResamplePrim(AxisMap Rows, AxisMap Columns, bool Transposed) : Prim;

/// <summary>Rows of x [R, …] (or, x per sample, [n, R, …]) at the indices [n, K…] → [n, K…, …]. Index <paramref name="Padding"/> gives zeros.</summary>
internal sealed record GatherPrim(int Padding) : Prim;

/// <summary>dy, indices → dx: each row of x gets the sum of dy where its index stands, in the order of the indices.</summary>
internal sealed record ScatterAddPrim(int Padding) : Prim;

/// <summary>
/// A [m, k] · B [k, n], either one stored transposed. Leading axes that both have are a product for each; where B has none, those of A are rows.
/// </summary>
internal sealed record MatMulPrim(bool TransposeA, bool TransposeB) : Prim;

/// <summary>Strides, padding and so on, one number per spatial axis.</summary>
internal sealed record WindowSpec(EquatableArray<int> Kernel, EquatableArray<int> Stride, EquatableArray<int> PadBefore, EquatableArray<int> PadAfter, EquatableArray<int> Dilation, int Groups)
{
    /// <summary>The part of PadAfter that only the last window of ceil mode sees: it counts in no mean.</summary>
    public EquatableArray<int> Overhang { get; init; } = new(Kernel.Select(_ => 0));

    /// <summary>Elements of the window.</summary>
    public int Taps => Kernel.Aggregate(1, (n, k) => checked(n * k));

    public int Out(int axis, int size) => (size + PadBefore[axis] + PadAfter[axis] - ((Kernel[axis] - 1) * Dilation[axis]) - 1) / Stride[axis] + 1;

    /// <summary>The window over some of the axes.</summary>
    public WindowSpec Part(int first, int count)
    {
        EquatableArray<int> Of(EquatableArray<int> all) => new(all.Skip(first).Take(count));
        return new WindowSpec(Of(Kernel), Of(Stride), Of(PadBefore), Of(PadAfter), Of(Dilation), Groups) { Overhang = Of(Overhang) };
    }

    /// <summary>The window with one more axis, over which it has one element.</summary>
    public WindowSpec WithPoint()
    {
        static EquatableArray<int> And(EquatableArray<int> all, int last) => new(all.Append(last));
        return new WindowSpec(And(Kernel, 1), And(Stride, 1), And(PadBefore, 0), And(PadAfter, 0), And(Dilation, 1), Groups) { Overhang = And(Overhang, 0) };
    }
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

/// <summary>x, g → the value of g where x has its maximum, for each window.</summary>
internal sealed record MaxPoolPickPrim(WindowSpec Window) : Prim;

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
