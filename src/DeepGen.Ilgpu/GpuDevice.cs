using System.ComponentModel;
using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace DeepGen.Ilgpu;

/// <summary>A device as one network uses it, with the network's constants.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GpuDevice : IDisposable
{
    private readonly SharedAccelerator _shared;
    private readonly List<MemoryBuffer> _constants = [];

    internal GpuDevice(SharedAccelerator shared)
    {
        _shared = shared;

        // The simulation has a thread of the host for each of a group, which cost much to start.
        var simulated = Accelerator.AcceleratorType == AcceleratorType.CPU;
        GroupSize = simulated ? 1 : int.Min(Threads.Most, Accelerator.MaxNumThreadsPerGroup);
        RowGroupSize = simulated ? 4 : GroupSize;
    }

    /// <summary>The device as ILGPU knows it.</summary>
    public Accelerator Accelerator => _shared.Accelerator;

    /// <summary>The threads of a group that compute elements apart.</summary>
    internal int GroupSize { get; }

    /// <summary>The most threads of a group that computes a row.</summary>
    internal int RowGroupSize { get; }

    /// <summary>What was loaded, for tests that look at its code.</summary>
    internal List<MethodInfo> Kernels { get; } = [];

    internal Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel) where T : struct => Accelerator.LoadKernel(Noted(kernel));

    internal Action<AcceleratorStream, KernelConfig, T, T1> Load<T, T1>(Action<T, T1> kernel) where T : struct where T1 : struct => Accelerator.LoadKernel(Noted(kernel));

    internal Action<AcceleratorStream, KernelConfig, T, int, int, int, int> Load<T>(Action<T, int, int, int, int> kernel) where T : struct => Accelerator.LoadKernel(Noted(kernel));

    internal ArrayView<T> Constant<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var buffer = Accelerator.Allocate1D<T>(values.Length == 0 ? 1 : values.Length);
        _constants.Add(buffer);
        if (values.Length > 0) ((ArrayView<T>)buffer.View).CopyFromCPU(Accelerator.DefaultStream, values);
        return buffer.View;
    }

    private TKernel Noted<TKernel>(TKernel kernel) where TKernel : Delegate
    {
        Kernels.Add(kernel.Method);
        return kernel;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _constants) buffer.Dispose();
        _shared.Return();
    }
}
