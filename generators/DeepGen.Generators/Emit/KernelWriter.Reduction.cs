using System.Text;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <content>Reductions that are not along rows: statistics per channel, sums over the batch.</content>
internal sealed partial class KernelWriter
{
    private LoopCall Reduction(Kernel kernel)
    {
        var nest = new Nest(this, kernel.Domain, kernel.Axes);
        foreach (var member in kernel.Members.Where(m => m.Prim is ReducePrim))
        {
            nest.Collect(member, _ => false);
            nest.Accesses.Add(Whole(member, kernel.Domain.Rank));
        }

        var (kept, summed) = nest.SplitReduction();
        var bodies = new StringBuilder();
        var innerIsSummed = nest.Inner.Axes.Length == 0 || kernel.Axes.Contains(nest.Inner.Axes[0]);
        var code = innerIsSummed ? SumsOfRows(kernel, nest, kept, summed, bodies) : RowsOfSums(kernel, nest, kept, summed, bodies);
        var parallel = kept.Count > 0 ? kept[0] : innerIsSummed ? null : nest.Inner;
        return nest.Wrap(Name(kernel), bodies.ToString(), code, parallel, Flops(kernel.Members), FormulaOf(kernel, nest.Operands, literalNumbers: false));
    }

    /// <summary>The innermost axis is summed: a row at a time, the rows' sums added in double so that no digit is lost. Then what follows from the finished sums.</summary>
    private string SumsOfRows(Kernel kernel, Nest nest, List<Loop> kept, List<Loop> summed, StringBuilder bodies)
    {
        var code = new CodeWriter();
        var sums = kernel.Members.Where(m => m.Prim is ReducePrim).ToArray();
        var results = new Dictionary<Val, string>();
        OpenLoops(code, nest, kept, parallel: true);
        for (var i = 0; i < sums.Length; i++)
        {
            results.Add(sums[i], IsSum(sums[i]) ? $"(float)r{i}" : $"r{i}");
            code.Line(IsSum(sums[i]) ? $"var r{i} = 0.0;" : $"var r{i} = float.NegativeInfinity;");
        }

        OpenLoops(code, nest, summed, parallel: false);
        for (var i = 0; i < sums.Length; i++)
        {
            var sum = sums[i];
            var stage = nest.Stage(kernel, "Reduce" + Literals.Int(i), _ => null, w => "return " + w.Write(sum.Inputs[0]) + ";\n", "IReduce");
            bodies.Append(stage.Struct);
            code.Lines(stage.Create);
            var count = nest.Count(nest.Inner);
            code.Line(IsSum(sum) ? $"r{i} += K::Simd.SumDouble(in {stage.Variable}, {count});" : $"r{i} = global::System.MathF.Max(r{i}, K::Simd.Max(in {stage.Variable}, {count}));");
        }

        CloseLoops(code, summed);
        nest.LeaveLoops(summed);
        var writer = nest.ScalarWriter(kernel, v => results.TryGetValue(v, out var r) ? r : null, "u");
        var stores = new StringBuilder();
        foreach (var member in kernel.Members)
        {
            if (!results.ContainsKey(member))
            {
                results.Add(member, writer.Number(writer.Define(member, Views.ThroughOnes(member.Dims, kernel.Kept, Views.Identity(kernel.Domain.Rank)))));
            }

            if (kernel.Stored.Contains(member))
            {
                stores.Append(nest.StoreScalar(member, results[member], IsGradient(member), kernel.Kept));
            }
        }

        code.Lines(writer.Body(stores.ToString()));

        CloseLoops(code, kept);
        return code.ToString();
    }

    /// <summary>The innermost axis is kept: whole rows are added up.</summary>
    private string RowsOfSums(Kernel kernel, Nest nest, List<Loop> kept, List<Loop> summed, StringBuilder bodies)
    {
        var code = new CodeWriter();
        OpenLoops(code, nest, kept, parallel: true);
        var range = kept.Count > 0 ? nest.Count(nest.Inner) : "begin, end";
        for (var i = 0; i < kernel.Members.Count; i++)
        {
            var member = kernel.Members[i];
            var start = IsSum(member) ? "0f" : "float.NegativeInfinity";
            var stage = nest.Stage(kernel, "Initial" + Literals.Int(i), _ => null, _ => $"V.Store({nest.Field(member)} + i, V.Broadcast({start}));\n", "IMap");
            bodies.Append(stage.Struct);
            if (IsGradient(member))
            {
                code.Open($"if (!{nest.Accumulate()})");
            }

            code.Lines(stage.Create);
            code.Line($"K::Simd.Map(in {stage.Variable}, {range});");
            if (IsGradient(member))
            {
                code.Close();
            }
        }

        OpenLoops(code, nest, summed, parallel: false);
        for (var i = 0; i < kernel.Members.Count; i++)
        {
            var member = kernel.Members[i];
            var stage = nest.Stage(kernel, "Reduce" + Literals.Int(i), _ => null, w =>
            {
                var value = w.Write(member.Inputs[0]);
                var y = nest.Field(member);
                return IsSum(member) ? $"V.Store({y} + i, V.Load({y} + i) + {value});\n" : $"V.Store({y} + i, V.Max(V.Load({y} + i), {value}));\n";
            }, "IMap");
            bodies.Append(stage.Struct);
            code.Lines(stage.Create);
            code.Line($"K::Simd.Map(in {stage.Variable}, {range});");
        }

        CloseLoops(code, summed);
        CloseLoops(code, kept);
        return code.ToString();
    }

    private static bool IsSum(Val reduction) => ((ReducePrim)reduction.Prim).Op == ReduceOp.Sum;

    private static void OpenLoops(CodeWriter code, Nest nest, List<Loop> loops, bool parallel)
    {
        for (var i = 0; i < loops.Count; i++)
        {
            var loop = loops[i];
            code.Open(i == 0 && parallel ? $"for (var {loop.Name} = begin; {loop.Name} < end; {loop.Name}++)" : $"for (nint {loop.Name} = 0; {loop.Name} < {nest.Count(loop)}; {loop.Name}++)");
        }
    }

    private static void CloseLoops(CodeWriter code, List<Loop> loops)
    {
        foreach (var _ in loops)
        {
            code.Close();
        }
    }
}
