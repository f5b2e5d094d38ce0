using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <content>The gradient of depthwise weights: one dot product of a plane of dy with the shifted image for each tap, nine of them at a time.</content>
public static unsafe partial class Convolution
{
    /// <summary>Taps of a block in each direction.</summary>
    private const int BlockTaps = 3;

    /// <summary>Columns that a block of taps runs over before it is summed up.</summary>
    private const nint BlockColumns = 1024;

    /// <summary>Threads share out the channels, and each adds up its samples in order.</summary>
    private static void GradWeightDepthwise(Workers w, in ConvShape s, GradJob* job)
    {
        job->KernelHeight = s.KernelHeight;
        job->KernelWidth = s.KernelWidth;
        job->IsSliding = s.StrideHeight == 1 && s.DilationHeight == 1;
        job->Lanes = ConvCost.LanesOfRow(s.OutWidth, Tile.Lanes);
        job->PlaneStep = (s.OutWidth + job->Lanes - 1) / job->Lanes * job->Lanes;
        job->BandRows = job->Image.IsSource ? s.OutHeight : DepthwiseBandRows(job->Image, s.OutHeight, (int)job->PlaneStep);
        job->ImageSize = job->Image.Size(job->BandRows) + 2 * MaxLanes;
        job->SampleSize = job->ImageSize + job->PlaneStep * job->BandRows + MaxLanes;
        job->SamplesAtATime = (int)Math.Clamp(DepthwiseFloats / job->SampleSize, 1, Math.Max(1, job->Batch));
        FillTable(s, job->Image, job->BandRows, job->Table);
        var flops = job->Batch * (2d * job->Outputs * job->Terms * s.OutHeight * s.OutWidth + 8d * s.Height * s.Width);
        w.For(job->Groups, flops, job, &DepthwiseGradients);
    }

    private static void DepthwiseGradients(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        nint terms = job->Terms, outputs = job->Outputs;
        var sums = (double*)Workers.Scratch(PartialSlot, 2 * outputs * (terms + 1));
        var images = Workers.Scratch(ImageSlot, job->SampleSize * job->SamplesAtATime);
        for (var group = begin; group < end; group++)
        {
            new Span<double>(sums, (int)(outputs * (terms + 1))).Clear();
            for (nint first = 0; first < job->Batch; first += job->SamplesAtATime)
            {
                var count = Math.Min(job->SamplesAtATime, job->Batch - first);
                for (var row = 0; row < job->OutHeight; row += job->BandRows)
                    DepthwiseGradients(job, group, first, count, row, images, sums);
            }
            for (nint o = 0; o < outputs; o++)
            {
                var from = sums + o * (terms + 1);
                var dw = job->Dw + (group * outputs + o) * terms;
                for (nint k = 0; k < terms; k++)
                    dw[k] = job->Accumulate ? (float)(dw[k] + from[k]) : (float)from[k];
                if (job->Db == null)
                    continue;
                ref var db = ref job->Db[group * outputs + o];
                db = job->Accumulate ? (float)(db + from[terms]) : (float)from[terms];
            }
        }
    }

    /// <summary>Adds what a band of some samples contributes to the gradients of a channel: for each output its taps, then its bias.</summary>
    private static void DepthwiseGradients(GradJob* job, nint group, nint first, nint count, int row, float* images, double* sums)
    {
        var rows = Math.Min(job->BandRows, job->OutHeight - row);
        var size = job->Image.Size(job->BandRows);
        for (nint n = 0; n < count; n++)
        {
            job->Image.Fill(job->X, job->Batch * job->Groups, (first + n) * job->Groups + group, row, job->BandRows, images + n * job->ImageSize);
            // The last vector of the last row reads beyond the image; zero times what stands there must be zero.
            Packing.Zero(images + n * job->ImageSize + size, job->ImageSize - size);
        }
        var plane = (nint)job->OutHeight * job->OutWidth;
        var tensorEnd = job->Dy + job->Batch * job->Groups * job->Outputs * plane;
        var span = new DotSpan { Samples = count, RightSample = job->ImageSize, Rows = rows, LeftStep = job->PlaneStep, RightStep = job->Image.RowLength };
        for (nint o = 0; o < job->Outputs; o++, sums += job->Terms + 1)
        {
            var dy = job->Dy + ((first * job->Groups + group) * job->Outputs + o) * plane + (nint)row * job->OutWidth;
            span.LeftSample = job->Groups * job->Outputs * plane;
            for (nint n = 0; job->Db != null && n < count; n++)
            {
                var values = new Values(dy + n * span.LeftSample);
                sums[job->Terms] += Simd.SumDouble(in values, (nint)rows * job->OutWidth);
            }
            if (job->PlaneStep != job->OutWidth)
            {
                // Rows of whole vectors, with zeros behind their pixels.
                var planes = images + count * job->ImageSize;
                var planeSize = job->PlaneStep * rows;
                for (nint n = 0; n < count; n++)
                    Packing.Rows(dy + n * span.LeftSample, job->OutWidth, tensorEnd, rows, planes + n * planeSize, job->PlaneStep, 0, job->OutWidth);
                dy = planes;
                span.LeftSample = planeSize;
            }
            for (nint column = 0; column < job->PlaneStep; column += BlockColumns)
            {
                span.Length = Math.Min(BlockColumns, job->PlaneStep - column);
                if (Simd.Level >= 512 && job->Lanes == 16)
                    TapBlocks<F512>(job, span, dy + column, images + column, sums);
                else if (Simd.Level >= 256 && job->Lanes == 8)
                    TapBlocks<F256>(job, span, dy + column, images + column, sums);
                else
                    TapBlocks<F128>(job, span, dy + column, images + column, sums);
            }
        }
    }

