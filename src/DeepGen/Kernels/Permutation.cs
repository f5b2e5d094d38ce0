using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// Copies tensors with their axes in another order. Where the innermost axis stays, rows are copied; otherwise it and the axis that was innermost
/// are transposed in tiles, so that both sides are walked in whole cache lines.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Permutation
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    /// <summary>Rows of a tile: a cache line of the input.</summary>
    private const nint TileRows = 16;

    /// <summary>Columns of a tile that wait for an epilogue.</summary>
    private const nint TileColumns = 64;

    private const int TileSlot = 15;

    /// <summary>y = epilogue(x with its axes permuted), sample by sample. The epilogue's row is the first axis of a sample, its column what lies behind.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Extents and order of axes.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input.</param>
    /// <param name="y">Output; must not overlap the input.</param>
    /// <param name="epilogue">Applied to every value.</param>
    public static void Run<E>(Workers w, in PermuteShape s, nint batch, float* x, float* y, in E epilogue)
        where E : struct, IEpilogue
    {
        var e = epilogue;
        var rank = s.Extents.Length;
        fixed (nint* extents = s.Extents)
        fixed (nint* strides = s.Strides)
        {
            var job = new Job { Rank = rank, Extents = extents, Strides = strides, Size = s.Size, Channels = s.Channels, X = x, Y = y, Epilogue = Unsafe.AsPointer(ref e) };
            if (strides[rank - 1] == 1)
            {
                job.Rows = s.Size / extents[rank - 1];
                w.For(batch * job.Rows, extents[rank - 1], &job, &CopyRows<E>);
                return;
            }
            while (strides[job.Source] != 1)
                job.Source++;
            var length = extents[job.Source];
            job.Blocks = (length + TileRows - 1) / TileRows;
            job.Rows = s.Size / extents[rank - 1] / length * job.Blocks;
            w.For(batch * job.Rows, 2d * Math.Min(length, TileRows) * extents[rank - 1], &job, &TransposeTiles<E>);
        }
    }

    private static void CopyRows<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        var length = job->Extents[job->Rank - 1];
        var plane = job->Size / job->Channels;
        for (var row = begin; row < end; row++)
        {
            var source = job->X + row / job->Rows * job->Size;
            var rest = row % job->Rows;
            for (var axis = job->Rank - 2; axis >= 0; axis--)
            {
                source += rest % job->Extents[axis] * job->Strides[axis];
                rest /= job->Extents[axis];
            }
            var index = row * length;
            if (typeof(E) == typeof(Identity))
            {
                Packing.Copy(source, job->Y + index, length);
                continue;
            }
            var body = new Through<E>(ref e, source, job->Y, index / plane % job->Channels, index % plane, index);
            Simd.Map(in body, length);
        }
    }

    /// <summary>An item is a block of the axis that is innermost in the input, at one place of all other axes but the innermost of the output.</summary>
    [MethodImpl(Optimize)]
    private static void TransposeTiles<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        var last = job->Rank - 1;
        nint columns = job->Extents[last], sourceStep = job->Strides[last], length = job->Extents[job->Source];
        var plane = job->Size / job->Channels;
        var tile = Workers.Scratch(TileSlot, TileRows * TileColumns);
        for (var item = begin; item < end; item++)
        {
            var source = job->X + item / job->Rows * job->Size;
            var rest = item % job->Rows;
            var block = rest % job->Blocks * TileRows;
            rest /= job->Blocks;
            var rows = Math.Min(TileRows, length - block);
            // Where the tile lies in the output, and how far apart its rows are there.
            nint target = item / job->Rows * job->Size, step = columns, targetStep = 0;
            for (var axis = last - 1; axis >= 0; axis--)
            {
                if (axis == job->Source)
                {
                    source += block;
                    target += block * step;
                    targetStep = step;
                }
                else
                {
                    source += rest % job->Extents[axis] * job->Strides[axis];
                    target += rest % job->Extents[axis] * step;
                    rest /= job->Extents[axis];
                }
                step *= job->Extents[axis];
            }
            if (typeof(E) == typeof(Identity))
            {
                Packing.Panel(source, 1, sourceStep, rows, columns, job->Y + target, targetStep, columns);
                continue;
            }
            for (nint column = 0; column < columns; column += TileColumns)
            {
                var width = Math.Min(TileColumns, columns - column);
                Packing.Panel(source + column * sourceStep, 1, sourceStep, rows, width, tile, TileColumns, width);
                for (nint row = 0; row < rows; row++)
                {
                    var index = target + row * targetStep + column;
                    var body = new Through<E>(ref e, tile + row * TileColumns, job->Y, index / plane % job->Channels, index % plane, index);
                    Simd.Map(in body, width);
                }
            }
        }
    }

    private struct Job
    {
        public int Rank;
        public nint* Extents;
        public nint* Strides;
        public nint Size;
        public nint Channels;

        /// <summary>Items of a sample.</summary>
        public nint Rows;

        /// <summary>The axis of the output that is innermost in the input, and the blocks it is cut into.</summary>
        public int Source;
        public nint Blocks;
        public float* X;
        public float* Y;
        public void* Epilogue;
    }
}
