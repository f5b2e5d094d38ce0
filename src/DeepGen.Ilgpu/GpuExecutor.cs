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
    private readonly GpuDevice _device;
    private readonly GpuProgram _program;
    private readonly AcceleratorStream _stream;
    private readonly GpuFrame _frame;
    private readonly RowsKernel<LossSum> _lossSum;
    private readonly List<MemoryBuffer> _buffers = [];
    private readonly List<Mirror> _mirrors = [];
    private readonly Dictionary<Type, object> _updates = [];
    private readonly Mirror _parameters;
    private readonly Mirror _gradients;
    private readonly Mirror _state;
    private readonly Arena _derived;
    private readonly Arena _inference;
    private readonly ArrayView<float> _stateBefore;
    private readonly ArrayView<float> _loss;
    private readonly int _maxBatch;
    private ArrayView<float>? _training;
    private ArrayView<float>? _unwantedGradients;
    private float[] _activations = [];

    public GpuExecutor(GpuDevice device, NetworkDefinition definition, Weights weights, NetworkOptions options)
    {
        _device = device;
        _definition = definition;
        _maxBatch = options.MaxBatch;
        _program = (GpuProgram)definition.OnDevice!(device);
        _lossSum = new RowsKernel<LossSum>(device);
        _stream = device.Accelerator.CreateStream();
        _frame = new GpuFrame(this, _stream);
        _parameters = MirrorOf(weights.Parameters);
        _gradients = MirrorOf(weights.Gradients);
        _state = MirrorOf(weights.State);
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

    /// <summary>How often weights or moments were copied between host and device.</summary>
    internal long WeightCopies { get; private set; }

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
            _state.ChangedOnDevice();
        }
    }

    public override void Loss(ref Frame frame)
    {
        lock (_sync)
        {
            Begin(ref frame, training: true);
            Targets.Upload(_stream, frame.Targets, frame.Batch);
            if (frame.Accumulate) _gradients.Upload();
            _program.Loss(_frame);
            frame.Loss = _frame.Loss;

            // A loss that has gradients of its own for the weights has written them.
            if (_frame.Accumulate == 0) return;
            frame.Accumulate = true;
            _gradients.ChangedOnDevice();
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
            else if (frame.Accumulate) _gradients.Upload();
            _program.Backward(_frame);
            if (frame.WantParameterGradients) _gradients.ChangedOnDevice();
            if (frame.WantInputGradients) InputGradients.Download(_stream, frame.InputGradients, frame.Batch);
        }
    }

    public override void KeepState()
    {
        lock (_sync)
        {
            if (_definition.StateFloats == 0) return;
            _state.Upload();
            _state.View.CopyTo(_stream, _stateBefore);
        }
    }

    public override void RestoreState()
    {
        lock (_sync)
        {
            if (_definition.StateFloats == 0) return;
            _stateBefore.CopyTo(_stream, _state.View);
            _state.ChangedOnDevice();
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

    public override void Attach(NativeArena arena)
    {
        lock (_sync) MirrorOf(arena);
    }

    public override bool Update<R>(in DevicePass pass, R rule)
    {
        lock (_sync)
        {
            if (!_updates.TryGetValue(typeof(R), out var kernel)) _updates.Add(typeof(R), kernel = new MapKernel<UpdateBody<R>>(_device));
            var (parameters, gradients) = (Current(pass.Parameters)!, Current(pass.Gradients)!);
            var (first, second, third) = (Current(pass.First), Current(pass.Second), Current(pass.Third));
            var (offset, length) = (pass.Offset, pass.Length);
            ArrayView<float> Range(Mirror? mirror) => mirror == null ? default : mirror.View.SubView(offset, length);
            var kept = (first == null ? 0 : 1) | (second == null ? 0 : 2) | (third == null ? 0 : 4);
            ((MapKernel<UpdateBody<R>>)kernel).Run(_frame, length, new UpdateBody<R>(rule, Range(parameters), Range(gradients), Range(first), Range(second), Range(third), kept, pass.Scale, pass.Limit));
            parameters.ChangedOnDevice();
            first?.ChangedOnDevice();
            second?.ChangedOnDevice();
            third?.ChangedOnDevice();
            return true;
        }

        static Mirror? Current(NativeArena? arena)
        {
            var mirror = (Mirror?)arena?.Mirror;
            mirror?.Upload();
            return mirror;
        }
    }

    public override void Dispose()
    {
        lock (_sync)
        {
            foreach (var mirror in _mirrors) mirror.Detach();
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
        _parameters.Upload();
        _state.Upload();
        var arena = training ? new Arena(_training ??= Allocate(ArenaFloats(_definition.Training))) : _inference;
        _frame.Batch = frame.Batch;
        _frame.Arena = arena;
        _frame.Fixed = arena + FixedStart(training ? _definition.Training.PerSampleFloats : long.Max(_definition.Inference.PerSampleFloats, _definition.Evaluation.PerSampleFloats));
        _frame.Parameters = new Arena(_parameters.View);
        _frame.Gradients = new Arena(_gradients.View);
        _frame.State = new Arena(_state.View);
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

    private Mirror MirrorOf(NativeArena arena)
    {
        var mirror = new Mirror(this, arena, Allocate(arena.Length));
        _mirrors.Add(mirror);
        arena.Mirror = mirror;
        return mirror;
    }

    /// <summary>An arena of the host on the device, and who has the newer one.</summary>
    private sealed class Mirror(GpuExecutor executor, NativeArena host, ArrayView<float> view) : IArenaMirror
    {
        private bool _hostIsStale;
        private bool _deviceIsStale = true;

        public ArrayView<float> View { get; } = view;

        public void ChangedOnDevice() => (_hostIsStale, _deviceIsStale) = (true, false);

        public void Upload()
        {
            if (!_deviceIsStale) return;
            Read(executor._stream, host.HostPointer, View, host.Length);
            executor.WeightCopies++;
            _deviceIsStale = false;
        }

        public void BringToHost()
        {
            lock (executor._sync)
            {
                if (_hostIsStale)
                {
                    Write(executor._stream, View, host.HostPointer, host.Length);
                    executor.WeightCopies++;
                }

                (_hostIsStale, _deviceIsStale) = (false, true);
            }
        }

        /// <summary>The host has it alone from now on.</summary>
        public void Detach()
        {
            BringToHost();
            host.Mirror = null;
        }
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
