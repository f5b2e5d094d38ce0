using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>The constraint of <see cref="ParameterGroup.MaxNorm"/> on one parameter.</summary>
/// <param name="offset">Where the parameter begins in the arena.</param>
/// <param name="filters">The extent of its first dimension.</param>
/// <param name="length">The values of one filter.</param>
/// <param name="radius">The largest norm.</param>
internal readonly unsafe struct FilterNorm(nint offset, nint filters, nint length, float radius)
{
    /// <summary>Scales the filters whose norm exceeds the radius back to it.</summary>
    public void Apply(Workers workers, float* parameters)
    {
        var job = new Job { Values = parameters + offset, Length = length, Radius = radius };
        workers.For(filters, 2.0 * length, &job, &Limit);
    }

    private static void Limit(void* args, nint begin, nint end)
    {
        var job = *(Job*)args;
        for (var filter = begin; filter < end; filter++)
        {
            var values = job.Values + (filter * job.Length);
            var squares = new Squares { Values = values };
            var norm = Math.Sqrt(Simd.SumDouble(in squares, job.Length));
            if (!(norm > job.Radius)) continue;
            var scaling = new Scaling { Values = values, Factor = (float)(job.Radius / norm) };
            Simd.Map(in scaling, job.Length);
        }
    }

    private struct Job
    {
        public float* Values;
        public nint Length;
        public float Radius;
    }

    private struct Scaling : IMap
    {
        public float* Values;
        public float Factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<V>(nint i) where V : unmanaged, ISimd<V> => V.Store(Values + i, V.Broadcast(Factor) * V.Load(Values + i));
    }
}
