namespace DeepGen.Kernels;

public static unsafe partial class Convolution
{
    /// <summary>Terms of the sum whose panel of pixels is packed at a time.</summary>
    private const nint Depth = 256;

    /// <summary>Panels that are packed together: their terms stay in the second-level cache while the weights stream by once.</summary>
    private const int PanelsAtATime = 8;

    /// <summary>Floats of a vector at the widest level.</summary>
    private const int MaxLanes = 16;

    /// <summary>From this many output channels on packing an image row costs little beside the tiles that read it.</summary>
    private const int PackedOutputs = 48;

    /// <summary>Floats of sums that a band should not exceed, so that they are still in the cache when the epilogue comes.</summary>
    private const int BandFloats = 64 * 1024;

    /// <summary>Floats of image and sums that a depthwise band should not exceed, which is what the first-level cache has room for.</summary>
    private const long DepthwiseFloats = 6 * 1024;

    /// <summary>Rows that a depthwise band has at least: the fewer, the more rows are laid out twice.</summary>
    private const int LeastDepthwiseRows = 8;

    /// <summary>Pixels that a packed band should have at least, if there are samples to fill it.</summary>
    private const int PackedPixelsWanted = 256;

    /// <summary>Rows of a depthwise band: its image and what stands beside it, so many floats a row, fit in the first-level cache.</summary>
    private static int DepthwiseBandRows(in ConvImage image, int rows, int beside)
    {
        var imageRow = (long)image.Channels * image.PhasesHeight * image.PhasesWidth * image.RowLength;
        return (int)Math.Clamp((DepthwiseFloats - image.ExtraRows * imageRow) / Math.Max(1, imageRow + beside), Math.Min(rows, LeastDepthwiseRows), rows);
    }

    /// <summary>A convolution with stride 1 over a band image, written to every StepHeight-th row and StepWidth-th column of the target.</summary>
    private struct ConvJob
    {
        public ConvImage Image;

        /// <summary>Images: samples, times the slices of the target.</summary>
        public nint Batch;
        public float* Source;
        public float* Target;
        public void* Epilogue;
        public int Groups;

        /// <summary>Output channels of one group.</summary>
        public int Outputs;

        /// <summary>Rows of the greatest pass.</summary>
        public int Rows;

        /// <summary>Columns of the greatest pass.</summary>
        public int Columns;

        /// <summary>Height of the target.</summary>
        public int Height;

        /// <summary>Width of the target.</summary>
        public int Width;

        public int StepHeight;
        public int StepWidth;
        public float* Weight;

        /// <summary>Floats between the weights of neighbouring groups, output channels and summed channels.</summary>
        public nint WeightGroup;
        public nint WeightRow;
        public nint WeightChannel;

        /// <summary>Packed weights: group after group, in it pass after pass, in it strip after strip.</summary>
        public float* Left;

        /// <summary>Offset in the band image of every term, pass after pass.</summary>
        public nint* Table;

        /// <summary>Offset in the weights of every term.</summary>
        public nint* TapOfTerm;

        /// <summary>Terms of all passes together.</summary>
        public int Terms;

        /// <summary>
        /// Where the terms are in order of kernel rows (for images with a wide border): their number, and for each the distance of its source row from the
        /// output row. Tiles then leave out the kernel rows that find nothing but border. Zero where the terms are in order of channels.
        /// </summary>
        public int KernelRows;
        public int* RowDistance;

        /// <summary>Passes over one slice, for each phase of the slices.</summary>
        public ConvPass* Pass;
        public int Passes;

        /// <summary>Phases of the slices of the target: neighbouring slices meet other taps of the depth.</summary>
        public int Phases;

        /// <summary>Added to a slice's number, it gives the phase modulo Phases.</summary>
        public int PhaseShift;
        public bool IsPacked;

        /// <summary>Whether the packed path meets every pixel of the target in order, and so stores each tile as soon as it is finished.</summary>
        public readonly bool IsStreamed => IsPacked && StepHeight == 1 && StepWidth == 1;

        /// <summary>Depthwise, where the taps of a kernel's column lie in three neighbouring rows: the columns of the kernel, else 0.</summary>
        public int ColumnsOfThree;

        /// <summary>Whether later rows of the kernel look at earlier rows of the image.</summary>
        public bool IsTurned;

        /// <summary>Rows (of the greatest pass) that are computed at a time.</summary>
        public int BandRows;

        public int Bands;
        public int SamplesAtATime;

        /// <summary>Parts into which the strips of output channels are shared out.</summary>
        public int Parts;

        /// <summary>Chooses path and bands from the shape alone.</summary>
        public void Plan(bool isDepthwise)
        {
            IsPacked = Outputs >= PackedOutputs && !isDepthwise;
            var perRow = (long)Outputs * Columns * StepHeight * StepWidth;
            var wanted = (int)Math.Clamp(BandFloats / Math.Max(1, perRow), 1, Rows);
            if (isDepthwise)
                wanted = DepthwiseBandRows(Image, Rows, StepHeight * Width);
            Bands = (Rows + wanted - 1) / wanted;
            BandRows = (Rows + Bands - 1) / Bands;
            Bands = (Rows + BandRows - 1) / BandRows;
            SamplesAtATime = IsPacked && Bands == 1 && Phases == 1 ? Math.Max(1, Math.Min(PackedPixelsWanted / (Rows * Columns), (int)(BandFloats / Math.Max(1, perRow * Rows)))) : 1;
        }
    }

    /// <summary>Terms that the elements of one phase of the target sum.</summary>
    private struct ConvPass
    {
        /// <summary>First term.</summary>
        public int First;

        /// <summary>Number of terms.</summary>
        public int Terms;

        /// <summary>First row of the target.</summary>
        public int OffsetHeight;

        /// <summary>First column of the target.</summary>
        public int OffsetWidth;
    }

    /// <summary>One pass over one band.</summary>
    private struct ConvWindow
    {
        /// <summary>First row of the band in the target.</summary>
        public int FirstRow;

        public int Rows;
        public int Columns;
        public int Samples;
        public float* Image;
        public nint ImageSize;
        public float* Sums;
        public nint SumStep;
        public nint SampleSize;
        public float* Left;
        public nint* Table;
        public nint Terms;

        /// <summary>First image of the tensor, of those of all samples.</summary>
        public nint FirstSample;

        /// <summary>First channel of the group in the target.</summary>
        public nint FirstChannel;
        public nint FirstStrip;
        public nint LastStrip;
    }

    /// <summary>Neighbouring pixels of one image row within a panel.</summary>
    private struct Piece
    {
        public float* Source;
        public float* Target;

        /// <summary>Its first pixel in the panels' first row, and the floats from a row of its panel to the next.</summary>
        public nint Packed;
        public nint Step;

        public int At;
        public int Length;
    }
}
