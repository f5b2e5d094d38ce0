using System.Globalization;
using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DeepGen.Generators.Parsing;

// Functions given to Map: evaluated once with a symbol for the element, so that constants fold and both sides of a condition on it are kept.
internal sealed partial class Interpreter
{
    private const int MaxScalarSize = 2000;

    /// <summary>MathF's functions of one argument that have a derivative in the primitives' table.</summary>
    private static readonly Dictionary<string, string> ScalarFunctions = new(StringComparer.Ordinal)
    {
        ["Exp"] = "Exp",
        ["Log"] = "Log",
        ["Sqrt"] = "Sqrt",
        ["Tanh"] = "Tanh",
        ["Abs"] = "Abs",
        ["Sin"] = "Sin",
        ["Cos"] = "Cos",
        ["Floor"] = "Floor",
    };

    /// <summary>Evaluates a function given to Map or Custom.</summary>
    /// <param name="arity">How many elements it takes.</param>
    private ScalarFunction Function(DelegateValue function, IOperation use, int arity)
    {
        var cacheable = function.Captured is null;
        if (cacheable && scalarFunctions.TryGetValue(function.Method, out var known))
        {
            return known;
        }

        var token = Places.Identifier(use.Syntax);
        var result = CallDelegate(function, Enumerable.Range(0, arity).Select(i => (object?)new ScalarValue(new ScalarArgument(i), false, 1)).ToArray(), token);
        var name = function.Body is null ? function.Method.Name : "lambda";
        var scalar = new ScalarFunction(name, arity, (ToScalar(result) ?? throw Fail(Descriptors.NotDifferentiable, token, $"'{name}' must give a float")).Expr);
        if (cacheable)
        {
            scalarFunctions[function.Method] = scalar;
        }

        return scalar;
    }

    private object? CallDelegate(DelegateValue function, IReadOnlyList<object?> arguments, SyntaxNodeOrToken token)
    {
        if (function.Body is null)
        {
            return function.Method.DeclaringSyntaxReferences.IsEmpty && arguments.Count > 0 && IsMath(function.Method.ContainingType)
                ? MathCall(function.Method, arguments, token)
                : Call(function.Method, arguments, null, function.Captured, token, null);
        }

        if (depth >= MaxDepth)
        {
            throw Fail(Descriptors.TooDeep, token, "lambda", MaxDepth.ToString(CultureInfo.InvariantCulture));
        }

        var frame = new Frame(function.Method, function.Captured);
        for (var i = 0; i < function.Method.Parameters.Length; i++)
        {
            frame.Variables[function.Method.Parameters[i]] = i < arguments.Count ? arguments[i] : null;
        }

        var outer = calls;
        calls = new CallSite(calls, token);
        depth++;
        try
        {
            return Execute(function.Body, frame);
        }
        finally
        {
            depth--;
            calls = outer;
        }
    }

    private static bool IsMath(ITypeSymbol? type) => Symbols.IsSystem(type, "Math") || Symbols.IsSystem(type, "MathF");

    private static ScalarValue? ToScalar(object? value) => value switch
    {
        ScalarValue s => s.IsCondition ? null : s,
        float f => new ScalarValue(new ScalarConstant(f), false, 1),
        _ => null,
    };

    private ScalarValue Scalar(object? value, IOperation use) =>
        ToScalar(value) ?? throw Fail(Descriptors.NotDifferentiable, Places.Identifier(use.Syntax), "A function given to Map computes in float alone; this mixes another type with the element");

    private ScalarValue Make(ScalarExpr expr, bool isCondition, int size, SyntaxNodeOrToken token) =>
        size <= MaxScalarSize ? new ScalarValue(expr, isCondition, size) : throw Fail(Descriptors.NotDifferentiable, token, $"The function given to Map grows beyond {MaxScalarSize} operations");

