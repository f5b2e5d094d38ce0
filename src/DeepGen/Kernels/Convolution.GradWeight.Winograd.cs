using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <content>
/// The gradient of the weights of a convolution in Winograd's form, the form's own derivative: for each point of the transforms one product of matrices, output channels × input channels, summed
/// over the tiles.
/// </content>
public static unsafe partial class Convolution
{
    private static void GradWeightWinograd<T>(Workers w, WinogradJob* job)
        where T : struct, IWinogradTransform
    {
        job->Plan<T>(ConvCost.MostGradTiles);
        nint points = job->Points;
        job->TakeScratch();
        job->StripSize = job->Channels;
        job->WeightStep = (nint)job->Outputs * job->Channels + MaxLanes;
        job->Left = Workers.Scratch(LeftSlot, points * job->WeightStep + MaxLanes);
        job->Panels = (job->Channels + Tile.Columns - 1) / Tile.Columns;
        job->Parts = (int)Math.Clamp((2 * w.Threads + points - 1) / points, 1, job->Panels);
        var rows = job->Batch * job->TileRows;
        for (job->FirstRow = 0; job->FirstRow < rows; job->FirstRow += job->RowsAtATime)
        {
            job->Rows = Math.Min(job->RowsAtATime, rows - job->FirstRow);
            var tiles = (double)job->Rows * job->TileColumns;
            w.For(job->Channels, tiles * points * 8, job, &TransformInput<T>);
            w.For(job->Outputs, tiles * points * 8, job, &TransformGradients<T>);
            w.For(points * job->Parts, 2 * tiles * job->Channels * job->Outputs / job->Parts, job, &MultiplyGradients);
        }
        w.For(job->Outputs, 8d * points * job->Channels, job, &TransformSums<T>);
    }

    /// <summary>Items: output channels.</summary>
    [MethodImpl(Optimize)]
    private static void TransformGradients<T>(void* args, nint begin, nint end)
        where T : struct, IWinogradTransform
    {
        var job = (WinogradJob*)args;
        switch (job->Lanes)
        {
            case 16:
                TransformGradients<T, F512>(job, begin, end);
                break;
            case 8:
                TransformGradients<T, F256>(job, begin, end);
                break;
            default:
                TransformGradients<T, F128>(job, begin, end);
                break;
        }
    }

    [MethodImpl(Optimize)]
    private static void TransformGradients<T, V>(WinogradJob* job, nint begin, nint end)
        where T : struct, IWinogradTransform
        where V : unmanaged, ISimd<V>
    {
        nint size = T.Outputs + 2;
        var temporary = Workers.Scratch(TileSlot, TransformFloats);
        var phase = (nint)job->TileColumns + V.Width;
        var plane = T.Outputs * phase;
        var phases = Workers.Scratch(PanelSlot, T.Outputs * plane + V.Width);
        for (var o = begin; o < end; o++)
        {
            var target = job->Products + o * job->Columns;
            for (var row = job->FirstRow; row < job->FirstRow + job->Rows; row++, target += job->TileColumns)
            {
                var (sample, tileRow) = Math.DivRem(row, (nint)job->TileRows);
                var source = job->Target + (sample * job->Outputs + o) * job->OutHeight * job->OutWidth;
                for (nint y = 0; y < T.Outputs; y++)
                    Split<T, V>(source, job->OutHeight, job->OutWidth, tileRow * T.Outputs + y, 0, job->TileColumns, phases + y * phase, plane);
                for (nint at = 0; at < job->TileColumns; at += V.Width)
                {
                    for (nint j = 0; j < T.Outputs; j++)
                        T.OutputGradient<V>(phases + j * plane + at, phase, temporary + j * V.Width, T.Outputs * V.Width);
                    for (nint i = 0; i < size; i++)
                        T.OutputGradient<V>(temporary + i * T.Outputs * V.Width, V.Width, target + i * size * job->ProductStep + at, job->ProductStep);
                }
            }
        }
    }

