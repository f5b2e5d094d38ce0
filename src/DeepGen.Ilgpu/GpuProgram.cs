using System.ComponentModel;

namespace DeepGen.Ilgpu;

/// <summary>A network's programs as launches of kernels. The generator derives a class from it for every network.</summary>
/// <param name="device">The device, onto which the kernels are loaded when the program is made.</param>
/// <param name="scratchFloats">The most that a product needs beside its result.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class GpuProgram(GpuDevice device, long scratchFloats)
{
    /// <summary>The device.</summary>
    protected GpuDevice Device { get; } = device;

    internal long ScratchFloats { get; } = scratchFloats;

    /// <summary>Fills the derived weights.</summary>
    public abstract void Prepare(GpuFrame f);

    /// <summary>Inference: inputs to outputs.</summary>
    public abstract void Infer(GpuFrame f);

    /// <summary>Inference with the loss.</summary>
    public virtual void Evaluate(GpuFrame f) => throw new InvalidOperationException("The network has no loss.");

    /// <summary>Training mode: inputs to activations.</summary>
    public abstract void Forward(GpuFrame f);

    /// <summary>The loss and the gradients of the outputs.</summary>
    public virtual void Loss(GpuFrame f) => throw new InvalidOperationException("The network has no loss.");

    /// <summary>Takes gradients of outputs from the caller.</summary>
    public abstract void SetOutputGradients(GpuFrame f);

    /// <summary>From the gradients of the outputs to those of parameters and inputs.</summary>
    public abstract void Backward(GpuFrame f);
}