    private ScalarValue ScalarArithmetic(BinaryOperatorKind kind, object? left, object? right, IOperation use)
    {
        var token = Places.Identifier(use.Syntax);
        if (kind is BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd && left is not null && right is not null)
        {
            return And(left, right, use) as ScalarValue ?? new ScalarValue(new ScalarConstant(0), true, 1);
        }

        if (kind is BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr && left is not null && right is not null)
        {
            return Or(left, right, use) as ScalarValue ?? new ScalarValue(new ScalarConstant(1), true, 1);
        }

        var (name, condition) = kind switch
        {
            BinaryOperatorKind.Add => ("Add", false),
            BinaryOperatorKind.Subtract => ("Sub", false),
            BinaryOperatorKind.Multiply => ("Mul", false),
            BinaryOperatorKind.Divide => ("Div", false),
            BinaryOperatorKind.Equals => ("Equal", true),
            BinaryOperatorKind.NotEquals => ("NotEqual", true),
            BinaryOperatorKind.LessThan => ("Less", true),
            BinaryOperatorKind.LessThanOrEqual => ("LessOrEqual", true),
            BinaryOperatorKind.GreaterThan => ("Greater", true),
            BinaryOperatorKind.GreaterThanOrEqual => ("GreaterOrEqual", true),
            _ => throw Fail(Descriptors.NotDifferentiable, token, "This operator has no derivative; a function given to Map uses + - * / comparisons and MathF"),
        };
        ScalarValue a = Scalar(left, use), b = Scalar(right, use);
        return Make(new ScalarBinary(name, a.Expr, b.Expr), condition, a.Size + b.Size + 1, token);
    }

    private object ScalarNegation(UnaryOperatorKind kind, ScalarValue x, IOperation use) => kind switch
    {
        UnaryOperatorKind.Plus => x,
        UnaryOperatorKind.Minus => Make(new ScalarUnary("Neg", x.Expr), false, x.Size + 1, use.Syntax),
        UnaryOperatorKind.Not => Not(x, use),
        _ => throw Fail(Descriptors.NotDifferentiable, Places.Identifier(use.Syntax), "This operator has no derivative"),
    };

    private object Not(object condition, IOperation use) => condition switch
    {
        bool b => !b,
        ScalarValue { IsCondition: true } s => Make(new ScalarUnary("Not", s.Expr), true, s.Size + 1, use.Syntax),
        _ => throw CannotEvaluate(use, "This condition is not known at build time"),
    };

    private object And(object a, object b, IOperation use) => (a, b) switch
    {
        (false, _) or (_, false) => false,
        (true, _) => b,
        (_, true) => a,
        (ScalarValue x, ScalarValue y) => Make(new ScalarBinary("And", x.Expr, y.Expr), true, x.Size + y.Size + 1, use.Syntax),
        _ => throw CannotEvaluate(use, "This condition is not known at build time"),
    };

    private object Or(object a, object b, IOperation use) => (a, b) switch
    {
        (true, _) or (_, true) => true,
        (false, _) => b,
        (_, false) => a,
        (ScalarValue x, ScalarValue y) => Make(new ScalarBinary("Or", x.Expr, y.Expr), true, x.Size + y.Size + 1, use.Syntax),
        _ => throw CannotEvaluate(use, "This condition is not known at build time"),
    };

    private object? Choose(ScalarValue condition, object? whenTrue, object? whenFalse, IOperation use)
    {
        if (AreEqual(whenTrue, whenFalse))
        {
            return whenTrue;
        }

        if (whenTrue is bool or ScalarValue { IsCondition: true } && whenFalse is bool or ScalarValue { IsCondition: true })
        {
            return Or(And(condition, whenTrue, use), And(Not(condition, use), whenFalse, use), use);
        }

        if (ToScalar(whenTrue) is not { } a || ToScalar(whenFalse) is not { } b)
        {
            throw Fail(Descriptors.NotDifferentiable, Places.Identifier(use.Syntax), "What is chosen by the elements of a tensor must be a float");
        }

        return Make(new ScalarSelect(condition.Expr, a.Expr, b.Expr), false, condition.Size + a.Size + b.Size + 1, Places.Identifier(use.Syntax));
    }

