using System.Globalization;
using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DeepGen.Generators.Parsing;

// Patterns. The answer is a bool, or a condition on a tensor's elements.
internal sealed partial class Interpreter
{
    private object Matches(IPatternOperation pattern, object? value, Frame frame)
    {
        Step(pattern);
        switch (pattern)
        {
            case IDiscardPatternOperation:
                return true;

            case IConstantPatternOperation constant:
                var expected = Evaluate(constant.Value, frame);
                return value is ScalarValue ? ScalarArithmetic(BinaryOperatorKind.Equals, value, expected, pattern) : AreEqual(value, expected);

            case IRelationalPatternOperation relational:
                var bound = Evaluate(relational.Value, frame);
                return value switch
                {
                    null => false,
                    ScalarValue => ScalarArithmetic(relational.OperatorKind, value, bound, pattern),
                    _ => Number.Binary(relational.OperatorKind, value, bound!) ?? throw CannotEvaluate(pattern, "This pattern cannot be evaluated at build time"),
                };

            case INegatedPatternOperation negated:
                return Not(Matches(negated.Pattern, value, frame), pattern);

            case IBinaryPatternOperation binary:
                var left = Matches(binary.LeftPattern, value, frame);
                return binary.OperatorKind == BinaryOperatorKind.And
                    ? left is false ? false : And(left, Matches(binary.RightPattern, value, frame), pattern)
                    : left is true ? true : Or(left, Matches(binary.RightPattern, value, frame), pattern);

            case IDeclarationPatternOperation declaration:
                if (!declaration.MatchesNull && (value is null || !IsOf(value, declaration.MatchedType, pattern)))
                {
                    return false;
                }

                if (declaration.DeclaredSymbol is { } symbol)
                {
                    frame.Variables[symbol] = value;
                }

                return true;

            case ITypePatternOperation type:
                return value is not null && IsOf(value, type.MatchedType, pattern);

            case IRecursivePatternOperation recursive:
                return Recursive(recursive, value, frame);

            case IInvalidOperation:
                throw new HalfTypedException(pattern.Syntax);

            default:
                throw pattern.Syntax.ContainsDiagnostics
                    ? new HalfTypedException(pattern.Syntax)
                    : CannotEvaluate(pattern, "This pattern cannot be evaluated at build time");
        }
    }

    private object Recursive(IRecursivePatternOperation pattern, object? value, Frame frame)
    {
        if (value is null || !IsOf(value, pattern.MatchedType, pattern))
        {
            return false;
        }

        object result = true;
        if (pattern.DeconstructionSubpatterns.Length > 0)
        {
            var items = Tuple(value, pattern).Items;
            for (var i = 0; i < pattern.DeconstructionSubpatterns.Length && i < items.Length; i++)
            {
                result = And(result, Matches(pattern.DeconstructionSubpatterns[i], items[i], frame), pattern);
                if (result is false)
                {
                    return false;
                }
            }
        }

        foreach (var sub in pattern.PropertySubpatterns)
        {
            var member = sub.Member switch
            {
                IPropertyReferenceOperation p => Property(p.Property, value, Array0, sub.Member),
                IFieldReferenceOperation { Field: var f } when f.ContainingType.IsTupleType => Tuple(value, sub).Items[TupleIndex(f)],
                _ => throw CannotEvaluate(sub, "This pattern cannot be evaluated at build time"),
            };
            result = And(result, Matches(sub.Pattern, member, frame), pattern);
            if (result is false)
            {
                return false;
            }
        }

        if (pattern.DeclaredSymbol is { } symbol)
        {
            frame.Variables[symbol] = value;
        }

        return result;
    }

    private static readonly object?[] Array0 = System.Array.Empty<object?>();

    private bool IsOf(object value, ITypeSymbol? type, IOperation use)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        return type switch
        {
            null or { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.TypeParameter } => true,
            { TypeKind: TypeKind.Enum } => Number.IsNumber(value),
            { SpecialType: not SpecialType.None } => value is ScalarValue s ? type.SpecialType == (s.IsCondition ? SpecialType.System_Boolean : SpecialType.System_Single) : Special(value) == type.SpecialType,
            { IsTupleType: true } => value is TupleValue,
            _ when Symbols.IsTensor(type) => value is Node,
            _ when Symbols.IsSequence(type) => value is SequenceValue,
            _ => throw CannotEvaluate(use, $"Whether this is a {type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} is not known at build time"),
        };
    }

    private object? SwitchExpression(ISwitchExpressionOperation s, Frame frame)
    {
        var value = Evaluate(s.Value, frame);
        return Arm(0);

        // Where a pattern depends on a tensor's elements, both this arm and the rest are evaluated and chosen between.
        object? Arm(int i)
        {
            if (i == s.Arms.Length)
            {
                throw Fail(Descriptors.Arithmetic, Places.Identifier(s.Syntax), "No arm of this switch matches" + (value is not null && (Number.IsNumber(value) || value is string or bool) ? " " + System.Convert.ToString(value, CultureInfo.InvariantCulture) : ""));
            }

            var arm = s.Arms[i];
            var matches = Matches(arm.Pattern, value, frame);
            if (matches is not false && arm.Guard is not null)
            {
                matches = And(matches, Evaluate(arm.Guard, frame)!, arm);
            }

            return matches switch
            {
                true => Evaluate(arm.Value, frame),
                false => Arm(i + 1),
                ScalarValue condition when i == s.Arms.Length - 1 => Evaluate(arm.Value, frame),
                _ => Choose((ScalarValue)matches, Evaluate(arm.Value, frame), Arm(i + 1), arm),
            };
        }
    }
}
