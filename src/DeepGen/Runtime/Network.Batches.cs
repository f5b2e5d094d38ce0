namespace DeepGen;

/// <content>The calls that take a <see cref="Batch"/>: the same for every network.</content>
public abstract unsafe partial class Network
{
    /// <summary>Forward, loss, backward and update over the samples of a batch.</summary>
    /// <param name="batch">Inputs and targets.</param>
    /// <param name="optimizer">Moves the parameters.</param>
    /// <param name="microBatch">
    /// The most samples that are computed at once, their gradients being added up; the batch may then hold more than <see cref="MaxBatch"/>. Null computes all at once, with the
    /// same result up to rounding, except where a layer looks at its whole batch: BatchNorm, and losses that weigh samples against each other.
    /// </param>
    /// <returns>The mean loss of the batch.</returns>
    /// <exception cref="ArgumentException">The batch is empty, larger than <see cref="MaxBatch"/>, laid out for another network, or holds an index that is no class.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The micro-batch is below 1 or above <see cref="MaxBatch"/>.</exception>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite, or gradients are clipped by a norm that is; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The network has no loss, another phase is running, or the optimizer belongs to another network.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public float Step(Batch batch, Optimizer optimizer, int? microBatch = null) => Step(batch, Span<float>.Empty, optimizer, microBatch);

    /// <summary>As the other overload, and the first output of the training-mode forward run goes to <paramref name="output"/> unless that is empty.</summary>
    public float Step(Batch batch, Span<float> output, Optimizer optimizer, int? microBatch = null)
    {
        if (microBatch < 1 || microBatch > MaxBatch)
            throw new ArgumentOutOfRangeException(nameof(microBatch), microBatch, $"Step: a micro-batch must hold 1 to {MaxBatch} samples, the network's maximum.");
        var samples = BatchOf("Step", batch, inParts: microBatch != null);
        if (output.Length != 0) CheckOutput("Step", 0, output.Length, samples);
        fixed (float* y = output)
        {
            var outputs = stackalloc void*[Definition.Outputs.Length];
            outputs[0] = y;
            var loss = StepInParts(samples, microBatch ?? samples, batch.Inputs, batch.Targets, outputs, optimizer);
            GC.KeepAlive(batch);
            return loss;
        }
    }

    /// <summary>As the public ones, with any of the outputs.</summary>
    internal float Step(Batch batch, OutputMemory outputs, Optimizer optimizer, int? microBatch)
    {
        var samples = BatchOf("Step", batch, inParts: microBatch != null);
        var loss = StepInParts(samples, microBatch ?? samples, batch.Inputs, batch.Targets, outputs.Pointers, optimizer);
        GC.KeepAlive(batch);
        GC.KeepAlive(outputs);
        return loss;
    }

    /// <summary>
    /// Forward, loss and backward over a part of a step's samples, without the update: the part's share of the gradients of the mean loss over the whole step is added to the gradients that are
    /// there. <see cref="ZeroGradients"/>, a call for each part and <see cref="Update"/> are a step, up to rounding, with the same random numbers.
    /// </summary>
    /// <param name="batch">Inputs and targets of the part.</param>
    /// <param name="first">The number of its first sample within the step, from 0.</param>
    /// <param name="samples">The number of samples of the whole step.</param>
    /// <param name="output">The first output of the training-mode forward run; empty when it is not wanted.</param>
    /// <returns>The mean loss of the part.</returns>
    /// <exception cref="ArgumentException">The batch does not fit the network or reaches beyond the step's samples, an index is no class, or the span is too short.</exception>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite; weights and running statistics are as they were.</exception>
    /// <exception cref="InvalidOperationException">The network has no loss, or another phase is running.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public float Accumulate(Batch batch, int first, int samples, Span<float> output = default)
    {
        var part = BatchOf("Accumulate", batch);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        if (first + part > samples)
            throw new ArgumentException($"Accumulate: samples {first} to {first + part - 1} reach beyond a step of {Shapes.Count(samples, "sample")}.", nameof(samples));
        if (output.Length != 0) CheckOutput("Accumulate", 0, output.Length, part);
        fixed (float* y = output)
        {
            var outputs = stackalloc void*[Definition.Outputs.Length];
            outputs[0] = y;
            var loss = AccumulateCore(part, first, samples, batch.Inputs, batch.Targets, outputs);
            GC.KeepAlive(batch);
            return loss;
        }
    }

