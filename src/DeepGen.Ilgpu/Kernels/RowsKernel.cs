using System.ComponentModel;
using System.Numerics;
using ILGPU;
using ILGPU.Runtime;

namespace DeepGen.Ilgpu;

/// <summary>A loaded kernel of one group of threads a row.</summary>
/// <typeparam name="TBody">What it computes.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RowsKernel<TBody>
    where TBody : struct, IRows
{
    private readonly Action<AcceleratorStream, KernelConfig, TBody> _kernel;
    private readonly int _threads;

    /// <summary>Compiles and loads it.</summary>
    public RowsKernel(GpuDevice device)
    {
        _kernel = device.Load<TBody>(Run);
        _threads = device.RowGroupSize;
    }

    /// <summary>Computes rows of so many elements.</summary>
    public void Run(GpuFrame f, long rows, long elements, TBody body)
    {
        var threads = (int)long.Clamp((long)BitOperations.RoundUpToPowerOf2((ulong)elements), int.Min(32, _threads), _threads);
        _kernel(f.Stream, new KernelConfig(checked((int)rows), threads), body);
    }

    private static void Run(TBody body) => body.Run(Grid.IdxX);
}
