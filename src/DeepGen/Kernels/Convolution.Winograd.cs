using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <content>
/// Winograd's form of a convolution with 3 × 3 taps and stride 1: tiles of m × m outputs and, for each of the (m + 2)² points of their transforms, one product of
/// matrices, output channels × input channels × tiles. A round of tiles goes through three loops: transform the input, multiply, transform the products. Where there are rounds enough
/// each thread takes its own; else the threads share the loops.
/// </content>
public static unsafe partial class Convolution
{
    /// <summary>Tiles of a round are so many that the transformed weights are read often enough for what they cost to fetch, and so few that a round stays in the third-level cache.</summary>
    private const int FewestTiles = 48, MostTiles = 128;

    /// <summary>With this many rounds for each thread, the threads need not wait for each other in every one of them.</summary>
    private const int RoundsOfThread = 2;

    /// <summary>Floats of the area in which one tile per lane is transformed: 6 × 6 vectors of 16, and 6 rows.</summary>
    private const int TransformFloats = 36 * MaxLanes;

    private static void Winograd<E>(Workers w, WinogradJob* job, int tile, WeightForms? forms, nint call)
        where E : struct, IEpilogue
    {
        if (tile == 2)
            Winograd<Winograd2, E>(w, job, forms, call);
        else
            Winograd<Winograd4, E>(w, job, forms, call);
    }

    private static void Winograd<T, E>(Workers w, WinogradJob* job, WeightForms? forms, nint call)
        where T : struct, IWinogradTransform
        where E : struct, IEpilogue
    {
        job->Plan<T>();
        WeightForms.Get(forms, w, call, T.Outputs / 2, LeftSlot, job->Points * job->WeightStep, &job->Left, job->Strips, 4d * job->Points * job->Channels * Tile.MaxRows, job, &TransformWeights<T>);
        var points = (nint)job->Points;
        var rows = job->Batch * job->TileRows;
        var rounds = (rows + job->RowsAtATime - 1) / job->RowsAtATime;
        if (rounds >= RoundsOfThread * w.Threads)
        {
            // As many for each thread.
            rounds = (rounds + w.Threads - 1) / w.Threads * w.Threads;
            job->RowsAtATime = (rows + rounds - 1) / rounds;
            rounds = (rows + job->RowsAtATime - 1) / job->RowsAtATime;
            w.For(rounds, 2d * job->RowsAtATime * job->TileColumns * points * job->Channels * job->Outputs, job, &Rounds<T, E>);
            return;
        }
        job->TakeScratch();
        for (job->FirstRow = 0; job->FirstRow < rows; job->FirstRow += job->RowsAtATime)
        {
            job->Rows = Math.Min(job->RowsAtATime, rows - job->FirstRow);
            var tiles = (double)job->Rows * job->TileColumns;
            w.For(job->Channels, tiles * points * 8, job, &TransformInput<T>);
            w.For(points * job->Strips, 2 * tiles * job->Channels * Tile.MaxRows, job, &Multiply);
            w.For(job->Outputs, tiles * points * 8, job, &TransformProducts<T, E>);
        }
    }

    /// <summary>Items: rounds.</summary>
    private static void Rounds<T, E>(void* args, nint begin, nint end)
        where T : struct, IWinogradTransform
        where E : struct, IEpilogue
    {
        var job = *(WinogradJob*)args;
        var rows = job.Batch * job.TileRows;
        job.TakeScratch();
        for (var round = begin; round < end; round++)
        {
            job.FirstRow = round * job.RowsAtATime;
            job.Rows = Math.Min(job.RowsAtATime, rows - job.FirstRow);
            TransformInput<T>(&job, 0, job.Channels);
            Multiply(&job, 0, job.Points * (nint)job.Strips);
            TransformProducts<T, E>(&job, 0, job.Outputs);
        }
    }