    /// <summary>Training-mode forward run over the samples of a batch; <see cref="Backward(Batch, ReadOnlySpan{float}, Span{float}, bool)"/> continues it.</summary>
    /// <param name="batch">The inputs; targets are not read.</param>
    /// <param name="output">The first output; empty when it is not wanted.</param>
    /// <exception cref="ArgumentException">The batch does not fit the network, an index is no class, or the span is too short.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Forward(Batch batch, Span<float> output = default)
    {
        var samples = BatchOf("Forward", batch);
        if (output.Length != 0) CheckOutput("Forward", 0, output.Length, samples);
        fixed (float* y = output)
        {
            var outputs = stackalloc void*[Definition.Outputs.Length];
            outputs[0] = y;
            ForwardCore(samples, batch.Inputs, outputs);
            GC.KeepAlive(batch);
        }
    }

    /// <summary>Backward run of the last Forward, from the gradient of the output; parameter gradients are added to those that are there.</summary>
    /// <param name="batch">The samples of that Forward.</param>
    /// <param name="outputGradient">The gradient of the output, for networks with one.</param>
    /// <param name="inputGradient">Receives the gradient of the first input; empty when it is not wanted.</param>
    /// <param name="parameters">Whether the parameters' gradients are wanted; without them those that are there stay as they are and nothing is spent on them.</param>
    /// <exception cref="ArgumentException">The batch does not fit the network, a span has another length than the output or the input, the first input holds integers, or nothing is wanted.</exception>
    /// <exception cref="InvalidOperationException">There was no Forward of so many samples, another phase is running, or the network has several outputs.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Backward(Batch batch, ReadOnlySpan<float> outputGradient, Span<float> inputGradient = default, bool parameters = true)
    {
        var samples = BatchOf("Backward", batch);
        if (Definition.Outputs.Length != 1)
            throw new InvalidOperationException($"Backward: {Definition.Name} has {Definition.Outputs.Length} outputs; use its typed Backward.");
        CheckOutputGradient("Backward", 0, outputGradient.Length, samples);
        CheckInputGradient("Backward", 0, inputGradient.Length, samples);
        if (inputGradient.Length != 0 && Definition.Inputs[0].Element != Element.Float32)
            throw new ArgumentException($"Backward: input '{Definition.Inputs[0].Name}' of {Definition.Name} holds integers, which have no gradient; leave the span out.", nameof(inputGradient));
        fixed (float* dy = outputGradient, dx = inputGradient)
        {
            void* pointer = dy;
            var inputs = stackalloc void*[Definition.Inputs.Length];
            inputs[0] = dx;
            BackwardCore(samples, &pointer, inputs, parameters);
            GC.KeepAlive(batch);
        }
    }

    /// <summary>Inference over the samples of a batch.</summary>
    /// <param name="batch">The inputs; targets are not read.</param>
    /// <param name="output">The output, for networks with one.</param>
    /// <exception cref="ArgumentException">The batch does not fit the network, or the span is too short.</exception>
    /// <exception cref="InvalidOperationException">A training phase is running, or the network has several outputs.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Predict(Batch batch, Span<float> output)
    {
        var samples = BatchOf("Predict", batch);
        if (Definition.Outputs.Length != 1)
            throw new InvalidOperationException($"Predict: {Definition.Name} has {Definition.Outputs.Length} outputs; use its typed Predict.");
        CheckOutput("Predict", 0, output.Length, samples);
        fixed (float* y = output)
        {
            void* pointer = y;
            PredictCore(samples, batch.Inputs, &pointer);
            GC.KeepAlive(batch);
        }
    }

