using System.ComponentModel;
using DeepGen.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepGen.Ilgpu;

/// <summary>Numbers of a network's source in the device's memory.</summary>
/// <param name="device">The device.</param>
/// <param name="values">The numbers.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class Table(GpuDevice device, float[] values)
{
    private readonly ArrayView<float> _view = device.Constant<float>(values);

    /// <summary>The numbers.</summary>
    public static implicit operator ArrayView<float>(Table table) => table._view;
}

/// <summary>A sparse linear map of an axis in the device's memory.</summary>
/// <param name="device">The device.</param>
/// <param name="map">The map.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AxisTable(GpuDevice device, AxisMap map)
{
    /// <summary>Where the taps of each element of the result begin; one more for the end.</summary>
    public ArrayView<int> Start { get; } = device.Constant(map.Starts);

    /// <summary>The element that a tap reads.</summary>
    public ArrayView<int> Index { get; } = device.Constant(map.Indices);

    /// <summary>What it counts.</summary>
    public ArrayView<float> Weight { get; } = device.Constant(map.Weights);
}