    /// <summary>Items: strips of output channels, whose weights are transformed and laid side by side.</summary>
    [MethodImpl(Optimize)]
    private static void TransformWeights<T>(void* args, nint begin, nint end)
        where T : struct, IWinogradTransform
    {
        if (Simd.Level >= 512)
            TransformWeights<T, F512>((WinogradJob*)args, begin, end);
        else if (Simd.Level >= 256)
            TransformWeights<T, F256>((WinogradJob*)args, begin, end);
        else
            TransformWeights<T, F128>((WinogradJob*)args, begin, end);
    }

    [MethodImpl(Optimize)]
    private static void TransformWeights<T, V>(WinogradJob* job, nint begin, nint end)
        where T : struct, IWinogradTransform
        where V : unmanaged, ISimd<V>
    {
        const int Taps = 9;
        nint size = T.Outputs + 2;
        var temporary = Workers.Scratch(TileSlot, TransformFloats);
        var packed = Workers.Scratch(PanelSlot, Taps * MaxLanes * (nint)job->Channels + MaxLanes);
        for (var strip = begin; strip < end; strip++)
        {
            var first = Tile.StripBegin(job->Outputs, job->Strips, strip);
            var rows = Tile.StripBegin(job->Outputs, job->Strips, strip + 1) - first;
            for (nint c = 0; c < job->Channels; c++)
                Packing.Panel(job->Weight + first * job->WeightOutput + c * job->WeightInput, 1, job->WeightOutput, Taps, rows, packed + c * Taps * rows, rows, rows);
            var target = job->Left + strip * job->StripSize;
            for (nint c = 0; c < job->Channels; c++, target += rows)
            {
                var taps = packed + c * Taps * rows;
                // Turned by 180° the taps run backwards.
                var start = job->IsTurned ? taps + (Taps - 1) * rows : taps;
                var tap = job->IsTurned ? -rows : rows;
                // What a vector writes beyond a channel's rows is overwritten by the next channel, and after the last there is room.
                for (nint r = 0; r < rows; r += V.Width)
                {
                    for (nint j = 0; j < 3; j++)
                        T.Weight<V>(start + j * tap + r, 3 * tap, temporary + j * V.Width, 3 * V.Width);
                    for (nint i = 0; i < size; i++)
                        T.Weight<V>(temporary + i * 3 * V.Width, V.Width, target + i * size * job->WeightStep + r, job->WeightStep);
                }
            }
        }
    }

    /// <summary>Items: input channels.</summary>
    [MethodImpl(Optimize)]
    private static void TransformInput<T>(void* args, nint begin, nint end)
        where T : struct, IWinogradTransform
    {
        var job = (WinogradJob*)args;
        switch (job->Lanes)
        {
            case 16:
                TransformInput<T, F512>(job, begin, end);
                break;
            case 8:
                TransformInput<T, F256>(job, begin, end);
                break;
            default:
                TransformInput<T, F128>(job, begin, end);
                break;
        }
    }

    [MethodImpl(Optimize)]
    private static void TransformInput<T, V>(WinogradJob* job, nint begin, nint end)
        where T : struct, IWinogradTransform
        where V : unmanaged, ISimd<V>
    {
        var temporary = Workers.Scratch(TileSlot, TransformFloats);
        // A row of every T.Outputs-th column for each of the T.Outputs columns of a tile: then neighbouring tiles are neighbours in memory.
        var phase = (nint)job->TileColumns + V.Width;
        var planeRows = (Math.Min(job->Rows, job->TileRows) * T.Outputs) + 2;
        var plane = planeRows * phase;
        var phases = Workers.Scratch(PanelSlot, T.Outputs * plane + V.Width);
        for (var c = begin; c < end; c++)
        {
            var target = job->Transformed + c * job->Columns;
            for (var row = job->FirstRow; row < job->FirstRow + job->Rows;)
            {
                var (sample, tileRow) = Math.DivRem(row, (nint)job->TileRows);
                var count = Math.Min(job->TileRows - tileRow, job->FirstRow + job->Rows - row);
                row += count;
                var source = job->Source + (sample * job->Channels + c) * job->Height * job->Width;
                var firstRow = tileRow * T.Outputs - job->PadTop;
                for (nint y = 0; y < (count * T.Outputs) + 2; y++)
                    Split<T, V>(source, job->Height, job->Width, firstRow + y, job->PadLeft, job->TileColumns + 1, phases + y * phase, plane);
                for (nint r = 0; r < count; r++, target += job->TileColumns)
                {
                    for (nint at = 0; at < job->TileColumns; at += V.Width)
                        T.Input<V>(phases + r * T.Outputs * phase + at, phase, plane, target + at, job->InputStep, temporary);
                }
            }
        }
    }

