using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>Expressions as a reader of the literature writes them, for the comment above each kernel.</summary>
internal static class Formula
{
    /// <summary>A line for each value that a kernel stores or sums.</summary>
    public static IEnumerable<string> Of(Kernel kernel, Operands operands, Func<Val, bool> hasMemory, bool literalNumbers)
    {
        var numbers = new Dictionary<Val, string>();
        string? NameOf(Val v)
        {
            var b = Views.Base(v);
            return numbers.TryGetValue(b, out var r) ? r : hasMemory(b) && !kernel.Computes(b) ? operands.Name(b) : b == kernel.Anchor ? "acc" : null;
        }

        foreach (var member in kernel.Members)
        {
            if (member.Prim is ReducePrim || kernel.Stored.Contains(member))
            {
                var text = Of(member, NameOf, literalNumbers);
                var name = kernel.Stored.Contains(member) ? operands.Name(member, written: true) : "r" + Literals.Int(numbers.Count);
                numbers[member] = name;
                yield return $"{name} = {text}";
            }
        }
    }

    /// <param name="name">The name of a value that is read from memory or computed elsewhere, else null.</param>
    /// <param name="literalNumbers">Whether the code has every number where it is used; else those that stem from extents are arguments.</param>
    public static string Of(Val v, Func<Val, string?> name, bool literalNumbers)
    {
        var text = Write(v, name, literalNumbers, 0);
        return text.Length <= 160 ? text : text.Substring(0, 157) + "…";
    }

    private static string Write(Val v, Func<Val, string?> name, bool literalNumbers, int level)
    {
        if (name(v) is { } known)
        {
            return known;
        }

        string In(int i, int l = 0) => Write(v.Inputs[i], name, literalNumbers, l);
        string Paren(string s, int own) => own < level ? "(" + s + ")" : s;
        switch (v.Prim)
        {
            case ConstPrim c:
                return literalNumbers || ExpressionWriter.IsLiteral(c.Value) ? Literals.Float(c.Value).TrimEnd('f') : "factor";
            case InverseBatchPrim:
                return "1/n";
            case SampleSharePrim:
                return "share";
            case BatchPrim:
                return "n";
            case IotaPrim:
                return "j";
            case UniformPrim:
                return "u";
            case ReshapePrim or StopGradientPrim or BroadcastPrim or CopyPrim or SlicePrim:
                return In(0, level);
            case UnaryPrim { Op: UnaryOp.Neg }:
                return Paren("−" + In(0, 3), 2);
            case UnaryPrim { Op: UnaryOp.Reciprocal }:
                return Paren("1/" + In(0, 3), 2);
            case UnaryPrim { Op: UnaryOp.Sqrt }:
                return "√(" + In(0) + ")";
            case UnaryPrim u:
                return u.Op.ToString().ToLowerInvariant() + "(" + In(0) + ")";
            case LeakyReluPrim { Slope: 0 }:
                return "max(" + In(0) + ", 0)";
            case LeakyReluPrim l:
                return "leaky(" + In(0) + ", " + Literals.Float(l.Slope).TrimEnd('f') + ")";
            case BinaryPrim { Op: BinaryOp.Add }:
                return Paren(In(0, 1) + " + " + In(1, 1), 1);
            case BinaryPrim { Op: BinaryOp.Sub }:
                return Paren(In(0, 1) + " − " + In(1, 2), 1);
            case BinaryPrim { Op: BinaryOp.Mul }:
                return Paren(In(0, 2) + "·" + In(1, 2), 2);
            case BinaryPrim { Op: BinaryOp.Div }:
                return Paren(In(0, 2) + "/" + In(1, 3), 2);
            case BinaryPrim b:
                var symbol = b.Op switch { BinaryOp.Greater => ">", BinaryOp.GreaterOrEqual => "≥", BinaryOp.Equal => "=", BinaryOp.And => "and", BinaryOp.Or => "or", _ => null };
                return symbol is null ? b.Op.ToString().ToLowerInvariant() + "(" + In(0) + ", " + In(1) + ")" : Paren(In(0, 1) + " " + symbol + " " + In(1, 1), 0);
            case NotPrim:
                return "not (" + In(0) + ")";
            case SelectPrim:
                return "(" + In(0) + " ? " + In(1) + " : " + In(2) + ")";
            case ReducePrim r:
                return (r.Op == ReduceOp.Sum ? "Σ" : r.Op == ReduceOp.Max ? "max" : "Σ(x − mean x)², x = ") + "(" + In(0) + ")";
            case GatherPrim:
                return In(0, 3) + "[" + In(1) + "]";
            case ConvPrim:
                return "Σ w·x";
            default:
                return v.Prim.GetType().Name.Replace("Prim", "");
        }
    }
}
