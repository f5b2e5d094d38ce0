using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// A band of a padded image, so laid out that the tap of a convolution is one constant distance: element (i, j) of the output finds the input of
/// tap t at offset[t] + i·RowLength + j. Strides are split into phases (row y of the padded image goes to plane y mod stride), which makes
/// every tap contiguous along a row. This replaces the im2col matrix: the band is no greater than the image itself.
/// A three-dimensional convolution is a two-dimensional one for each slice of its output: the slice that a tap of the depth sees stands as a channel
/// of its own, so the image of an output slice has KernelDepth channels for each channel of the source.
/// </summary>
internal unsafe struct ConvImage
{
    /// <summary>Channels of one group, times KernelDepth.</summary>
    public int Channels;

    /// <summary>Groups of channels in the source.</summary>
    public int Groups;

    /// <summary>Slices of a channel of the source.</summary>
    public int Depth;

    /// <summary>Slices of the output: images for each sample.</summary>
    public int Slices;

    public int KernelDepth;

    /// <summary>Tap t of output slice d sees the source slice (d·SliceStride + t·SliceStep + SliceShift) / SliceDivisor, nothing where that has a remainder.</summary>
    public int SliceStride;
    public int SliceStep;
    public int SliceShift;
    public int SliceDivisor;

    /// <summary>Height of the unpadded source.</summary>
    public int Height;

    /// <summary>Width of the unpadded source.</summary>
    public int Width;

    /// <summary>Zero rows above the source (negative: rows cut off).</summary>
    public int PadTop;

    /// <summary>Zero columns left of the source (negative: columns cut off).</summary>
    public int PadLeft;

    public int StrideHeight;
    public int StrideWidth;

    /// <summary>Row phases that taps look at, at most the stride.</summary>
    public int PhasesHeight;

    /// <summary>Column phases that taps look at, at most the stride.</summary>
    public int PhasesWidth;

    /// <summary>Floats in a row of a phase plane.</summary>
    public int RowLength;

    /// <summary>Rows that a band needs beyond the rows of output it serves.</summary>
    public int ExtraRows;

    /// <summary>Rows that all bands together need.</summary>
    public int Rows;

    /// <summary>
    /// Whether the source has this layout already: no padding on any side, stride 1, and windows as wide as leave no column over. Then bands are read where they stand.
    /// </summary>
    public readonly bool IsSource => Depth * Slices * KernelDepth == 1 && SliceShift == 0 && PadTop == 0 && PadLeft == 0 && StrideHeight == 1 && StrideWidth == 1 && RowLength == Width && Rows <= Height;

    /// <summary>Floats of a band for the given output rows, with room for reads of a whole tile past its end.</summary>
    public readonly nint Size(int rows) => PlaneSize(rows) * Channels * PhasesHeight * PhasesWidth;

    /// <summary>Floats of one phase plane.</summary>
    public readonly nint PlaneSize(int rows) => IsSource ? (nint)Height * Width : (nint)(rows + ExtraRows) * RowLength;

    /// <summary>Offset of a tap in the band: padded-image rows and columns from the window's first.</summary>
    public readonly nint Offset(int rows, int channel, int row, int column)
    {
        nint plane = (channel * PhasesHeight + row % StrideHeight) * PhasesWidth + column % StrideWidth;
        return plane * PlaneSize(rows) + (nint)(row / StrideHeight) * RowLength + column / StrideWidth;
    }

