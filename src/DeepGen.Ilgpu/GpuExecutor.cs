using ILGPU;
using ILGPU.Runtime;

namespace DeepGen.Ilgpu;

/// <summary>
/// Runs a network on a device: keeps its weights and activations there, and moves what changes hands. One call at a time; predictions of several threads wait for each other.
/// </summary>
internal sealed unsafe class GpuExecutor : Executor
{
    private readonly Lock _sync = new();
    private readonly NetworkDefinition _definition;
    private readonly IHostWeights _weights;
    private readonly GpuDevice _device;
    private readonly GpuProgram _program;
    private readonly AcceleratorStream _stream;
    private readonly GpuFrame _frame;
    private readonly RowsKernel<LossSum> _lossSum;
    private readonly List<MemoryBuffer> _buffers = [];
    private readonly Mirror[] _mirrors;
    private readonly Arena _derived;
    private readonly Arena _inference;
    private readonly ArrayView<float> _stateBefore;
    private readonly ArrayView<float> _loss;
    private readonly int _maxBatch;
    private ArrayView<float>? _training;
    private ArrayView<float>? _unwantedGradients;
    private float[] _activations = [];

    public GpuExecutor(GpuDevice device, NetworkDefinition definition, IHostWeights weights, NetworkOptions options)
    {
        _device = device;
        _definition = definition;
        _weights = weights;
        _maxBatch = options.MaxBatch;
        _program = (GpuProgram)definition.OnDevice!(device);
        _lossSum = new RowsKernel<LossSum>(device);
        _stream = device.Accelerator.CreateStream();
        _frame = new GpuFrame(this, _stream);
        _mirrors = [.. Enum.GetValues<WeightArena>().Select(arena => new Mirror(Allocate(weights.Length(arena))))];
        _derived = new Arena(Allocate(definition.DerivedFloats));
        _stateBefore = Allocate(definition.StateFloats);
        _loss = Allocate(1);
        Inputs = new Staging(this, definition.Inputs);
        Targets = new Staging(this, definition.Targets);
        Outputs = new Staging(this, definition.Outputs);
        InputGradients = new Staging(this, definition.Inputs);
        _inference = new Arena(Allocate(ArenaFloats(definition.Inference, definition.Evaluation)));
        _frame.Scratch = Allocate(_program.ScratchFloats);
    }

    internal GpuDevice Device => _device;

    internal Staging Inputs { get; }

    internal Staging Targets { get; }

    internal Staging Outputs { get; }

    internal Staging InputGradients { get; }

    public override void Prepare(ref Frame frame)
    {
        lock (_sync)
        {
            Begin(ref frame, training: false);
            _program.Prepare(_frame);
        }
    }

    public override void Infer(ref Frame frame)
    {
        lock (_sync)
        {
            Begin(ref frame, training: false);
            Inputs.Upload(_stream, frame.Inputs, frame.Batch);
            _program.Infer(_frame);
            Outputs.Download(_stream, frame.Outputs, frame.Batch);
        }
    }

    public override void Evaluate(ref Frame frame)
    {
        lock (_sync)
        {
            Begin(ref frame, training: false);
            Inputs.Upload(_stream, frame.Inputs, frame.Batch);
            Targets.Upload(_stream, frame.Targets, frame.Batch);
            _program.Evaluate(_frame);
            frame.Loss = _frame.Loss;
            Outputs.Download(_stream, frame.Outputs, frame.Batch);
        }
    }

    public override void Forward(ref Frame frame)
    {
        lock (_sync)
        {
            Begin(ref frame, training: true);
            _program.Forward(_frame);
            Mirrored(WeightArena.State).ChangedOnDevice();
        }
    }

    public override void Loss(ref Frame frame)
    {
        lock (_sync)
        {
            Begin(ref frame, training: true);
            Targets.Upload(_stream, frame.Targets, frame.Batch);
            if (frame.Accumulate) Upload(WeightArena.Gradients);
            _program.Loss(_frame);
            frame.Loss = _frame.Loss;

            // A loss that has gradients of its own for the weights has written them.
            if (_frame.Accumulate == 0) return;
            frame.Accumulate = true;
            Mirrored(WeightArena.Gradients).ChangedOnDevice();
        }
    }

