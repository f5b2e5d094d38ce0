using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// A band of a padded image, so laid out that the tap of a convolution is one constant distance: element (i, j) of the output finds the input of
/// tap t at offset[t] + i·RowLength + j. Strides are split into phases (row y of the padded image goes to plane y mod stride), which makes
/// every tap contiguous along a row. This replaces the im2col matrix: the band is no greater than the image itself.
/// </summary>
internal unsafe struct ConvImage
{
    /// <summary>Channels of one group.</summary>
    public int Channels;

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

    /// <summary>Floats of a band for the given output rows, with room for reads of a whole tile past its end.</summary>
    public readonly nint Size(int rows) => PlaneSize(rows) * Channels * PhasesHeight * PhasesWidth;

    /// <summary>Floats of one phase plane.</summary>
    public readonly nint PlaneSize(int rows) => (nint)(rows + ExtraRows) * RowLength;

    /// <summary>Offset of a tap in the band: padded-image rows and columns from the window's first.</summary>
    public readonly nint Offset(int rows, int channel, int row, int column)
    {
        nint plane = (channel * PhasesHeight + row % StrideHeight) * PhasesWidth + column % StrideWidth;
        return plane * PlaneSize(rows) + (nint)(row / StrideHeight) * RowLength + column / StrideWidth;
    }

    /// <summary>Fills the band for output rows first … first + rows − 1 from the planes at source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Fill(float* source, int first, int rows, float* band)
    {
        var planeRows = rows + ExtraRows;
        for (var c = 0; c < Channels; c++, source += (nint)Height * Width)
        {
            for (var phaseRow = 0; phaseRow < PhasesHeight; phaseRow++)
            {
                for (var phaseColumn = 0; phaseColumn < PhasesWidth; phaseColumn++)
                {
                    // Columns j of the plane that lie inside the source: 0 ≤ j·stride + shift < width.
                    var shift = phaseColumn - PadLeft;
                    var begin = Math.Min(RowLength, shift >= 0 ? 0 : (-shift + StrideWidth - 1) / StrideWidth);
                    var end = Math.Max(begin, Math.Min(RowLength, shift >= Width ? 0 : (Width - shift + StrideWidth - 1) / StrideWidth));
                    for (var i = 0; i < planeRows; i++, band += RowLength)
                    {
                        var row = (first + i) * StrideHeight + phaseRow - PadTop;
                        if ((uint)row >= (uint)Height || begin == end)
                        {
                            Packing.Zero(band, RowLength);
                            continue;
                        }
                        Packing.Zero(band, begin);
                        var from = source + (nint)row * Width + begin * StrideWidth + shift;
                        if (StrideWidth == 1)
                            Packing.Copy(from, band + begin, end - begin);
                        else
                            Packing.CopyStrided(from, StrideWidth, band + begin, end - begin);
                        Packing.Zero(band + end, RowLength - end);
                    }
                }
            }
        }
    }
}
