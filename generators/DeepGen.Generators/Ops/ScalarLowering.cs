using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>A user's scalar function as pointwise primitives.</summary>
internal static class ScalarLowering
{
    public static Val Lower(IrBuilder b, ScalarExpr body, IReadOnlyList<Val> arguments)
    {
        Val Go(ScalarExpr e) => e switch
        {
            ScalarArgument a => arguments[a.Index],
            ScalarConstant k => b.Const((float)k.Value),
            ScalarUnary { Function: "Not" } u => b.Not(Go(u.X)),
            ScalarUnary u => b.Unary((UnaryOp)Enum.Parse(typeof(UnaryOp), u.Function), Go(u.X)),
            ScalarBinary { Function: "Less" } x => b.Binary(BinaryOp.Greater, Go(x.Y), Go(x.X)),
            ScalarBinary { Function: "LessOrEqual" } x => b.Binary(BinaryOp.GreaterOrEqual, Go(x.Y), Go(x.X)),
            ScalarBinary { Function: "NotEqual" } x => b.Not(b.Binary(BinaryOp.Equal, Go(x.X), Go(x.Y))),
            ScalarBinary x => b.Binary((BinaryOp)Enum.Parse(typeof(BinaryOp), x.Function), Go(x.X), Go(x.Y)),
            ScalarSelect s => b.Select(Go(s.Condition), Go(s.WhenTrue), Go(s.WhenFalse)),
            _ => throw new InvalidOperationException("Unknown scalar expression " + e.GetType().Name),
        };

        var y = Go(body);
        // A constant function still gives a value for every element.
        return b.Broadcast(y, arguments.Select(a => a.Dims).Aggregate(IrBuilder.Broadcast));
    }
}
