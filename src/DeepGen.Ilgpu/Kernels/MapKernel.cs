using System.ComponentModel;
using ILGPU;
using ILGPU.Runtime;

namespace DeepGen.Ilgpu;

/// <summary>A loaded kernel of one thread an element.</summary>
/// <typeparam name="TBody">What it computes.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class MapKernel<TBody>
    where TBody : struct, IMap
{
    private readonly Action<AcceleratorStream, KernelConfig, TBody, int> _kernel;
    private readonly int _threads;

    /// <summary>Compiles and loads it.</summary>
    public MapKernel(GpuDevice device)
    {
        _kernel = device.Load<TBody, int>(Run);
        _threads = device.GroupSize;
    }

    /// <summary>Computes so many elements.</summary>
    public void Run(GpuFrame f, long count, TBody body)
    {
        if (count > 0) _kernel(f.Stream, new KernelConfig(checked((int)((count + _threads - 1) / _threads)), _threads), body, checked((int)count));
    }

    private static void Run(TBody body, int count)
    {
        var index = Grid.GlobalIndex.X;
        if (index < count) body.At(index);
    }
}
