using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <content>
/// The gradient of many weights as a product of matrices: output channels × terms, summed over pixels. Panels of pixels × terms are turned from the images on the fly, and
/// all strips of output channels read a panel while it is in the first-level cache.
/// </content>
public static unsafe partial class Convolution
{
    /// <summary>Pixels of a panel.</summary>
    private const nint PanelPixels = 256;

    /// <summary>Floats of the gradients of outputs that are turned at a time: they stay in the second-level cache while the terms pass.</summary>
    private const nint TurnedFloats = 96 * 1024;

    private static void GradWeightPanels(Workers w, GradJob* job)
    {
        var plane = (nint)job->OutHeight * job->OutWidth;
        job->ImageSize = job->Image.IsSource ? job->Image.Size(job->OutHeight) : job->Image.Size(job->OutHeight) + 2 * MaxLanes;
        job->SamplesAtATime = (int)Math.Max(1, Math.Min(job->Batch, SharedImageFloats / job->ImageSize));
        job->Rows = (int)Tile.Strips(job->Outputs);
        job->Panels = (job->Terms + Tile.Columns - 1) / Tile.Columns;
        job->PixelsAtATime = Math.Max(1, TurnedFloats / job->Outputs / PanelPixels) * PanelPixels;
        // The sums of a tile do not depend on who computes it.
        job->Parts = (int)Math.Clamp((2 * w.Threads + job->Panels - 1) / job->Panels, 1, job->Rows);
        if (job->Db != null)
            w.For(job->Groups * (nint)job->Outputs, 2d * plane * job->Batch, job, &GradBias);
        for (job->Group = 0; job->Group < job->Groups; job->Group++)
        {
            var adds = job->Accumulate;
            for (job->First = 0; job->First < job->Batch; job->First += job->SamplesAtATime)
            {
                job->Count = (int)Math.Min(job->SamplesAtATime, job->Batch - job->First);
                if (job->Image.IsSource)
                {
                    job->Shared = job->X + (job->First * job->Groups + job->Group) * job->ImageSize;
                    job->ImageStep = job->Groups * job->ImageSize;
                }
                else
                {
                    job->Shared = Workers.Scratch(ImageSlot, job->Count * job->ImageSize);
                    job->ImageStep = job->ImageSize;
                    w.For(job->Count, job->ImageSize, job, &LayOutImages);
                }
                for (job->Pixel = 0; job->Pixel < job->Count * plane; job->Pixel += job->PixelsAtATime)
                {
                    job->Pixels = Math.Min(job->PixelsAtATime, job->Count * plane - job->Pixel);
                    job->Partial = Workers.Scratch(LeftSlot, job->Pixels * job->Outputs);
                    job->Adds = adds;
                    w.For(job->Rows, 2d * job->Pixels * Tile.MaxRows, job, &TurnGradients);
                    w.For(job->Panels * job->Parts, 2d * job->Pixels * job->Outputs * Tile.Columns / job->Parts, job, &MultiplyPanels);
                    adds = true;
                }
            }
        }
    }

    /// <summary>Items: output channels.</summary>
    private static void GradBias(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        nint plane = (nint)job->OutHeight * job->OutWidth, slices = job->Image.Slices, channels = (nint)job->Groups * job->Outputs;
        for (var o = begin; o < end; o++)
        {
            var sum = 0d;
            for (nint volume = 0; volume < job->Batch / slices; volume++)
            {
                var body = new Values(job->Dy + (volume * channels + o) * slices * plane);
                sum += Simd.SumDouble(in body, slices * plane);
            }
            job->Db[o] = (float)(job->Accumulate ? job->Db[o] + sum : sum);
        }
    }

    /// <summary>Items: images.</summary>
    private static void LayOutImages(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        for (var n = begin; n < end; n++)
            job->Image.Fill(job->X, job->Batch * job->Groups, (job->First + n) * job->Groups + job->Group, 0, job->OutHeight, job->Shared + n * job->ImageSize);
    }

