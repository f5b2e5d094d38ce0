using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>target += source.</summary>
internal readonly unsafe struct Addition(float* source, float* target) : IMap
{
    private readonly float* source = source;
    private readonly float* target = target;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<V>(nint i)
        where V : unmanaged, ISimd<V> => V.Store(target + i, V.Load(target + i) + V.Load(source + i));
}
