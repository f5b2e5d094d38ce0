namespace DeepGen;

/// <summary>A copy of the weights of the best epoch so far.</summary>
/// <param name="network">Whose weights.</param>
/// <param name="optimizer">An optimizer that is bound to the network and whose memory goes back with the weights; null for weights alone.</param>
internal sealed class BestWeights(Network network, Optimizer? optimizer = null) : IDisposable
{
    private readonly NativeArena _parameters = new(network.Definition.ParameterFloats);
    private readonly NativeArena _state = new(network.Definition.StateFloats);
    private readonly NativeArena[] _moments = optimizer == null ? [] : [.. optimizer.MomentNames.Select(_ => new NativeArena(network.Definition.ParameterFloats))];
    private OptimizerCounts? _counts;

    /// <summary>Whether there is a copy.</summary>
    public bool Any { get; private set; }

    /// <summary>Copies the weights as they are.</summary>
    public void Save()
    {
        _parameters.CopyFrom(network.Weights.Parameters);
        _state.CopyFrom(network.Weights.State);
        for (var i = 0; i < _moments.Length; i++) _moments[i].CopyFrom(optimizer!.Moments[i]);
        _counts = optimizer?.Counts;
        Any = true;
    }

    /// <summary>The copy of the optimizer's counters; null without an optimizer or a copy.</summary>
    public OptimizerCounts? Counts => _counts;

    /// <summary>Where the copy of a parameter or running statistic lies.</summary>
    public unsafe float* Values(Parameter parameter) => (parameter.IsTrainable ? _parameters : _state).Pointer + parameter.Definition.Offset;

    /// <summary>Where the copy of a moment of a parameter lies.</summary>
    public unsafe float* Moment(int index, Parameter parameter) => _moments[index].Pointer + parameter.Definition.Offset;

    /// <summary>Says that the copies were filled from elsewhere.</summary>
    public void Filled(OptimizerCounts? counts) => (_counts, Any) = (counts, true);

    /// <summary>Gives the copy back to the network, if there is one.</summary>
    public void Restore()
    {
        if (!Any) return;
        network.Exclusive("Fit", () =>
        {
            network.Weights.Parameters.CopyFrom(_parameters);
            network.Weights.State.CopyFrom(_state);
            return 0;
        });
        for (var i = 0; i < _moments.Length; i++) optimizer!.Moments[i].CopyFrom(_moments[i]);

        // The noise of gradients goes on with the training, not with the weights.
        if (optimizer != null) optimizer.Counts = _counts! with { Steps = optimizer.Steps };
    }

    public void Dispose()
    {
        _parameters.Dispose();
        _state.Dispose();
        foreach (var moment in _moments) moment.Dispose();
    }
}
