using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>
/// [Recompute] on a block: of the values of a call, backward keeps what goes in and what goes out, and what belongs to no sample, such as statistics of channels. The rest it
/// computes again, from the first of them that it reads on, before the gradients of the call. Random numbers are counted, so they are the same; running averages
/// depend on nothing in the backward pass, so they move once.
/// </summary>
internal static class RecomputedBlocks
{
    public static LoweredProgram Run(LoweredProgram program)
    {
        var inside = new HashSet<Val>();
        var live = Liveness.Of(program.Roots.Select(r => r.Value));
        foreach (var v in live)
        {
            if (v.Segment != 0 && v.Phase == Phase.Forward && v.Dims.HasBatch && v.Prim is not LeafPrim)
            {
                inside.Add(v);
            }
        }

        if (inside.Count == 0)
        {
            return program;
        }

        // What others read in the forward pass, or in the loss, is a result of its call.
        foreach (var v in live.Where(v => v.Phase != Phase.Backward))
        {
            foreach (var x in v.Inputs.Where(x => x.Segment != v.Segment || v.Phase != Phase.Forward))
            {
                Keep(x);
            }
        }

        foreach (var root in program.Roots)
        {
            Keep(root.Value);
        }

        return RepeatedForward.Calls(program, inside.Contains);

        void Keep(Val v)
        {
            inside.Remove(v);
            inside.Remove(Views.Base(v));
        }
    }
}
