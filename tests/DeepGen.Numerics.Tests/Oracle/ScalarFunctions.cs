using DeepGen.Generators.Graph;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>Functions for Map: the text a user writes, and the formula it is expected to become.</summary>
internal sealed record ScalarSample(string Name, string Source, ScalarExpr Body)
{
    private static readonly ScalarExpr X = new ScalarArgument(0);

    public ScalarFunction Function => new(Name, 1, Body);

    public static IReadOnlyList<ScalarSample> All { get; } =
    [
        new("Mish", "static float Mish(float x) => x * MathF.Tanh(MathF.Log(1f + MathF.Exp(x)));", Mul(X, F("Tanh", F("Log", Add(K(1), F("Exp", X)))))),
        new("Swish", "static float Swish(float x) => x / (1f + MathF.Exp(-x));", Bin("Div", X, Add(K(1), F("Exp", F("Neg", X))))),
        new("Elu", "static float Elu(float x) => x > 0f ? x : MathF.Exp(MathF.Min(x, 0f)) - 1f;", new ScalarSelect(Bin("Greater", X, K(0)), X, Bin("Sub", F("Exp", Bin("Min", X, K(0))), K(1)))),
        new("HardTanh", "static float HardTanh(float x) => MathF.Max(-0.5f, MathF.Min(0.5f, x));", Bin("Max", K(-0.5), Bin("Min", K(0.5), X))),
        new("Wave", "static float Wave(float x) => MathF.Sin(3f * x) * MathF.Cos(x) + MathF.Sqrt(MathF.Abs(x) + 0.25f);", Add(Mul(F("Sin", Mul(K(3), X)), F("Cos", X)), F("Sqrt", Add(F("Abs", X), K(0.25))))),
        new(
            "Gelu",
            "static float Gelu(float x)\n    {\n        var u = 0.79788456f * (x + 0.044715f * x * x * x);\n        return 0.5f * x * (1f + MathF.Tanh(u));\n    }",
            Mul(Mul(K(0.5), X), Add(K(1), F("Tanh", Mul(K(0.79788456), Add(X, Mul(Mul(Mul(K(0.044715), X), X), X))))))),
        new("Cube", "static float Cube(float x) => MathF.Pow(x, 3f);", Bin("Pow", X, K(3))),
    ];

    public static ScalarSample Get(string name) => All.Single(s => s.Name == name);

    private static ScalarExpr K(double value) => new ScalarConstant(value);

    private static ScalarExpr F(string f, ScalarExpr x) => new ScalarUnary(f, x);

    private static ScalarExpr Bin(string f, ScalarExpr x, ScalarExpr y) => new ScalarBinary(f, x, y);

    private static ScalarExpr Add(ScalarExpr x, ScalarExpr y) => Bin("Add", x, y);

    private static ScalarExpr Mul(ScalarExpr x, ScalarExpr y) => Bin("Mul", x, y);
}
