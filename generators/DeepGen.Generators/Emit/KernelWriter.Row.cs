using System.Text;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <content>Elementwise kernels and reductions along rows.</content>
internal sealed partial class KernelWriter
{
    /// <summary>Row kernels in pieces: the loops around the rows, then per row its reductions in order, its numbers, and one pass that writes.</summary>
    private LoopCall Row(Kernel kernel)
    {
        var nest = new Nest(this, kernel.Domain, kernel.Axes);
        foreach (var member in kernel.Members)
        {
            nest.Collect(member, kernel.Members.Contains);
        }

        var stored = kernel.Stored.Where(s => s.Dims == kernel.Domain).ToArray();
        foreach (var v in kernel.Stored)
        {
            nest.Accesses.Add(Whole(v, kernel.Domain.Rank));
        }

        nest.Split(rowsApart: kernel.Axes.Length > 0);
        var operands = nest.Operands;
        var bodies = new StringBuilder();
        var row = new StringBuilder();
        var scalars = new Dictionary<Val, string>();
        string? Known(Val v) => scalars.TryGetValue(v, out var s) ? s : null;

        foreach (var member in kernel.Members)
        {
            if (member.Prim is ReducePrim reduce)
            {
                var stage = nest.Stage(kernel, "Reduce" + scalars.Count, Known, w => "return " + w.Write(member.Inputs[0]) + ";\n", "IReduce");
                bodies.Append(stage.Struct);
                var result = "r" + Literals.Int(scalars.Count);
                row.Append(stage.Create);
                row.Append($"var {result} = K::Simd.{reduce.Op}(in {stage.Variable}, {nest.Count(nest.Inner)});\n");
                scalars.Add(member, result);
            }
            else if (member.Dims != kernel.Domain)
            {
                // One number per row.
                var result = "r" + Literals.Int(scalars.Count);
                row.Append(nest.Scalar(kernel, member, Known, result));
                scalars.Add(member, result);
            }
        }

        foreach (var v in kernel.Stored.Where(s => s.Dims != kernel.Domain))
        {
            row.Append(nest.StoreScalar(v, scalars[v], IsGradient(v)));
        }

        if (stored.Length > 0)
        {
            var stage = nest.Stage(kernel, "Write", Known, w => nest.Stores(w, stored, IsGradient), "IMap");
            bodies.Append(stage.Struct);
            row.Append(stage.Create);
            row.Append(nest.Outer.Count == 0 && kernel.Axes.Length == 0 ? $"K::Simd.Map(in {stage.Variable}, begin, end);\n" : $"K::Simd.Map(in {stage.Variable}, {nest.Count(nest.Inner)});\n");
        }

        var flops = Flops(kernel.Members);
        return nest.Finish(Name(kernel), bodies.ToString(), row.ToString(), flops, FormulaOf(kernel, operands, literalNumbers: false));
    }

    private IEnumerable<string> FormulaOf(Kernel kernel, Operands operands, bool literalNumbers) => Formula.Of(kernel, operands, HasMemory, literalNumbers);

    /// <summary>Concat: each part is computed while it is copied to its place.</summary>
    private string ConcatCall(Kernel kernel)
    {
        var concat = (ConcatPrim)kernel.Anchor!.Prim;
        var strides = kernel.Domain.Strides;
        var text = new StringBuilder();
        long start = 0;
        foreach (var part in kernel.Anchor.Inputs)
        {
            var nest = new Nest(this, part.Dims, Array.Empty<int>());
            nest.CollectExpression(part);
            var target = Access.Of(kernel.Anchor, part.Dims, Views.Identity(part.Dims.Rank), part.Dims.Rank, 0, strides);
            nest.Accesses.Add(target);
            nest.Split(rowsApart: false, target);
            var stage = nest.Stage(kernel, "Write", _ => null, w => nest.StoreAt(w.Write(part), target), "IMap");
            var row = stage.Create + (nest.Outer.Count == 0 ? $"K::Simd.Map(in {stage.Variable}, begin, end);\n" : $"K::Simd.Map(in {stage.Variable}, {nest.Count(nest.Inner)});\n");
            var shift = start * strides[concat.Axis];
            var call = nest.Finish("Concat", stage.Struct, row, 1, new[] { "y[…] = x, one part of the joined tensor" });
            // The joined tensor was named last, where the part is stored.
            text.Append((call with { Shift = shift }).Text(this));
            start += part.Dims[concat.Axis].Size;
        }

        return text.ToString();
    }
}
