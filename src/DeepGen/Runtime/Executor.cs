namespace DeepGen;

/// <summary>
/// Runs the programs of one network on a device, in memory of its own for activations. The network calls it under its gate: predictions from several threads at once, everything else alone.
/// The weights live in the host's arenas; an executor whose device has memory of its own keeps copies of them (<see cref="IArenaMirror"/>).
/// </summary>
internal abstract unsafe class Executor : IDisposable
{
    /// <summary>Fills the derived weights from parameters and running statistics.</summary>
    public abstract void Prepare(ref Frame frame);

    /// <summary>Inference: inputs to outputs, none of which is null.</summary>
    public abstract void Infer(ref Frame frame);

    /// <summary>Inference with the loss: inputs and targets to <see cref="Frame.Loss"/> and those outputs that are wanted.</summary>
    public abstract void Evaluate(ref Frame frame);

    /// <summary>Training mode: inputs to activations, and to those outputs that are wanted.</summary>
    public abstract void Forward(ref Frame frame);

    /// <summary>Targets to <see cref="Frame.Loss"/> and the gradients of the outputs.</summary>
    public abstract void Loss(ref Frame frame);

    /// <summary>Takes the gradients of the outputs from <see cref="Frame.OutputGradients"/>.</summary>
    public abstract void SetOutputGradients(ref Frame frame);

    /// <summary>From the gradients of the outputs to those of the parameters, and of the inputs where they are wanted.</summary>
    public abstract void Backward(ref Frame frame);

    /// <summary>Remembers the running statistics.</summary>
    public abstract void KeepState();

    /// <summary>Puts back the running statistics that <see cref="KeepState"/> remembered.</summary>
    public abstract void RestoreState();

    /// <summary>Activations of the last Forward, from the host's memory, copied there where the device has its own; valid until the next run.</summary>
    /// <param name="offset">Floats from the beginning of the arena.</param>
    /// <param name="count">How many.</param>
    public abstract float* Activations(nint offset, nint count);

    /// <summary>Keeps a copy of an arena where the device has memory of its own.</summary>
    public virtual void Attach(NativeArena arena)
    {
    }

    /// <summary>Moves a range of parameters on the device.</summary>
    /// <returns>False where the host has to: it is the device, or the pass has something that the device cannot do.</returns>
    public virtual bool Update<R>(in DevicePass pass, R rule) where R : unmanaged, IUpdateRule => false;

    /// <inheritdoc/>
    public abstract void Dispose();
}
