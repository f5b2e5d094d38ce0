using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// What happens to a finished value of a product, convolution or pool before it is stored: bias, activation, residual, a factor of the
/// gradient. Implemented by generated structs that hold pointers. It may read the element it is about to overwrite (index), no other.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IEpilogue
{
    /// <summary>The values to store. Mark the implementation for aggressive inlining.</summary>
    /// <typeparam name="V">Vector type of this step.</typeparam>
    /// <param name="acc">Finished sums of columns column … column + V.Width − 1, which are contiguous in the output.</param>
    /// <param name="row">Matrix row; for convolutions and pools the channel.</param>
    /// <param name="column">Matrix column; for convolutions and pools the pixel y·W + x.</param>
    /// <param name="index">Flat offset of the first element in the whole output tensor, in floats.</param>
    V Apply<V>(V acc, nint row, nint column, nint index)
        where V : unmanaged, ISimd<V>;
}

/// <summary>Stores the sums as they are.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Identity : IEpilogue
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V acc, nint row, nint column, nint index)
        where V : unmanaged, ISimd<V> => acc;
}