    /// <summary>Fills the band for output rows first … first + rows − 1 (all rows, where the source has this layout). Writes up to a vector beyond its end.</summary>
    /// <param name="tensor">The source tensor: count times the planes of this image.</param>
    /// <param name="count">Images (output slices of all samples, times groups) in the tensor.</param>
    /// <param name="index">Which image.</param>
    /// <param name="first">First row of output.</param>
    /// <param name="rows">Rows of output.</param>
    /// <param name="band">Target.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Fill(float* tensor, nint count, nint index, int first, int rows, float* band)
    {
        var plane = (nint)Height * Width;
        if (IsSource)
        {
            Packing.Copy(tensor + index * Channels * plane, band, Channels * plane);
            return;
        }
        var channels = Channels / KernelDepth;
        var slice = (int)(index / Groups % Slices);
        var firstChannel = (index / Groups / Slices * Groups + index % Groups) * channels;
        var tensorEnd = tensor + count / Slices * channels * Depth * plane;
        var planeRows = rows + ExtraRows;
        var size = planeRows * (nint)RowLength * PhasesHeight * PhasesWidth;
        for (var c = 0; c < channels; c++)
        {
            var source = tensor + (firstChannel + c) * Depth * plane;
            for (var tap = 0; tap < KernelDepth; tap++, band += size)
            {
                var (z, remainder) = Math.DivRem(slice * SliceStride + tap * SliceStep + SliceShift, SliceDivisor);
                if (remainder != 0)
                    continue; // no term reads it
                if (z < 0 || z >= Depth)
                    Packing.Zero(band, size);
                else
                    FillPlane(source + z * plane, tensorEnd, first, planeRows, band);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void FillPlane(float* source, float* tensorEnd, int first, int planeRows, float* band)
    {
        for (var phaseRow = 0; phaseRow < PhasesHeight; phaseRow++)
        {
            // Rows i of the phase plane that lie inside the source: 0 ≤ i·stride + shift < height; the others are zero.
            var shiftRow = first * StrideHeight + phaseRow - PadTop;
            var (top, bottom) = Inside(shiftRow, StrideHeight, Height, planeRows);
            if (StrideWidth == 2 && PhasesWidth == 2)
            {
                FillPair(source + (nint)(top * StrideHeight + shiftRow) * Width, tensorEnd, planeRows, top, bottom, band);
                band += 2 * planeRows * (nint)RowLength;
                continue;
            }
            for (var phaseColumn = 0; phaseColumn < PhasesWidth; phaseColumn++)
            {
                var shift = phaseColumn - PadLeft;
                var (left, right) = Inside(shift, StrideWidth, Width, RowLength);
                Packing.Zero(band, (nint)top * RowLength);
                band += (nint)top * RowLength;
                var from = source + (nint)(top * StrideHeight + shiftRow) * Width + left * StrideWidth + shift;
                if (StrideWidth != 1)
                {
                    for (var i = top; i < bottom; i++, band += RowLength, from += (nint)StrideHeight * Width)
                    {
                        Packing.Zero(band, left);
                        Packing.CopyStrided(from, StrideWidth, band + left, right - left);
                        Packing.Zero(band + right, RowLength - right);
                    }
                }
                else
                {
                    Packing.Rows(from, (nint)StrideHeight * Width, tensorEnd, bottom - top, band, RowLength, left, right);
                    band += (nint)(bottom - top) * RowLength;
                }
                Packing.Zero(band, (nint)(planeRows - bottom) * RowLength);
                band += (nint)(planeRows - bottom) * RowLength;
            }
        }
    }

    /// <summary>Both column phases of stride 2 in one walk: rows top … bottom − 1 come from the source, the others are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void FillPair(float* source, float* tensorEnd, int planeRows, int top, int bottom, float* band)
    {
        nint plane = planeRows * (nint)RowLength;
        var first = Inside(-PadLeft, 2, Width, RowLength);
        var second = Inside(1 - PadLeft, 2, Width, RowLength);
        Packing.Zero(band, (nint)top * RowLength);
        Packing.Zero(band + plane, (nint)top * RowLength);
        band += (nint)top * RowLength;
        // The source's first column falls into the first phase, or behind an odd border into the second.
        if (PadLeft % 2 == 0)
            Packing.RowPairs(source, (nint)StrideHeight * Width, tensorEnd, bottom - top, band, first, band + plane, second, RowLength);
        else
            Packing.RowPairs(source, (nint)StrideHeight * Width, tensorEnd, bottom - top, band + plane, second, band, first, RowLength);
        band += (nint)(bottom - top) * RowLength;
        Packing.Zero(band, (nint)(planeRows - bottom) * RowLength);
        Packing.Zero(band + plane, (nint)(planeRows - bottom) * RowLength);
    }

    /// <summary>The part [begin, end) of 0 … count − 1 with 0 ≤ i·stride + shift &lt; extent.</summary>
    private static (int Begin, int End) Inside(int shift, int stride, int extent, int count)
    {
        var begin = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
        var end = shift >= extent ? 0 : (extent - shift + stride - 1) / stride;
        begin = Math.Min(begin, count);
        return (begin, Math.Max(begin, Math.Min(end, count)));
    }
}
