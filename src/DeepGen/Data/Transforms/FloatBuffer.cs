namespace DeepGen;

/// <summary>Native memory that grows when more is asked for; what it held is lost then.</summary>
internal sealed unsafe class FloatBuffer
{
    private NativeArena? _memory;

    public float* Get(nint floats)
    {
        if (_memory == null || _memory.Length < floats)
        {
            _memory?.Dispose();
            _memory = new NativeArena(floats + (floats / 4), zeroed: false);
        }

        return _memory.Pointer;
    }
}
