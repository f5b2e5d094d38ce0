using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>Depends on everything an epilogue is given: acc · scale[row] + 0.001 · column + residual[index].</summary>
public readonly unsafe struct Everything(float* scale, float* residual) : IEpilogue
{
    private readonly float* scale = scale;
    private readonly float* residual = residual;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V acc, nint row, nint column, nint index)
        where V : unmanaged, ISimd<V> =>
        V.MultiplyAdd(V.Iota(column), V.Broadcast(0.001f), acc * V.Broadcast(scale[row])) + V.Load(residual + index);

    /// <summary>The same in double.</summary>
    public static double Reference(double acc, double scale, double column, double residual) => acc * scale + 0.001 * column + residual;
}