    public override void SetOutputGradients(ref Frame frame)
    {
        lock (_sync)
        {
            Begin(ref frame, training: true);
            _program.SetOutputGradients(_frame);
        }
    }

    public override void Backward(ref Frame frame)
    {
        lock (_sync)
        {
            Begin(ref frame, training: true);
            if (!frame.WantParameterGradients) _frame.Gradients = new Arena(_unwantedGradients ??= Allocate(_definition.ParameterFloats));
            else if (frame.Accumulate) Upload(WeightArena.Gradients);
            _program.Backward(_frame);
            if (frame.WantParameterGradients) Mirrored(WeightArena.Gradients).ChangedOnDevice();
            if (frame.WantInputGradients) InputGradients.Download(_stream, frame.InputGradients, frame.Batch);
        }
    }

    public override void KeepState()
    {
        lock (_sync)
        {
            if (_definition.StateFloats == 0) return;
            Upload(WeightArena.State);
            Mirrored(WeightArena.State).View.CopyTo(_stream, _stateBefore);
        }
    }

    public override void RestoreState()
    {
        lock (_sync)
        {
            if (_definition.StateFloats == 0) return;
            _stateBefore.CopyTo(_stream, Mirrored(WeightArena.State).View);
            Mirrored(WeightArena.State).ChangedOnDevice();
        }
    }

    public override float* Activations(nint offset, nint count)
    {
        lock (_sync)
        {
            if (_activations.Length < count) _activations = GC.AllocateUninitializedArray<float>(checked((int)count), pinned: true);
            var pointer = (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_activations, 0);
            Write(_stream, _training!.Value.SubView(offset, count), pointer, count);
            return pointer;
        }
    }

    public override void BringToHost(WeightArena arena)
    {
        lock (_sync)
        {
            var mirror = Mirrored(arena);
            if (mirror.HostIsStale) Write(_stream, mirror.View, _weights.Pointer(arena), _weights.Length(arena));
            mirror.GivenToHost();
        }
    }

    public override void Dispose()
    {
        lock (_sync)
        {
            foreach (var buffer in _buffers) buffer.Dispose();
            _stream.Dispose();
            _device.Dispose();
        }
    }

    /// <summary>Copies from the caller's memory to the device's; the caller may change it afterwards.</summary>
    internal static void Read(AcceleratorStream stream, void* from, ArrayView<float> to, long floats)
    {
        if (floats > 0) to.SubView(0, floats).CopyFromCPU(stream, new ReadOnlySpan<float>(from, checked((int)floats)));
    }

    /// <summary>Copies from the device's memory to the caller's, once everything before is done.</summary>
    internal static void Write(AcceleratorStream stream, ArrayView<float> from, void* to, long floats)
    {
        if (floats > 0) from.SubView(0, floats).CopyToCPU(stream, new Span<float>(to, checked((int)floats)));
        stream.Synchronize();
    }

    internal float Mean(GpuFrame f, ArrayView<float> losses)
    {
        _lossSum.Run(f, 1, f.Batch, new LossSum(losses, _loss, (int)f.Batch));
        var mean = 0f;
        Write(_stream, _loss, &mean, 1);
        return mean;
    }

    private ArrayView<float> Allocate(long floats)
    {
        // One cache line more: a tensor without elements may begin at the end.
        var buffer = _device.Accelerator.Allocate1D<float>(floats + 16);
        _buffers.Add(buffer);
        buffer.View.MemSetToZero(_device.Accelerator.DefaultStream);
        return buffer.View;
    }

    private long ArenaFloats(params ReadOnlySpan<ArenaDefinition> programs)
    {
        long perSample = 0, unvarying = 0;
        foreach (var program in programs)
        {
            perSample = long.Max(perSample, program.PerSampleFloats);
            unvarying = long.Max(unvarying, program.FixedFloats);
        }

        return checked(FixedStart(perSample) + unvarying);
    }