    /// <summary>One row of an image behind padLeft zeros, length times T.Outputs pixels, taken apart into its phases; zeros beyond the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split<T, V>(float* source, nint height, nint width, nint y, nint padLeft, nint length, float* target, nint plane)
        where T : struct, IWinogradTransform
        where V : unmanaged, ISimd<V>
    {
        nint x = 0;
        if (y >= 0 && y < height)
        {
            source += y * width;
            width = Math.Min(width, T.Outputs * length - padLeft);
            x = SplitRun<T, V>(source, x, width, padLeft, target, plane);
            if (V.Width > F128.Width)
                x = SplitRun<T, F128>(source, x, width, padLeft, target, plane);
            for (; x < width; x++)
                target[(x + padLeft) % T.Outputs * plane + (x + padLeft) / T.Outputs] = source[x];
        }
        // The pixels that the image lacks, left and right of it.
        for (nint p = 0; p < T.Outputs; p++)
        {
            // Pixels of this phase that lie before the image, and before its end.
            nint before = Math.Min(length, (padLeft - p + T.Outputs - 1) / T.Outputs), written = x == 0 ? 0 : Math.Min(length, (padLeft + x - p + T.Outputs - 1) / T.Outputs);
            Packing.Zero(target + p * plane, x == 0 ? length : before);
            Packing.Zero(target + p * plane + written, x == 0 ? 0 : length - written);
        }
    }

    /// <summary>Takes whole vectors of pixels apart. Those of phase p of the image lie in one phase of the padded row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint SplitRun<T, V>(float* source, nint x, nint end, nint padLeft, float* target, nint plane)
        where T : struct, IWinogradTransform
        where V : unmanaged, ISimd<V>
    {
        nint m = T.Outputs;
        float* to0 = target + padLeft % m * plane + padLeft / m, to1 = target + (padLeft + 1) % m * plane + (padLeft + 1) / m;
        if (m == 2)
        {
            for (; x <= end - 2 * V.Width; x += 2 * V.Width)
            {
                var (even, odd) = V.Deinterleave(V.Load(source + x), V.Load(source + x + V.Width));
                V.Store(to0 + x / 2, even);
                V.Store(to1 + x / 2, odd);
            }
            return x;
        }
        float* to2 = target + (padLeft + 2) % m * plane + (padLeft + 2) / m, to3 = target + (padLeft + 3) % m * plane + (padLeft + 3) / m;
        for (; x <= end - 4 * V.Width; x += 4 * V.Width)
        {
            var (even, odd) = V.Deinterleave(V.Load(source + x), V.Load(source + x + V.Width));
            var (evenToo, oddToo) = V.Deinterleave(V.Load(source + x + 2 * V.Width), V.Load(source + x + 3 * V.Width));
            (even, evenToo) = V.Deinterleave(even, evenToo);
            (odd, oddToo) = V.Deinterleave(odd, oddToo);
            V.Store(to0 + x / 4, even);
            V.Store(to1 + x / 4, odd);
            V.Store(to2 + x / 4, evenToo);
            V.Store(to3 + x / 4, oddToo);
        }
        return x;
    }

