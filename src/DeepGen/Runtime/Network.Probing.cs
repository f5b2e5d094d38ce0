namespace DeepGen;

/// <content>What helpers that look into a network need, leaving it as it was.</content>
public abstract unsafe partial class Network
{
    /// <summary>Runs Forward and Backward in an action; running statistics and the numbers of random values are as before afterwards, so that a training goes on as if nothing had been.</summary>
    internal void Undisturbed(string call, Action action)
    {
        using var state = new NativeArena(Definition.StateFloats);
        var runs = Exclusive(call, () =>
        {
            state.CopyFrom(Weights.State);
            return _runs;
        });
        try
        {
            action();
        }
        finally
        {
            Exclusive(call, () =>
            {
                Weights.State.CopyFrom(state);
                return _runs = runs;
            });
        }
    }

    /// <summary>What a layer gave in the last Forward for its first sample, of those that are still in memory then.</summary>
    internal float[] LastActivation(BufferDefinition buffer) => LastActivations(buffer, (values, _) => values[..(int)buffer.Length].ToArray());

    /// <summary>Reads what a layer gave in the last Forward: all samples, and how many.</summary>
    internal T LastActivations<T>(BufferDefinition buffer, Func<ReadOnlySpan<float>, int, T> read) => Shared("LayerActivations", () =>
    {
        var samples = (int)_forwardBatch;
        return read(new ReadOnlySpan<float>(_executor.Activations(buffer.Offset * samples, buffer.Length * samples), checked((int)(buffer.Length * samples))), samples);
    });
}
