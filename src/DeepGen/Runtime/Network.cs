using System.ComponentModel;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// A compiled network. The generator derives a class from it for every <c>[Network]</c> and adds the typed
/// <c>Create</c>, <c>Predict</c>, <c>Step</c>, <c>Forward</c> and <c>Backward</c>.
/// </summary>
/// <remarks>
/// <c>Predict</c>, <c>Evaluate</c> and <see cref="Save(string)"/> may run in many threads at once. Step, Forward, Backward,
/// <see cref="Update"/>, <see cref="ZeroGradients"/> and <see cref="Load"/> are exclusive: overlap throws <see cref="InvalidOperationException"/>.
/// </remarks>
public abstract unsafe partial class Network : IDisposable
{
    private readonly Gate _gate;
    private readonly Workers _workers;
    private readonly Executor _executor;
    private readonly DerivedWeights _derived;

    // The last Forward, for the Backward that belongs to it: 0 when there is none.
    private nint _forwardBatch;
    private ulong _runs;

    /// <summary>Reserves the weights and gives the parameters their first values.</summary>
    protected Network(NetworkDefinition definition, NetworkOptions? options)
    {
        ArgumentNullException.ThrowIfNull(definition);
        Definition = definition;
        Options = (options ?? new NetworkOptions()).Checked();
        Weights = new Weights(definition);
        _gate = new Gate(definition.Name, Release);
        _workers = new Workers(Options.Threads);
        _executor = Options.Device == Devices.Cpu
            ? new CpuExecutor(definition, Weights, _workers, Options)
            : Devices.ProviderOf(Options.Device).Create(Options.Device, definition, Weights, Options);
        _derived = new DerivedWeights(this);
        Parameters = new ParameterCollection(this);
        foreach (var parameter in Parameters) parameter.InitializeAsDeclared(Options.Seed);
    }

    /// <summary>Ends the worker threads of a network that nobody disposed; its memory has finalizers of its own.</summary>
    ~Network() => _workers?.Dispose();

    /// <summary>What the generator knows about this network.</summary>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public NetworkDefinition Definition { get; }

    /// <summary>The options that it was created with.</summary>
    public NetworkOptions Options { get; }

    /// <summary>The largest number of samples of one call.</summary>
    public int MaxBatch => Options.MaxBatch;

    /// <summary>The number of threads that a call may use.</summary>
    public int Threads => Options.Threads;

    /// <summary>Parameters and running statistics in declared order, by name and by index.</summary>
    public ParameterCollection Parameters { get; }

    internal Weights Weights { get; }

    internal Executor Executor => _executor;

    internal Workers Workers => _workers;

    /// <summary>The steps and forward runs of training so far, which are the counter of random numbers.</summary>
    internal ulong TrainingRuns
    {
        get => _runs;
        set => _runs = value;
    }

