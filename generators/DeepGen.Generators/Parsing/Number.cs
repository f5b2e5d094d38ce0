using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DeepGen.Generators.Parsing;

/// <summary>C#'s arithmetic on boxed numbers, always checked: a wrap-around in a network's sizes is a mistake, not a wish.</summary>
internal static class Number
{
    public static bool IsNumber(object? value) => value is int or long or float or double or uint or ulong or short or ushort or byte or sbyte or char;

    /// <summary>Both operands have one type, as C#'s numeric promotion leaves them. Null when the operator does not exist for them.</summary>
    /// <exception cref="OverflowException">The result does not fit.</exception>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public static object? Binary(BinaryOperatorKind kind, object left, object right)
    {
        if (kind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift)
        {
            return Shift(kind, left, Convert.ToInt32(right, CultureInfo.InvariantCulture));
        }

        return (left, right) switch
        {
            (int a, int b) => Int(kind, a, b),
            (float a, float b) => Single(kind, a, b),
            (double a, double b) => Double(kind, a, b),
            (long a, long b) => Long(kind, a, b),
            (uint a, uint b) => Narrow(Long(kind, a, b), SpecialType.System_UInt32),
            (ulong a, ulong b) => UInt64(kind, a, b),
            (bool a, bool b) => Boolean(kind, a, b),
            // Enums of a small underlying type.
            (short or ushort or byte or sbyte or char, _) when IsNumber(right) => SameType(kind, left, right),
            _ => null,
        };
    }

    public static object? Unary(UnaryOperatorKind kind, object operand) => (kind, operand) switch
    {
        (UnaryOperatorKind.Plus, _) when IsNumber(operand) => operand,
        (UnaryOperatorKind.Minus, int a) => checked(-a),
        (UnaryOperatorKind.Minus, long a) => checked(-a),
        (UnaryOperatorKind.Minus, float a) => -a,
        (UnaryOperatorKind.Minus, double a) => -a,
        (UnaryOperatorKind.BitwiseNegation, int a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, long a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, uint a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, ulong a) => ~a,
        (UnaryOperatorKind.Not, bool a) => !a,
        _ => null,
    };

    /// <summary>As a cast in a checked context does it.</summary>
    /// <exception cref="OverflowException">The value does not fit.</exception>
    public static object? Cast(object value, SpecialType type)
    {
        checked
        {
            switch (value)
            {
                case char c:
                    return type == SpecialType.System_Char ? value : Cast((int)c, type);
                case bool or string:
                    return value;
                case float f:
                    return type == SpecialType.System_Single ? value : Cast((double)f, type);
                case double d:
                    return type switch
                    {
                        SpecialType.System_Double => value,
                        SpecialType.System_Single => (float)d,
                        SpecialType.System_UInt64 => (ulong)d,
                        _ => Cast((long)d, type),
                    };
                case ulong u:
                    return type switch
                    {
                        SpecialType.System_UInt64 => value,
                        SpecialType.System_Single => (float)u,
                        SpecialType.System_Double => (double)u,
                        _ => Cast((long)u, type),
                    };
            }

            if (!IsNumber(value))
            {
                return null;
            }

            var n = Convert.ToInt64(value, CultureInfo.InvariantCulture);
            return type switch
            {
                SpecialType.System_Int32 => (int)n,
                SpecialType.System_Int64 => n,
                SpecialType.System_Single => (float)n,
                SpecialType.System_Double => (double)n,
                SpecialType.System_UInt32 => (uint)n,
                SpecialType.System_UInt64 => (ulong)n,
                SpecialType.System_Int16 => (short)n,
                SpecialType.System_UInt16 => (ushort)n,
                SpecialType.System_Byte => (byte)n,
                SpecialType.System_SByte => (sbyte)n,
                SpecialType.System_Char => (char)n,
                _ => null,
            };
        }
    }

    private static object? Narrow(object? value, SpecialType type) => value is long n ? Cast(n, type) : value;

