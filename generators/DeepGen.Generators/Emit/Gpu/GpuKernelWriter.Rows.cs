using System.Text;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit.Gpu;

/// <content>
/// Reductions: a group of threads a row, whose threads walk the reduced axes side by side and join what they have in a fixed tree, so that no bit depends on their order.
/// </content>
internal sealed partial class GpuKernelWriter
{
    private string Rows(Kernel kernel)
    {
        var body = new GpuBody(this, kernel, kernel.Domain);
        var isRow = kernel.Kind == KernelKind.Row;
        body.Reads.Skip(kernel.Members);
        foreach (var member in kernel.Members)
        {
            body.Reads.Collect(member, member.Prim is ReducePrim || member.Dims == kernel.Domain ? Views.Identity(kernel.Domain.Rank) : Map(kernel, member), kernel.Members.Contains);
        }

        foreach (var v in kernel.Stored)
        {
            body.Reads.Accesses.Add(Place(kernel, v));
        }

        body.Split(axis => kernel.Axes.Contains(axis) != kernel.Axes.Contains(axis - 1));
        var kept = body.Over(axis => !kernel.Axes.Contains(axis));
        var reduced = body.Over(kernel.Axes.Contains);
        var code = new StringBuilder();
        var results = new Dictionary<Val, string>();
        string? Known(Val v) => results.TryGetValue(v, out var r) ? r : null;

        // Those of a Reduce need none of each other's results and are made in one walk; those of a row may.
        var walks = isRow ? kernel.Members.Where(m => m.Prim is ReducePrim).Select(m => new[] { m }).ToList() : new List<Val[]> { kernel.Members.Where(m => m.Prim is ReducePrim).ToArray() };
        var next = 0;
        foreach (var member in kernel.Members)
        {
            if (member.Prim is ReducePrim)
            {
                if (!results.ContainsKey(member))
                {
                    Walk(walks[next++], body, reduced, results, code);
                }
            }
            else if (member.Dims != kernel.Domain)
            {
                var w = body.Expressions(Known, withMembers: false);
                var value = w.Define(member, Map(kernel, member));
                var name = "r" + Literals.Int(results.Count);
                code.Append(w.Body($"var {name} = {value};\n"));
                results.Add(member, name);
            }
        }

        var numbers = kernel.Stored.Where(v => v.Dims != kernel.Domain).ToArray();
        if (numbers.Length > 0)
        {
            // Nobody reads any more what is written now.
            code.Append("Gpu::Threads.Wait();\nif (Gpu::Threads.Index == 0)\n{\n");
            code.Append(GpuBody.Indent(string.Concat(numbers.Select(v => body.Store(v, body.Address(Place(kernel, v)), results[v], IsGradient(v)))), 1)).Append("}\n");
        }

        var whole = kernel.Stored.Where(v => v.Dims == kernel.Domain).ToArray();
        if (whole.Length > 0)
        {
            code.Append(Threads(body, reduced, Stores(kernel, body, Known, whole)));
        }

        var text = body.Struct("IRows", GpuBody.Method("void Run(int row)", GpuBody.WithCoordinates("row", kept, code.ToString())));
        return Launch("RowsKernel", KernelWriter.Name(kernel), text, $"{GpuBody.Launches(kept)}, {GpuBody.Launches(reduced)}", body.Arguments);
    }

    /// <summary>Sums and maxima over the same elements; what needs the mean first, second.</summary>
    private static void Walk(IReadOnlyList<Val> reductions, GpuBody body, IReadOnlyList<Loop> reduced, Dictionary<Val, string> results, StringBuilder code)
    {
        static ReduceOp Op(Val v) => ((ReducePrim)v.Prim).Op;
        string? Known(Val v) => results.TryGetValue(v, out var r) ? r : null;
        var first = results.Count;
        string Name(int i) => "s" + Literals.Int(first + i);
        var means = new Dictionary<int, string>();
        for (var pass = 0; pass < 2; pass++)
        {
            // A squared deviation is first a sum, then what lies around the mean.
            var here = Enumerable.Range(0, reductions.Count).Where(i => pass == 0 || Op(reductions[i]) == ReduceOp.SquaredDeviations).ToArray();
            if (here.Length == 0)
            {
                break;
            }

            var w = body.Expressions(Known, withMembers: true);
            var values = here.Select(i => w.Write(reductions[i].Inputs[0])).ToArray();
            var tail = string.Concat(here.Select((i, at) => pass == 1 ? $"{Name(i)} = Gpu::Scalar.MultiplyAdd({values[at]} - {means[i]}, {values[at]} - {means[i]}, {Name(i)});\n"
                : Op(reductions[i]) == ReduceOp.Max ? $"{Name(i)} = Gpu::Scalar.Max({Name(i)}, {values[at]});\n"
                : $"{Name(i)} += {values[at]};\n"));
            foreach (var i in here)
            {
                code.Append($"{(pass == 0 ? "var " : "")}{Name(i)} = Gpu::Scalar.Broadcast({(Op(reductions[i]) == ReduceOp.Max ? "float.NegativeInfinity" : "0f")});\n");
            }

            code.Append(Threads(body, reduced, w.Body(tail)));
            foreach (var i in here)
            {
                if (pass == 0 && Op(reductions[i]) == ReduceOp.SquaredDeviations)
                {
                    means[i] = "mean" + Literals.Int(first + i);
                    code.Append($"var {means[i]} = Gpu::Threads.Sum({Name(i)}) / Gpu::Scalar.Broadcast({body.Count(reduced)});\n");
                }
                else
                {
                    var name = "r" + Literals.Int(first + i);
                    code.Append($"var {name} = Gpu::Threads.{(Op(reductions[i]) == ReduceOp.Max ? "Max" : "Sum")}({Name(i)});\n");
                }
            }
        }

        for (var i = 0; i < reductions.Count; i++)
        {
            results.Add(reductions[i], "r" + Literals.Int(first + i));
        }
    }

    /// <summary>The threads of a group share the reduced axes.</summary>
    private static string Threads(GpuBody body, IReadOnlyList<Loop> reduced, string code) =>
        $"for (var j = Gpu::Threads.Index; j < {body.Count(reduced)}; j += Gpu::Threads.Count)\n{{\n{GpuBody.Indent(GpuBody.WithCoordinates("j", reduced, code), 1)}}}\n";

    /// <summary>A value with as many axes as the domain, so that it can be read and stored by its coordinates: a number of the row may have lost its reduced axes.</summary>
    private static int[] Map(Kernel kernel, Val v) => Views.ThroughOnes(v.Dims, kernel.Kept, Views.Identity(kernel.Domain.Rank));

    private static Access Place(Kernel kernel, Val v) =>
        v.Dims == kernel.Domain ? Whole(v, kernel.Domain.Rank) : Access.Of(v, kernel.Kept, Views.Identity(kernel.Domain.Rank), kernel.Domain.Rank);
}