    /// <summary>Sets all gradients to 0.</summary>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void ZeroGradients()
    {
        _gate.Enter("ZeroGradients");
        try
        {
            Weights.Gradients.Clear();
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Moves all parameters that are not frozen, by the optimizer's rule and the gradients that are there.</summary>
    /// <exception cref="NonFiniteException">The optimizer clips gradients by their norm, and it is not finite; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running, or the optimizer belongs to another network.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Update(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        _gate.Enter("Update");
        try
        {
            optimizer.Bind(this);
            Apply(optimizer);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Stops the worker threads and releases all memory once no call is running. Spans of parameters must not be used afterwards.</summary>
    public void Dispose()
    {
        _gate.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Inference in a rented session.</summary>
    /// <param name="batch">The number of samples, checked by <c>BatchOf</c>.</param>
    /// <param name="inputs">One pointer per input.</param>
    /// <param name="outputs">One pointer per output; none may be null.</param>
    protected void PredictCore(nint batch, void** inputs, void** outputs)
    {
        CheckIndices("Predict", Definition.Inputs, "input", inputs, batch);
        _gate.EnterShared("Predict", _derived);
        try
        {
            var frame = NewFrame(batch);
            frame.Inputs = inputs;
            frame.Outputs = outputs;
            _executor.Infer(ref frame);
        }
        finally
        {
            _gate.ExitShared();
        }
    }

    /// <summary>Inference with the loss in a rented session.</summary>
    /// <returns>The mean loss of the batch, finite or not.</returns>
    protected float EvaluateCore(nint batch, void** inputs, void** targets, void** outputs)
    {
        if (!Definition.HasLoss) throw NoLoss("Evaluate");
        CheckIndices("Evaluate", Definition.Inputs, "input", inputs, batch);
        CheckIndices("Evaluate", Definition.Targets, "target", targets, batch);
        _gate.EnterShared("Evaluate", _derived);
        try
        {
            var frame = NewFrame(batch);
            frame.Inputs = inputs;
            frame.Targets = targets;
            frame.Outputs = outputs;
            _executor.Evaluate(ref frame);
            return (float)frame.Loss;
        }
        finally
        {
            _gate.ExitShared();
        }
    }

    /// <summary>Forward, loss, backward (gradients are replaced) and update.</summary>
    /// <returns>The mean loss of the batch.</returns>
    protected float StepCore(nint batch, void** inputs, void** targets, Optimizer optimizer) => StepCore(batch, inputs, targets, null, optimizer);

    /// <summary>As the other overload, and the outputs of the forward run go to <paramref name="outputs"/>.</summary>
    protected float StepCore(nint batch, void** inputs, void** targets, void** outputs, Optimizer optimizer) => StepInParts(batch, batch, inputs, targets, outputs, optimizer);

    /// <summary>A step whose samples are computed so many at a time.</summary>
    private float StepInParts(nint samples, nint most, void** inputs, void** targets, void** outputs, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        CheckLearning("Step", samples, inputs, targets);
        _gate.Enter("Step");
        try
        {
            optimizer.Bind(this);
            var x = stackalloc void*[Definition.Inputs.Length];
            var t = stackalloc void*[Definition.Targets.Length];
            var y = stackalloc void*[Definition.Outputs.Length];
            var loss = 0.0;
            _executor.KeepState();
            try
            {
                for (nint first = 0; first < samples; first += most)
                {
                    Locate(Definition.Inputs, inputs, first, x);
                    Locate(Definition.Targets, targets, first, t);
                    Locate(Definition.Outputs, outputs, first, y);
                    loss += Learn(nint.Min(most, samples - first), first, samples, first > 0, x, t, y);
                }

                Apply(optimizer);
            }
            catch
            {
                // Forward has already moved the running statistics towards a batch that is not learned from.
                _executor.RestoreState();
                throw;
            }

            _runs++;
            return (float)loss;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Forward, loss and backward over samples first … first + batch − 1 of a step, without an update; gradients are added to those that are there.</summary>
    /// <returns>The mean loss of these samples.</returns>
    private float AccumulateCore(nint batch, nint first, nint samples, void** inputs, void** targets, void** outputs)
    {
        CheckLearning("Accumulate", batch, inputs, targets);
        _gate.Enter("Accumulate");
        try
        {
            _executor.KeepState();
            try
            {
                var share = Learn(batch, first, samples, true, inputs, targets, outputs);

                // The parts of a step have the random numbers of one step.
                if (first + batch == samples) _runs++;
                return (float)(share * samples / batch);
            }
            catch
            {
                _executor.RestoreState();
                throw;
            }
            finally
            {
                Weights.Changed();
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Forward, loss and backward over a part of a step's samples.</summary>
    /// <returns>What the part adds to the mean loss of the step.</returns>
    private double Learn(nint batch, nint first, nint samples, bool accumulate, void** inputs, void** targets, void** outputs)
    {
        _forwardBatch = 0;
        var frame = TrainingFrame(batch);
        frame.Inputs = inputs;
        frame.Targets = targets;
        frame.Outputs = outputs;
        frame.FirstSample = (ulong)first;
        frame.SampleShare = 1f / samples;
        frame.Accumulate = accumulate;
        _executor.Forward(ref frame);
        _executor.Loss(ref frame);
        if (!double.IsFinite(frame.Loss)) throw NonFinite.Describe(this, ref frame);
        _executor.Backward(ref frame);
        return frame.Loss * ((double)batch / samples);
    }

    private void CheckLearning(string call, nint batch, void** inputs, void** targets)
    {
        if (Definition.Loss == null) throw NoLoss(call);
        CheckIndices(call, Definition.Inputs, "input", inputs, batch);
        CheckIndices(call, Definition.Targets, "target", targets, batch);
    }

    /// <summary>Where the samples from one on lie; values of every type have 4 bytes.</summary>
    private static void Locate(TensorDefinition[] tensors, void** data, nint first, void** part)
    {
        for (var i = 0; i < tensors.Length; i++) part[i] = data == null || data[i] == null ? null : (float*)data[i] + (first * tensors[i].Size);
    }

    /// <summary>Training-mode forward run; <see cref="BackwardCore"/> continues it.</summary>
    protected void ForwardCore(nint batch, void** inputs, void** outputs)
    {
        CheckIndices("Forward", Definition.Inputs, "input", inputs, batch);
        _gate.Enter("Forward");
        try
        {
            _forwardBatch = 0;
            var frame = TrainingFrame(batch);
            frame.Inputs = inputs;
            frame.Outputs = outputs;
            _executor.Forward(ref frame);
            Weights.Changed();
            _forwardBatch = batch;
            _runs++;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Backward run of the last <see cref="ForwardCore"/>; parameter gradients are added to those that are there.</summary>
    /// <param name="batch">The batch of that Forward, from <see cref="ForwardBatch"/>.</param>
    /// <param name="outputGradients">One pointer per output.</param>
    /// <param name="inputGradients">One pointer per input, null where the gradient is not wanted.</param>
    /// <param name="parameters">Whether the parameters' gradients are wanted; without them they stay as they are.</param>
    protected void BackwardCore(nint batch, void** outputGradients, void** inputGradients, bool parameters = true)
    {
        _gate.Enter("Backward");
        try
        {
            if (_forwardBatch != batch || batch == 0) throw NoForward();
            var frame = TrainingFrame(batch);

            // The same random numbers as in the forward run.
            frame.Step = _runs - 1;
            frame.OutputGradients = outputGradients;
            frame.InputGradients = inputGradients;
            frame.Accumulate = true;
            for (var i = 0; i < Definition.Inputs.Length; i++) frame.WantInputGradients |= inputGradients[i] != null;
            if (!parameters)
            {
                if (!frame.WantInputGradients) throw new ArgumentException("Backward has nothing to compute: without the gradients of the parameters, room for the gradient of at least one input is needed.");
                frame.WantParameterGradients = false;
                frame.Accumulate = false;
            }

            // Backward reuses the memory of activations that it has consumed.
            _forwardBatch = 0;
            _executor.SetOutputGradients(ref frame);
            _executor.Backward(ref frame);
        }
        finally
        {
            _gate.Exit();
        }
    }

    internal void ThrowIfDisposed() => _gate.ThrowIfDisposed();

    /// <summary>Runs an action that changes weights; a Backward cannot continue a Forward across it.</summary>
    internal T Exclusive<T>(string call, Func<T> action)
    {
        _gate.Enter(call);
        try
        {
            var result = action();
            _forwardBatch = 0;
            Weights.Changed();
            return result;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Runs an action that only reads weights and gradients.</summary>
    internal T Shared<T>(string call, Func<T> action)
    {
        _gate.EnterShared(call, null);
        try
        {
            return action();
        }
        finally
        {
            _gate.ExitShared();
        }
    }

    /// <summary>Updates the weights; they have changed also where that broke off half-way.</summary>
    private void Apply(Optimizer optimizer)
    {
        try
        {
            optimizer.Update(this);
        }
        finally
        {
            Weights.Changed();
        }
    }

    private Frame NewFrame(nint batch) => new() { Batch = batch, Seed = Options.Seed, Step = _runs };

    private Frame TrainingFrame(nint batch)
    {
        var frame = NewFrame(batch);
        frame.WantParameterGradients = true;
        frame.SampleShare = 1f / batch;
        return frame;
    }

    private void Release()
    {
        _executor.Dispose();
        _workers.Dispose();
        Weights.Dispose();
    }

    private InvalidOperationException NoLoss(string call) =>
        new($"{call}: {Definition.Name} has no loss; declare one (for instance [SoftmaxCrossEntropy]), or use Forward, Backward and Update.");

    private InvalidOperationException NoForward() =>
        new($"Backward: call Forward on {Definition.Name} before it; each Backward uses up the activations of one Forward.");

    /// <summary>Derived weights behind the gate: built before the first prediction of each version.</summary>
    private sealed class DerivedWeights(Network network) : IDerived
    {
        public bool IsStale => network.Weights.DerivedVersion != network.Weights.Version;

        public void Rebuild()
        {
            // Taken before the run: a change during it leaves the result stale, never wrongly fresh.
            var version = network.Weights.Version;
            var frame = network.NewFrame(0);
            network._executor.Prepare(ref frame);
            network.Weights.DerivedVersion = version;
        }
    }
}
