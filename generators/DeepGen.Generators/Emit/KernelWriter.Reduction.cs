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

    /// <summary>
    /// The innermost axis is summed: a row at a time, the rows' sums added in double so that no digit is lost. Then what follows from the finished sums. Where all tensors
    /// step alike from row to row, the runtime walks the rows: short ones would take longer to begin than to add up.
    /// </summary>
    private string SumsOfRows(Kernel kernel, Nest nest, List<Loop> kept, List<Loop> summed, StringBuilder bodies)
    {
        var code = new CodeWriter();
        var walks = Walks(kernel);
        var results = new Dictionary<Val, string>();
        OpenLoops(code, nest, kept, parallel: true);
        var rows = walks.All(w => w.Kind != WalkKind.Max) && summed.Count <= 1 ? nest.RowsOf(summed.FirstOrDefault()) : null;
        if (rows is not null)
        {
            nest.LeaveLoops(summed);
        }
        else
        {
            for (var i = 0; i < walks.Count; i++)
            {
                code.Line($"var r{i} = {walks[i].Start};");
            }

            OpenLoops(code, nest, summed, parallel: false);
        }

        for (var i = 0; i < walks.Count; i++)
        {
            var stage = walks[i].Stage(nest, kernel, "Reduce" + Literals.Int(i));
            bodies.Append(stage.Struct);
            code.Lines(stage.Create);
            var count = nest.Count(nest.Inner);
            code.Line(rows is not null ? $"var r{i} = {walks[i].Call}(in {stage.Variable}, {rows}, {count});"
                : walks[i].Kind == WalkKind.Max ? $"r{i} = global::System.MathF.Max(r{i}, K::Simd.Max(in {stage.Variable}, {count}));"
                : $"r{i} += {walks[i].Call}(in {stage.Variable}, 1, 0, {count});");
            walks[i].AddResults(results, "r" + Literals.Int(i));
        }

        if (rows is null)
        {
            CloseLoops(code, summed);
            nest.LeaveLoops(summed);
        }

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

    private enum WalkKind
    {
        Max,

        /// <summary>A sum, or two or three at once.</summary>
        Sums,

        /// <summary>Σ(x − mean)², and Σx where that is wanted too.</summary>
        Moments,
    }

    /// <summary>Reductions that one walk over the elements makes.</summary>
    private sealed record Walk(WalkKind Kind, IReadOnlyList<Val> Members)
    {
        public string Start => Kind == WalkKind.Max ? "float.NegativeInfinity" : Kind == WalkKind.Moments ? "default(K::Moments)" : Members.Count > 1 ? "default(K::Sums)" : "0.0";

        public string Call => Kind == WalkKind.Moments ? "K::Simd.MomentsDouble" : Members.Count > 1 ? "K::Simd.SumsDouble" : "K::Simd.SumDouble";

        public Nest.StageCode Stage(Nest nest, Kernel kernel, string name) => Kind == WalkKind.Sums && Members.Count > 1
            ? nest.Stage(kernel, name, _ => null, w => string.Concat(Members.Select(m => w.Write(m.Inputs[0])).ToArray().Select((value, i) => $"{(char)('a' + i)} += {value};\n")), "IReduceTogether")
            : nest.Stage(kernel, name, _ => null, w => "return " + w.Write(Members[0].Inputs[0]) + ";\n", "IReduce");

        /// <param name="variable">What the walk has given.</param>
        public void AddResults(Dictionary<Val, string> results, string variable)
        {
            for (var i = 0; i < Members.Count; i++)
            {
                results.Add(Members[i], Kind switch
                {
                    WalkKind.Max => variable,
                    WalkKind.Moments => $"(float){variable}.{(IsSum(Members[i]) ? nameof(ReduceOp.Sum) : nameof(ReduceOp.SquaredDeviations))}",
                    _ => "(float)" + variable + (Members.Count > 1 ? "." + (char)('A' + i) : ""),
                });
            }
        }
    }

    /// <summary>Sums over the same elements read them once; no more than three at a time, or their registers run out.</summary>
    private static List<Walk> Walks(Kernel kernel)
    {
        const int Most = 3;
        var reductions = kernel.Members.Where(m => m.Prim is ReducePrim).ToArray();
        var squares = reductions.Where(r => Op(r) == ReduceOp.SquaredDeviations).ToArray();
        var walks = squares.Select(square => new Walk(WalkKind.Moments, reductions.Where(r => IsSum(r) && r.Inputs[0] == square.Inputs[0]).Prepend(square).ToArray())).ToList();
        var sums = reductions.Where(r => IsSum(r) && squares.All(square => square.Inputs[0] != r.Inputs[0])).ToArray();
        for (var i = 0; i < sums.Length; i += Most)
        {
            walks.Add(new Walk(WalkKind.Sums, sums.Skip(i).Take(Most).ToArray()));
        }

        return walks.Concat(reductions.Where(r => Op(r) == ReduceOp.Max).Select(r => new Walk(WalkKind.Max, new[] { r }))).ToList();
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

    private static ReduceOp Op(Val reduction) => ((ReducePrim)reduction.Prim).Op;

    private static bool IsSum(Val reduction) => Op(reduction) == ReduceOp.Sum;

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
