using DeepGen.Kernels;

namespace DeepGen;

/// <summary>Runs a network's programs on the host's processor: the phases of its definition, in sessions that are kept for the next call.</summary>
internal sealed unsafe class CpuExecutor : Executor
{
    private readonly NetworkDefinition _definition;
    private readonly Weights _weights;
    private readonly Workers _workers;
    private readonly int _maxBatch;
    private readonly WeightForms _inferenceForms;
    private readonly WeightForms _trainingForms;
    private readonly SessionPool _inference;
    private readonly NativeArena _stateBefore;
    private Session? _training;
    private NativeArena? _unwantedGradients;

    public CpuExecutor(NetworkDefinition definition, Weights weights, Workers workers, NetworkOptions options)
    {
        _definition = definition;
        _weights = weights;
        _workers = workers;
        _maxBatch = options.MaxBatch;
        _inferenceForms = new WeightForms((int)options.InferenceWinograd);
        _trainingForms = new WeightForms((int)options.TrainingWinograd);
        _inference = new SessionPool(() => new Session(_maxBatch, definition.Inference, definition.Evaluation));
        _stateBefore = new NativeArena(definition.StateFloats);
    }

    public override void Prepare(ref Frame frame)
    {
        Locate(ref frame);
        _definition.Prepare(ref frame);
        _inferenceForms.Changed();
    }

    public override void Infer(ref Frame frame) => Infer(_definition.Infer, ref frame);

    public override void Evaluate(ref Frame frame) => Infer(_definition.Evaluate!, ref frame);

    public override void Forward(ref Frame frame)
    {
        _trainingForms.Changed();
        Train(ref frame);
        _definition.Forward(ref frame);
    }

    public override void Loss(ref Frame frame) => _definition.Loss!(ref frame);

    public override void SetOutputGradients(ref Frame frame)
    {
        Train(ref frame);
        _definition.SetOutputGradients(ref frame);
    }

    public override void Backward(ref Frame frame)
    {
        // A kernel on the way to an input may give a parameter's gradient beside; it goes where nobody reads it.
        if (!frame.WantParameterGradients) frame.Gradients = (_unwantedGradients ??= new NativeArena(_definition.ParameterFloats)).Pointer;
        _definition.Backward(ref frame);
    }

    public override void KeepState() => _stateBefore.CopyFrom(_weights.State);

    public override void RestoreState() => _weights.State.CopyFrom(_stateBefore);

    public override float* Activations(nint offset, nint count) => _training!.Arena + offset;

    public override void Dispose()
    {
        _training?.Dispose();
        _unwantedGradients?.Dispose();
        _inference.Dispose();
        _inferenceForms.Dispose();
        _trainingForms.Dispose();
        _stateBefore.Dispose();
    }

    private void Infer(NetworkDefinition.Phase phase, ref Frame frame)
    {
        var session = _inference.Rent();
        try
        {
            Locate(ref frame);
            frame.Forms = _inferenceForms;
            frame.Arena = session.Arena;
            frame.Fixed = session.Fixed;
            phase(ref frame);
        }
        finally
        {
            _inference.Return(session);
        }
    }

    private void Train(ref Frame frame)
    {
        _training ??= new Session(_maxBatch, _definition.Training);
        Locate(ref frame);
        frame.Forms = _trainingForms;
        frame.Arena = _training.Arena;
        frame.Fixed = _training.Fixed;
        frame.Gradients = _weights.Gradients.Pointer;
    }

    private void Locate(ref Frame frame)
    {
        frame.Workers = _workers;
        frame.Parameters = _weights.Parameters.Pointer;
        frame.State = _weights.State.Pointer;
        frame.Derived = _weights.Derived.Pointer;
    }
}
