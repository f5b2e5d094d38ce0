using System.Runtime.InteropServices;

namespace DeepGen;

/// <summary>A block of native floats that starts at a multiple of 64 bytes. The garbage collector never moves or scans it, and it may exceed 4 GB.</summary>
internal sealed unsafe class NativeArena : IDisposable
{
    public const nuint Alignment = 64;

    private float* _pointer;

    /// <param name="length">The number of floats; 0 reserves nothing.</param>
    /// <param name="zeroed">Whether to clear it; otherwise its pages are touched only as they are used.</param>
    public NativeArena(nint length, bool zeroed = true)
    {
        Length = length;
        if (length == 0) return;
        var bytes = checked((nuint)length * sizeof(float) + Alignment - 1) & ~(Alignment - 1);
        _pointer = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        if (zeroed) NativeMemory.Clear(_pointer, bytes);
        _bytes = (long)bytes;
        GC.AddMemoryPressure(_bytes);
    }

    ~NativeArena() => Free();

    private readonly long _bytes;

    public nint Length { get; }

    /// <summary>What keeps a copy of it in the memory of a device; null where nothing does.</summary>
    public IArenaMirror? Mirror { get; set; }

    /// <summary>Its beginning; a device that has newer values brings them here first, and takes it that they are changed.</summary>
    public float* Pointer
    {
        get
        {
            Mirror?.BringToHost();
            return _pointer;
        }
    }

    /// <summary>Its beginning, for the mirror.</summary>
    public float* HostPointer => _pointer;

    public void Clear()
    {
        Mirror?.BringToHost();
        if (_pointer != null) NativeMemory.Clear(_pointer, (nuint)Length * sizeof(float));
    }

    public void Fill(float value)
    {
        Mirror?.BringToHost();
        for (nint i = 0; i < Length; i++) _pointer[i] = value;
    }

    public void CopyFrom(NativeArena other)
    {
        other.Mirror?.BringToHost();
        Mirror?.BringToHost();
        if (_pointer != null) NativeMemory.Copy(other._pointer, _pointer, (nuint)Length * sizeof(float));
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_pointer == null) return;
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        GC.RemoveMemoryPressure(_bytes);
    }
}

/// <summary>A copy of an arena in the memory of a device.</summary>
internal interface IArenaMirror
{
    /// <summary>Makes sure that the host has the newest values; it may change them afterwards.</summary>
    void BringToHost();
}
