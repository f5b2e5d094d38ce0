using System.ComponentModel;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>What one run of a program is given: built by the runtime, read by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe struct Frame
{
    /// <summary>The worker threads of the network.</summary>
    public Workers Workers;

    /// <summary>Packed and transformed weights, and what the convolutions may choose among.</summary>
    public WeightForms Forms;

    /// <summary>The number of samples of this run.</summary>
    public nint Batch;

    /// <summary>The arena of trainable parameters.</summary>
    public float* Parameters;

    /// <summary>The arena of gradients, laid out as the parameters; null outside training.</summary>
    public float* Gradients;

    /// <summary>The arena of running statistics.</summary>
    public float* State;

    /// <summary>The arena of derived weights.</summary>
    public float* Derived;

    /// <summary>The per-sample region of the activations: a buffer lies at its per-sample offset times <see cref="Batch"/>.</summary>
    public float* Arena;

    /// <summary>The fixed region of the activations.</summary>
    public float* Fixed;

    /// <summary>The inputs in declared order: the caller's memory, float or int.</summary>
    public void** Inputs;

    /// <summary>The targets in declared order.</summary>
    public void** Targets;

    /// <summary>Where the outputs go, in declared order; except in inference an entry, or all, may be null: not wanted.</summary>
    public void** Outputs;

    /// <summary>The gradients with respect to the outputs that the caller hands in.</summary>
    public void** OutputGradients;

    /// <summary>Where the gradients with respect to the inputs go; an entry, or all, may be null: not wanted.</summary>
    public void** InputGradients;

    /// <summary>The loss, the mean over the batch; written by the program.</summary>
    public double Loss;

    /// <summary>The network's seed, the key of all random numbers.</summary>
    public ulong Seed;

    /// <summary>The number of training-mode runs before this one.</summary>
    public ulong Step;

    /// <summary>The number, within the step, of the batch's first sample.</summary>
    public ulong FirstSample;

    /// <summary>What a sample counts in the gradients of the loss: 1 over the samples of the step, of which the batch may be a part.</summary>
    public float SampleShare;

    /// <summary>Whether parameter gradients are added to what is there, instead of replacing it.</summary>
    public bool Accumulate;

    /// <summary>Whether any entry of <see cref="InputGradients"/> is wanted.</summary>
    public bool WantInputGradients;

    /// <summary>Whether the gradients of the parameters are wanted; where they are not, <see cref="Gradients"/> is memory that nobody reads.</summary>
    public bool WantParameterGradients;
}