    /// <summary>An if on a tensor's elements: both branches run, each on its own copy of the variables, and what they left is chosen between.</summary>
    private Flow Fork(ScalarValue condition, IConditionalOperation branch, Frame frame)
    {
        var pending = frame.Pending;
        var before = frame.Variables;

        (Flow Flow, Dictionary<ISymbol, object?> Variables, object? Result, List<(ScalarValue Condition, object? Result)> Pending) Take(IOperation? side)
        {
            frame.Variables = new Dictionary<ISymbol, object?>(before, SymbolEqualityComparer.Default);
            frame.Pending = new List<(ScalarValue, object?)>();
            var flow = Run(side, frame);
            if (flow == Flow.Branch)
            {
                throw Fail(Descriptors.NotDifferentiable, Places.Identifier(branch.Syntax), "A loop must not be left depending on the elements of a tensor");
            }

            return (flow, frame.Variables, flow == Flow.Return ? Fold(frame.Pending, frame.Result, branch) : null, frame.Pending);
        }

        var yes = Take(branch.WhenTrue);
        var no = Take(branch.WhenFalse);
        frame.Pending = pending;
        frame.Variables = before;
        if (yes.Flow == Flow.Return && no.Flow == Flow.Return)
        {
            frame.Result = Choose(condition, yes.Result, no.Result, branch);
            return Flow.Return;
        }

        if (yes.Flow == Flow.Return)
        {
            pending.Add((condition, yes.Result));
            Defer(no.Pending, Not(condition, branch));
            frame.Variables = no.Variables;
            return Flow.Next;
        }

        if (no.Flow == Flow.Return)
        {
            pending.Add(((ScalarValue)Not(condition, branch), no.Result));
            Defer(yes.Pending, condition);
            frame.Variables = yes.Variables;
            return Flow.Next;
        }

        Defer(yes.Pending, condition);
        Defer(no.Pending, Not(condition, branch));
        foreach (var variable in before.Keys.ToArray())
        {
            before[variable] = Choose(condition, yes.Variables[variable], no.Variables[variable], branch);
        }

        return Flow.Next;

        void Defer(List<(ScalarValue Condition, object? Result)> inner, object outer)
        {
            foreach (var (c, result) in inner)
            {
                pending.Add(((ScalarValue)And(outer, c, branch), result));
            }
        }
    }

    private object? Fold(List<(ScalarValue Condition, object? Result)> pending, object? result, IOperation use)
    {
        for (var i = pending.Count - 1; i >= 0; i--)
        {
            result = Choose(pending[i].Condition, pending[i].Result, result, use);
        }

        return result;
    }

    /// <summary>A function of Math or MathF, on numbers or on an element.</summary>
    private object? MathCall(IMethodSymbol method, IReadOnlyList<object?> arguments, SyntaxNodeOrToken token)
    {
        if (arguments.Any(a => a is ScalarValue))
        {
            return ScalarMath(method, arguments, token);
        }

