using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>What an optimizer does with one element, or a vector of them, and its gradient.</summary>
internal interface IUpdateRule
{
    /// <summary>How many moments it keeps of a parameter, whatever its settings: constants to the JIT, like <see cref="MostMoments"/>.</summary>
    static abstract int LeastMoments { get; }

    /// <summary>How many it may keep.</summary>
    static abstract int MostMoments { get; }

    /// <summary>Moves a parameter, or a vector of them. Mark it for aggressive inlining.</summary>
    /// <param name="theta">The parameter.</param>
    /// <param name="gradient">Its gradient, as it is to be.</param>
    /// <param name="first">What the rule remembers of it; like the others 0 where the rule remembers less.</param>
    /// <param name="second">More of it.</param>
    /// <param name="third">More of it.</param>
    /// <returns>The new parameter.</returns>
    V Next<V>(V theta, V gradient, ref V first, ref V second, ref V third) where V : unmanaged, ISimd<V>;
}

/// <summary>Where the gradient of an element comes from.</summary>
internal interface IGradientSource
{
    /// <summary>The gradients of elements i … i + V.Width − 1 of the arena. Mark it for aggressive inlining.</summary>
    V At<V>(nint i) where V : unmanaged, ISimd<V>;
}

/// <summary>Reads a gradient, treats it and moves its parameter, all while it is in a register.</summary>
internal unsafe struct UpdatePass<G, R> : IMap
    where G : unmanaged, IGradientSource
    where R : unmanaged, IUpdateRule
{
    public G Gradients;
    public R Rule;
    public float* Parameters;

    /// <summary>The arenas of what the rule remembers; null for what it does not.</summary>
    public float* First;
    public float* Second;
    public float* Third;

    /// <summary>The place in the arenas of element 0.</summary>
    public nint Offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void At<V>(nint i) where V : unmanaged, ISimd<V>
    {
        i += Offset;
        var first = Has(1, First) ? V.Load(First + i) : V.Broadcast(0);
        var second = Has(2, Second) ? V.Load(Second + i) : V.Broadcast(0);
        var third = Has(3, Third) ? V.Load(Third + i) : V.Broadcast(0);
        V.Store(Parameters + i, Rule.Next(V.Load(Parameters + i), Gradients.At<V>(i), ref first, ref second, ref third));
        if (Has(1, First)) V.Store(First + i, first);
        if (Has(2, Second)) V.Store(Second + i, second);
        if (Has(3, Third)) V.Store(Third + i, third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Has(int moment, float* arena) => R.LeastMoments >= moment || (R.MostMoments >= moment && arena != null);
}

/// <summary>A pass over a range of parameters as a device is asked for it.</summary>
/// <param name="Parameters">The arena of the parameters.</param>
/// <param name="Gradients">The arena of their gradients.</param>
/// <param name="First">What the rule remembers of each parameter; null where it remembers less.</param>
/// <param name="Second">More of it.</param>
/// <param name="Third">More of it.</param>
/// <param name="Offset">Where the range begins in the arenas.</param>
/// <param name="Length">Its length.</param>
/// <param name="Scale">The factor on the gradients.</param>
/// <param name="Limit">What they are limited to afterwards; infinite for nothing.</param>
internal readonly record struct DevicePass(NativeArena Parameters, NativeArena Gradients, NativeArena? First, NativeArena? Second, NativeArena? Third, nint Offset, nint Length, float Scale, float Limit);

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
