using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>
/// Writes an elementwise expression as straight-line C# over a vector type: each value once, a variable for what is used again or would make a line too long.
/// Where a value comes from (memory, another stage, a counter) is the caller's to say.
/// </summary>
internal sealed class ExpressionWriter
{
    private readonly Func<Val, bool> hasMemory;
    private readonly int rank;
    private readonly string vector;
    private readonly Func<Val, int[], string?> given;
    private readonly Func<Val, Access, string> load;
    private readonly Func<Val, int[], string> leaf;
    private readonly Dictionary<(Val, long), string> variables = new();
    private readonly List<string> definitions = new();
    private readonly string prefix;
    private readonly bool literalNumbers;

    /// <param name="hasMemory">Whether a value is read, not computed.</param>
    /// <param name="vector">The vector type's name: V, or F1 for one number.</param>
    /// <param name="given">A value computed elsewhere, or null.</param>
    /// <param name="load">Reads a tensor.</param>
    /// <param name="leaf">A leaf without memory: counters, batch size, random numbers.</param>
    public ExpressionWriter(Func<Val, bool> hasMemory, int rank, string vector, string prefix, Func<Val, int[], string?> given, Func<Val, Access, string> load, Func<Val, int[], string> leaf, bool literalNumbers = false)
    {
        this.hasMemory = hasMemory;
        this.rank = rank;
        this.vector = vector;
        this.prefix = prefix;
        this.given = given;
        this.load = load;
        this.leaf = leaf;
        this.literalNumbers = literalNumbers;
    }

    /// <summary>The statements that compute what was asked for, then <paramref name="tail"/>, which uses it.</summary>
    public string Body(string tail)
    {
        var text = new InlinedVariables(prefix, definitions);
        return text.Write(tail);
    }

    public string Write(Val v) => Write(v, Views.Align(v.Dims, Views.Identity(rank)));

    public string Write(Val v, int[] map)
    {
        var key = (v, Encode(map));
        if (variables.TryGetValue(key, out var name))
        {
            return name;
        }

        if (given(v, map) is { } known)
        {
            return variables[key] = known;
        }

        // A view of something known is known.
        if (v.Prim is StopGradientPrim)
        {
            return variables[key] = Write(v.Inputs[0], map);
        }

        if (v.Prim is ReshapePrim && Views.OnesOnly(v.Inputs[0].Dims, v.Dims))
        {
            return variables[key] = Write(v.Inputs[0], Views.ThroughOnes(v.Inputs[0].Dims, v.Dims, map));
        }

        if (ExpressionWalk.Resolve(v, map, rank, hasMemory) is { } access)
        {
            return variables[key] = Name(load(access.Base, access));
        }

        switch (v.Prim)
        {
            case ConstPrim c when literalNumbers || IsLiteral(c.Value):
                return variables[key] = $"{vector}.Broadcast({Literals.Float(c.Value)})";
            case LeafPrim:
                return variables[key] = Name(leaf(v, map));
            case BroadcastPrim or CopyPrim:
                return variables[key] = Write(v.Inputs[0], Views.Align(v.Inputs[0].Dims, map));
        }

        string In(int i) => Write(v.Inputs[i], Views.Align(v.Inputs[i].Dims, map));
        return variables[key] = Name(Operation(v, map, In));
    }

    /// <summary>Long numbers, whole ones and parts of a power of two stem from extents; kernels take them as a field.</summary>
    public static bool IsLiteral(float value) => Literals.Float(value).Length <= 7 && !(value > 2 && value == Math.Floor(value)) && !(value is > 0 and < 0.5f && Math.Log(value, 2) is var power && power == Math.Floor(power));

    /// <summary>Computes <paramref name="v"/> here, though it is one that others find in memory.</summary>
    public string Define(Val v) => Define(v, Views.Align(v.Dims, Views.Identity(rank)));

    public string Define(Val v, int[] map)
    {
        var key = (v, Encode(map));
        if (variables.TryGetValue(key, out var name))
        {
            return name;
        }

        string In(int i) => Write(v.Inputs[i], Views.Align(v.Inputs[i].Dims, map));
        return variables[key] = v.Prim is CopyPrim or BroadcastPrim ? In(0)
            : v.Prim is PointwisePrim ? Name(Operation(v, map, In))
            : v.Prim is SlicePrim && Access.OfSlice(v, map, rank, hasMemory) is var slice ? Name(load(slice.Base, slice))
            : throw new InvalidOperationException("Not elementwise: " + v.Prim.GetType().Name);
    }