        var type = method.Parameters.Length > 0 ? method.Parameters[0].Type.SpecialType : SpecialType.None;
        if (type is SpecialType.System_Single or SpecialType.System_Double)
        {
            var x = arguments.Select(a => System.Convert.ToDouble(a, CultureInfo.InvariantCulture)).ToArray();
            double? y = (method.Name, x.Length) switch
            {
                ("Abs", 1) => Math.Abs(x[0]),
                ("Sqrt", 1) => Math.Sqrt(x[0]),
                ("Cbrt", 1) => x[0] < 0 ? -Math.Pow(-x[0], 1 / 3.0) : Math.Pow(x[0], 1 / 3.0),
                ("Exp", 1) => Math.Exp(x[0]),
                ("Log", 1) => Math.Log(x[0]),
                ("Log", 2) => Math.Log(x[0], x[1]),
                ("Log2", 1) => Math.Log(x[0]) / Math.Log(2),
                ("Log10", 1) => Math.Log10(x[0]),
                ("Pow", 2) => Math.Pow(x[0], x[1]),
                ("Sin", 1) => Math.Sin(x[0]),
                ("Cos", 1) => Math.Cos(x[0]),
                ("Tan", 1) => Math.Tan(x[0]),
                ("Asin", 1) => Math.Asin(x[0]),
                ("Acos", 1) => Math.Acos(x[0]),
                ("Atan", 1) => Math.Atan(x[0]),
                ("Atan2", 2) => Math.Atan2(x[0], x[1]),
                ("Sinh", 1) => Math.Sinh(x[0]),
                ("Cosh", 1) => Math.Cosh(x[0]),
                ("Tanh", 1) => Math.Tanh(x[0]),
                ("Floor", 1) => Math.Floor(x[0]),
                ("Ceiling", 1) => Math.Ceiling(x[0]),
                ("Truncate", 1) => Math.Truncate(x[0]),
                ("Round", 1) => Math.Round(x[0]),
                ("Min", 2) => Math.Min(x[0], x[1]),
                ("Max", 2) => Math.Max(x[0], x[1]),
                ("Clamp", 3) => Math.Max(x[1], Math.Min(x[2], x[0])),
                _ => null,
            };
            if (y is { } value)
            {
                return type == SpecialType.System_Single ? (object)(float)value : value;
            }

            if (method.Name == "Sign")
            {
                return Math.Sign(x[0]);
            }
        }
        else if (arguments.All(a => a is not null && Number.IsNumber(a) && a is not ulong))
        {
            var x = arguments.Select(a => System.Convert.ToInt64(a, CultureInfo.InvariantCulture)).ToArray();
            long? y = (method.Name, x.Length) switch
            {
                ("Abs", 1) => Math.Abs(x[0]),
                ("Sign", 1) => Math.Sign(x[0]),
                ("Min", 2) => Math.Min(x[0], x[1]),
                ("Max", 2) => Math.Max(x[0], x[1]),
                ("Clamp", 3) => Math.Max(x[1], Math.Min(x[2], x[0])),
                _ => null,
            };
            if (y is { } value)
            {
                return Number.Cast(value, method.ReturnType.SpecialType);
            }
        }

        throw Fail(Descriptors.NotEvaluable, token, $"{method.ContainingType.Name}.{method.Name} cannot be evaluated at build time");
    }

    private object? ScalarMath(IMethodSymbol method, IReadOnlyList<object?> arguments, SyntaxNodeOrToken token)
    {
        EvaluationException NoDerivative() => Fail(
            Descriptors.NotDifferentiable,
            token,
            $"{method.ContainingType.Name}.{method.Name} has no derivative here; a function given to Map uses + - * /, conditionals and MathF's Exp, Log, Sqrt, Tanh, Abs, Sin, Cos, Floor, Pow, Min, Max and Math.Clamp");
        if (method.Parameters.Length == 0 || method.Parameters[0].Type.SpecialType != SpecialType.System_Single)
        {
            throw NoDerivative();
        }

        var x = arguments.Select(a => ToScalar(a) ?? throw NoDerivative()).ToArray();
        var size = x.Sum(a => a.Size) + 1;
        ScalarExpr Constant(double value) => new ScalarConstant((float)value);
        ScalarExpr? y = (method.Name, x.Length) switch
        {
            (var name, 1) when ScalarFunctions.TryGetValue(name, out var unary) => new ScalarUnary(unary, x[0].Expr),
            ("Log2", 1) => new ScalarBinary("Mul", new ScalarUnary("Log", x[0].Expr), Constant(1 / Math.Log(2))),
            ("Log10", 1) => new ScalarBinary("Mul", new ScalarUnary("Log", x[0].Expr), Constant(1 / Math.Log(10))),
            ("Pow", 2) => new ScalarBinary("Pow", x[0].Expr, x[1].Expr),
            ("Min", 2) => new ScalarBinary("Min", x[0].Expr, x[1].Expr),
            ("Max", 2) => new ScalarBinary("Max", x[0].Expr, x[1].Expr),
            ("Clamp", 3) => new ScalarBinary("Max", x[1].Expr, new ScalarBinary("Min", x[2].Expr, x[0].Expr)),
            _ => null,
        };
        return y is null ? throw NoDerivative() : Make(y, false, size + 2, token);
    }
}
