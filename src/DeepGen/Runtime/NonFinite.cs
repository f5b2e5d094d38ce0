namespace DeepGen;

/// <summary>Finds where a loss that is not finite comes from.</summary>
internal static unsafe class NonFinite
{
    /// <summary>Searches inputs, then activations in forward order, then parameters, and says what it found first.</summary>
    public static NonFiniteException Describe(Network network, ref Frame frame)
    {
        var definition = network.Definition;
        var step = (long)frame.Step + 1;
        var head = $"Step {step}: the loss is {(double.IsNaN(frame.Loss) ? "NaN" : "infinite")}.";
        const string Tail = "Weights and running statistics are as they were before the step.";

        for (var i = 0; i < definition.Inputs.Length; i++)
        {
            var input = definition.Inputs[i];
            if (input.Element != Element.Float32) continue;
            var values = (float*)frame.Inputs[i];
            var at = First(values, input.Size * frame.Batch);
            if (at >= 0)
                return new NonFiniteException($"{head} Input '{input.Name}' holds {Name(values[at])} in sample {(nint)frame.FirstSample + (at / input.Size)}; clean the data. {Tail}", step, input.Name, frame.Loss);
        }

        var parameter = FirstParameter(network);
        foreach (var buffer in definition.Activations)
        {
            var values = network.Executor.Activations(buffer.Offset * frame.Batch, buffer.Length * frame.Batch);
            var at = First(values, buffer.Length * frame.Batch);
            if (at < 0) continue;
            var where = $" in sample {(nint)frame.FirstSample + (at / buffer.Length)}";
            var cause = parameter == null
                ? "All inputs and parameters are finite; a smaller learning rate may help."
                : $"Parameter '{parameter}' is not finite; load earlier weights and use a smaller learning rate.";
            return new NonFiniteException($"{head} The first layer whose result is not finite is {buffer.Layer}, with {Name(values[at])}{where}. {cause} {Tail}", step, buffer.Layer, frame.Loss);
        }

        if (parameter != null)
            return new NonFiniteException($"{head} Parameter '{parameter}' is not finite; load earlier weights and use a smaller learning rate. {Tail}", step, parameter, frame.Loss);

        for (var i = 0; i < definition.Targets.Length; i++)
        {
            var target = definition.Targets[i];
            if (target.Element != Element.Float32) continue;
            var at = First((float*)frame.Targets[i], target.Size * frame.Batch);
            if (at >= 0)
                return new NonFiniteException($"{head} Target '{target.Name}' is not finite in sample {(nint)frame.FirstSample + (at / target.Size)}; clean the data. {Tail}", step, target.Name, frame.Loss);
        }

        return new NonFiniteException($"{head} All inputs, parameters and layers are finite; the loss itself overflows. {Tail}", step, null, frame.Loss);
    }

    /// <summary>What is said where the norm of the gradients is not finite.</summary>
    public static NonFiniteException OfGradient(Parameter parameter, int element, long step) => new(
        $"Step {step}: the gradient of '{parameter.Name}' holds {Name(parameter.Gradient[element])} at element {element}, though the loss was finite. Weights and running statistics are as they were before the step; a smaller learning rate may help.",
        step,
        parameter.Name,
        double.NaN);

    private static string? FirstParameter(Network network)
    {
        foreach (var parameter in network.Parameters)
            if (First(parameter.Pointer, parameter.Count) >= 0)
                return parameter.Name;
        return null;
    }

    private static nint First(float* values, nint count)
    {
        for (nint i = 0; i < count; i++)
            if (!float.IsFinite(values[i]))
                return i;
        return -1;
    }

    private static string Name(float value) => float.IsNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
}
