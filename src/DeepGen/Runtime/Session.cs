namespace DeepGen;

/// <summary>The memory of one running call: the activations of up to <c>MaxBatch</c> samples.</summary>
internal sealed unsafe class Session : IDisposable
{
    private readonly NativeArena _arena;
    private readonly nint _fixed;

    public Session(int maxBatch, params ReadOnlySpan<ArenaDefinition> programs)
    {
        nint perSample = 0, unvarying = 0;
        foreach (var program in programs)
        {
            perSample = nint.Max(perSample, program.PerSampleFloats);
            unvarying = nint.Max(unvarying, program.FixedFloats);
        }

        // Every buffer starts at a multiple of 16 floats times the batch, so the fixed region must do so too.
        _fixed = checked(perSample * maxBatch + 15) & ~(nint)15;
        _arena = new NativeArena(checked(_fixed + unvarying), zeroed: false);
    }

    public float* Arena => _arena.Pointer;

    public float* Fixed => _arena.Pointer + _fixed;

    public void Dispose() => _arena.Dispose();
}

/// <summary>Inference sessions that wait for the next call. It keeps as many as ever ran at once.</summary>
internal sealed class SessionPool(Func<Session> create) : IDisposable
{
    private readonly object _sync = new();
    private Session[] _free = new Session[4];
    private int _count;

    public Session Rent()
    {
        lock (_sync)
        {
            if (_count > 0) return _free[--_count];
        }

        return create();
    }

    public void Return(Session session)
    {
        lock (_sync)
        {
            if (_count == _free.Length) Array.Resize(ref _free, 2 * _count);
            _free[_count++] = session;
        }
    }

    public void Dispose()
    {
        while (_count > 0) _free[--_count].Dispose();
    }
}