    /// <summary>Blocks of 3 × 3 taps; what is left over in rows of three. A block that overhangs the kernel computes taps twice.</summary>
    private static void TapBlocks<V>(GradJob* job, in DotSpan span, float* dy, float* images, double* sums)
        where V : unmanaged, ISimd<V>
    {
        nint width = job->KernelWidth, height = job->KernelHeight;
        var found = stackalloc float[12];
        for (nint j = 0; j < width; j += BlockTaps)
        {
            nint j1 = Math.Min(j + 1, width - 1), j2 = Math.Min(j + 2, width - 1);
            for (nint i = 0; i < height;)
            {
                var first = job->Table + i * width;
                var rows = height - i >= BlockTaps ? BlockTaps : 1;
                if (rows == 1)
                    RowOfTaps<V>(span, dy, images, first[j], first[j1], first[j2], found);
                else if (job->IsSliding && span.Rows > 1)
                    SlidingBlock<V>(span, dy, images, first[j], first[j1], first[j2], found);
                else
                    BlockOfTaps<V>(span, dy, images + first[j], first[width + j] - first[j], first[2 * width + j] - first[j], first[j1] - first[j], first[j2] - first[j], found);
                for (nint k = 0; k < BlockTaps * rows; k++)
                {
                    if (j + k % BlockTaps < width)
                        sums[(i + k / BlockTaps) * width + j + k % BlockTaps] += found[k];
                }
                i += rows;
            }
        }
    }

    /// <summary>Three taps of a row.</summary>
    [MethodImpl(Optimize)]
    private static void RowOfTaps<V>(in DotSpan span, float* dy, float* x, nint at0, nint at1, nint at2, float* found)
        where V : unmanaged, ISimd<V>
    {
        V s0 = V.Broadcast(0), s1 = s0, s2 = s0, t0 = s0, t1 = s0, t2 = s0;
        var length = span.Length;
        for (nint n = 0; n < span.Samples; n++)
        {
            var left = dy + n * span.LeftSample;
            var right = x + n * span.RightSample;
            for (nint row = 0; row < span.Rows; row++, left += span.LeftStep, right += span.RightStep)
            {
                float* x0 = right + at0, x1 = right + at1, x2 = right + at2;
                nint q = 0;
                for (; q + V.Width < length; q += 2 * V.Width)
                {
                    V y = V.Load(left + q), z = V.Load(left + q + V.Width);
                    s0 = V.MultiplyAdd(y, V.Load(x0 + q), s0);
                    s1 = V.MultiplyAdd(y, V.Load(x1 + q), s1);
                    s2 = V.MultiplyAdd(y, V.Load(x2 + q), s2);
                    t0 = V.MultiplyAdd(z, V.Load(x0 + q + V.Width), t0);
                    t1 = V.MultiplyAdd(z, V.Load(x1 + q + V.Width), t1);
                    t2 = V.MultiplyAdd(z, V.Load(x2 + q + V.Width), t2);
                }
                if (q < length)
                {
                    var y = V.Load(left + q);
                    s0 = V.MultiplyAdd(y, V.Load(x0 + q), s0);
                    s1 = V.MultiplyAdd(y, V.Load(x1 + q), s1);
                    s2 = V.MultiplyAdd(y, V.Load(x2 + q), s2);
                }
            }
        }
        F128.Store(found, V.SumFour(s0 + t0, s1 + t1, s2 + t2, s2));
    }

