using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>
/// Which products are added in the instruction that multiplies, a·b + c with one rounding: those that nothing but the sum reads, one for each of its elements. It is decided before anything else, from the
/// program alone, so that neither fusion nor what backward keeps or computes again changes a bit.
/// </summary>
internal static class Contractions
{
    public static LoweredProgram Mark(LoweredProgram program)
    {
        Mark(program.Roots.Select(r => r.Value));
        return program;
    }

    public static void Mark(IEnumerable<Val> roots)
    {
        var results = roots.ToArray();
        var live = Liveness.Of(results);
        var uses = new Dictionary<Val, int>();
        foreach (var v in live.SelectMany(v => v.Inputs).Concat(results))
        {
            uses.TryGetValue(v, out var n);
            uses[v] = n + 1;
        }

        foreach (var v in live)
        {
            if (v.Prim is BinaryPrim { Op: BinaryOp.Add } && v.Inputs.FirstOrDefault(x => x.Prim is BinaryPrim { Op: BinaryOp.Mul } && x.Dims == v.Dims && uses[x] == 1 && x.Phase == v.Phase) is { } product)
            {
                product.IsContracted = true;
            }
        }
    }
}
