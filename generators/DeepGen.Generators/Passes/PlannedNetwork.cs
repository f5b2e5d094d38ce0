using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Passes;

/// <summary>A program with its kernels and its memory.</summary>
internal sealed record PlannedProgram(FusedProgram Fused, MemoryPlan Memory)
{
    /// <summary>How many values backward computes again because they are not kept, and what that saves of the arena.</summary>
    public int Recomputed { get; init; }

    public long SavedFloats { get; init; }

    public IReadOnlyList<Kernel> Kernels => Fused.Kernels;

    public IEnumerable<Kernel> In(Section section) => Fused.Kernels.Where(k => k.Section == section);
}

/// <summary>Everything that is known of a network before it is written down: the whole pipeline after the graph, each step a function of the one before.</summary>
internal sealed record PlannedNetwork(NetworkGraph Graph, ParameterLayout Layout, PlannedProgram Inference, PlannedProgram Training)
{
    public static PlannedNetwork Of(NetworkGraph graph, CancellationToken cancellation = default) => Of(graph, FusionOptions.All, cancellation);

    /// <param name="cancellation">Asked between the steps: whoever types on needs no plan of what stood there before.</param>
    public static PlannedNetwork Of(NetworkGraph graph, FusionOptions options, CancellationToken cancellation = default)
    {
        var layout = new ParameterLayout(graph);
        PlannedProgram Plan(ProgramKind kind)
        {
            cancellation.ThrowIfCancellationRequested();
            var lowered = Lower.Run(graph, kind);
            var planned = Kernels(kind == ProgramKind.Inference ? Contractions.Mark(FoldScales.Run(lowered)) : RecomputedBlocks.Run(Contractions.Mark(lowered)));
            return kind == ProgramKind.Training && options.Recompute ? Recompute.Run(planned, options, Kernels) : planned;
        }

        PlannedProgram Kernels(LoweredProgram program)
        {
            cancellation.ThrowIfCancellationRequested();
            var fused = Fuse.Run(program, options);
            cancellation.ThrowIfCancellationRequested();
            return new PlannedProgram(fused, MemoryPlan.Of(fused, layout));
        }

        return new PlannedNetwork(graph, layout, Plan(ProgramKind.Inference), Plan(ProgramKind.Training));
    }
}
