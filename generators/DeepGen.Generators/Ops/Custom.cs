using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class Custom : Elementwise
{
    public override string Name => "Custom";

    public override string Summary => "Two static float methods of yours: one computes every element, the other its derivative, in place of the one that would be derived. For rounding with a straight-through gradient, gradient reversal, clipped gradients.";

    public override string Formula => "y = forward(x)";

    public override string Gradient => "dx = backward(x, y, dy)";

    public override OpForm Form => OpForm.Method;

    public override string? Activation => "None";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("forward", OpParameterType.Function, "A static method from x to y, of arithmetic, MathF and conditionals."),
        new OpParameter("backward", OpParameterType.Function, "A static method from x, y and dy to dx, likewise.", Arity: 3),
    };

    public override Val Lower(LowerContext c) =>
        c.B.WithGradient(ScalarLowering.Lower(c.B, c.Function("forward").Body, new[] { c.X }), c.X, c.Function("backward").Body);
}
