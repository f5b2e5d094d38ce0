namespace DeepGen.Generators.Graph;

/// <summary>A user's <c>static float f(float x)</c> as a formula; <c>Map</c> lowers it to primitives, so that its derivative comes from their gradient table.</summary>
internal sealed record ScalarFunction(string Name, int Arity, ScalarExpr Body);

internal abstract record ScalarExpr;

internal sealed record ScalarArgument(int Index) : ScalarExpr;

internal sealed record ScalarConstant(double Value) : ScalarExpr;

/// <param name="Function">Exp, Log, Sqrt, Tanh, Abs, Neg, Sin, Cos, Floor, Not.</param>
internal sealed record ScalarUnary(string Function, ScalarExpr X) : ScalarExpr;

/// <param name="Function">Add, Sub, Mul, Div, Min, Max, Pow, Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual, And, Or.</param>
internal sealed record ScalarBinary(string Function, ScalarExpr X, ScalarExpr Y) : ScalarExpr;

internal sealed record ScalarSelect(ScalarExpr Condition, ScalarExpr WhenTrue, ScalarExpr WhenFalse) : ScalarExpr;
