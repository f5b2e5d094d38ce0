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
    private const nint TurnedFloats = 64 * 1024;

    private static void GradWeightPanels(Workers w, GradJob* job)
    {
        var plane = (nint)job->OutHeight * job->OutWidth;
        job->ImageSize = job->Image.IsSource ? job->Image.Size(job->OutHeight) : job->Image.Size(job->OutHeight) + 2 * MaxLanes;
        job->SamplesAtATime = (int)Math.Max(1, job->Image.IsSource ? job->Batch : Math.Min(job->Batch, SharedImageFloats / job->ImageSize));
        job->Rows = (int)Tile.Strips(job->Outputs);
        job->Panels = (job->Terms + Tile.Columns - 1) / Tile.Columns;
        // Every thread turns what it needs for itself: that costs less than to wait for others. The greater side is shared out, the smaller turned several times.
        int parts = 1, panelParts = 1;
        while (parts * panelParts < w.Threads && (2 * parts <= job->Rows || 2 * panelParts <= job->Panels))
        {
            if (2 * panelParts > job->Panels || (2 * parts <= job->Rows && job->Outputs / parts >= job->Terms / panelParts))
                parts *= 2;
            else
                panelParts *= 2;
        }
        (job->Parts, job->PanelParts) = (parts, panelParts);
        if (job->Db != null)
            w.For(job->Groups * (nint)job->Outputs, 2d * plane * job->Batch, job, &GradBias);
        for (job->Group = 0; job->Group < job->Groups; job->Group++)
        {
            job->Adds = job->Accumulate;
            for (job->First = 0; job->First < job->Batch; job->First += job->SamplesAtATime, job->Adds = true)
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
                w.For(parts * panelParts, 2d * job->Count * plane * job->Outputs * job->Terms / parts / panelParts, job, &MultiplyParts);
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

    /// <summary>Items: parts of the strips of output channels, and in each parts of the panels of terms.</summary>
    [MethodImpl(Optimize)]
    private static void MultiplyParts(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        var pixels = job->Count * (nint)job->OutHeight * job->OutWidth;
        for (var item = begin; item < end; item++)
        {
            var (part, panelPart) = Math.DivRem(item, (nint)job->PanelParts);
            nint firstStrip = Tile.StripBegin(job->Rows, job->Parts, part), lastStrip = Tile.StripBegin(job->Rows, job->Parts, part + 1);
            var outputs = Tile.StripBegin(job->Outputs, job->Rows, lastStrip) - Tile.StripBegin(job->Outputs, job->Rows, firstStrip);
            var atATime = Math.Max(1, TurnedFloats / outputs / PanelPixels) * PanelPixels;
            var turned = Workers.Scratch(LeftSlot, Math.Min(atATime, pixels) * outputs);
            for (nint pixel = 0; pixel < pixels; pixel += atATime)
            {
                var count = Math.Min(atATime, pixels - pixel);
                TurnGradients(job, pixel, count, firstStrip, lastStrip, turned);
                for (var panel = Tile.StripBegin(job->Panels, job->PanelParts, panelPart); panel < Tile.StripBegin(job->Panels, job->PanelParts, panelPart + 1); panel++)
                    MultiplyPanel(job, pixel, count, firstStrip, lastStrip, turned, panel);
            }
        }
    }

    /// <summary>Lays the gradients of strips of output channels side by side, strip by strip, pixel after pixel.</summary>
    [MethodImpl(Optimize)]
    private static void TurnGradients(GradJob* job, nint firstPixel, nint pixels, nint firstStrip, nint lastStrip, float* target)
    {
        nint plane = (nint)job->OutHeight * job->OutWidth, slices = job->Image.Slices;
        for (var strip = firstStrip; strip < lastStrip; strip++)
        {
            var first = Tile.StripBegin(job->Outputs, job->Rows, strip);
            var rows = Tile.StripBegin(job->Outputs, job->Rows, strip + 1) - first;
            for (var pixel = firstPixel; pixel < firstPixel + pixels;)
            {
                var (n, at) = Math.DivRem(pixel, plane);
                var count = Math.Min(plane - at, firstPixel + pixels - pixel);
                var (volume, slice) = Math.DivRem(job->First + n, slices);
                var source = job->Dy + (((volume * job->Groups + job->Group) * job->Outputs + first) * slices + slice) * plane + at;
                Packing.Panel(source, 1, slices * plane, count, rows, target, rows, rows);
                target += count * rows;
                pixel += count;
            }
        }
    }

    /// <summary>Adds the products of a panel of terms with strips of output channels over some pixels.</summary>
    [MethodImpl(Optimize)]
    private static void MultiplyPanel(GradJob* job, nint firstPixel, nint pixels, nint firstStrip, nint lastStrip, float* turned, nint index)
    {
        nint lanes = Tile.Lanes, columns = Tile.Columns;
        var panel = Workers.Scratch(PanelSlot, PanelPixels * columns);
        var tile = Workers.Scratch(TileSlot, Tile.MaxRows * columns);
        var term = index * columns;
        var width = Math.Min(columns, job->Terms - term);
        var vectors = width > lanes ? 2 : 1;
        var step = vectors * lanes;
        for (nint k = 0; k < pixels; k += PanelPixels)
        {
            var depth = Math.Min(PanelPixels, pixels - k);
            TurnTerms(job, firstPixel + k, depth, job->Table + term, width, panel, step);
            var adds = job->Adds || firstPixel + k > 0;
            var strips = turned;
            for (var strip = firstStrip; strip < lastStrip; strip++)
            {
                var first = Tile.StripBegin(job->Outputs, job->Rows, strip);
                var rows = Tile.StripBegin(job->Outputs, job->Rows, strip + 1) - first;
                var left = strips + k * rows;
                strips += pixels * rows;
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
