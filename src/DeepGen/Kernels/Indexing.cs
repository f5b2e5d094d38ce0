using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>Rows of a matrix chosen by integers, and the sums of rows that are its gradient. Indices were checked when the call came in.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Indexing
{
    /// <summary>y[i] = epilogue(x[indices[i]]), row by row; the row <paramref name="padding"/> gives zeros.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="x">Rows; those of sample n begin at n·rows·width where each has its own.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="width">Their length.</param>
    /// <param name="perSample">Whether each sample has rows of its own.</param>
    /// <param name="indices">Indices, those of a sample together.</param>
    /// <param name="count">Indices of a sample.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="padding">An index that gives zeros; -1 for none.</param>
    /// <param name="y">A row for each index; must not overlap x.</param>
    /// <param name="epilogue">Applied to every value; its row is the number of the index.</param>
    public static void Gather<E>(Workers w, float* x, nint rows, nint width, bool perSample, int* indices, nint count, nint batch, int padding, float* y, in E epilogue)
        where E : struct, IEpilogue
    {
        var e = epilogue;
        var job = new Job { X = x, Step = perSample ? rows * width : 0, Width = width, Indices = indices, Count = count, Padding = padding, Y = y, Epilogue = Unsafe.AsPointer(ref e) };
        w.For(batch * count, 2d * width, &job, &GatherRows<E>);
    }

    private static void GatherRows<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        for (var i = begin; i < end; i++)
        {
            var index = job->Indices[i];
            if (index == job->Padding)
            {
                var nothing = new Nothing<E>(ref e, job->Y, i, i * job->Width);
                Simd.Map(in nothing, job->Width);
                continue;
            }
            var row = new Through<E>(ref e, job->X + i / job->Count * job->Step + index * job->Width, job->Y, i, 0, i * job->Width);
            Simd.Map(in row, job->Width);
        }
    }

    /// <summary>
    /// dx[r] = (accumulate ? dx[r] : 0) + Σ dy[i] over the i with indices[i] = r, in their order whatever the number of threads: each thread has rows of its own
    /// and looks through all indices.
    /// </summary>
    /// <param name="w">Threads.</param>
    /// <param name="dy">A row for each index.</param>
    /// <param name="rows">Number of rows of dx.</param>
    /// <param name="width">Their length.</param>
    /// <param name="perSample">Whether each sample has rows of its own.</param>
    /// <param name="indices">Indices, those of a sample together.</param>
    /// <param name="count">Indices of a sample.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="padding">An index that is left out; -1 for none.</param>
    /// <param name="dx">Rows that are summed into.</param>
    /// <param name="accumulate">Whether to add to what stands there.</param>
    public static void ScatterAdd(Workers w, float* dy, nint rows, nint width, bool perSample, int* indices, nint count, nint batch, int padding, float* dx, bool accumulate)
    {
        var job = new Job { X = dy, Rows = rows, Width = width, Indices = indices, Count = count, Batch = batch, Padding = padding, Y = dx, Accumulate = accumulate };
        if (perSample)
            w.For(batch, width * (rows + 2d * count), &job, &ScatterSamples);
        else
            w.For(rows, width + 2d * width * count * batch / rows, &job, &ScatterRows);
    }

    private static void ScatterSamples(void* args, nint begin, nint end)
    {
        var job = (Job*)args;
        for (var n = begin; n < end; n++)
            Scatter(job, job->Y + n * job->Rows * job->Width, 0, job->Rows, n * job->Count, (n + 1) * job->Count);
    }

    private static void ScatterRows(void* args, nint begin, nint end)
    {
        var job = (Job*)args;
        Scatter(job, job->Y, begin, end, 0, job->Batch * job->Count);
    }

    /// <summary>Rows rowBegin … rowEnd − 1 of target, from the indices begin … end − 1.</summary>
    private static void Scatter(Job* job, float* target, nint rowBegin, nint rowEnd, nint begin, nint end)
    {
        if (!job->Accumulate)
            Packing.Zero(target + rowBegin * job->Width, (rowEnd - rowBegin) * job->Width);
        for (var i = begin; i < end; i++)
        {
            nint row = job->Indices[i];
            if (row < rowBegin || row >= rowEnd || row == job->Padding)
                continue;
            var addition = new Addition(job->X + i * job->Width, target + row * job->Width);
            Simd.Map(in addition, job->Width);
        }
    }

    /// <summary>Zeros through an epilogue.</summary>
    private readonly struct Nothing<E> : IMap
        where E : struct, IEpilogue
    {
        private readonly E epilogue;
        private readonly float* target;
        private readonly nint row;
        private readonly nint index;

        public Nothing(ref E epilogue, float* target, nint row, nint index)
        {
            this.epilogue = epilogue;
            this.target = target;
            this.row = row;
            this.index = index;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(target + index + i, epilogue.Apply(V.Broadcast(0), row, i, index + i));
    }

    private struct Job
    {
        public float* X;

        /// <summary>From the rows of one sample to those of the next.</summary>
        public nint Step;
        public nint Rows;
        public nint Width;
        public int* Indices;
        public nint Count;
        public nint Batch;
        public int Padding;
        public float* Y;
        public bool Accumulate;
        public void* Epilogue;
    }
}
