namespace DeepGen;

/// <summary>
/// Who may use a network at a moment: any number of predictions, or one exclusive phase (Step, Forward, Backward, Update,
/// Load, ...). A call that overlaps throws instead of waiting, because two threads that train one network is a mistake.
/// </summary>
internal sealed class Gate(string network, Action release)
{
    private readonly object _sync = new();
    private int _readers;
    private string? _exclusive;
    private bool _disposed;
    private bool _released;

    public bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Enters an exclusive phase.</summary>
    public void Enter(string call)
    {
        lock (_sync)
        {
            ThrowIfDisposed();
            if (_exclusive != null) throw Overlap(call, _exclusive);
            if (_readers > 0) throw Overlap(call, "Predict");
            _exclusive = call;
        }
    }

    public void Exit()
    {
        lock (_sync)
        {
            _exclusive = null;
            Leave();
        }
    }

    /// <summary>
    /// Enters a call that only reads weights. Where derived weights are older than the weights, it waits until no reader uses
    /// them, and rebuilds them.
    /// </summary>
    public void EnterShared(string call, IDerived? derived)
    {
        lock (_sync)
        {
            while (true)
            {
                ThrowIfDisposed();
                if (_exclusive != null) throw Overlap(call, _exclusive);
                if (derived is not { IsStale: true }) break;
                if (_readers > 0)
                {
                    Monitor.Wait(_sync);
                    continue;
                }

                derived.Rebuild();
                break;
            }

            _readers++;
        }
    }

    public void ExitShared()
    {
        lock (_sync)
        {
            _readers--;
            Leave();
        }
    }

    /// <summary>Refuses calls from now on; memory is released when the last running call has left.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            _disposed = true;
            Leave();
        }
    }

    public void ThrowIfDisposed()
    {
        if (IsDisposed) throw new ObjectDisposedException(network, $"This {network} was disposed; create a new one.");
    }

    private void Leave()
    {
        if (_readers > 0 || _exclusive != null) return;
        if (_disposed && !_released)
        {
            _released = true;
            release();
        }

        Monitor.PulseAll(_sync);
    }

    private InvalidOperationException Overlap(string call, string running) => new(
        $"{call}: {running} is running on this {network} in another thread or callback. Training phases are exclusive; wait for the call to return, " +
        "or create one network for each thread.");
}

/// <summary>Something computed from the weights, rebuilt when they have changed.</summary>
internal interface IDerived
{
    bool IsStale { get; }

    void Rebuild();
}
