using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Kernels;

/// <summary>The most multiply-adds that one thread can do at the instruction-set level in use, with everything in registers.</summary>
public static class FmaPeak
{
    private const int Chains = 10;

    /// <summary>The arithmetic of <see cref="Run"/>: a multiply-add counts as two.</summary>
    /// <param name="steps">As there.</param>
    public static double Flops(int steps) => 2d * Chains * (Simd.Level / 32) * steps;

    /// <summary>Runs ten chains of multiply-adds.</summary>
    /// <param name="steps">Multiply-adds of each chain and lane.</param>
    /// <returns>Their sum, so that they are not left out.</returns>
    public static float Run(int steps) => Simd.Level >= 512 ? MultiplyAdds<F512>(steps) : Simd.Level >= 256 ? MultiplyAdds<F256>(steps) : MultiplyAdds<F128>(steps);

    /// <summary>Ten independent chains: enough to hide the latency, few enough for sixteen registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float MultiplyAdds<V>(int steps)
        where V : unmanaged, ISimd<V>
    {
        V x = V.Broadcast(0.999f), y = V.Broadcast(0.001f);
        V s0 = y, s1 = y, s2 = y, s3 = y, s4 = y, s5 = y, s6 = y, s7 = y, s8 = y, s9 = y;
        for (var i = 0; i < steps; i++)
        {
            s0 = V.MultiplyAdd(s0, x, y);
            s1 = V.MultiplyAdd(s1, x, y);
            s2 = V.MultiplyAdd(s2, x, y);
            s3 = V.MultiplyAdd(s3, x, y);
            s4 = V.MultiplyAdd(s4, x, y);
            s5 = V.MultiplyAdd(s5, x, y);
            s6 = V.MultiplyAdd(s6, x, y);
            s7 = V.MultiplyAdd(s7, x, y);
            s8 = V.MultiplyAdd(s8, x, y);
            s9 = V.MultiplyAdd(s9, x, y);
        }
        return V.Sum(s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7)) + (s8 + s9));
    }
}
