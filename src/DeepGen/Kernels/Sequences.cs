using System.ComponentModel;

namespace DeepGen.Kernels;

/// <summary>
/// Two orders of a batch of sequences. Callers have all steps of a sample side by side; a recurrent layer works on all samples of a step, which it wants side by side.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Sequences
{
    /// <summary>y[t, n, …] = x[n, t, …].</summary>
    /// <param name="w">Threads.</param>
    /// <param name="x">Samples outermost.</param>
    /// <param name="y">Steps outermost; must not overlap x.</param>
    /// <param name="batch">Number of samples.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="size">Values of one step of one sample.</param>
    public static void TimeMajor(Workers w, float* x, float* y, nint batch, nint steps, nint size) => Swap(w, x, y, batch, steps, size);

    /// <summary>y[n, t, …] = x[t, n, …].</summary>
    /// <param name="w">Threads.</param>
    /// <param name="x">Steps outermost.</param>
    /// <param name="y">Samples outermost; must not overlap x.</param>
    /// <param name="batch">Number of samples.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="size">Values of one step of one sample.</param>
    public static void SampleMajor(Workers w, float* x, float* y, nint batch, nint steps, nint size) => Swap(w, x, y, steps, batch, size);

    /// <summary>y[j, i, …] = x[i, j, …].</summary>
    private static void Swap(Workers w, float* x, float* y, nint outer, nint inner, nint size)
    {
        var job = new Job { X = x, Y = y, Outer = outer, Inner = inner, Size = size };
        w.For(inner, outer * (double)size, &job, &Rows);
    }

    private static void Rows(void* args, nint begin, nint end)
    {
        ref var job = ref *(Job*)args;
        for (var j = begin; j < end; j++)
        {
            for (nint i = 0; i < job.Outer; i++)
                Buffer.MemoryCopy(job.X + (i * job.Inner + j) * job.Size, job.Y + (j * job.Outer + i) * job.Size, job.Size * sizeof(float), job.Size * sizeof(float));
        }
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public nint Outer;
        public nint Inner;
        public nint Size;
    }
}
