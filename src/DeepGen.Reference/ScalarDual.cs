using DeepGen.Generators.Graph;

namespace DeepGen.Reference;

/// <summary>A user's scalar function in dual numbers (value, derivative): forward differentiation, where the compiler works backward.</summary>
internal readonly record struct ScalarDual(double Value, double Derivative)
{
    /// <param name="x">The function's arguments.</param>
    /// <param name="by">Which of them the derivative is by; -1 for none.</param>
    public static ScalarDual Evaluate(ScalarExpr e, double[] x, int by) => e switch
    {
        ScalarArgument a => new(x[a.Index], a.Index == by ? 1 : 0),
        // The user's text is float arithmetic, so its literals are floats.
        ScalarConstant k => new((float)k.Value, 0),
        ScalarUnary u => Unary(u.Function, Evaluate(u.X, x, by)),
        ScalarBinary b => Binary(b.Function, Evaluate(b.X, x, by), Evaluate(b.Y, x, by)),
        ScalarSelect s => Evaluate(s.Condition, x, by).Value != 0 ? Evaluate(s.WhenTrue, x, by) : Evaluate(s.WhenFalse, x, by),
        _ => throw new NotSupportedException(e.GetType().Name),
    };

    private static ScalarDual Unary(string function, ScalarDual x)
    {
        var (v, d) = x;
        return function switch
        {
            "Exp" => new(Math.Exp(v), d * Math.Exp(v)),
            "Log" => new(Math.Log(v), d / v),
            "Sqrt" => new(Math.Sqrt(v), d / (2 * Math.Sqrt(v))),
            "Tanh" => new(Math.Tanh(v), d * (1 - (Math.Tanh(v) * Math.Tanh(v)))),
            "Sigmoid" => new(1 / (1 + Math.Exp(-v)), d / (1 + Math.Exp(-v)) / (1 + Math.Exp(v))),
            "Abs" => new(Math.Abs(v), v > 0 ? d : v < 0 ? -d : 0),
            "Neg" => new(-v, -d),
            "Reciprocal" => new(1 / v, -d / (v * v)),
            "Sin" => new(Math.Sin(v), d * Math.Cos(v)),
            "Cos" => new(Math.Cos(v), -d * Math.Sin(v)),
            "Floor" => new(Math.Floor(v), 0),
            "Not" => new(v == 0 ? 1 : 0, 0),
            _ => throw new NotSupportedException(function),
        };
    }

    private static ScalarDual Binary(string function, ScalarDual x, ScalarDual y)
    {
        var (a, da) = x;
        var (b, db) = y;
        static ScalarDual Truth(bool t) => new(t ? 1 : 0, 0);
        return function switch
        {
            "Add" => new(a + b, da + db),
            "Sub" => new(a - b, da - db),
            "Mul" => new(a * b, (da * b) + (a * db)),
            "Div" => new(a / b, ((da * b) - (a * db)) / (b * b)),
            "Min" => a <= b ? x : y,
            "Max" => a >= b ? x : y,
            "Pow" => new(Math.Pow(a, b), (da == 0 ? 0 : da * b * Math.Pow(a, b - 1)) + (db == 0 ? 0 : db * Math.Log(a) * Math.Pow(a, b))),
            "Less" => Truth(a < b),
            "LessOrEqual" => Truth(a <= b),
            "Greater" => Truth(a > b),
            "GreaterOrEqual" => Truth(a >= b),
            "Equal" => Truth(a == b),
            "NotEqual" => Truth(a != b),
            "And" => Truth(a != 0 && b != 0),
            "Or" => Truth(a != 0 || b != 0),
            _ => throw new NotSupportedException(function),
        };
    }
}
