using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// Convolution (cross-correlation) of NCHW or NCDHW tensors and its gradients, as implicit matrix products: rows are output channels, columns
/// are pixels, and the sum runs over channels and taps. The matrix of image patches is never formed (<see cref="ConvImage"/>).
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Convolution
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    private const int LeftSlot = 8;
    private const int PanelSlot = 9;
    private const int TileSlot = 10;
    private const int TableSlot = 11;
    private const int ImageSlot = 12;
    private const int SumSlot = 13;

    /// <summary>y[n, o, p, q] = epilogue(Σ x[n, c, p·stride − pad + i·dilation, …]·weight[o, c, i, j]); the epilogue's row is the output channel.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input [batch, C, H, W].</param>
    /// <param name="weight">Weights [O, C / groups, kh, kw].</param>
    /// <param name="y">Output [batch, O, OH, OW].</param>
    /// <param name="epilogue">Applied to every finished sum.</param>
    /// <param name="forms">What may be chosen, and kept forms of the weights; null for the direct algorithm.</param>
    /// <param name="call">Number of this call among those that keep a form.</param>
    /// <remarks>In three dimensions each tensor has its depth before its height.</remarks>
    public static void Forward<E>(Workers w, in ConvShape s, nint batch, float* x, float* weight, float* y, in E epilogue, WeightForms? forms = null, nint call = -1)
        where E : struct, IEpilogue
    {
        if (batch == 0)
            return;
        var e = epilogue;
        if (WinogradTile(s, batch, forms, call, isGradient: false) is > 0 and var tile)
        {
            var winograd = new WinogradJob
            {
                Batch = batch,
                Source = x,
                Target = y,
                Epilogue = Unsafe.AsPointer(ref e),
                Channels = s.Channels,
                Height = s.Height,
                Width = s.Width,
                Outputs = s.OutChannels,
                OutHeight = s.OutHeight,
                OutWidth = s.OutWidth,
                PadTop = s.PadTop,
                PadLeft = s.PadLeft,
                Weight = weight,
                WeightOutput = 9 * (nint)s.Channels,
                WeightInput = 9,
            };
            Winograd<E>(w, &winograd, tile, forms, call);
            return;
        }
        var outputs = s.OutChannels / s.Groups;
        var taps = s.KernelHeight * s.KernelWidth;
        var job = new ConvJob
        {
            Image = ForwardImage(s),
            Batch = batch * s.OutDepth,
            Source = x,
            Target = y,
            Epilogue = Unsafe.AsPointer(ref e),
            Groups = s.Groups,
            Outputs = outputs,
            Rows = s.OutHeight,
            Columns = s.OutWidth,
            Height = s.OutHeight,
            Width = s.OutWidth,
            StepHeight = 1,
            StepWidth = 1,
            Weight = weight,
            WeightGroup = (nint)outputs * (s.Channels / s.Groups) * s.KernelDepth * taps,
            WeightRow = (nint)s.Channels / s.Groups * s.KernelDepth * taps,
            Passes = 1,
            Phases = 1,
        };
        var isDepthwise = ConvCost.IsDepthwise(s);
        job.Plan(isDepthwise);
        var terms = job.Image.Channels * taps;
        job.Table = (nint*)Workers.Scratch(TableSlot, 4 * (terms + 16));
        var pass = new ConvPass { First = 0, Terms = terms };
        FillTable(s, job.Image, job.BandRows, job.Table);
        job.Pass = &pass;
        job.Terms = terms;
        if (isDepthwise)
        {
            job.ColumnsOfThree = s.KernelHeight == 3 && s.StrideHeight == 1 && s.DilationHeight == 1 ? s.KernelWidth : 0;
            Depthwise<E>(w, &job);
            return;
        }
        WeightForms.Get(forms, w, call, 0, LeftSlot, (nint)s.OutChannels * terms, &job.Left, s.Groups * Tile.Strips(outputs), 4d * terms * Tile.MaxRows, &job, &PackWeights);
        Run<E>(w, &job);
    }

    /// <summary>dx = epilogue(Σ dy·weight over all windows that saw the element); the epilogue's row is the input channel.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry of the forward convolution.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="dy">Gradient of the output [batch, O, OH, OW].</param>
    /// <param name="weight">Weights [O, C / groups, kh, kw].</param>
    /// <param name="dx">Gradient of the input [batch, C, H, W].</param>
    /// <param name="epilogue">Applied to every finished sum.</param>
    /// <param name="forms">What may be chosen, and kept forms of the weights; null for the direct algorithm.</param>
    /// <param name="call">Number of this call among those that keep a form.</param>
    public static void GradInput<E>(Workers w, in ConvShape s, nint batch, float* dy, float* weight, float* dx, in E epilogue, WeightForms? forms = null, nint call = -1)
        where E : struct, IEpilogue
    {
        if (batch == 0)
            return;
        var e = epilogue;
        if (WinogradTile(s, batch, forms, call, isGradient: true) is > 0 and var tile)
        {
            // A convolution of dy with the taps turned, from outputs to inputs.
            var winograd = new WinogradJob
            {
                Batch = batch,
                Source = dy,
                Target = dx,
                Epilogue = Unsafe.AsPointer(ref e),
                Channels = s.OutChannels,
                Height = s.OutHeight,
                Width = s.OutWidth,
                Outputs = s.Channels,
                OutHeight = s.Height,
                OutWidth = s.Width,
                PadTop = 2 - s.PadTop,
                PadLeft = 2 - s.PadLeft,
                Weight = weight,
                WeightOutput = 9,
                WeightInput = 9 * (nint)s.Channels,
                IsTurned = true,
            };
            Winograd<E>(w, &winograd, tile, forms, call);
            return;
        }
        var inputs = s.Channels / s.Groups;
        var outputs = s.OutChannels / s.Groups;
        var taps = s.KernelDepth * s.KernelHeight * s.KernelWidth;
        // Element (h, w) of dx with h + pad = i'·stride + phase meets the taps t with t·dilation ≡ phase (mod stride), at row i' − (t·dilation − phase)/stride of dy.
        // So dx is stride² interleaved images, each a convolution of dy with stride 1 and a part of the taps. Likewise slices, of which each is an image of its own.
        var lowRow = CeilingDivide(s.PadTop - (s.KernelHeight - 1) * s.DilationHeight, s.StrideHeight);
        var lowColumn = CeilingDivide(s.PadLeft - (s.KernelWidth - 1) * s.DilationWidth, s.StrideWidth);
        var rows = (s.Height + s.StrideHeight - 1) / s.StrideHeight;
        var columns = (s.Width + s.StrideWidth - 1) / s.StrideWidth;
        var highRow = (s.StrideHeight - 1 + s.PadTop) / s.StrideHeight;
        var highColumn = (s.StrideWidth - 1 + s.PadLeft) / s.StrideWidth;
        var job = new ConvJob
        {
            Image = new ConvImage
            {
                Channels = outputs * s.KernelDepth,
                Groups = s.Groups,
                Depth = s.OutDepth,
                Slices = s.Depth,
                KernelDepth = s.KernelDepth,
                SliceStride = 1,
                SliceStep = -s.DilationDepth,
                SliceShift = s.PadFront,
                SliceDivisor = s.StrideDepth,
                Height = s.OutHeight,
                Width = s.OutWidth,
                PadTop = -lowRow,
                PadLeft = -lowColumn,
                StrideHeight = 1,
                StrideWidth = 1,
                PhasesHeight = 1,
                PhasesWidth = 1,
                RowLength = columns + highColumn - lowColumn,
                ExtraRows = highRow - lowRow,
                Rows = rows + highRow - lowRow,
            },
            Batch = batch * s.Depth,
            Source = dy,
            Target = dx,
            Epilogue = Unsafe.AsPointer(ref e),
            Groups = s.Groups,
            Outputs = inputs,
            Rows = rows,
            Columns = columns,
            Height = s.Height,
            Width = s.Width,
            StepHeight = s.StrideHeight,
            StepWidth = s.StrideWidth,
            Weight = weight,
            WeightGroup = (nint)outputs * inputs * taps,
            WeightRow = taps,
            WeightChannel = (nint)inputs * taps,
            Passes = s.StrideHeight * s.StrideWidth,
            Phases = s.StrideDepth,
            PhaseShift = s.PadFront,
        };
        var isDepthwise = ConvCost.IsDepthwise(s);
        job.Plan(isDepthwise);
        var terms = outputs * taps;
        // The table and, behind it, the tap of every term, which tells the weights to pack.
        job.Table = (nint*)Workers.Scratch(TableSlot, 4 * (terms + 16) + 2 * job.Phases * job.Passes * sizeof(ConvPass));
        job.Terms = terms;
        var passes = (ConvPass*)(job.Table + 2 * terms);
        var distances = stackalloc int[s.KernelHeight];
        if (job.Passes == 1 && !job.IsPacked && !isDepthwise && s.KernelHeight > 1 && s.Depth * s.KernelDepth * s.OutDepth == 1)
        {
            job.KernelRows = s.KernelHeight;
            job.RowDistance = distances;
        }
        job.TapOfTerm = job.Table + terms;
        var count = 0;
        for (var index = 0; index < job.Phases * job.Passes; index++)
        {
            // First row and column of dx in this pass, and the phase of the taps it meets.
            var phase = index / job.Passes;
            var a = index % job.Passes / s.StrideWidth;
            var b = index % s.StrideWidth;
            var phaseRow = (a + s.PadTop) % s.StrideHeight;
            var phaseColumn = (b + s.PadLeft) % s.StrideWidth;
            var pass = new ConvPass { First = count, OffsetHeight = a, OffsetWidth = b };
            var started = count;
            for (var z = 0; z < s.KernelDepth; z++)
            {
                if (z * s.DilationDepth % s.StrideDepth != phase)
                    continue;
                for (var i = 0; i < s.KernelHeight; i++)
                {
                    for (var j = 0; j < s.KernelWidth; j++)
                    {
                        if (i * s.DilationHeight % s.StrideHeight != phaseRow || j * s.DilationWidth % s.StrideWidth != phaseColumn)
                            continue;
                        var row = (a + s.PadTop - i * s.DilationHeight) / s.StrideHeight - lowRow;
                        var column = (b + s.PadLeft - j * s.DilationWidth) / s.StrideWidth - lowColumn;
                        job.Table[count] = job.Image.Offset(job.BandRows, z, row, column);
                        job.TapOfTerm[count++] = (z * s.KernelHeight + i) * s.KernelWidth + j;
                    }
                    if (i < job.KernelRows)
                    {
                        distances[i] = s.PadTop - i * s.DilationHeight;
                        RepeatTerms(job, started, ref count, outputs);
                        started = count;
                    }
                }
            }
            RepeatTerms(job, started, ref count, outputs);
            pass.Terms = count - pass.First;
            passes[index] = pass;
        }
        job.Pass = passes;
        if (isDepthwise)
        {
            job.ColumnsOfThree = s.KernelHeight == 3 && s.StrideHeight == 1 && s.DilationHeight == 1 ? s.KernelWidth : 0;
            job.IsTurned = true;
            Depthwise<E>(w, &job);
            return;
        }
        WeightForms.Get(forms, w, call, 0, LeftSlot, (nint)s.Channels * terms, &job.Left, s.Groups * Tile.Strips(inputs), 4d * terms * Tile.MaxRows, &job, &PackScatteredWeights);
        Run<E>(w, &job);
    }

    private static int WinogradTile(in ConvShape s, nint batch, WeightForms? forms, nint call, bool isGradient) =>
        forms is null || forms.Winograd == 0 ? 0
        : forms.IsForced ? (ConvCost.IsWinogradPossible(s) ? forms.Winograd : 0)
        : ConvCost.Winograd(s, batch, Tile.Lanes, forms.Winograd, call >= 0, isGradient);

    private static int WinogradTileOfWeights(in ConvShape s, nint batch, WeightForms? forms) =>
        forms is null || forms.Winograd == 0 || batch == 0 ? 0
        : forms.IsForced ? (ConvCost.IsWinogradOfWeightsPossible(s, Tile.Lanes) ? forms.Winograd : 0)
        : ConvCost.WinogradOfWeights(s, batch, Tile.Lanes, forms.Winograd);

    /// <summary>Continues the terms begin … end − 1 of the first channel for the others.</summary>
    private static void RepeatTerms(in ConvJob job, int begin, ref int end, int channels)
    {
        RepeatTable(job.Table + begin, end - begin, channels, job.Image.Offset(job.BandRows, job.Image.KernelDepth, 0, 0));
        RepeatTable(job.TapOfTerm + begin, end - begin, channels, job.WeightChannel);
        end = begin + (end - begin) * channels;
    }

    private static int CeilingDivide(int a, int b) => a >= 0 ? (a + b - 1) / b : -(-a / b);

    private static void Run<E>(Workers w, ConvJob* job)
        where E : struct, IEpilogue
    {
        var items = (job->Batch + job->SamplesAtATime - 1) / job->SamplesAtATime * job->Groups * job->Bands;
        // Too few bands for the threads: they share out the output channels as well, at the price of laying out the image several times.
        job->Parts = (int)Math.Clamp(w.Threads / items, 1, Tile.Strips(job->Outputs));
        var flops = 2d * job->Outputs * job->Terms * job->BandRows * job->Columns * job->SamplesAtATime;
        w.For(items * job->Parts, flops / job->Parts, job, &Bands<E>);
    }

    /// <summary>Packs the weights of strips of output channels: terms in order, a strip's channels side by side.</summary>
    private static void PackWeights(void* args, nint begin, nint end)
    {
        var job = (ConvJob*)args;
        var strips = Tile.Strips(job->Outputs);
        for (var item = begin; item < end; item++)
        {
            var group = item / strips;
            var first = Tile.StripBegin(job->Outputs, strips, item % strips);
            var rows = Tile.StripBegin(job->Outputs, strips, item % strips + 1) - first;
            var target = job->Left + (group * job->Outputs + first) * job->Terms;
            Packing.Panel(job->Weight + group * job->WeightGroup + first * job->WeightRow, 1, job->WeightRow, job->Terms, rows, target, rows, rows);
        }
    }

    /// <summary>As PackWeights, where the terms are scattered over the weights: pass after pass, each with its part of the terms.</summary>
    [MethodImpl(Optimize)]
    private static void PackScatteredWeights(void* args, nint begin, nint end)
    {
        var job = (ConvJob*)args;
        var strips = Tile.Strips(job->Outputs);
        for (var item = begin; item < end; item++)
        {
            var group = item / strips;
            var first = Tile.StripBegin(job->Outputs, strips, item % strips);
            var rows = Tile.StripBegin(job->Outputs, strips, item % strips + 1) - first;
            var source = job->Weight + group * job->WeightGroup + first * job->WeightRow;
            if (job->Phases * job->Passes == 1 && job->KernelRows == 0)
            {
                // All taps of a channel stand side by side.
                var taps = job->WeightRow;
                for (nint c = 0; c < job->Image.Channels / job->Image.KernelDepth; c++)
                    Packing.Panel(source + c * job->WeightChannel, 1, taps, taps, rows, job->Left + (group * job->Outputs + first) * job->Terms + c * taps * rows, rows, rows);
                continue;
            }
            for (var index = 0; index < job->Phases * job->Passes; index++)
            {
                var pass = job->Pass[index];
                var target = job->Left + group * job->Outputs * job->Terms + job->Outputs * pass.First + first * pass.Terms;
                for (nint k = 0; k < pass.Terms; k++)
                {
                    var tap = source + job->TapOfTerm[pass.First + k];
                    for (nint r = 0; r < rows; r++)
                        *target++ = tap[r * job->WeightRow];
                }
            }
        }
    }

    /// <summary>Items: samples or slices (a few at a time), groups, bands of rows.</summary>
    [MethodImpl(Optimize)]
    private static void Bands<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (ConvJob*)args;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        for (var item = begin; item < end; item++)
        {
            var part = item % job->Parts;
            var bandIndex = (int)(item / job->Parts % job->Bands);
            var group = item / job->Parts / job->Bands % job->Groups;
            var sample = item / job->Parts / job->Bands / job->Groups * job->SamplesAtATime;
            var strips = Tile.Strips(job->Outputs);
            var firstStrip = Tile.StripBegin(strips, job->Parts, part);
            var lastStrip = Tile.StripBegin(strips, job->Parts, part + 1);
            var firstOutput = Tile.StripBegin(job->Outputs, strips, firstStrip);
            var lastOutput = Tile.StripBegin(job->Outputs, strips, lastStrip);
            var samples = (int)Math.Min(job->SamplesAtATime, job->Batch - sample);
            var firstRow = bandIndex * job->BandRows;
            var rows = Math.Min(job->BandRows, job->Rows - firstRow);

            var image = BandImages(job, sample * job->Groups + group, samples, firstRow, out var imageSize);

            // Sums of the band: channel by channel, samples and pixels in order. A streamed band stores its tiles as they are finished.
            var isStreamed = job->IsStreamed;
            var bandHeight = Math.Min(rows * job->StepHeight, job->Height - firstRow * job->StepHeight);
            var sampleSize = (nint)bandHeight * job->Width;
            var sumStep = (samples * sampleSize + Tile.Columns + 15) / 16 * 16;
            if (sumStep % 256 == 0)
                sumStep += 16; // neighbouring channels must not fall into the same cache sets
            var sums = isStreamed ? null : Workers.Scratch(SumSlot, sumStep * job->Outputs + 2 * Tile.Columns);
            for (var i = 0; i < job->Passes; i++)
            {
                var pass = job->Pass + (sample % job->Image.Slices + job->PhaseShift) % job->Phases * job->Passes + i;
                var left = job->Left + group * job->Outputs * job->Terms + job->Outputs * pass->First;
                var window = new ConvWindow
                {
                    FirstRow = firstRow,
                    Rows = Math.Min(rows, (job->Height - pass->OffsetHeight + job->StepHeight - 1) / job->StepHeight - firstRow),
                    Columns = (job->Width - pass->OffsetWidth + job->StepWidth - 1) / job->StepWidth,
                    Samples = samples,
                    Image = image,
                    ImageSize = imageSize,
                    Sums = sums + pass->OffsetHeight * job->Width + pass->OffsetWidth,
                    SumStep = sumStep,
                    SampleSize = sampleSize,
                    Left = left,
                    Table = job->Table + pass->First,
                    Terms = pass->Terms,
                    FirstSample = sample,
                    FirstChannel = group * job->Outputs,
                    FirstStrip = firstStrip,
                    LastStrip = lastStrip,
                };
                if (window.Rows <= 0 || window.Columns <= 0)
                    continue;
                if (job->IsPacked)
                    PackedPixels(job, window, ref e);
                else
                    for (var n = 0; n < samples; n++)
                        DirectPixels(job, window, n);
            }
            if (isStreamed)
                continue;
            for (var o = firstOutput; o < lastOutput; o++)
            {
                var channel = group * job->Outputs + o;
                var pixel = (nint)firstRow * job->StepHeight * job->Width;
                for (var n = 0; n < samples; n++)
                {
                    var (volume, slice) = Math.DivRem(sample + n, job->Image.Slices);
                    var plane = (nint)job->Height * job->Width;
                    var column = slice * plane + pixel;
                    var body = new Through<E>(ref e, sums + o * sumStep + n * sampleSize, job->Target, channel, column, (volume * job->Groups * job->Outputs + channel) * job->Image.Slices * plane + column);
                    Simd.Map(in body, sampleSize);
                }
            }
        }
    }

    /// <summary>The images of a band of some samples: where they stand, or laid out in scratch memory.</summary>
    /// <param name="job">The convolution.</param>
    /// <param name="index">The first image: sample · groups + group.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="firstRow">First row of the band.</param>
    /// <param name="imageSize">Floats from one sample's image to the next.</param>
    private static float* BandImages(ConvJob* job, nint index, int samples, int firstRow, out nint imageSize)
    {
        // Bands are as far apart in memory as the table assumes, also the last, which may have fewer rows.
        imageSize = job->Image.Size(job->BandRows);
        // Tiles read some floats too many: of the next image, or of the rows below the band; only the end of the tensor is copied.
        nint surplus = 8 * Tile.Columns;
        var isFollowed = (index + (samples - 1) * job->Groups < job->Batch * job->Groups - 1 && imageSize >= surplus)
            || (nint)(job->Image.Height - firstRow - job->BandRows - job->Image.ExtraRows) * job->Image.Width >= surplus;
        if (job->Image.IsSource && isFollowed)
        {
            var band = job->Source + index * imageSize + (nint)firstRow * job->Image.Width;
            imageSize *= job->Groups;
            return band;
        }
        var image = Workers.Scratch(ImageSlot, imageSize * samples + surplus);
        for (var n = 0; n < samples; n++)
            job->Image.Fill(job->Source, job->Batch * job->Groups, index + n * job->Groups, firstRow, job->BandRows, image + n * imageSize);
        return job->Image.IsSource ? image + (nint)firstRow * job->Image.Width : image;
    }

    /// <summary>One sample's band, with the tiles reading the image where it stands.</summary>
    [MethodImpl(Optimize)]
    private static void DirectPixels(ConvJob* job, in ConvWindow win, int sample)
    {
        nint lanes = Tile.Lanes;
        var vectorsOfRow = (win.Columns + lanes - 1) / lanes;
        var width = (nint)(win.Rows - 1) * job->Image.RowLength + win.Columns;
        if (job->Passes == 1 && win.Rows * vectorsOfRow <= (width + lanes - 1) / lanes)
            DirectRows(job, win, sample, vectorsOfRow);
        else
            DirectRun(job, win, sample, width);
    }

    /// <summary>
    /// Vectors begin where image rows begin, and are stored straight into the band's sums: what the last vector of a row writes too much is overwritten by
    /// the first of the next.
    /// </summary>
    [MethodImpl(Optimize)]
    private static void DirectRows(ConvJob* job, in ConvWindow win, int sample, nint vectorsOfRow)
    {
        nint lanes = Tile.Lanes;
        var strips = Tile.Strips(job->Outputs);
        var tallest = (job->Outputs + strips - 1) / strips;
        var most = Tile.MaxVectors(tallest);
        var image = win.Image + sample * win.ImageSize;
        var total = win.Rows * vectorsOfRow;
        var layout = default(TileLayout);
        var from = stackalloc nint[4];
        var to = stackalloc nint[4];
        nint row = 0, inRow = 0;
        for (nint vector = 0; vector < total;)
        {
            var vectors = (int)Math.Min(most, total - vector);
            var (begin, end) = Terms(job, win, row, (inRow + vectors - 1) / vectorsOfRow + row);
            if (end - begin < win.Terms && vectors > 2)
            {
                // At the border low tiles leave out more.
                vectors = 2;
                (begin, end) = Terms(job, win, row, (inRow + vectors - 1) / vectorsOfRow + row);
            }
            vector += vectors;
            layout.Table = win.Table + begin;
            for (var i = 0; i < vectors; i++)
            {
                from[i] = row * job->Image.RowLength + inRow * lanes;
                to[i] = row * job->Width + inRow * lanes;
                if (++inRow == vectorsOfRow)
                {
                    inRow = 0;
                    row++;
                }
            }
            layout.From1 = from[1] - from[0];
            layout.From2 = from[2] - from[0];
            layout.From3 = from[3] - from[0];
            layout.To1 = to[1] - to[0];
            layout.To2 = to[2] - to[0];
            layout.To3 = to[3] - to[0];
            var tall = Tile.Kernel(tallest, vectors, true);
            var low = tallest == 1 ? tall : Tile.Kernel(tallest - 1, vectors, true);
            for (var strip = win.FirstStrip; strip < win.LastStrip; strip++)
            {
                var first = Tile.StripBegin(job->Outputs, strips, strip);
                var height = Tile.StripBegin(job->Outputs, strips, strip + 1) - first;
                (height == tallest ? tall : low)(end - begin, win.Left + first * win.Terms + begin * height, height, image + from[0], 0, &layout, win.Sums + first * win.SumStep + sample * win.SampleSize + to[0], win.SumStep, false);
            }
        }
    }

    /// <summary>The terms that rows first … last of the band need: those of kernel rows that find nothing but border are left out.</summary>
    private static (nint Begin, nint End) Terms(ConvJob* job, in ConvWindow win, nint first, nint last)
    {
        var begin = 0;
        var end = job->KernelRows;
        if (end == 0)
            return (0, win.Terms);
        // Later kernel rows look at earlier source rows.
        while (begin < end && win.FirstRow + first + job->RowDistance[begin] >= job->Image.Height)
            begin++;
        while (end > begin && win.FirstRow + last + job->RowDistance[end - 1] < 0)
            end--;
        var ofRow = win.Terms / job->KernelRows;
        return (begin * ofRow, end * ofRow);
    }

    /// <summary>The padded rows are laid end to end and cut into tiles; the columns that belong to no pixel are dropped afterwards.</summary>
    [MethodImpl(Optimize)]
    private static void DirectRun(ConvJob* job, in ConvWindow win, int sample, nint width)
    {
        nint lanes = Tile.Lanes;
        var rowLength = job->Image.RowLength;
        var strips = Tile.Strips(job->Outputs);
        var tallest = (job->Outputs + strips - 1) / strips;
        var most = Tile.MaxVectors(tallest);
        var columns = most * lanes;
        var layout = new TileLayout { Table = win.Table, From1 = lanes, From2 = 2 * lanes, From3 = 3 * lanes, To1 = lanes, To2 = 2 * lanes, To3 = 3 * lanes };
        var tile = Workers.Scratch(TileSlot, (Tile.MaxRows + 1) * columns);
        var image = win.Image + sample * win.ImageSize;
        for (nint q = 0; q < width; q += columns)
        {
            var vectors = (int)Math.Min(most, (width - q + lanes - 1) / lanes);
            var covered = Math.Min(width, q + columns);
            var tall = Tile.Kernel(tallest, vectors, true);
            var low = tallest == 1 ? tall : Tile.Kernel(tallest - 1, vectors, true);
            for (var strip = win.FirstStrip; strip < win.LastStrip; strip++)
            {
                var first = Tile.StripBegin(job->Outputs, strips, strip);
                var height = Tile.StripBegin(job->Outputs, strips, strip + 1) - first;
                (height == tallest ? tall : low)(win.Terms, win.Left + first * win.Terms, height, image + q, 0, &layout, tile, columns, false);
                var target = win.Sums + first * win.SumStep + sample * win.SampleSize;
                for (var row = q / rowLength; row * rowLength < covered; row++)
                {
                    var begin = Math.Max(q, row * rowLength);
                    var end = Math.Min(covered, row * rowLength + win.Columns);
                    if (end > begin)
                        Keep(job, tile + begin - q, columns, height, end - begin, target + row * job->StepHeight * job->Width + (begin - row * rowLength) * job->StepWidth, win.SumStep);
                }
            }
        }
    }

    /// <summary>Moves a tile's pixels of one image row to the band's sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(ConvJob* job, float* tile, nint tileStep, nint height, nint count, float* target, nint step)
    {
        for (nint r = 0; r < height; r++, tile += tileStep, target += step)
        {
            if (job->Passes == 1)
            {
                // Whole vectors: what they write beyond the row is overwritten by the next, and after the last there is room.
                nint i = 0;
                do
                {
                    if (Simd.Level >= 512)
                        F512.Store(target + i, F512.Load(tile + i));
                    else if (Simd.Level >= 256)
                        F256.Store(target + i, F256.Load(tile + i));
                    else
                        F128.Store(target + i, F128.Load(tile + i));
                    i += Tile.Lanes;
                }
                while (i < count);
            }
            else
            {
                for (nint i = 0; i < count; i++)
                    target[i * job->StepWidth] = tile[i];
            }
        }
    }

    /// <summary>
    /// A band of some samples, with the image's rows packed into panels of a cache's size: pays when many output channels read a panel. Panels cross rows and
    /// samples, so every column is a pixel.
    /// </summary>
    [MethodImpl(Optimize)]
    private static void PackedPixels<E>(ConvJob* job, in ConvWindow win, ref E e)
        where E : struct, IEpilogue
    {
        nint lanes = Tile.Lanes, columns = Tile.Columns;
        var strips = Tile.Strips(job->Outputs);
        var pixels = (nint)win.Samples * win.Rows * win.Columns;
        var firstOutput = Tile.StripBegin(job->Outputs, strips, win.FirstStrip);
        var lastOutput = Tile.StripBegin(job->Outputs, strips, win.LastStrip);
        var isStreamed = job->IsStreamed;
        // Sums over one block of terms are stored before the next strip's begin.
        var isOneBlock = win.Terms <= Depth;
        var plane = (nint)job->Height * job->Width;
        var depthOfPanel = Math.Min(Depth, win.Terms);
        var panelSize = (depthOfPanel + 1) * columns;
        var panels = Workers.Scratch(PanelSlot, PanelsAtATime * panelSize);
        var tileStep = PanelsAtATime * columns;
        var tiles = Workers.Scratch(TileSlot, (job->Outputs + 1) * tileStep);
        var pieces = stackalloc Piece[PanelsAtATime * 2 * MaxLanes];
        var ends = stackalloc int[PanelsAtATime];
        for (nint q = 0; q < pixels; q += PanelsAtATime * columns)
        {
            var last = Math.Min(pixels, q + PanelsAtATime * columns);
            var panelCount = (int)((last - q + columns - 1) / columns);
            var count = 0;
            for (var i = 0; i < panelCount; i++)
            {
                count = FindPieces(job, win, q + i * columns, Math.Min(last, q + (i + 1) * columns), pieces, count);
                for (var piece = i == 0 ? 0 : ends[i - 1]; piece < count; piece++)
                {
                    pieces[piece].Packed = i * panelSize + pieces[piece].At;
                    pieces[piece].Step = Vectors(i) * lanes;
                }
                ends[i] = count;
            }
            for (nint k = 0; k == 0 || k < win.Terms; k += Depth)
            {
                var depth = Math.Min(Depth, win.Terms - k);
                PackPanels(pieces, count, win.Table + k, depth, panels);
                // A strip's weights are fetched once for all panels.
                for (var strip = win.FirstStrip; strip < win.LastStrip; strip++)
                {
                    var first = Tile.StripBegin(job->Outputs, strips, strip);
                    var height = Tile.StripBegin(job->Outputs, strips, strip + 1) - first;
                    var left = win.Left + first * win.Terms + k * height;
                    var target = isStreamed && isOneBlock ? tiles : tiles + first * tileStep;
                    // What needs no epilogue goes where it belongs, but for the last columns, of which a tile writes too many.
                    var atOnce = typeof(E) == typeof(Identity) && isStreamed && win.Samples == 1 ? (int)((last - q) / columns) : 0;
                    var output = atOnce > 0 ? Output(job, win, first, q) : null;
                    for (var i = 0; i < panelCount; i++)
                        Tile.Kernel(height, Vectors(i), false)(depth, left, height, panels + i * panelSize, Vectors(i) * lanes, null, (i < atOnce ? output : target) + i * columns, i < atOnce ? job->Image.Slices * plane : tileStep, k > 0);
                    if (isStreamed && k + depth >= win.Terms)
                        StorePixels(job, win, ref e, target + atOnce * columns, tileStep, first, height, q + atOnce * columns, last);
                }
            }
            if (isStreamed)
                continue;
            for (int i = 0, panel = 0; i < count; i++)
            {
                if (i == ends[panel])
                    panel++;
                Keep(job, tiles + firstOutput * tileStep + panel * columns + pieces[i].At, tileStep, lastOutput - firstOutput, pieces[i].Length, pieces[i].Target + firstOutput * win.SumStep, win.SumStep);
            }

            int Vectors(int panel) => last - q - panel * columns > lanes ? 2 : 1;
        }
    }

    /// <summary>Where a channel's pixel of the window's only sample stands in the target.</summary>
    private static float* Output(ConvJob* job, in ConvWindow win, nint channel, nint pixel)
    {
        var plane = (nint)job->Height * job->Width;
        var (volume, slice) = Math.DivRem(win.FirstSample, job->Image.Slices);
        return job->Target + ((volume * job->Groups * job->Outputs + win.FirstChannel + channel) * job->Image.Slices + slice) * plane + (nint)win.FirstRow * job->Width + pixel;
    }

    /// <summary>Stores the finished sums of a strip's channels for pixels begin … end − 1 of a window through the epilogue.</summary>
    [MethodImpl(Optimize)]
    private static void StorePixels<E>(ConvJob* job, in ConvWindow win, ref E e, float* tiles, nint tileStep, nint first, nint height, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var plane = (nint)job->Height * job->Width;
        for (var at = begin; at < end;)
        {
            var n = at / win.SampleSize;
            var inSample = at - n * win.SampleSize;
            var length = Math.Min(end - at, win.SampleSize - inSample);
            var (volume, slice) = Math.DivRem(win.FirstSample + n, job->Image.Slices);
            var column = slice * plane + (nint)win.FirstRow * job->Width + inSample;
            var channel = win.FirstChannel + first;
            for (nint r = 0; r < height; r++, channel++)
            {
                var body = new Through<E>(ref e, tiles + r * tileStep + at - begin, job->Target, channel, column, (volume * job->Groups * job->Outputs + channel) * job->Image.Slices * plane + column);
                Simd.Map(in body, length);
            }
            at += length;
        }
    }

    /// <summary>The runs of neighbouring pixels that pixels begin … end − 1 of a window consist of.</summary>
    /// <returns>The number of pieces, with those that were there before.</returns>
    private static int FindPieces(ConvJob* job, in ConvWindow win, nint begin, nint end, Piece* pieces, int count)
    {
        // Rows that stand end to end in the image and in the target are one.
        var isOneRow = job->Image.IsSource && job->IsStreamed && job->Image.RowLength == win.Columns;
        var rows = isOneRow ? 1 : win.Rows;
        var columns = isOneRow ? win.Rows * win.Columns : win.Columns;
        for (var at = begin; at < end;)
        {
            var row = at / columns;
            var column = at % columns;
            var sample = row / rows;
            row %= rows;
            var length = Math.Min(columns - column, end - at);
            pieces[count++] = new Piece
            {
                Source = win.Image + sample * win.ImageSize + row * job->Image.RowLength + column,
                Target = win.Sums + sample * win.SampleSize + row * job->StepHeight * job->Width + column * job->StepWidth,
                At = (int)(at - begin),
                Length = (int)length,
            };
            at += length;
        }
        return count;
    }

    /// <summary>
    /// packed[k·step] = source[table[k]] for every piece, in whole vectors: surplus is overwritten by the next piece. Term after term, because the pieces of a term are neighbours
    /// in the image, which neighbouring terms are not.
    /// </summary>
    [MethodImpl(Optimize)]
    private static void PackPanels(Piece* pieces, int count, nint* table, nint depth, float* panels)
    {
        if (Simd.Level >= 512)
            PackPanels<F512>(pieces, count, table, depth, panels);
        else if (Simd.Level >= 256)
            PackPanels<F256>(pieces, count, table, depth, panels);
        else
            PackPanels<F128>(pieces, count, table, depth, panels);
    }

    [MethodImpl(Optimize)]
    private static void PackPanels<V>(Piece* pieces, int count, nint* table, nint depth, float* panels)
        where V : unmanaged, ISimd<V>
    {
        for (nint k = 0; k < depth; k++)
        {
            var term = table[k];
            var end = pieces + count;
            for (var piece = pieces; piece < end; piece++)
            {
                var from = piece->Source + term;
                var to = panels + piece->Packed + k * piece->Step;
                V.Store(to, V.Load(from));
                if (piece->Length > V.Width)
                    V.Store(to + V.Width, V.Load(from + V.Width));
            }
        }
    }

    /// <summary>dw = (accumulate ? dw : 0) + Σ dy·x over samples and windows, and db[o] likewise the sum of dy.</summary>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry of the forward convolution.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input [batch, C, H, W].</param>
    /// <param name="dy">Gradient of the output [batch, O, OH, OW].</param>
    /// <param name="dw">Gradient of the weights [O, C / groups, kh, kw].</param>
    /// <param name="accumulate">Whether to add to what stands in dw and db.</param>
    /// <param name="db">Gradient of the bias [O], or null.</param>
    /// <param name="forms">What may be chosen; null for the direct algorithm.</param>
    public static void GradWeight(Workers w, in ConvShape s, nint batch, float* x, float* dy, float* dw, bool accumulate, float* db, WeightForms? forms = null)
    {
        var taps = s.KernelHeight * s.KernelWidth;
        var job = new GradJob
        {
            Image = ForwardImage(s),
            Batch = batch * s.OutDepth,
            X = x,
            Dy = dy,
            Dw = dw,
            Db = db,
            Accumulate = accumulate,
            Groups = s.Groups,
            Outputs = s.OutChannels / s.Groups,
            Terms = s.Channels / s.Groups * s.KernelDepth * taps,
            OutHeight = s.OutHeight,
            OutWidth = s.OutWidth,
        };
        if (WinogradTileOfWeights(s, batch, forms) is > 0 and var tile)
        {
            var winograd = new WinogradJob
            {
                Batch = batch,
                Source = x,
                Target = dy,
                Channels = s.Channels,
                Height = s.Height,
                Width = s.Width,
                Outputs = s.OutChannels,
                OutHeight = s.OutHeight,
                OutWidth = s.OutWidth,
                PadTop = s.PadTop,
                PadLeft = s.PadLeft,
                Weight = dw,
                WeightOutput = 9 * (nint)s.Channels,
                Adds = accumulate,
            };
            if (db != null)
                w.For(s.OutChannels, 2d * s.OutHeight * s.OutWidth * batch, &job, &GradBias);
            if (tile == 2)
                GradWeightWinograd<Winograd2>(w, &winograd);
            else
                GradWeightWinograd<Winograd4>(w, &winograd);
            return;
        }
        job.Table = (nint*)Workers.Scratch(TableSlot, 4 * (job.Terms + 16));
        if (ConvCost.IsDepthwiseOfWeights(s))
        {
            GradWeightDepthwise(w, s, &job);
            return;
        }
        FillTable(s, job.Image, s.OutHeight, job.Table);
        GradWeight(w, &job);
    }

    /// <summary>The input as the forward convolution and the weight gradient read it.</summary>
    private static ConvImage ForwardImage(in ConvShape s) => new()
    {
        Channels = s.Channels / s.Groups * s.KernelDepth,
        Groups = s.Groups,
        Depth = s.Depth,
        Slices = s.OutDepth,
        KernelDepth = s.KernelDepth,
        SliceStride = s.StrideDepth,
        SliceStep = s.DilationDepth,
        SliceShift = -s.PadFront,
        SliceDivisor = 1,
        Height = s.Height,
        Width = s.Width,
        PadTop = s.PadTop,
        PadLeft = s.PadLeft,
        StrideHeight = s.StrideHeight,
        StrideWidth = s.StrideWidth,
        PhasesHeight = Math.Min(s.StrideHeight, (s.KernelHeight - 1) * s.DilationHeight + 1),
        PhasesWidth = Math.Min(s.StrideWidth, (s.KernelWidth - 1) * s.DilationWidth + 1),
        RowLength = s.OutWidth + (s.KernelWidth - 1) * s.DilationWidth / s.StrideWidth,
        ExtraRows = (s.KernelHeight - 1) * s.DilationHeight / s.StrideHeight,
        Rows = s.OutHeight + (s.KernelHeight - 1) * s.DilationHeight / s.StrideHeight,
    };

    /// <summary>Offset of every term (channel, kernel slice, kernel row, kernel column) in a band of the image.</summary>
    private static void FillTable(in ConvShape s, in ConvImage image, int bandRows, nint* table)
    {
        var taps = s.KernelHeight * s.KernelWidth;
        for (var i = 0; i < s.KernelHeight; i++)
        {
            for (var j = 0; j < s.KernelWidth; j++)
                table[i * s.KernelWidth + j] = image.Offset(bandRows, 0, i * s.DilationHeight, j * s.DilationWidth);
        }
        RepeatTable(table, taps, image.Channels, image.Offset(bandRows, 1, 0, 0));
    }

    /// <summary>Continues the offsets of the first channel's terms for the others.</summary>
    private static void RepeatTable(nint* table, int terms, int channels, nint channelSize)
    {
        for (var k = terms; k < terms * channels; k++)
            table[k] = table[k - terms] + channelSize;
    }
}