    /// <summary>Items: points, in each the strips of output channels. A strip's weights stay in the first-level cache while the tiles stream by.</summary>
    [MethodImpl(Optimize)]
    private static void Multiply(void* args, nint begin, nint end)
    {
        var job = (WinogradJob*)args;
        nint lanes = Tile.Lanes;
        var tallest = (job->Outputs + job->Strips - 1) / job->Strips;
        var most = Tile.MaxVectors(tallest);
        var vectorsOfRow = (job->Rows * job->TileColumns + lanes - 1) / lanes;
        for (var item = begin; item < end; item++)
        {
            var (point, strip) = Math.DivRem(item, (nint)job->Strips);
            var first = Tile.StripBegin(job->Outputs, job->Strips, strip);
            var rows = Tile.StripBegin(job->Outputs, job->Strips, strip + 1) - first;
            var left = job->Left + point * job->WeightStep + strip * job->StripSize;
            var right = job->Transformed + point * job->InputStep;
            var target = job->Products + point * job->ProductStep + first * job->Columns;
            for (nint vector = 0; vector < vectorsOfRow; vector += most)
                Tile.Kernel(rows, (int)Math.Min(most, vectorsOfRow - vector), false)(job->Channels, left, rows, right + vector * lanes, job->Columns, null, target + vector * lanes, job->Columns, false);
        }
    }

    /// <summary>Items: output channels.</summary>
    [MethodImpl(Optimize)]
    private static void TransformProducts<T, E>(void* args, nint begin, nint end)
        where T : struct, IWinogradTransform
        where E : struct, IEpilogue
    {
        var job = (WinogradJob*)args;
        nint pixels = job->OutHeight * (nint)job->OutWidth;
        var sums = Workers.Scratch(PanelSlot, pixels + MaxLanes);
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        for (var o = begin; o < end; o++)
        {
            var products = job->Products + o * job->Columns;
            for (var row = job->FirstRow; row < job->FirstRow + job->Rows;)
            {
                var (sample, tileRow) = Math.DivRem(row, (nint)job->TileRows);
                var count = Math.Min(job->TileRows - tileRow, job->FirstRow + job->Rows - row);
                row += count;
                var firstRow = tileRow * T.Outputs;
                var outRows = Math.Min(count * T.Outputs, job->OutHeight - firstRow);
                switch (job->Lanes)
                {
                    case 16:
                        TransformProducts<T, F512>(job, products, outRows, sums);
                        break;
                    case 8:
                        TransformProducts<T, F256>(job, products, outRows, sums);
                        break;
                    default:
                        TransformProducts<T, F128>(job, products, outRows, sums);
                        break;
                }
                products += count * job->TileColumns;
                var column = firstRow * job->OutWidth;
                var body = new Through<E>(ref e, sums, job->Target, o, column, (sample * job->Outputs + o) * pixels + column);
                Simd.Map(in body, outRows * job->OutWidth);
            }
        }
    }

    /// <summary>sums = the rows of outputs that the tiles from here on make, laid end to end.</summary>
    [MethodImpl(Optimize)]
    private static void TransformProducts<T, V>(WinogradJob* job, float* products, nint rows, float* sums)
        where T : struct, IWinogradTransform
        where V : unmanaged, ISimd<V>
    {
        var temporary = Workers.Scratch(TileSlot, TransformFloats);
        // Whole vectors: what a row of tiles writes beyond the image's edge is dropped when its rows are moved together.
        nint rowStep = (job->TileColumns + V.Width) * T.Outputs;
        var tileRows = Workers.Scratch(SumSlot, T.Outputs * rowStep);
        for (nint y = 0; y < rows; y += T.Outputs, products += job->TileColumns)
        {
            for (nint at = 0; at < job->TileColumns; at += V.Width)
                T.Output<V>(products + at, job->ProductStep, tileRows + at * T.Outputs, rowStep, temporary);
            for (nint i = 0; i < Math.Min(T.Outputs, rows - y); i++)
            {
                var from = tileRows + i * rowStep;
                var to = sums + (y + i) * job->OutWidth;
                for (nint x = 0; x < job->OutWidth; x += V.Width)
                    V.Store(to + x, V.Load(from + x));
            }
        }
    }

