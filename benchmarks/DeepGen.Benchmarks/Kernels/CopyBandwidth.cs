using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Kernels;

/// <summary>How fast threads together copy.</summary>
internal static unsafe class CopyBandwidth
{
    /// <summary>More numbers than any cache has room for.</summary>
    public const int Large = 64 << 20;

    /// <summary>Measures a copy of half of so many numbers to the other half, in the caches that have room for them.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="values">Numbers read and written.</param>
    /// <param name="best">Gives the shortest time of one call, in seconds.</param>
    /// <returns>GB/s, read and written.</returns>
    public static double Measure(Workers workers, long values, Func<Action, double> best)
    {
        var blocks = (int)Math.Max(1, (values / 2) >> Copy.Shift);
        using Floats a = new(blocks << Copy.Shift), b = new(blocks << Copy.Shift);
        var copy = new Copy(a.Pointer, b.Pointer);
        return 2d * sizeof(float) * (blocks << Copy.Shift) / best(() => workers.For(blocks, 1 << Copy.Shift, copy)) / 1e9;
    }

    /// <summary>Items are blocks of 1 KiB.</summary>
    private readonly struct Copy(float* from, float* to) : ILoop
    {
        public const int Shift = 8;

        public void Run(nint begin, nint end)
        {
            var bytes = sizeof(float) * (end - begin) << Shift;
            Buffer.MemoryCopy(from + (begin << Shift), to + (begin << Shift), bytes, bytes);
        }
    }
}
