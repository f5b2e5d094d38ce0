using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>Where a result of the program goes.</summary>
internal enum RootKind
{
    /// <summary>An output of the network.</summary>
    Output,

    /// <summary>The per-sample loss; its mean over the batch is reported.</summary>
    Loss,

    /// <summary>The gradient of an output, where the loss ends and the backward pass begins.</summary>
    Seed,

    /// <summary>The gradient of a parameter.</summary>
    Gradient,

    /// <summary>The part of a parameter's gradient that comes from the loss without passing through an output; Backward adds to it.</summary>
    LossGradient,

    /// <summary>The gradient of an input, computed when asked for.</summary>
    InputGradient,

    /// <summary>The next value of a state.</summary>
    State,

    /// <summary>Inside a loop: a state after the step.</summary>
    Next,

    /// <summary>Inside a loop: what is kept of every step.</summary>
    Step,
}

/// <param name="Index">Output, input, or the parameter's node id.</param>
internal sealed record Root(RootKind Kind, int Index, Val Value);

internal enum ProgramKind
{
    /// <summary>Predictions; the loss, for evaluation, is a section that runs only when asked for.</summary>
    Inference,
    Training,
}

/// <summary>A program in primitives: which values it must produce.</summary>
internal sealed record LoweredProgram(ProgramKind Kind, NetworkGraph Graph, IrBuilder Builder, IReadOnlyList<Root> Roots)
{
    /// <summary>One step of a loop over time.</summary>
    public bool IsStep => Roots.Any(r => r.Kind == RootKind.Next);
}