    /// <summary>Nine taps: the distances of a block's rows and those of its columns add up.</summary>
    [MethodImpl(Optimize)]
    private static void BlockOfTaps<V>(in DotSpan span, float* dy, float* x, nint row1, nint row2, nint column1, nint column2, float* found)
        where V : unmanaged, ISimd<V>
    {
        V s00 = V.Broadcast(0), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00, s20 = s00, s21 = s00, s22 = s00;
        var length = span.Length;
        for (nint n = 0; n < span.Samples; n++)
        {
            var left = dy + n * span.LeftSample;
            var x0 = x + n * span.RightSample;
            for (nint row = 0; row < span.Rows; row++, left += span.LeftStep, x0 += span.RightStep)
            {
                float* x1 = x0 + row1, x2 = x0 + row2;
                for (nint q = 0; q < length; q += V.Width)
                {
                    var y = V.Load(left + q);
                    s00 = V.MultiplyAdd(y, V.Load(x0 + q), s00);
                    s01 = V.MultiplyAdd(y, V.Load(x0 + q + column1), s01);
                    s02 = V.MultiplyAdd(y, V.Load(x0 + q + column2), s02);
                    s10 = V.MultiplyAdd(y, V.Load(x1 + q), s10);
                    s11 = V.MultiplyAdd(y, V.Load(x1 + q + column1), s11);
                    s12 = V.MultiplyAdd(y, V.Load(x1 + q + column2), s12);
                    s20 = V.MultiplyAdd(y, V.Load(x2 + q), s20);
                    s21 = V.MultiplyAdd(y, V.Load(x2 + q + column1), s21);
                    s22 = V.MultiplyAdd(y, V.Load(x2 + q + column2), s22);
                }
            }
        }
        StoreNine(found, s00, s01, s02, s10, s11, s12, s20, s21, s22);
    }

    /// <summary>As BlockOfTaps, where the rows of taps lie in neighbouring rows of the image, down the columns: a row of the image is loaded once and meets three rows of dy.</summary>
    [MethodImpl(Optimize)]
    private static void SlidingBlock<V>(in DotSpan span, float* dy, float* x, nint at0, nint at1, nint at2, float* found)
        where V : unmanaged, ISimd<V>
    {
        V s00 = V.Broadcast(0), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00, s20 = s00, s21 = s00, s22 = s00;
        nint leftStep = span.LeftStep, rightStep = span.RightStep;
        for (nint n = 0; n < span.Samples; n++)
        {
            for (nint q = 0; q < span.Length; q += V.Width)
            {
                var left = dy + n * span.LeftSample + q;
                var end = left + span.Rows * leftStep;
                var right = x + n * span.RightSample + q;
                V above = V.Load(left), y = V.Load(left + leftStep);
                V a = V.Load(right + at0), b = V.Load(right + at1), c = V.Load(right + at2);
                s00 = V.MultiplyAdd(above, a, s00);
                s01 = V.MultiplyAdd(above, b, s01);
                s02 = V.MultiplyAdd(above, c, s02);
                right += rightStep;
                (a, b, c) = (V.Load(right + at0), V.Load(right + at1), V.Load(right + at2));
                s00 = V.MultiplyAdd(y, a, s00);
                s01 = V.MultiplyAdd(y, b, s01);
                s02 = V.MultiplyAdd(y, c, s02);
                s10 = V.MultiplyAdd(above, a, s10);
                s11 = V.MultiplyAdd(above, b, s11);
                s12 = V.MultiplyAdd(above, c, s12);
                right += rightStep;
                for (left += 2 * leftStep; left < end; left += leftStep, right += rightStep)
                {
                    var below = V.Load(left);
                    a = V.Load(right + at0);
                    s00 = V.MultiplyAdd(below, a, s00);
                    s10 = V.MultiplyAdd(y, a, s10);
                    s20 = V.MultiplyAdd(above, a, s20);
                    b = V.Load(right + at1);
                    s01 = V.MultiplyAdd(below, b, s01);
                    s11 = V.MultiplyAdd(y, b, s11);
                    s21 = V.MultiplyAdd(above, b, s21);
                    c = V.Load(right + at2);
                    s02 = V.MultiplyAdd(below, c, s02);
                    s12 = V.MultiplyAdd(y, c, s12);
                    s22 = V.MultiplyAdd(above, c, s22);
                    above = y;
                    y = below;
                }
                (a, b, c) = (V.Load(right + at0), V.Load(right + at1), V.Load(right + at2));
                s10 = V.MultiplyAdd(y, a, s10);
                s11 = V.MultiplyAdd(y, b, s11);
                s12 = V.MultiplyAdd(y, c, s12);
                s20 = V.MultiplyAdd(above, a, s20);
                s21 = V.MultiplyAdd(above, b, s21);
                s22 = V.MultiplyAdd(above, c, s22);
                right += rightStep;
                s20 = V.MultiplyAdd(y, V.Load(right + at0), s20);
                s21 = V.MultiplyAdd(y, V.Load(right + at1), s21);
                s22 = V.MultiplyAdd(y, V.Load(right + at2), s22);
            }
        }
        StoreNine(found, s00, s01, s02, s10, s11, s12, s20, s21, s22);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreNine<V>(float* found, V s00, V s01, V s02, V s10, V s11, V s12, V s20, V s21, V s22)
        where V : unmanaged, ISimd<V>
    {
        F128.Store(found, V.SumFour(s00, s01, s02, s10));
        F128.Store(found + 4, V.SumFour(s11, s12, s20, s21));
        found[8] = V.Sum(s22);
    }
}
