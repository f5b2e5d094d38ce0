using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// Height and width of NCHW maps, each through a sparse linear map: padding, cropping, enlarging and their gradients. A row of the output is a weighted sum of a few
/// rows of the input, whole vectors at a time, and then its elements are picked and weighted.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Resampling
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int RowSlot = 15;

    /// <summary>y = epilogue(rows · x · columnsᵀ) for every channel.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input [batch, C, H, W].</param>
    /// <param name="y">Output [batch, C, OH, OW]; must not overlap the input.</param>
    /// <param name="epilogue">Applied to every value; its row is the channel.</param>
    public static void Run<E>(Workers w, in ResampleShape s, nint batch, float* x, float* y, in E epilogue)
        where E : struct, IEpilogue
    {
        var e = epilogue;
        var job = new Job
        {
            Channels = s.Channels,
            Height = s.Rows.In,
            Width = s.Columns.In,
            OutHeight = s.Rows.Out,
            OutWidth = s.Columns.Out,
            Start = s.Rows.Start,
            Index = s.Rows.Index,
            Weight = s.Rows.Weight,
            Segments = s.Columns.Segments,
            SegmentCount = s.Columns.SegmentCount,
            LaneIndex = s.Columns.LaneIndex,
            LaneWeight = s.Columns.LaneWeight,
            X = x,
            Y = y,
            Epilogue = Unsafe.AsPointer(ref e),
        };
        w.For(batch * s.Channels * job.OutHeight, 8d * job.OutWidth, &job, &Rows<E>);
        GC.KeepAlive(s);
    }

    /// <summary>Rows of the output, those of all channels of all samples counted through.</summary>
    [MethodImpl(Optimize)]
    private static void Rows<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        var mixed = Workers.Scratch(RowSlot, job->Width);
        for (var item = begin; item < end; item++)
        {
            nint plane = item / job->OutHeight, row = item % job->OutHeight, channel = plane % job->Channels;
            if (typeof(E) == typeof(Identity) && item > begin && row > 0 && IsLikeTheRowBefore(job, row))
            {
                var written = job->Y + item * job->OutWidth;
                Packing.Copy(written - job->OutWidth, written, job->OutWidth);
                continue;
            }
            var first = job->Start[row];
            nint taps = job->Start[row + 1] - first;
            var x = job->X + plane * job->Height * job->Width;
            var source = mixed;
            if (taps == 1 && job->Weight[first] == 1)
            {
                source = x + job->Index[first] * job->Width;
            }
            else if (taps > 0)
            {
                var mix = new Mix(x, job->Width, job->Index + first, job->Weight + first, taps, mixed);
                Simd.Map(in mix, job->Width);
            }
            for (nint i = 0; i < job->SegmentCount; i++)
            {
                var segment = job->Segments + i;
                var column = row * job->OutWidth + segment->Begin;
                var index = plane * job->OutHeight * job->OutWidth + column;
                nint count = segment->End - segment->Begin;
                if (taps > 0 && segment->IsCopy)
                {
                    var copy = new Through<E>(ref e, source + job->LaneIndex[segment->Place], job->Y, channel, column, index);
                    Simd.Map(in copy, count);
                }
                else if (segment->IsWeighted)
                {
                    var sum = new Pick<Weighted, E>(ref e, source, job->LaneIndex + segment->Place, job->LaneWeight + segment->Place, taps > 0 ? segment->Taps : 0, count, job->Y, channel, column, index);
                    Simd.Map(in sum, count);
                }
                else
                {
                    var sum = new Pick<Plain, E>(ref e, source, job->LaneIndex + segment->Place, null, taps > 0 ? segment->Taps : 0, count, job->Y, channel, column, index);
                    Simd.Map(in sum, count);
                }
            }
        }
    }

    /// <summary>Repeated rows, and rows of zeros.</summary>
    private static bool IsLikeTheRowBefore(Job* job, nint row)
    {
        int before = job->Start[row - 1], here = job->Start[row], count = here - before;
        if (job->Start[row + 1] - here != count)
            return false;
        for (var t = 0; t < count; t++)
        {
            if (job->Index[before + t] != job->Index[here + t] || job->Weight[before + t] != job->Weight[here + t])
                return false;
        }
        return true;
    }

    private interface ITerm
    {
        static abstract V Add<V>(V sum, V x, float* weight)
            where V : unmanaged, ISimd<V>;
    }

    private readonly struct Weighted : ITerm
    {
        [MethodImpl(Inline)]
        public static V Add<V>(V sum, V x, float* weight)
            where V : unmanaged, ISimd<V> => V.MultiplyAdd(V.Load(weight), x, sum);
    }

    private readonly struct Plain : ITerm
    {
        [MethodImpl(Inline)]
        public static V Add<V>(V sum, V x, float* weight)
            where V : unmanaged, ISimd<V> => sum + x;
    }

    /// <summary>A weighted sum of rows.</summary>
    private readonly struct Mix(float* x, nint step, int* index, float* weight, nint taps, float* target) : IMap
    {
        private readonly float* x = x;
        private readonly nint step = step;
        private readonly int* index = index;
        private readonly float* weight = weight;
        private readonly nint taps = taps;
        private readonly float* target = target;

        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V>
        {
            var sum = V.Broadcast(weight[0]) * V.Load(x + index[0] * step + i);
            for (nint t = 1; t < taps; t++)
                sum = V.MultiplyAdd(V.Broadcast(weight[t]), V.Load(x + index[t] * step + i), sum);
            V.Store(target + i, sum);
        }
    }

    /// <summary>Elements of a row picked by index, summed and stored through the epilogue.</summary>
    private readonly struct Pick<T, E> : IMap
        where T : struct, ITerm
        where E : struct, IEpilogue
    {
        private readonly E epilogue;
        private readonly float* source;
        private readonly int* index;
        private readonly float* weight;
        private readonly nint taps;
        private readonly nint count;
        private readonly float* target;
        private readonly nint row;
        private readonly nint column;
        private readonly nint flat;

        public Pick(ref E epilogue, float* source, int* index, float* weight, nint taps, nint count, float* target, nint row, nint column, nint flat)
        {
            this.epilogue = epilogue;
            this.source = source;
            this.index = index;
            this.weight = weight;
            this.taps = taps;
            this.count = count;
            this.target = target;
            this.row = row;
            this.column = column;
            this.flat = flat;
        }

        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V>
        {
            var sum = V.Broadcast(0);
            for (nint t = 0; t < taps; t++)
                sum = T.Add(sum, V.Gather(source, index + t * count + i), weight + t * count + i);
            V.Store(target + flat + i, epilogue.Apply(sum, row, column + i, flat + i));
        }
    }

    private struct Job
    {
        public nint Channels;
        public nint Height;
        public nint Width;
        public nint OutHeight;
        public nint OutWidth;
        public int* Start;
        public int* Index;
        public float* Weight;
        public AxisMap.Segment* Segments;
        public nint SegmentCount;
        public int* LaneIndex;
        public float* LaneWeight;
        public float* X;
        public float* Y;
        public void* Epilogue;
    }
}
