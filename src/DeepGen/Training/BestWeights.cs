namespace DeepGen;

/// <summary>A copy of the weights of the best epoch so far.</summary>
internal sealed class BestWeights(Network network) : IDisposable
{
    private readonly NativeArena _parameters = new(network.Definition.ParameterFloats);
    private readonly NativeArena _state = new(network.Definition.StateFloats);
    private EpochResult? _best;

    /// <summary>The number of that epoch.</summary>
    public int? Epoch => _best?.Epoch;

    /// <summary>Copies the network's weights when the epoch that they come from is the best so far.</summary>
    public void Offer(EpochResult epoch)
    {
        if (!epoch.IsBest) return;
        _best = epoch;
        _parameters.CopyFrom(network.Weights.Parameters);
        _state.CopyFrom(network.Weights.State);
    }

    /// <summary>Gives the copy back to the network, if there is one.</summary>
    public void Restore()
    {
        if (_best == null) return;
        network.Exclusive("Fit", () =>
        {
            network.Weights.Parameters.CopyFrom(_parameters);
            network.Weights.State.CopyFrom(_state);
            return 0;
        });
    }

    public void Dispose()
    {
        _parameters.Dispose();
        _state.Dispose();
    }
}