    /// <summary>Where the fixed region begins behind the largest batch.</summary>
    private long FixedStart(long perSample) => (checked(perSample * _maxBatch) + 15) & ~15L;

    private void Begin(ref Frame frame, bool training)
    {
        Upload(WeightArena.Parameters);
        Upload(WeightArena.State);
        var arena = training ? new Arena(_training ??= Allocate(ArenaFloats(_definition.Training))) : _inference;
        _frame.Batch = frame.Batch;
        _frame.Arena = arena;
        _frame.Fixed = arena + FixedStart(training ? _definition.Training.PerSampleFloats : long.Max(_definition.Inference.PerSampleFloats, _definition.Evaluation.PerSampleFloats));
        _frame.Parameters = new Arena(Mirrored(WeightArena.Parameters).View);
        _frame.Gradients = new Arena(Mirrored(WeightArena.Gradients).View);
        _frame.State = new Arena(Mirrored(WeightArena.State).View);
        _frame.Derived = _derived;
        _frame.Seed = frame.Seed;
        _frame.Step = frame.Step;
        _frame.FirstSample = frame.FirstSample;
        _frame.SampleShare = frame.SampleShare;
        _frame.Accumulate = frame.Accumulate ? 1 : 0;
        _frame.WantInputGradients = frame.WantInputGradients;
        _frame.WantParameterGradients = frame.WantParameterGradients;
        _frame.Inputs = frame.Inputs;
        _frame.Outputs = frame.Outputs;
        _frame.OutputGradients = frame.OutputGradients;
    }

    private Mirror Mirrored(WeightArena arena) => _mirrors[(int)arena];

    private void Upload(WeightArena arena)
    {
        var mirror = Mirrored(arena);
        if (!mirror.DeviceIsStale) return;
        Read(_stream, _weights.Pointer(arena), mirror.View, _weights.Length(arena));
        mirror.Uploaded();
    }

    /// <summary>An arena of weights on the device and who has the newer one.</summary>
    private sealed class Mirror(ArrayView<float> view)
    {
        public ArrayView<float> View { get; } = view;

        public bool HostIsStale { get; private set; }

        public bool DeviceIsStale { get; private set; } = true;

        public void ChangedOnDevice() => (HostIsStale, DeviceIsStale) = (true, false);

        public void Uploaded() => DeviceIsStale = false;

        /// <summary>The host has the newest and may change it.</summary>
        public void GivenToHost() => (HostIsStale, DeviceIsStale) = (false, true);
    }

    /// <summary>Tensors of the caller in the device's memory.</summary>
    internal sealed class Staging
    {
        private readonly TensorDefinition[] _tensors;
        private readonly ArrayView<float>[] _views;

        public Staging(GpuExecutor executor, TensorDefinition[] tensors)
        {
            _tensors = tensors;
            _views = [.. tensors.Select(tensor => executor.Allocate((long)tensor.Size * executor._maxBatch))];
        }

        public ArrayView<float> Of(int index, long batch) => _views[index].SubView(0, _tensors[index].Size * batch);

        public void Upload(AcceleratorStream stream, void** from, long batch)
        {
            for (var i = 0; i < _tensors.Length; i++)
                if (from != null && from[i] != null) Read(stream, from[i], _views[i], _tensors[i].Size * batch);
        }

        public void Download(AcceleratorStream stream, void** to, long batch)
        {
            for (var i = 0; i < _tensors.Length; i++)
                if (to != null && to[i] != null) Write(stream, _views[i], to[i], _tensors[i].Size * batch);
        }
    }

    internal readonly struct LossSum(ArrayView<float> losses, ArrayView<float> mean, int count) : IRows
    {
        public void Run(int row)
        {
            var own = 0f;
            for (var i = Threads.Index; i < count; i += Threads.Count) own += losses[i];
            var sum = Threads.Sum(new Scalar(own)).V;
            if (Threads.Index == 0) mean[row] = sum / count;
        }
    }
}
