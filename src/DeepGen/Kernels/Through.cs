using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>Stores a run of finished sums through an epilogue.</summary>
internal readonly unsafe struct Through<E> : IMap
    where E : struct, IEpilogue
{
    private readonly E epilogue;
    private readonly float* source;
    private readonly float* target;
    private readonly nint row;
    private readonly nint column;
    private readonly nint index;

    /// <param name="epilogue">Applied to every sum.</param>
    /// <param name="source">The sums.</param>
    /// <param name="target">The output tensor.</param>
    /// <param name="row">Row of the output.</param>
    /// <param name="column">Column of the first sum.</param>
    /// <param name="index">Offset of the first sum in the output tensor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Through(ref E epilogue, float* source, float* target, nint row, nint column, nint index)
    {
        this.epilogue = epilogue;
        this.source = source;
        this.target = target;
        this.row = row;
        this.column = column;
        this.index = index;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<V>(nint i)
        where V : unmanaged, ISimd<V> =>
        V.Store(target + index + i, epilogue.Apply(V.Load(source + i), row, column + i, index + i));
}
