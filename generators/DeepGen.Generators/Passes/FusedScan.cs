using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>A loop over time: one step as kernels, and where its states are kept.</summary>
/// <param name="Prim">Its body and direction.</param>
/// <param name="Step">One step. Its roots are the next states, and those outputs that are no states.</param>
internal sealed record FusedScan(ScanPrim Prim, FusedProgram Step)
{
    public ScanBody Body => Prim.Body;

    public static FusedScan Of(LoweredProgram program, Val scan, IEnumerable<Val> results, FusionOptions options)
    {
        var prim = (ScanPrim)scan.Prim;
        var body = prim.Body;
        var roots = body.Next.Select((v, i) => new Root(RootKind.Next, i, v)).ToList();
        foreach (var index in results.Select(r => ((ScanOutputPrim)r.Prim).Index - body.Carries.Count).Where(i => i >= 0).OrderBy(i => i))
        {
            // The states lie in memory one step after the other where anybody wants them.
            if (!body.Carries.Contains(body.Outputs[index]) && !body.Next.Contains(body.Outputs[index]))
            {
                roots.Add(new Root(RootKind.Step, index, body.Outputs[index]));
            }
        }

        // The same for every loop around this body, whatever is asked of it.
        Contractions.Mark(body.Next.Concat(body.Outputs));
        return new FusedScan(prim, Fuse.Run(new LoweredProgram(ProgramKind.Training, program.Graph, body.Builder, roots), options));
    }

    /// <summary>The loop's input that a leaf of the body stands for.</summary>
    public int InputOf(Val leaf) => leaf.Prim switch
    {
        StepPrim s => s.Index,
        CarryPrim c => Body.Sequences.Count + c.Index,
        SharedPrim s => Body.Sequences.Count + Body.Carries.Count + s.Index,
        _ => throw new InvalidOperationException("No input of a loop: " + leaf),
    };
}
