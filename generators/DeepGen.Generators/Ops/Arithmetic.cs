using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>An elementwise function of several tensors or numbers; axes are aligned from the right and extents of one are repeated.</summary>
internal abstract class Broadcasting : OpDefinition
{
    public const string Rule = "equal shapes, or shapes that broadcast: aligned from the right, an extent of 1 is repeated";

    public override OpForm Form => OpForm.Method;

    public override IReadOnlyList<string> Inputs { get; } = new[] { "a", "b" };

    public override string ShapeRule => Rule;

    public override string Fuses => "computed while the newest of its operands is stored: a residual sum in the convolution that ends the branch, with the activation after it";

    /// <summary>What a message calls it.</summary>
    protected virtual string Label => Name;

    /// <summary>Whether an input may hold integers: they are compared, not computed with.</summary>
    protected virtual bool TakesIntegers(int input) => false;

    public override (Shape Shape, Element Element) Infer(OpContext c) => (Common(c, Label, TakesIntegers), Element.Float32);

    /// <summary>Axes are aligned from the right; where an extent of one is repeated, every place sees it.</summary>
    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input)
    {
        var shape = nodes[node.Inputs[input]].Shape;
        var offset = node.Shape.Rank - shape.Rank;
        return Enumerable.Range(0, shape.Rank).Select(axis => shape[axis] == node.Shape[offset + axis] ? AxisSight.Same(offset + axis) : null).ToArray();
    }

    /// <summary>The shape that all inputs are repeated to.</summary>
    public static Shape Common(OpContext c, string label, Func<int, bool> takesIntegers)
    {
        var result = new int[c.Inputs.Max(i => i.Shape.Rank)];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = 1;
        }

        for (var input = 0; input < c.Inputs.Count; input++)
        {
            if (!takesIntegers(input))
            {
                c.RequireFloat(input);
            }

            var shape = c.Shape(input);
            for (var i = 0; i < shape.Rank; i++)
            {
                var at = result.Length - shape.Rank + i;
                if (shape[i] != result[at] && shape[i] != 1 && result[at] != 1)
                {
                    var shapes = c.Inputs.Select(n => n.Shape.ToString()).ToArray();
                    var list = string.Join(", ", shapes.Take(shapes.Length - 1)) + " and " + shapes[shapes.Length - 1];
                    throw c.Error(OpErrorKind.ShapesDiffer, null, $"{label} needs equal shapes but its operands are {list}");
                }

                result[at] = shape[i] == 1 ? result[at] : shape[i];
            }
        }

        return new Shape(result);
    }

    /// <summary>The inputs, their axes and batches aligned.</summary>
    public static Val[] Aligned(LowerContext c) => c.Inputs.Select((_, i) => c.Aligned(i, c.Node.Shape.Rank)).ToArray();
}

/// <summary>An operator on two tensors, or a tensor and a number.</summary>
internal abstract class Arithmetic : Broadcasting
{
    public override OpForm Form => OpForm.Operator;

    public override bool KeepsScale => true;

    protected override string Label => $"'{Symbol}'";

    protected abstract BinaryOp Operation { get; }

    /// <summary>The operator as C# writes it.</summary>
    public abstract string Symbol { get; }

    public override Val Lower(LowerContext c)
    {
        var x = Aligned(c);
        return c.B.Binary(Operation, x[0], x[1]);
    }
}

internal sealed class AddOp : Arithmetic
{
    public override string Name => "Add";

    public override string Summary => "Sum: the + of two tensors, or of a tensor and a number.";

    public override string Formula => "y = a + b";

    public override string Gradient => "da = dy, db = dy, each summed over the axes along which its operand was repeated";

    protected override BinaryOp Operation => BinaryOp.Add;

    public override string Symbol => "+";
}

internal sealed class SubtractOp : Arithmetic
{
    public override string Name => "Subtract";

    public override string Summary => "Difference: the - of two tensors, or of a tensor and a number.";

    public override string Formula => "y = a − b";

    public override string Gradient => "da = dy, db = −dy, each summed over the axes along which its operand was repeated";

    protected override BinaryOp Operation => BinaryOp.Sub;

    public override string Symbol => "-";
}

internal sealed class MultiplyOp : Arithmetic
{
    public override string Name => "Multiply";

    public override string Summary => "Elementwise product: the * of two tensors, or of a tensor and a number.";

    public override string Formula => "y = a · b";

    public override string Gradient => "da = dy·b, db = dy·a, each summed over the axes along which its operand was repeated";

    protected override BinaryOp Operation => BinaryOp.Mul;

    public override string Symbol => "*";
}

internal sealed class DivideOp : Arithmetic
{
    public override string Name => "Divide";

    public override string Summary => "Elementwise quotient: the / of two tensors, or of a tensor and a number.";

    public override string Formula => "y = a / b";

    public override string Gradient => "da = dy/b, db = −dy·y/b, each summed over the axes along which its operand was repeated";

    protected override BinaryOp Operation => BinaryOp.Div;

    public override string Symbol => "/";
}

internal sealed class Pow : Broadcasting
{
    public override string Name => "Pow";

    public override string Summary => "Power of each value; the exponent is a number or a tensor. A negative base has powers of whole exponents only.";

    public override string Formula => "y = a^b";

