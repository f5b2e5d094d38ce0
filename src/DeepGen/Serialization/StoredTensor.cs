using System.Runtime.InteropServices;

namespace DeepGen;

/// <summary>A tensor in memory that goes into a safetensors file.</summary>
internal sealed unsafe class StoredTensor
{
    private readonly float* _floats;
    private readonly long[]? _integers;
    private readonly int _count;

    /// <summary>Floats in native memory, which must outlive the writing.</summary>
    public StoredTensor(string name, IReadOnlyList<int> shape, float* values, int count)
    {
        (Name, Shape, _count) = (name, shape, count);
        _floats = values;
    }

    /// <summary>Whole numbers.</summary>
    public StoredTensor(string name, IReadOnlyList<int> shape, long[] values) => (Name, Shape, _integers, _count) = (name, shape, values, values.Length);

    public string Name { get; }

    public IReadOnlyList<int> Shape { get; }

    /// <summary>The element type as the file calls it.</summary>
    public string Type => _integers == null ? "F32" : "I64";

    public long ByteCount => (long)_count * (_integers == null ? sizeof(float) : sizeof(long));

    public ReadOnlySpan<byte> Bytes => _integers == null ? MemoryMarshal.AsBytes(new ReadOnlySpan<float>(_floats, _count)) : MemoryMarshal.AsBytes(_integers.AsSpan());

    public static StoredTensor Of(Parameter parameter) => new(parameter.Name, parameter.Shape, parameter.Pointer, parameter.Count);
}
