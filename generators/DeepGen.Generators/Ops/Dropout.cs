using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class Dropout : Elementwise
{
    public override string Name => "Dropout";

    public override string Summary => "Sets each value to zero with the given probability when training and scales the rest, so that inference needs nothing.";

    public override string Formula => "y = x·[u ≥ p]/(1 − p), u uniform from the counter (seed, step, sample, element)";

    public override string Source => "Srivastava et al. 2014, Dropout";

    public override string Gradient => "dx = dy·[u ≥ p]/(1 − p), u drawn again from the same counter, so no mask is kept";

    public override bool KeepsScale => true;

    public static OpParameter Probability { get; } = new("probability", OpParameterType.Float, "Probability that a value is dropped, in [0, 1).", 0.5f, 0);

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[] { Probability };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        CheckProbability(c);
        return base.Infer(c);
    }

    public static void CheckProbability(OpContext c)
    {
        if (!(c.Float("probability") < 1))
        {
            throw c.Error(OpErrorKind.Argument, "probability", $"{c.CallText}'s probability must be below 1, but is {new ConstValue(c.Float("probability"))}");
        }
    }

    public override Val Lower(LowerContext c)
    {
        var p = c.Float("probability");
        if (!c.Training || p == 0)
        {
            return c.X;
        }

        var u = c.B.Leaf(new UniformPrim(c.Node.Id), c.X.Dims);
        var keep = c.B.Binary(BinaryOp.GreaterOrEqual, u, c.B.Const(p));
        return c.B.Select(keep, c.B.Mul(c.X, c.B.Const(1f / (1f - p))), c.B.Const(0));
    }
}