    public override string Gradient => "da = dy·b·a^(b−1), and 0 for b = 0; db = dy·y·ln a, and 0 for a = 0 ≤ b; as in PyTorch";

    public override Val Lower(LowerContext c)
    {
        var x = Aligned(c);
        return c.B.Binary(BinaryOp.Pow, x[0], x[1]);
    }
}

/// <summary>The greater or smaller of two values. Where they are equal, each gets half of the gradient.</summary>
internal abstract class Extremum : Broadcasting
{
    protected abstract bool Greatest { get; }

    public override string Gradient => "dy to the one that was taken, half to each where both are equal, as in PyTorch; summed over the axes along which the operand was repeated";

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var x = Aligned(c);
        Val above = b.Binary(BinaryOp.Greater, x[0], x[1]), below = b.Binary(BinaryOp.Greater, x[1], x[0]);
        // NaN is neither above nor below, and the mean of both is NaN.
        var equal = b.Add(b.Mul(x[0], b.Const(0.5f)), b.Mul(x[1], b.Const(0.5f)));
        return b.Select(above, x[Greatest ? 0 : 1], b.Select(below, x[Greatest ? 1 : 0], equal));
    }
}

internal sealed class Maximum : Extremum
{
    public override string Name => "Maximum";

    public override string Summary => "The greater of two values, elementwise; NaN when either is.";

    public override string Formula => "y = max(a, b)";

    protected override bool Greatest => true;
}

internal sealed class Minimum : Extremum
{
    public override string Name => "Minimum";

    public override string Summary => "The smaller of two values, elementwise; NaN when either is.";

    public override string Formula => "y = min(a, b)";

    protected override bool Greatest => false;
}

/// <summary>A comparison: 1 where it holds, 0 elsewhere, so that a mask can be multiplied, summed, and chosen by.</summary>
internal abstract class Comparison : Arithmetic
{
    public override string Gradient => "none";

    public override bool KeepsScale => false;

    public override string Formula => $"y = [a {Symbol} b]";

    public override string Fuses => "costs one instruction where it is used";

    protected override bool TakesIntegers(int input) => true;

    protected virtual bool Swaps => false;

    public override Val Lower(LowerContext c)
    {
        var x = Aligned(c);
        return c.B.Select(c.B.Binary(Operation, x[Swaps ? 1 : 0], x[Swaps ? 0 : 1]), c.B.Const(1), c.B.Const(0));
    }

    /// <summary>What a mask says, as a condition again.</summary>
    public static Val Condition(IrBuilder b, Val mask) =>
        mask.Prim is SelectPrim && mask.Inputs[1].IsConst(1) && mask.Inputs[2].IsConst(0)
            ? mask.Inputs[0]
            : b.Not(b.Binary(BinaryOp.Equal, mask, b.Const(0)));
}

internal sealed class Greater : Comparison
{
    public override string Name => "Greater";

    public override string Summary => "1 where a > b, else 0: the > of two tensors, or of a tensor and a number; integers may be compared too.";

    protected override BinaryOp Operation => BinaryOp.Greater;

    public override string Symbol => ">";
}

internal sealed class GreaterOrEqual : Comparison
{
    public override string Name => "GreaterOrEqual";

    public override string Summary => "1 where a ≥ b, else 0: the >= of two tensors, or of a tensor and a number; integers may be compared too.";

    protected override BinaryOp Operation => BinaryOp.GreaterOrEqual;

    public override string Symbol => ">=";
}

internal sealed class Less : Comparison
{
    public override string Name => "Less";

    public override string Summary => "1 where a < b, else 0: the < of two tensors, or of a tensor and a number; integers may be compared too.";

    protected override BinaryOp Operation => BinaryOp.Greater;

    protected override bool Swaps => true;

    public override string Symbol => "<";
}

internal sealed class LessOrEqual : Comparison
{
    public override string Name => "LessOrEqual";

    public override string Summary => "1 where a ≤ b, else 0: the <= of two tensors, or of a tensor and a number; integers may be compared too.";

    protected override BinaryOp Operation => BinaryOp.GreaterOrEqual;

    protected override bool Swaps => true;

    public override string Symbol => "<=";
}

internal sealed class EqualTo : Comparison
{
    public override string Name => "EqualTo";

    public override string Summary => "1 where a = b, else 0; integers may be compared too: tokens.EqualTo(0) marks the padding.";

    // The == of C# compares references.
    public override OpForm Form => OpForm.Method;

    protected override BinaryOp Operation => BinaryOp.Equal;

    public override string Symbol => "=";
}

internal sealed class Where : Broadcasting
{
    public override string Name => "Where";

    public override string Summary => "Chooses between two values by a condition, such as x > 0; what is not 0 counts as true. Tensor.Where(condition, a, b).";

    public override string Formula => "y = a where condition ≠ 0, else b";

    public override string Gradient => "da = dy where condition ≠ 0, db = dy elsewhere, each summed over the axes along which its operand was repeated; the condition has none";

    public override OpForm Form => OpForm.Static;

    public override IReadOnlyList<string> Inputs { get; } = new[] { "condition", "a", "b" };

    protected override bool TakesIntegers(int input) => input == 0;

    public override Val Lower(LowerContext c)
    {
        var x = Aligned(c);
        return c.B.Select(Comparison.Condition(c.B, x[0]), x[1], x[2]);
    }
}
