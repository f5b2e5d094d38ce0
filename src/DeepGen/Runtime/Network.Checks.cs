namespace DeepGen;

/// <content>The checks of lengths and values in front of every call. Generated code calls them before it takes pointers.</content>
public abstract unsafe partial class Network
{
    /// <summary>The number of samples in a span of the given input.</summary>
    /// <param name="call">The public method's name, for messages.</param>
    /// <param name="input">The index of the input.</param>
    /// <param name="length">The span's length.</param>
    /// <exception cref="ArgumentException">It holds no sample, a part of a sample, or more than <see cref="MaxBatch"/>.</exception>
    protected nint BatchOf(string call, int input, int length)
    {
        ThrowIfDisposed();
        var tensor = Definition.Inputs[input];
        var (batch, rest) = Math.DivRem(length, tensor.Size);
        if (rest != 0)
            throw new ArgumentException($"{call}: input '{tensor.Name}' needs a multiple of {Values(tensor.Size)} ({Shapes.PerSample(tensor.Shape)}), got {length}; pass whole samples.");
        if (batch == 0) throw new ArgumentException($"{call}: input '{tensor.Name}' holds no sample; pass at least {Values(tensor.Size)} ({Shapes.PerSample(tensor.Shape)}).");
        CheckBatch(call, batch);
        return batch;
    }

    /// <summary>Checks a further input against the batch of the first.</summary>
    protected void CheckInput(string call, int input, int length, nint batch) => CheckExact(call, "input", Definition.Inputs[input], length, batch);

    /// <summary>Checks a target against the batch.</summary>
    protected void CheckTarget(string call, int target, int length, nint batch) => CheckExact(call, "target", Definition.Targets[target], length, batch);

    /// <summary>Checks that an output fits into its span, which may be longer.</summary>
    protected void CheckOutput(string call, int output, int length, nint batch) => CheckRoom(call, "output", Definition.Outputs[output], length, batch);

    /// <summary>The number of samples of the Forward that a Backward continues.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    protected nint ForwardBatch()
    {
        ThrowIfDisposed();
        return _forwardBatch != 0 ? _forwardBatch : throw NoForward();
    }

    /// <summary>Checks the gradient handed in for an output.</summary>
    protected void CheckOutputGradient(string call, int output, int length, nint batch) =>
        CheckExact(call, "the gradient of output", Definition.Outputs[output], length, batch);

    /// <summary>Checks the span for an input's gradient; an empty one says that it is not wanted.</summary>
    protected void CheckInputGradient(string call, int input, int length, nint batch)
    {
        if (length != 0) CheckRoom(call, "the gradient of input", Definition.Inputs[input], length, batch);
    }

    private void CheckBatch(string call, nint batch)
    {
        if (batch > MaxBatch)
            throw new ArgumentException($"{call}: a batch of {batch} samples is above the maximum of {MaxBatch}; raise NetworkOptions.MaxBatch, or pass fewer samples at a time.");
    }

    private void CheckExact(string call, string role, TensorDefinition tensor, int length, nint batch)
    {
        var needed = tensor.Size * (long)batch;
        if (length != needed)
            throw new ArgumentException($"{call}: {role} '{tensor.Name}' needs {Values(needed)} ({Shapes.PerSample(tensor.Shape)}, {Shapes.Count(batch, "sample")}), got {length}.");
    }

    private void CheckRoom(string call, string role, TensorDefinition tensor, int length, nint batch)
    {
        var needed = tensor.Size * (long)batch;
        if (length < needed)
            throw new ArgumentException($"{call}: {role} '{tensor.Name}' needs room for {Values(needed)} ({Shapes.PerSample(tensor.Shape)}, {Shapes.Count(batch, "sample")}), got a span of {length}.");
    }

    /// <summary>Checks that indices lie in range, so that no kernel reads outside its memory.</summary>
    private static void CheckIndices(string call, TensorDefinition[] tensors, string role, void** data, nint batch)
    {
        for (var t = 0; t < tensors.Length; t++)
        {
            if (tensors[t].MaxLength > 0) CheckLengths(call, tensors[t], (int*)data[t], batch);
            if (tensors[t].Classes == 0) continue;
            var at = IndexOutOfRange(tensors[t], (int*)data[t], batch);
            if (at >= 0) throw BadIndex(call, role, tensors[t], ((int*)data[t])[at], $"sample {at / tensors[t].Size}", at);
        }
    }

    private static void CheckLengths(string call, TensorDefinition tensor, int* values, nint batch)
    {
        for (nint sample = 0; sample < batch; sample++)
        {
            if (values[sample] < 1 || values[sample] > tensor.MaxLength)
                throw new ArgumentException($"{call}: input '{tensor.Name}' of sample {sample} is {values[sample]}, but its sequence has {tensor.MaxLength} steps; lengths must be 1 to {tensor.MaxLength}.");
        }
    }

    /// <summary>The first element whose value is no class, or -1.</summary>
    internal static nint IndexOutOfRange(TensorDefinition tensor, int* values, nint batch)
    {
        var count = tensor.Size * batch;
        for (nint i = 0; i < count; i++)
            if ((uint)values[i] >= (uint)tensor.Classes && values[i] != tensor.IgnoredClass)
                return i;
        return -1;
    }

    /// <summary>What is wrong with an index: <paramref name="sample"/> says of which sample it is, <paramref name="at"/> is its place among those of it, or of all samples.</summary>
    internal static ArgumentException BadIndex(string call, string role, TensorDefinition tensor, int value, string sample, nint at)
    {
        var place = tensor.Size == 1 ? sample : $"{sample}, element {at % tensor.Size},";
        return new($"{call}: {role} '{tensor.Name}' of {place} is {value}, but there are {tensor.Classes} classes; values must be 0 to {tensor.Classes - 1}.");
    }

    private static string Values(long count) => Shapes.Count(count, "value");
}
