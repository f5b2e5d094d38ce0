using System.Runtime.InteropServices;

namespace DeepGen.Benchmarks.Kernels;

/// <summary>Native floats in [−1, 1), 64-byte aligned.</summary>
internal sealed unsafe class Floats : IDisposable
{
    public Floats(int count)
    {
        Pointer = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        var random = new Random(count);
        for (var i = 0; i < count; i++)
            Pointer[i] = (random.NextSingle() * 2) - 1;
    }

    public float* Pointer { get; }

    public void Dispose() => NativeMemory.AlignedFree(Pointer);
}