    /// <summary>A map of axes as one number: five bits an axis.</summary>
    private static long Encode(int[] map)
    {
        long code = map.Length;
        foreach (var axis in map)
        {
            code = (code << 5) | (uint)axis;
        }

        return code;
    }

    /// <summary>The only element of a scalar vector, as a number of a variable's own.</summary>
    public string Number(string value) => Name($"{vector}.Sum({value})");

    private string Name(string expression)
    {
        definitions.Add(expression);
        return prefix + Literals.Int(definitions.Count - 1);
    }

    private string Operation(Val v, int[] map, Func<int, string> x)
    {
        switch (v.Prim)
        {
            case UnaryPrim u:
                return u.Op switch
                {
                    UnaryOp.Neg => "-" + x(0),
                    UnaryOp.Reciprocal => $"{vector}.Broadcast(1f) / {x(0)}",
                    UnaryOp.Sqrt => $"{vector}.Sqrt({x(0)})",
                    UnaryOp.Abs => $"{vector}.Abs({x(0)})",
                    UnaryOp.Floor => $"{vector}.Floor({x(0)})",
                    _ => $"K::SimdMath.{u.Op}({x(0)})",
                };
            case LeakyReluPrim r:
                // Zero is not below zero and NaN is not either: both pass unchanged.
                var a = x(0);
                return $"{vector}.Select({vector}.GreaterThan({vector}.Broadcast(0f), {a}), {(r.Slope == 0 ? $"{vector}.Broadcast(0f)" : $"{a} * {vector}.Broadcast({Literals.Float(r.Slope)})")}, {a})";
            case BinaryPrim { Op: BinaryOp.Add }:
                // a·b + c in one instruction.
                for (var i = 0; i < 2; i++)
                {
                    var p = v.Inputs[i];
                    var pMap = Views.Align(p.Dims, map);
                    if (p.IsContracted && !hasMemory(p) && given(p, pMap) is null)
                    {
                        var f0 = Write(p.Inputs[0], Views.Align(p.Inputs[0].Dims, pMap));
                        var f1 = Write(p.Inputs[1], Views.Align(p.Inputs[1].Dims, pMap));
                        return $"{vector}.MultiplyAdd({f0}, {f1}, {x(1 - i)})";
                    }
                }

                return $"{x(0)} + {x(1)}";
            // What is rectified has the sign of its operand.
            case BinaryPrim { Op: BinaryOp.Greater } when v.Inputs[0].Prim is LeakyReluPrim && v.Inputs[1].IsConst(0) && !hasMemory(v.Inputs[0]) && given(v.Inputs[0], Views.Align(v.Inputs[0].Dims, map)) is null:
                var operand = v.Inputs[0].Inputs[0];
                return $"{vector}.GreaterThan({Write(operand, Views.Align(operand.Dims, Views.Align(v.Inputs[0].Dims, map)))}, {x(1)})";
            case BinaryPrim b:
                return b.Op switch
                {
                    BinaryOp.Sub => $"{x(0)} - {x(1)}",
                    BinaryOp.Mul => $"{x(0)} * {x(1)}",
                    BinaryOp.Div => $"{x(0)} / {x(1)}",
                    BinaryOp.Min => $"{vector}.Min({x(0)}, {x(1)})",
                    BinaryOp.Max => $"{vector}.Max({x(0)}, {x(1)})",
                    BinaryOp.Pow => $"K::SimdMath.Pow({x(0)}, {x(1)})",
                    BinaryOp.Greater => $"{vector}.GreaterThan({x(0)}, {x(1)})",
                    BinaryOp.GreaterOrEqual => $"{vector}.GreaterThanOrEqual({x(0)}, {x(1)})",
                    BinaryOp.Equal => $"{vector}.Equal({x(0)}, {x(1)})",
                    BinaryOp.And => $"{vector}.And({x(0)}, {x(1)})",
                    BinaryOp.Or => $"{vector}.Or({x(0)}, {x(1)})",
                    _ => throw new InvalidOperationException("No code for " + b.Op),
                };
            case NotPrim:
                return $"{vector}.Not({x(0)})";
            case SelectPrim:
                return $"{vector}.Select({x(0)}, {x(1)}, {x(2)})";
            default:
                throw new InvalidOperationException("No elementwise code for " + v.Prim.GetType().Name);
        }
    }
}