    /// <summary>Items: points, in each parts of the input channels.</summary>
    [MethodImpl(Optimize)]
    private static void MultiplyGradients(void* args, nint begin, nint end)
    {
        var job = (WinogradJob*)args;
        nint lanes = Tile.Lanes, columns = Tile.Columns;
        var tiles = job->Rows * job->TileColumns;
        var turned = Workers.Scratch(PartialSlot, tiles * job->Outputs);
        var panel = Workers.Scratch(PanelSlot, PanelPixels * columns);
        for (var item = begin; item < end; item++)
        {
            var (point, part) = Math.DivRem(item, (nint)job->Parts);
            var gradients = job->Products + point * job->ProductStep;
            for (nint strip = 0; strip < job->Strips; strip++)
            {
                var first = Tile.StripBegin(job->Outputs, job->Strips, strip);
                var rows = Tile.StripBegin(job->Outputs, job->Strips, strip + 1) - first;
                Packing.Panel(gradients + first * job->Columns, 1, job->Columns, tiles, rows, turned + first * tiles, rows, rows);
            }
            for (var index = Tile.StripBegin(job->Panels, job->Parts, part); index < Tile.StripBegin(job->Panels, job->Parts, part + 1); index++)
            {
                var channel = index * columns;
                var width = Math.Min(columns, job->Channels - channel);
                var vectors = width > lanes ? 2 : 1;
                for (nint k = 0; k < tiles; k += PanelPixels)
                {
                    var depth = Math.Min(PanelPixels, tiles - k);
                    Packing.Panel(job->Transformed + point * job->InputStep + channel * job->Columns + k, 1, job->Columns, depth, width, panel, vectors * lanes, width);
                    for (nint strip = 0; strip < job->Strips; strip++)
                    {
                        var first = Tile.StripBegin(job->Outputs, job->Strips, strip);
                        var rows = Tile.StripBegin(job->Outputs, job->Strips, strip + 1) - first;
                        var target = job->Left + point * job->WeightStep + first * job->Channels + channel;
                        // Channels come in whole vectors: the condition of the algorithm.
                        Tile.Kernel(rows, vectors, false)(depth, turned + first * tiles + k * rows, rows, panel, vectors * lanes, null, target, job->Channels, job->FirstRow > 0 || k > 0);
                    }
                }
            }
        }
    }

    /// <summary>Items: output channels, whose sums over the tiles become gradients of taps.</summary>
    [MethodImpl(Optimize)]
    private static void TransformSums<T>(void* args, nint begin, nint end)
        where T : struct, IWinogradTransform
    {
        if (Simd.Level >= 512)
            TransformSums<T, F512>((WinogradJob*)args, begin, end);
        else if (Simd.Level >= 256)
            TransformSums<T, F256>((WinogradJob*)args, begin, end);
        else
            TransformSums<T, F128>((WinogradJob*)args, begin, end);
    }

    [MethodImpl(Optimize)]
    private static void TransformSums<T, V>(WinogradJob* job, nint begin, nint end)
        where T : struct, IWinogradTransform
        where V : unmanaged, ISimd<V>
    {
        nint size = T.Outputs + 2;
        var temporary = Workers.Scratch(TileSlot, TransformFloats);
        var taps = temporary + 3 * size * V.Width;
        for (var o = begin; o < end; o++)
        {
            var gradient = job->Weight + o * job->WeightOutput;
            for (nint c = 0; c < job->Channels; c += V.Width)
            {
                var sums = job->Left + o * job->Channels + c;
                for (nint j = 0; j < size; j++)
                    T.WeightGradient<V>(sums + j * job->WeightStep, size * job->WeightStep, temporary + j * V.Width, size * V.Width);
                for (nint i = 0; i < 3; i++)
                    T.WeightGradient<V>(temporary + i * size * V.Width, V.Width, taps + i * 3 * V.Width, V.Width);
                for (nint lane = 0; lane < V.Width; lane++)
                {
                    var target = gradient + (c + lane) * 9;
                    for (nint tap = 0; tap < 9; tap++)
                        target[tap] = (job->Adds ? target[tap] : 0) + taps[tap * V.Width + lane];
                }
            }
        }
    }
}
