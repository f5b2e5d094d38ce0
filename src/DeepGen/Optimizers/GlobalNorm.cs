using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// The common Euclidean norm of gradients, in one reading pass. The ranges are cut into chunks of a fixed length whose sums of squares are added up in double in
/// their order, so threads change no bit.
/// </summary>
internal static unsafe class GlobalNorm
{
    private const nint Chunk = 16 * 1024;

    /// <summary>The number of chunks of the longest range: the room that <see cref="Of"/> needs.</summary>
    public static int Chunks(ReadOnlySpan<UpdateRange> ranges)
    {
        nint most = 0;
        foreach (ref readonly var range in ranges) most = nint.Max(most, Chunks(range.Length));
        return checked((int)most);
    }

    /// <param name="workers">The network's threads.</param>
    /// <param name="gradients">The arena of gradients.</param>
    /// <param name="ranges">The parts of it that count.</param>
    /// <param name="sums">Room for <see cref="Chunks(ReadOnlySpan{UpdateRange})"/> numbers.</param>
    /// <returns>The norm; NaN or infinite where a gradient is.</returns>
    public static double Of(Workers workers, float* gradients, ReadOnlySpan<UpdateRange> ranges, double[] sums)
    {
        var total = 0.0;
        fixed (double* partial = sums)
        {
            foreach (ref readonly var range in ranges)
            {
                var chunks = Chunks(range.Length);
                var job = new Job { Values = gradients + range.Offset, Length = range.Length, Sums = partial };
                workers.For(chunks, 2 * Chunk, &job, &SumChunks);
                for (nint i = 0; i < chunks; i++) total += partial[i];
            }
        }

        // A square may be infinite where its gradient is not.
        return Math.Sqrt(double.IsFinite(total) ? total : SumInDouble(gradients, ranges));
    }

    private static nint Chunks(nint length) => (length + Chunk - 1) / Chunk;

    private static void SumChunks(void* args, nint begin, nint end)
    {
        var job = *(Job*)args;
        for (var chunk = begin; chunk < end; chunk++)
        {
            var squares = new Squares { Values = job.Values + (chunk * Chunk) };
            job.Sums[chunk] = Simd.SumDouble(in squares, nint.Min(Chunk, job.Length - (chunk * Chunk)));
        }
    }

    private static double SumInDouble(float* gradients, ReadOnlySpan<UpdateRange> ranges)
    {
        var total = 0.0;
        foreach (ref readonly var range in ranges)
            for (var i = range.Offset; i < range.Offset + range.Length; i++)
                total += (double)gradients[i] * gradients[i];
        return total;
    }

    private struct Job
    {
        public float* Values;
        public nint Length;
        public double* Sums;
    }
}

/// <summary>The squares of values, to be added up.</summary>
internal unsafe struct Squares : IReduce
{
    public float* Values;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V At<V>(nint i) where V : unmanaged, ISimd<V>
    {
        var value = V.Load(Values + i);
        return value * value;
    }
}
