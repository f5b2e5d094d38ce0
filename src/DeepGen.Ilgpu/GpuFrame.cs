using System.ComponentModel;
using ILGPU;
using ILGPU.Runtime;

namespace DeepGen.Ilgpu;

/// <summary>What one run of a program is given on a device: built by the runtime, read by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class GpuFrame
{
    private readonly GpuExecutor _executor;

    internal GpuFrame(GpuExecutor executor, AcceleratorStream stream)
    {
        _executor = executor;
        Stream = stream;
    }

    /// <summary>The order in which everything of the network runs.</summary>
    public AcceleratorStream Stream { get; }

    /// <summary>The number of samples of this run.</summary>
    public long Batch { get; internal set; }

    /// <summary>The per-sample region of the activations: a buffer lies at its per-sample offset times <see cref="Batch"/>.</summary>
    public Arena Arena { get; internal set; }

    /// <summary>The fixed region of the activations.</summary>
    public Arena Fixed { get; internal set; }

    /// <summary>The arena of trainable parameters.</summary>
    public Arena Parameters { get; internal set; }

    /// <summary>The arena of gradients.</summary>
    public Arena Gradients { get; internal set; }

    /// <summary>The arena of running statistics.</summary>
    public Arena State { get; internal set; }

    /// <summary>The arena of derived weights.</summary>
    public Arena Derived { get; internal set; }

    /// <summary>Memory for a product that is summed in slices.</summary>
    public ArrayView<float> Scratch { get; internal set; }

    /// <summary>The network's seed.</summary>
    public ulong Seed { get; internal set; }

    /// <summary>The number of training-mode runs before this one.</summary>
    public ulong Step { get; internal set; }

    /// <summary>The number, within the step, of the batch's first sample.</summary>
    public ulong FirstSample { get; internal set; }

    /// <summary>What a sample counts in the gradients of the loss.</summary>
    public float SampleShare { get; internal set; }

    /// <summary>1 where parameter gradients are added to what is there, else 0.</summary>
    public int Accumulate { get; set; }

    /// <summary>Whether any gradient of an input is wanted.</summary>
    public bool WantInputGradients { get; internal set; }

    /// <summary>Whether the gradients of the parameters are wanted.</summary>
    public bool WantParameterGradients { get; internal set; }

    internal float Loss { get; private set; }

    internal void** Inputs { get; set; }

    internal void** Outputs { get; set; }

    internal void** OutputGradients { get; set; }

    /// <summary>An input in the device's memory.</summary>
    public ArrayView<float> Input(int index) => _executor.Inputs.Of(index, Batch);

    /// <summary>An input of integers.</summary>
    public ArrayView<int> IntInput(int index) => Input(index).Cast<int>();

    /// <summary>A target in the device's memory.</summary>
    public ArrayView<float> Target(int index) => _executor.Targets.Of(index, Batch);

    /// <summary>A target of integers.</summary>
    public ArrayView<int> IntTarget(int index) => Target(index).Cast<int>();

    /// <summary>Where an output goes.</summary>
    public ArrayView<float> Output(int index) => _executor.Outputs.Of(index, Batch);

    /// <summary>Where the gradient of an input goes.</summary>
    public ArrayView<float> InputGradient(int index) => _executor.InputGradients.Of(index, Batch);

    /// <summary>Brings an input to its place among the activations.</summary>
    public void ReadInput(int index, ArrayView<float> place, long floats) => GpuExecutor.Read(Stream, Inputs[index], place, floats);

    /// <summary>Brings an output to the caller, who may not want it.</summary>
    public void WriteOutput(int index, ArrayView<float> place, long floats)
    {
        if (Outputs != null && Outputs[index] != null) GpuExecutor.Write(Stream, place, Outputs[index], floats);
    }

    /// <summary>Brings the gradient of an output to its place.</summary>
    public void ReadOutputGradient(int index, ArrayView<float> place, long floats) => GpuExecutor.Read(Stream, OutputGradients[index], place, floats);

    /// <summary>The mean of the samples' losses, which waits for the device.</summary>
    public void MeanLoss(ArrayView<float> losses) => Loss = _executor.Mean(this, losses);
}
