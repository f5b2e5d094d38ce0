using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <content>
/// Depthwise convolutions: a group is one channel, whose outputs share its image. There is nothing to sum but taps, so pixels run along the vectors, a tap is a broadcast, and
/// everything that a band needs (its padded image and its sums) stays in the first-level cache.
/// </content>
public static unsafe partial class Convolution
{
    /// <summary>Rows of sums that are computed together, so that the rows of the image they share are loaded once.</summary>
    private const nint DepthwiseRows = 4;

    /// <summary>Runs a job of one summed channel, or of one output channel, for each group.</summary>
    private static void Depthwise<E>(Workers w, ConvJob* job)
        where E : struct, IEpilogue
    {
        // Laying out an element and storing one cost about as much as four multiply-adds each.
        var flops = 2d * job->Outputs * job->Terms * job->BandRows * job->Columns + 8d * (job->Image.Size(job->BandRows) + (nint)job->BandRows * job->StepHeight * job->Width * job->Outputs);
        w.For(job->Batch * job->Groups * job->Bands, flops, job, &DepthwiseBands<E>);
    }

    /// <summary>Items: samples, groups, bands of rows.</summary>
    [MethodImpl(Optimize)]
    private static void DepthwiseBands<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (ConvJob*)args;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        var sums = Workers.Scratch(SumSlot, (nint)job->BandRows * job->StepHeight * job->Width + 4 * MaxLanes);
        for (var item = begin; item < end; item++)
        {
            var (index, band) = Math.DivRem(item, job->Bands);
            var firstRow = (int)band * job->BandRows;
            var rows = Math.Min(job->BandRows, job->Rows - firstRow);
            var pixel = (nint)firstRow * job->StepHeight * job->Width;
            var count = (nint)Math.Min(rows * job->StepHeight, job->Height - firstRow * job->StepHeight) * job->Width;
            var image = BandImages(job, index, 1, firstRow, out _);
            for (var o = 0; o < job->Outputs; o++)
            {
                DepthwiseSums(job, index % job->Groups, o, image, firstRow, rows, sums);
                var channel = index % job->Groups * job->Outputs + o;
                var body = new Through<E>(ref e, sums, job->Target, channel, pixel, (index * job->Outputs + o) * job->Height * job->Width + pixel);
                Simd.Map(in body, count);
            }
        }
    }

    /// <summary>The sums of a band of one output channel, row after row without gaps.</summary>
    private static void DepthwiseSums(ConvJob* job, nint group, nint output, float* image, int firstRow, nint rows, float* sums)
    {
        var weights = job->Weight + group * job->WeightGroup + output * job->WeightRow;
        if (job->TapOfTerm != null)
        {
            var taps = weights;
            weights = Workers.Scratch(LeftSlot, job->Terms);
            for (nint k = 0; k < job->Terms; k++)
                weights[k] = taps[job->TapOfTerm[k]];
        }
        // Narrow images in narrow vectors: no more than half of one is wasted.
        var lanes = ConvCost.LanesOfRow(job->Columns, Tile.Lanes);
        if (Simd.Level >= 512 && lanes == 16)
            DepthwiseSums<F512>(job, image, weights, firstRow, rows, sums);
        else if (Simd.Level >= 256 && lanes == 8)
            DepthwiseSums<F256>(job, image, weights, firstRow, rows, sums);
        else
            DepthwiseSums<F128>(job, image, weights, firstRow, rows, sums);
    }

    private static void DepthwiseSums<V>(ConvJob* job, float* image, float* weights, int firstRow, nint rows, float* sums)
        where V : unmanaged, ISimd<V>
    {
        if (job->StepHeight * job->StepWidth > 1)
            SpreadRows<V>(job, image, weights, firstRow, rows, sums);
        else if (rows < DepthwiseRows)
            SingleRows<V>(job, image, weights, rows, sums);
        else if (job->ColumnsOfThree > 0)
            RowsOfThree<V>(job, image, weights, rows, sums);
        else
            ManyRows<V>(job, image, weights, rows, sums);
    }

    // Whole vectors are stored: what the last of a row writes too much is overwritten by the next row. So rows are stored from the first to the last, and the vectors of rows that are
    // computed together from right to left.

    /// <summary>Four rows at a time. The last four may overlap those before: the same sums again.</summary>
    [MethodImpl(Optimize)]
    private static void ManyRows<V>(ConvJob* job, float* image, float* weights, nint rows, float* sums)
        where V : unmanaged, ISimd<V>
    {
        nint step = job->Image.RowLength, width = job->Width, terms = job->Terms;
        var table = job->Table;
        var vectors = (width + V.Width - 1) / V.Width;
        for (nint next = 0; next < rows; next += DepthwiseRows)
        {
            var row = Math.Min(next, rows - DepthwiseRows);
            for (var v = vectors; v > 0;)
            {
                var isPair = v > 1;
                v -= isPair ? 2 : 1;
                var from = image + row * step + v * V.Width;
                var to = sums + row * width + v * V.Width;
                V s0 = V.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
                if (isPair)
                {
                    V t0 = s0, t1 = s0, t2 = s0, t3 = s0;
                    for (nint k = 0; k < terms; k++)
                    {
                        var weight = V.Broadcast(weights[k]);
                        var x = from + table[k];
                        s0 = V.MultiplyAdd(weight, V.Load(x), s0);
                        t0 = V.MultiplyAdd(weight, V.Load(x + V.Width), t0);
                        x += step;
                        s1 = V.MultiplyAdd(weight, V.Load(x), s1);
                        t1 = V.MultiplyAdd(weight, V.Load(x + V.Width), t1);
                        x += step;
                        s2 = V.MultiplyAdd(weight, V.Load(x), s2);
                        t2 = V.MultiplyAdd(weight, V.Load(x + V.Width), t2);
                        x += step;
                        s3 = V.MultiplyAdd(weight, V.Load(x), s3);
                        t3 = V.MultiplyAdd(weight, V.Load(x + V.Width), t3);
                    }
                    StoreRows(to + V.Width, width, t0, t1, t2, t3);
                }
                else
                {
                    for (nint k = 0; k < terms; k++)
                    {
                        var weight = V.Broadcast(weights[k]);
                        var x = from + table[k];
                        s0 = V.MultiplyAdd(weight, V.Load(x), s0);
                        s1 = V.MultiplyAdd(weight, V.Load(x + step), s1);
                        s2 = V.MultiplyAdd(weight, V.Load(x + 2 * step), s2);
                        s3 = V.MultiplyAdd(weight, V.Load(x + 3 * step), s3);
                    }
                }
                StoreRows(to, width, s0, s1, s2, s3);
            }
        }
    }

    /// <summary>As ManyRows, where the taps of a kernel's column lie in three neighbouring rows: the six rows that four rows of sums see are loaded once.</summary>
    [MethodImpl(Optimize)]
    private static void RowsOfThree<V>(ConvJob* job, float* image, float* weights, nint rows, float* sums)
        where V : unmanaged, ISimd<V>
    {
        nint step = job->Image.RowLength, width = job->Width, terms = job->Terms, taps = job->ColumnsOfThree;
        var vectors = (width + V.Width - 1) / V.Width;
        // Offsets and weights of the taps in the upper row; those of the others lie behind them or, in a turned kernel, before.
        var below = job->IsTurned ? -taps : taps;
        var table = job->Table + (job->IsTurned ? 2 * taps : 0);
        var upper = weights + (job->IsTurned ? 2 * taps : 0);
        for (nint next = 0; next < rows; next += DepthwiseRows)
        {
            var row = Math.Min(next, rows - DepthwiseRows);
            for (var v = vectors; v > 0;)
            {
                var isPair = v > 1;
                v -= isPair ? 2 : 1;
                var from = image + row * step + v * V.Width;
                var to = sums + row * width + v * V.Width;
                V s0 = V.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
                if (isPair)
                {
                    V t0 = s0, t1 = s0, t2 = s0, t3 = s0;
                    for (nint channel = 0; channel < terms; channel += 3 * taps)
                    {
                        for (var k = channel; k < channel + taps; k++)
                        {
                            var (w0, w1, w2) = (V.Broadcast(upper[k]), V.Broadcast(upper[k + below]), V.Broadcast(upper[k + 2 * below]));
                            var x = from + table[k];
                            Six(x, step, w0, w1, w2, ref s0, ref s1, ref s2, ref s3);
                            Six(x + V.Width, step, w0, w1, w2, ref t0, ref t1, ref t2, ref t3);
                        }
                    }
                    StoreRows(to + V.Width, width, t0, t1, t2, t3);
                }
                else
                {
                    for (nint channel = 0; channel < terms; channel += 3 * taps)
                    {
                        for (var k = channel; k < channel + taps; k++)
                            Six(from + table[k], step, V.Broadcast(upper[k]), V.Broadcast(upper[k + below]), V.Broadcast(upper[k + 2 * below]), ref s0, ref s1, ref s2, ref s3);
                    }
                }
                StoreRows(to, width, s0, s1, s2, s3);
            }
        }
    }

    /// <summary>Adds to four rows of sums what six rows of the image contribute through a column of three taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Six<V>(float* x, nint step, V w0, V w1, V w2, ref V s0, ref V s1, ref V s2, ref V s3)
        where V : unmanaged, ISimd<V>
    {
        s0 = V.MultiplyAdd(w0, V.Load(x), s0);
        var row = V.Load(x + step);
        s0 = V.MultiplyAdd(w1, row, s0);
        s1 = V.MultiplyAdd(w0, row, s1);
        row = V.Load(x + 2 * step);
        s0 = V.MultiplyAdd(w2, row, s0);
        s1 = V.MultiplyAdd(w1, row, s1);
        s2 = V.MultiplyAdd(w0, row, s2);
        x += 3 * step;
        row = V.Load(x);
        s1 = V.MultiplyAdd(w2, row, s1);
        s2 = V.MultiplyAdd(w1, row, s2);
        s3 = V.MultiplyAdd(w0, row, s3);
        row = V.Load(x + step);
        s2 = V.MultiplyAdd(w2, row, s2);
        s3 = V.MultiplyAdd(w1, row, s3);
        s3 = V.MultiplyAdd(w2, V.Load(x + 2 * step), s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRows<V>(float* to, nint step, V s0, V s1, V s2, V s3)
        where V : unmanaged, ISimd<V>
    {
        V.Store(to, s0);
        V.Store(to + step, s1);
        V.Store(to + 2 * step, s2);
        V.Store(to + 3 * step, s3);
    }

    /// <summary>One row at a time: images of one dimension.</summary>
    [MethodImpl(Optimize)]
    private static void SingleRows<V>(ConvJob* job, float* image, float* weights, nint rows, float* sums)
        where V : unmanaged, ISimd<V>
    {
        nint step = job->Image.RowLength, width = job->Width, terms = job->Terms;
        var table = job->Table;
        for (nint row = 0; row < rows; row++, image += step, sums += width)
        {
            nint q = 0;
            for (; q + 3 * V.Width < width; q += 4 * V.Width)
            {
                V s0 = V.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
                for (nint k = 0; k < terms; k++)
                {
                    var weight = V.Broadcast(weights[k]);
                    var x = image + q + table[k];
                    s0 = V.MultiplyAdd(weight, V.Load(x), s0);
                    s1 = V.MultiplyAdd(weight, V.Load(x + V.Width), s1);
                    s2 = V.MultiplyAdd(weight, V.Load(x + 2 * V.Width), s2);
                    s3 = V.MultiplyAdd(weight, V.Load(x + 3 * V.Width), s3);
                }
                StoreRows(sums + q, V.Width, s0, s1, s2, s3);
            }
            for (; q < width; q += V.Width)
                V.Store(sums + q, Dot<V>(image + q, table, weights, terms));
        }
    }

    /// <summary>
    /// The gradient of a strided convolution: neighbouring pixels meet different taps (the passes), each pass like a convolution with stride 1. With two passes to a row their vectors are put
    /// together.
    /// </summary>
    [MethodImpl(Optimize)]
    private static void SpreadRows<V>(ConvJob* job, float* image, float* weights, int firstRow, nint rows, float* sums)
        where V : unmanaged, ISimd<V>
    {
        nint step = job->Image.RowLength, width = job->Width, stride = job->StepWidth;
        var vectors = (job->Columns + V.Width - 1) / V.Width;
        var values = stackalloc float[MaxLanes];
        for (nint row = 0; row < rows; row++, image += step)
        {
            for (nint a = 0; a < job->StepHeight && (firstRow + row) * job->StepHeight + a < job->Height; a++, sums += width)
            {
                var pass = job->Pass + a * stride;
                for (nint v = 0; v < vectors; v++)
                {
                    var from = image + v * V.Width;
                    var to = sums + v * V.Width * stride;
                    if (stride == 1)
                    {
                        V.Store(to, Dot<V>(from, job->Table + pass->First, weights + pass->First, pass->Terms));
                    }
                    else if (stride == 2)
                    {
                        var even = Dot<V>(from, job->Table + pass->First, weights + pass->First, pass->Terms);
                        var odd = Dot<V>(from, job->Table + pass[1].First, weights + pass[1].First, pass[1].Terms);
                        var (low, high) = V.Interleave(even, odd);
                        V.Store(to, low);
                        V.Store(to + V.Width, high);
                    }
                    else
                    {
                        for (nint b = 0; b < stride; b++)
                        {
                            V.Store(values, Dot<V>(from, job->Table + pass[b].First, weights + pass[b].First, pass[b].Terms));
                            for (nint i = 0; i < V.Width && (v * V.Width + i) * stride + b < width; i++)
                                to[i * stride + b] = values[i];
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Dot<V>(float* x, nint* table, float* weights, nint terms)
        where V : unmanaged, ISimd<V>
    {
        var sum = V.Broadcast(0);
        for (nint k = 0; k < terms; k++)
            sum = V.MultiplyAdd(V.Broadcast(weights[k]), V.Load(x + table[k]), sum);
        return sum;
    }
}