    /// <summary>Inference and the loss over the samples of a batch, without gradients.</summary>
    /// <param name="batch">Inputs and targets.</param>
    /// <param name="output">The first output; empty when it is not wanted.</param>
    /// <returns>The mean loss of the batch, finite or not.</returns>
    /// <exception cref="ArgumentException">The batch does not fit the network, an index is no class, or the span is too short.</exception>
    /// <exception cref="InvalidOperationException">The network has no loss, or a training phase is running.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public float Evaluate(Batch batch, Span<float> output = default)
    {
        var samples = BatchOf("Evaluate", batch);
        if (output.Length != 0) CheckOutput("Evaluate", 0, output.Length, samples);
        fixed (float* y = output)
        {
            var outputs = stackalloc void*[Definition.Outputs.Length];
            outputs[0] = y;
            var loss = EvaluateCore(samples, batch.Inputs, batch.Targets, outputs);
            GC.KeepAlive(batch);
            return loss;
        }
    }

    /// <summary>As the public one, with any of the outputs.</summary>
    internal float Evaluate(Batch batch, OutputMemory outputs)
    {
        var samples = BatchOf("Evaluate", batch);
        var loss = EvaluateCore(samples, batch.Inputs, batch.Targets, outputs.Pointers);
        GC.KeepAlive(batch);
        GC.KeepAlive(outputs);
        return loss;
    }

    /// <summary>As the public one, for networks with any number of outputs, all of which are wanted.</summary>
    internal void Predict(Batch batch, OutputMemory outputs)
    {
        var samples = BatchOf("Predict", batch);
        PredictCore(samples, batch.Inputs, outputs.Pointers);
        GC.KeepAlive(batch);
        GC.KeepAlive(outputs);
    }

    /// <summary>As the public one, for networks with any number of outputs, all of which are wanted.</summary>
    internal void Forward(Batch batch, OutputMemory outputs)
    {
        var samples = BatchOf("Forward", batch);
        ForwardCore(samples, batch.Inputs, outputs.Pointers);
        GC.KeepAlive(batch);
        GC.KeepAlive(outputs);
    }

    /// <summary>The gradient of the first input alone, from those of any number of outputs.</summary>
    internal void Backward(Batch batch, OutputMemory outputGradients, Span<float> inputGradient)
    {
        var samples = BatchOf("Backward", batch);
        CheckInputGradient("Backward", 0, inputGradient.Length, samples);
        fixed (float* dx = inputGradient)
        {
            var inputs = stackalloc void*[Definition.Inputs.Length];
            inputs[0] = dx;
            BackwardCore(samples, outputGradients.Pointers, inputs, parameters: false);
            GC.KeepAlive(batch);
            GC.KeepAlive(outputGradients);
        }
    }

    private nint BatchOf(string call, Batch batch, bool inParts = false)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ThrowIfDisposed();
        if (batch.Definition != Definition && !SameTensors(batch.Definition, Definition))
            throw new ArgumentException($"{call}: the batch is laid out for {Text(batch.Definition)}, but this is {Text(Definition)}; create the batch from this network.");
        if (batch.Count == 0) throw new ArgumentException($"{call}: the batch holds no sample; set Batch.Count and fill it.");
        if (!inParts) CheckBatch(call, batch.Count);
        return batch.Count;
    }

    internal static bool SameTensors(NetworkDefinition a, NetworkDefinition b) => Same(a.Inputs, b.Inputs) && Same(a.Targets, b.Targets);

    private static bool Same(TensorDefinition[] a, TensorDefinition[] b)
    {
        if (a.Length != b.Length) return false;
        for (var i = 0; i < a.Length; i++)
            if (a[i].Element != b[i].Element || !a[i].Shape.AsSpan().SequenceEqual(b[i].Shape))
                return false;
        return true;
    }

    private static string Text(NetworkDefinition definition) =>
        $"{definition.Name} (inputs {string.Join(", ", definition.Inputs.Select(tensor => Shapes.Text(tensor.Shape)))}; targets {string.Join(", ", definition.Targets.Select(tensor => Shapes.Text(tensor.Shape)))})";
}
