using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>An operator on two tensors, or a tensor and a number; axes are aligned from the right and extents of one are repeated.</summary>
internal abstract class Arithmetic : OpDefinition
{
    public override OpForm Form => OpForm.Operator;

    public override IReadOnlyList<string> Inputs { get; } = new[] { "a", "b" };

    public override string ShapeRule => "equal shapes, or shapes that broadcast: aligned from the right, an extent of 1 is repeated";

    public override string Fuses => "computed while the newest of its operands is stored: a residual sum in the convolution that ends the branch, with the activation after it";

    public override bool KeepsScale => true;

    protected abstract BinaryOp Operation { get; }

    /// <summary>The operator as C# writes it.</summary>
    public abstract string Symbol { get; }

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        c.RequireFloat(1);
        Shape a = c.Shape(0), b = c.Shape(1);
        var rank = Math.Max(a.Rank, b.Rank);
        var result = new int[rank];
        for (var i = 0; i < rank; i++)
        {
            var x = i - (rank - a.Rank) is >= 0 and var p ? a[p] : 1;
            var y = i - (rank - b.Rank) is >= 0 and var q ? b[q] : 1;
            if (x != y && x != 1 && y != 1)
            {
                throw c.Error(OpErrorKind.ShapesDiffer, null, $"'{Symbol}' needs equal shapes but its operands are {a} and {b}");
            }

            result[i] = x == 1 ? y : x;
        }

        return (new Shape(result), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var rank = c.Node.Shape.Rank;
        return c.B.Binary(Operation, c.Aligned(0, rank), c.Aligned(1, rank));
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