    private static object? SameType(BinaryOperatorKind kind, object left, object right)
    {
        var result = Long(kind, Convert.ToInt64(left, CultureInfo.InvariantCulture), Convert.ToInt64(right, CultureInfo.InvariantCulture));
        return result is long n ? Convert.ChangeType(n, left.GetType(), CultureInfo.InvariantCulture) : result;
    }

    private static object? Int(BinaryOperatorKind kind, int a, int b) => kind switch
    {
        BinaryOperatorKind.Add => checked(a + b),
        BinaryOperatorKind.Subtract => checked(a - b),
        BinaryOperatorKind.Multiply => checked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => b == -1 ? 0 : a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        _ => Compare(kind, a.CompareTo(b)),
    };

    private static object? Long(BinaryOperatorKind kind, long a, long b) => kind switch
    {
        BinaryOperatorKind.Add => checked(a + b),
        BinaryOperatorKind.Subtract => checked(a - b),
        BinaryOperatorKind.Multiply => checked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => b == -1 ? 0 : a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        _ => Compare(kind, a.CompareTo(b)),
    };

    private static object? UInt64(BinaryOperatorKind kind, ulong a, ulong b) => kind switch
    {
        BinaryOperatorKind.Add => checked(a + b),
        BinaryOperatorKind.Subtract => checked(a - b),
        BinaryOperatorKind.Multiply => checked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        _ => Compare(kind, a.CompareTo(b)),
    };

    private static object? Single(BinaryOperatorKind kind, float a, float b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        _ => CompareReal(kind, a, b),
    };

    private static object? Double(BinaryOperatorKind kind, double a, double b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        _ => CompareReal(kind, a, b),
    };

    private static object? Boolean(BinaryOperatorKind kind, bool a, bool b) => kind switch
    {
        BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd => a & b,
        BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr => a | b,
        BinaryOperatorKind.ExclusiveOr or BinaryOperatorKind.NotEquals => a ^ b,
        BinaryOperatorKind.Equals => a == b,
        _ => null,
    };

    private static object? Shift(BinaryOperatorKind kind, object left, int count) => (kind, left) switch
    {
        (BinaryOperatorKind.LeftShift, int a) => Cast((long)a << (count & 31), SpecialType.System_Int32),
        (BinaryOperatorKind.LeftShift, long a) => a << count,
        (BinaryOperatorKind.LeftShift, uint a) => a << count,
        (BinaryOperatorKind.LeftShift, ulong a) => a << count,
        (BinaryOperatorKind.RightShift, int a) => a >> count,
        (BinaryOperatorKind.RightShift, long a) => a >> count,
        (BinaryOperatorKind.RightShift, uint a) => a >> count,
        (BinaryOperatorKind.RightShift, ulong a) => a >> count,
        (BinaryOperatorKind.UnsignedRightShift, int a) => a >>> count,
        (BinaryOperatorKind.UnsignedRightShift, long a) => a >>> count,
        _ => null,
    };

    private static object? Compare(BinaryOperatorKind kind, int order) => kind switch
    {
        BinaryOperatorKind.Equals => order == 0,
        BinaryOperatorKind.NotEquals => order != 0,
        BinaryOperatorKind.LessThan => order < 0,
        BinaryOperatorKind.LessThanOrEqual => order <= 0,
        BinaryOperatorKind.GreaterThan => order > 0,
        BinaryOperatorKind.GreaterThanOrEqual => order >= 0,
        _ => null,
    };

    // NaN compares unequal, which CompareTo does not say.
    private static object? CompareReal(BinaryOperatorKind kind, double a, double b) => kind switch
    {
        BinaryOperatorKind.Equals => a == b,
        BinaryOperatorKind.NotEquals => a != b,
        BinaryOperatorKind.LessThan => a < b,
        BinaryOperatorKind.LessThanOrEqual => a <= b,
        BinaryOperatorKind.GreaterThan => a > b,
        BinaryOperatorKind.GreaterThanOrEqual => a >= b,
        _ => null,
    };
}
