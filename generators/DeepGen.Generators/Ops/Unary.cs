using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>One function of the primitives, applied to every element.</summary>
internal abstract class Unary : Elementwise
{
    protected abstract UnaryOp Operation { get; }

    public override Val Lower(LowerContext c) => c.B.Unary(Operation, c.X);
}

internal sealed class Negate : Unary
{
    public override string Name => "Negate";

    public override string Summary => "The negative of every value: also the unary - of a tensor.";

    public override string Formula => "y = −x";

    public override string Gradient => "dx = −dy";

    public override bool KeepsScale => true;

    protected override UnaryOp Operation => UnaryOp.Neg;
}

internal sealed class Exp : Unary
{
    public override string Name => "Exp";

    public override string Summary => "Exponential function.";

    public override string Formula => "y = e^x";

    public override string Gradient => "dx = dy·y";

    protected override UnaryOp Operation => UnaryOp.Exp;
}

internal sealed class Log : Unary
{
    public override string Name => "Log";

    public override string Summary => "Natural logarithm: −∞ at 0, NaN below.";

    public override string Formula => "y = ln x";

    public override string Gradient => "dx = dy/x";

    protected override UnaryOp Operation => UnaryOp.Log;
}

internal sealed class Sqrt : Unary
{
    public override string Name => "Sqrt";

    public override string Summary => "Square root. Its derivative at 0 is infinite: add a small number first where 0 can come.";

    public override string Formula => "y = √x";

    public override string Gradient => "dx = dy/(2·y), infinite at 0 as in PyTorch";

    protected override UnaryOp Operation => UnaryOp.Sqrt;
}

internal sealed class Abs : Unary
{
    public override string Name => "Abs";

    public override string Summary => "Absolute value.";

    public override string Formula => "y = |x|";

    public override string Gradient => "dx = dy·sign(x), 0 at 0 as in PyTorch";

    protected override UnaryOp Operation => UnaryOp.Abs;
}

internal sealed class StopGradient : Elementwise
{
    public override string Name => "StopGradient";

    public override string Summary => "The same values; no gradient passes through.";

    public override string Formula => "y = x";

    public override string Gradient => "dx = 0";

    public override string Fuses => "costs nothing";

    public override bool KeepsScale => true;

    public override Val Lower(LowerContext c) => c.B.StopGradient(c.X);
}