    /// <summary>Items: strips of output channels, whose gradients are laid side by side, pixel after pixel.</summary>
    [MethodImpl(Optimize)]
    private static void TurnGradients(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        nint plane = (nint)job->OutHeight * job->OutWidth, slices = job->Image.Slices;
        for (var strip = begin; strip < end; strip++)
        {
            var first = Tile.StripBegin(job->Outputs, job->Rows, strip);
            var rows = Tile.StripBegin(job->Outputs, job->Rows, strip + 1) - first;
            var target = job->Partial + first * job->Pixels;
            for (var pixel = job->Pixel; pixel < job->Pixel + job->Pixels;)
            {
                var (n, at) = Math.DivRem(pixel, plane);
                var count = Math.Min(plane - at, job->Pixel + job->Pixels - pixel);
                var (volume, slice) = Math.DivRem(job->First + n, slices);
                var source = job->Dy + (((volume * job->Groups + job->Group) * job->Outputs + first) * slices + slice) * plane + at;
                Packing.Panel(source, 1, slices * plane, count, rows, target, rows, rows);
                target += count * rows;
                pixel += count;
            }
        }
    }

    /// <summary>Items: panels of terms, in each parts of the strips.</summary>
    [MethodImpl(Optimize)]
    private static void MultiplyPanels(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        nint lanes = Tile.Lanes, columns = Tile.Columns;
        var panel = Workers.Scratch(PanelSlot, PanelPixels * columns);
        var tile = Workers.Scratch(TileSlot, Tile.MaxRows * columns);
        for (var item = begin; item < end; item++)
        {
            var (index, part) = Math.DivRem(item, (nint)job->Parts);
            var term = index * columns;
            var width = Math.Min(columns, job->Terms - term);
            var vectors = width > lanes ? 2 : 1;
            var step = vectors * lanes;
            for (nint k = 0; k < job->Pixels; k += PanelPixels)
            {
                var depth = Math.Min(PanelPixels, job->Pixels - k);
                TurnTerms(job, job->Pixel + k, depth, job->Table + term, width, panel, step);
                var adds = job->Adds || k > 0;
                for (var strip = Tile.StripBegin(job->Rows, job->Parts, part); strip < Tile.StripBegin(job->Rows, job->Parts, part + 1); strip++)
                {
                    var first = Tile.StripBegin(job->Outputs, job->Rows, strip);
                    var rows = Tile.StripBegin(job->Outputs, job->Rows, strip + 1) - first;
                    var left = job->Partial + first * job->Pixels + k * rows;
                    var target = job->Dw + ((nint)job->Group * job->Outputs + first) * job->Terms + term;
                    var kernel = Tile.Kernel(rows, vectors, false);
                    if (width == step)
                    {
                        kernel(depth, left, rows, panel, step, null, target, job->Terms, adds);
                        continue;
                    }
                    kernel(depth, left, rows, panel, step, null, tile, columns, false);
                    for (nint r = 0; r < rows; r++)
                    {
                        if (adds)
                            Add(target + r * job->Terms, tile + r * columns, width);
                        else
                            Packing.Copy(tile + r * columns, target + r * job->Terms, width);
                    }
                }
            }
        }
    }

    /// <summary>panel[i·step + j] = what term j meets at pixel first + i, the pixels of all images in order.</summary>
    [MethodImpl(Optimize)]
    private static void TurnTerms(GradJob* job, nint first, nint count, nint* table, nint width, float* panel, nint step)
    {
        var plane = (nint)job->OutHeight * job->OutWidth;
        // Where rows lie end to end an image is one run of pixels.
        nint run = job->Image.RowLength == job->OutWidth ? plane : job->OutWidth;
        for (var pixel = first; pixel < first + count;)
        {
            var (n, at) = Math.DivRem(pixel, plane);
            var (row, column) = Math.DivRem(at, run);
            var length = Math.Min(run - column, first + count - pixel);
            var source = job->Shared + n * job->ImageStep + row * job->Image.RowLength + column;
            Packing.Gathered(source, table, length, width, panel, step, mayReadOn: !job->Image.IsSource);
            panel += length * step;
            pixel += length;
        }
    }
}
