using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>What an optimizer does with one element, or a vector of them, and its gradient.</summary>
internal interface IUpdateRule
{
    /// <summary>Moves elements i … i + V.Width − 1 of the arena. Mark it for aggressive inlining.</summary>
    void At<V>(nint i, V gradient) where V : unmanaged, ISimd<V>;
}

/// <summary>Where the gradient of an element comes from.</summary>
internal interface IGradientSource
{
    /// <summary>The gradients of elements i … i + V.Width − 1 of the arena. Mark it for aggressive inlining.</summary>
    V At<V>(nint i) where V : unmanaged, ISimd<V>;
}

/// <summary>Reads a gradient, treats it and moves its parameter, all while it is in a register.</summary>
internal struct UpdatePass<G, R> : IMap
    where G : unmanaged, IGradientSource
    where R : unmanaged, IUpdateRule
{
    public G Gradients;
    public R Rule;

    /// <summary>The place in the arena of element 0.</summary>
    public nint Offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void At<V>(nint i) where V : unmanaged, ISimd<V> => Rule.At(i + Offset, Gradients.At<V>(i + Offset));
}

/// <summary>The gradients as they are.</summary>
internal unsafe struct PlainGradients : IGradientSource
{
    public float* Gradients;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V At<V>(nint i) where V : unmanaged, ISimd<V> => V.Load(Gradients + i);
}

/// <summary>Scaled, then limited to [−limit, limit]; NaN stays NaN.</summary>
internal unsafe struct ClippedGradients : IGradientSource
{
    public float* Gradients;
    public float Scale;
    public float Limit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V At<V>(nint i) where V : unmanaged, ISimd<V> =>
        V.Max(V.Broadcast(-Limit), V.Min(V.Broadcast(Limit), V.Broadcast(Scale) * V.Load(Gradients + i)));
}

/// <summary>Clipped, then with normal noise.</summary>
internal struct NoisyGradients : IGradientSource
{
    public ClippedGradients Clipped;
    public float Deviation;
    public ulong Seed;
    public ulong Step;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V At<V>(nint i) where V : unmanaged, ISimd<V>
    {
        // Box and Muller 1958: √(−2·ln(1 − u₁))·cos(2π·u₂).
        var u1 = V.Uniform((uint)Seed, (uint)(Seed >> 32), GradientNoise.Purpose, Step, 0, i);
        var u2 = V.Uniform((uint)Seed, (uint)(Seed >> 32), GradientNoise.Purpose, Step, 1, i);
        var radius = V.Sqrt(V.Broadcast(-2) * SimdMath.Log(V.Broadcast(1) - u1));
        return V.MultiplyAdd(V.Broadcast(Deviation), radius * SimdMath.Cos(V.Broadcast(float.Tau) * u2), Clipped.At<V>(i));
    }
}
