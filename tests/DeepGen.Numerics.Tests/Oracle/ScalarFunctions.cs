using DeepGen.Generators.Graph;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>Functions for Map: the text a user writes, and the formula it is expected to become.</summary>
internal sealed record ScalarSample(string Name, string Source, ScalarExpr Body)
{
    private static readonly ScalarExpr X = new ScalarArgument(0);
    private static readonly ScalarExpr Y = new ScalarArgument(1);
    private static readonly ScalarExpr Z = new ScalarArgument(2);

    /// <summary>How many elements it takes.</summary>
    public int Arity { get; init; } = 1;

    public ScalarFunction Function => new(Name, Arity, Body);

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

    /// <summary>Functions of several elements.</summary>
    public static IReadOnlyList<ScalarSample> Several { get; } =
    [
        new("Hypot", "static float Hypot(float x, float y) => MathF.Sqrt(x * x + y * y + 0.25f);", F("Sqrt", Add(Add(Mul(X, X), Mul(Y, Y)), K(0.25)))) { Arity = 2 },
        new("Gate", "static float Gate(float x, float y, float z) => z > 0f ? x * MathF.Tanh(y) : y - x;", new ScalarSelect(Bin("Greater", Z, K(0)), Mul(X, F("Tanh", Y)), Bin("Sub", Y, X))) { Arity = 3 },
        // A pair for Custom: the derivative is that of forward, written by its result.
        new("Root", "static float Root(float x) => MathF.Sqrt(x * x + 1f);", F("Sqrt", Add(Mul(X, X), K(1)))),
        new("RootBackward", "static float RootBackward(float x, float y, float dy) => dy * x / y;", Bin("Div", Mul(Z, X), Y)) { Arity = 3 },
        new("Seven", "static float Seven(float x) => 7f;", K(7)),
        new("Nothing", "static float Nothing(float x, float y, float dy) => 0f;", K(0)) { Arity = 3 },
    ];

    public static ScalarSample Get(string name) => All.Concat(Several).Single(s => s.Name == name);

    private static ScalarExpr K(double value) => new ScalarConstant(value);

    private static ScalarExpr F(string f, ScalarExpr x) => new ScalarUnary(f, x);

    private static ScalarExpr Bin(string f, ScalarExpr x, ScalarExpr y) => new ScalarBinary(f, x, y);

    private static ScalarExpr Add(ScalarExpr x, ScalarExpr y) => Bin("Add", x, y);

    private static ScalarExpr Mul(ScalarExpr x, ScalarExpr y) => Bin("Mul", x, y);
}
