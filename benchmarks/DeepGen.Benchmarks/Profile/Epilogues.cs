using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Profile;

/// <summary>y = tanh(acc + bias) of a convolution, as generated for LeNet-5.</summary>
internal unsafe struct ChannelTanh : IEpilogue
{
    public float* Bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Apply<V>(V acc, nint row, nint column, nint index)
        where V : unmanaged, ISimd<V> => SimdMath.Tanh(acc + V.Broadcast(Bias[row]));
}

/// <summary>y = tanh(acc + bias) of a dense layer.</summary>
internal unsafe struct ColumnTanh : IEpilogue
{
    public float* Bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Apply<V>(V acc, nint row, nint column, nint index)
        where V : unmanaged, ISimd<V> => SimdMath.Tanh(acc + V.Load(Bias + column));
}

/// <summary>y = acc + bias of a dense layer.</summary>
internal unsafe struct ColumnBias : IEpilogue
{
    public float* Bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Apply<V>(V acc, nint row, nint column, nint index)
        where V : unmanaged, ISimd<V> => acc + V.Load(Bias + column);
}

/// <summary>dx = acc·(1 − y²), the gradient of tanh from its value.</summary>
internal unsafe struct TanhGradient : IEpilogue
{
    public float* Y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Apply<V>(V acc, nint row, nint column, nint index)
        where V : unmanaged, ISimd<V>
    {
        var y = V.Load(Y + index);
        return acc * (V.Broadcast(1f) - (y * y));
    }
}