    /// <summary>A convolution with 3 × 3 taps, stride 1 and one group.</summary>
    private struct WinogradJob
    {
        public nint Batch;
        public float* Source;
        public float* Target;
        public void* Epilogue;
        public int Channels;
        public int Height;
        public int Width;
        public int Outputs;
        public int OutHeight;
        public int OutWidth;

        /// <summary>Zero rows above the image and zero columns left of it.</summary>
        public int PadTop;
        public int PadLeft;

        public float* Weight;

        /// <summary>Floats between the weights of neighbouring output channels and input channels.</summary>
        public nint WeightOutput;
        public nint WeightInput;

        /// <summary>Whether the taps are turned by 180°, as the gradient with respect to the input has them.</summary>
        public bool IsTurned;

        /// <summary>(m + 2)².</summary>
        public int Points;

        /// <summary>Tiles in a row and in a column of the output.</summary>
        public int TileColumns;
        public int TileRows;

        /// <summary>Lanes of the vectors that transform: no more than half empty, if a narrower one is there.</summary>
        public int Lanes;

        /// <summary>Strips of output channels.</summary>
        public int Strips;

        /// <summary>Panels of input channels, and parts into which they are shared out; of weight gradients.</summary>
        public nint Panels;
        public int Parts;

        /// <summary>Whether weight gradients are added to what stands there.</summary>
        public bool Adds;

        /// <summary>Transformed weights: point after point, in it strip after strip.</summary>
        public float* Left;
        public nint StripSize;
        public nint WeightStep;

        /// <summary>Rows of tiles in a round.</summary>
        public nint RowsAtATime;

        /// <summary>The round: rows of tiles, counted over the samples.</summary>
        public nint FirstRow;
        public nint Rows;

        /// <summary>Floats between the tiles of neighbouring channels.</summary>
        public nint Columns;

        /// <summary>Transformed inputs [points, channels, tiles] and products [points, outputs, tiles]; steps from point to point, which must not fall into the same cache set.</summary>
        public float* Transformed;
        public nint InputStep;
        public float* Products;
        public nint ProductStep;

        /// <summary>Rounds and places, from the shape and the batch alone.</summary>
        public void Plan<T>(int mostTiles = MostTiles)
            where T : struct, IWinogradTransform
        {
            Points = (T.Outputs + 2) * (T.Outputs + 2);
            Strips = (int)Tile.Strips(Outputs);
            StripSize = (nint)Channels * ((Outputs + Strips - 1) / Strips) + MaxLanes;
            WeightStep = Strips * StripSize + MaxLanes;
            TileColumns = (OutWidth + T.Outputs - 1) / T.Outputs;
            TileRows = (OutHeight + T.Outputs - 1) / T.Outputs;
            Lanes = ConvCost.LanesOfRow(TileColumns, Tile.Lanes);
            // Of the numbers of rows that make a round of a fitting size, the one whose tiles fill the panels best.
            var all = Batch * TileRows;
            nint best = Math.Min(all, Math.Max(1, FewestTiles / TileColumns));
            for (var rows = best; rows <= all && rows * TileColumns <= mostTiles; rows++)
            {
                if (Filled(rows) >= Filled(best))
                    best = rows;
            }
            RowsAtATime = best;
            Columns = (best * TileColumns + MaxLanes + Tile.Columns - 1) / Tile.Columns * Tile.Columns;
            InputStep = Channels * Columns + MaxLanes;
            ProductStep = Outputs * Columns + MaxLanes;
        }

        /// <summary>Room for what a round transforms and multiplies, on the calling thread.</summary>
        public void TakeScratch()
        {
            Transformed = Workers.Scratch(ImageSlot, Points * (InputStep + ProductStep) + 2 * Tile.Columns);
            Products = Transformed + Points * InputStep;
        }

        private readonly double Filled(nint rows)
        {
            double tiles = rows * TileColumns;
            return tiles / (Math.Ceiling(tiles / Tile.Columns) * Tile.Columns);
        }
    }
}
