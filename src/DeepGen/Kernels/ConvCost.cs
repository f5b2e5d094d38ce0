using System.ComponentModel;

#if GENERATOR
namespace DeepGen.Generators.Kernels;
#else
namespace DeepGen.Kernels;
#endif

/// <summary>
/// Chooses the algorithm of a convolution from its shape, the batch and the instruction-set level, by the time that each should take: never from a measurement, so that the bits of a
/// result do not change from run to run. Times are counted in multiply-adds of one lane (a core does two vectors of them in a cycle); the constants come from measurements at the AVX2 level.
/// The generator is compiled from this file too, and prints the choices beside each shape.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ConvCost
{
    /// <summary>Share of the peak that the register tiles reach, packing included: of the direct algorithms, of Winograd's products, of its products over tiles, and of dot products of planes.</summary>
    private const double DirectShare = 0.75, ProductShare = 0.85, SumShare = 0.75, DotShare = 0.65;

    /// <summary>Winograd's algorithm must promise at least this: it rounds more, and needs more memory.</summary>
    private const double Margin = 0.92;

    /// <summary>The transforms of one channel, input and output together and most of it loads and stores, by the tile's size: of one tile, and what a row of tiles costs besides.</summary>
    private const double Tile2 = 350, Row2 = 1400, Tile4 = 1100, Row4 = 9000;

    /// <summary>Share of that which the input's transform has.</summary>
    private const double InputShare = 0.6;

    /// <summary>What the gradients of one pair of channels cost once: nine taps written one by one.</summary>
    private const double Taps = 600;

    /// <summary>Tiles over which the products of a weight gradient are summed before the sums are written.</summary>
    internal const int MostGradTiles = 512;

    /// <summary>Outputs of a channel up to which they are worth computing one by one, and their gradients of weights.</summary>
    private const int MostMultiplier = 4, MostMultiplierOfWeights = 2;

    /// <summary>Multiply-adds in the time that a byte takes from memory, for each lane of a vector: four bytes a cycle.</summary>
    private const double PerByte = 0.5;

    /// <summary>The tile of Winograd's algorithm that a convolution should run with: 4, 2, or 0 for the direct algorithm.</summary>
    /// <param name="s">Geometry of the forward convolution.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="lanes">Floats of a vector.</param>
    /// <param name="greatest">The greatest tile that may be chosen.</param>
    /// <param name="keepsWeights">Whether transformed weights are kept from call to call.</param>
    /// <param name="isGradient">Whether it is the gradient with respect to the input.</param>
    public static int Winograd(in ConvShape s, long batch, int lanes, int greatest, bool keepsWeights, bool isGradient)
    {
        if (!IsWinogradPossible(s))
            return 0;
        int inputs = isGradient ? s.OutChannels : s.Channels, outputs = isGradient ? s.Channels : s.OutChannels;
        int height = isGradient ? s.Height : s.OutHeight, width = isGradient ? s.Width : s.OutWidth;
        var best = 0;
        var least = Margin * Direct(inputs, outputs, height, width, batch, lanes);
        for (var tile = 2; tile <= greatest; tile += 2)
        {
            var pairs = (double)inputs * outputs;
            // Weights are fetched; where they are not kept, they are also made and written.
            var weights = pairs * Points(tile) * lanes * PerByte * (keepsWeights ? 4 : 12);
            var cost = (pairs * Points(tile) * RoundUp(Tiles(tile, height, width, batch), lanes) / ProductShare) + Transforms(tile, inputs, outputs, height, width, batch, lanes) + weights;
            if (cost < least)
                (best, least) = (tile, cost);
        }
        return best;
    }

    /// <summary>As <see cref="Winograd"/>, for the gradient of the weights.</summary>
    /// <param name="s">Geometry of the forward convolution.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="lanes">Floats of a vector.</param>
    /// <param name="greatest">The greatest tile that may be chosen.</param>
    public static int WinogradOfWeights(in ConvShape s, long batch, int lanes, int greatest)
    {
        if (!IsWinogradOfWeightsPossible(s, lanes))
            return 0;
        var best = 0;
        var least = Margin * Direct(s.Channels, s.OutChannels, s.OutHeight, s.OutWidth, batch, lanes) * (TurnsPanels(s.OutChannels, 9 * s.Channels, s.OutWidth) ? 1 : DirectShare / DotShare);
        for (var tile = 2; tile <= greatest; tile += 2)
        {
            var pairs = (double)s.Channels * s.OutChannels;
            var tiles = Tiles(tile, s.OutHeight, s.OutWidth, batch);
            // Sums are read and written in every round, and once more as taps.
            var sums = pairs * ((Points(tile) * lanes * PerByte * 8 * (1 + Math.Ceiling(tiles / MostGradTiles))) + Taps);
            var cost = (pairs * Points(tile) * tiles / SumShare) + Transforms(tile, s.Channels, s.OutChannels, s.OutHeight, s.OutWidth, batch, lanes) + sums;
            if (cost < least)
                (best, least) = (tile, cost);
        }
        return best;
    }

    /// <summary>Whether the gradient of weights runs as products over turned panels: turning 16 terms of a row of pixels, 8 × 8 at a time, must cost little beside the products that read it.</summary>
    /// <param name="outputs">Output channels of a group.</param>
    /// <param name="terms">Weights of one.</param>
    /// <param name="row">Pixels that lie side by side.</param>
    public static bool TurnsPanels(int outputs, int terms, int row) => terms >= 16 && (80 * ((row + 7) / 8)) + 30 < 0.2 * row * outputs;

    /// <summary>Whether a convolution runs in the loops of depthwise ones: every group is one channel, with few outputs (of many, the register tiles share what they load), in two dimensions.</summary>
    public static bool IsDepthwise(in ConvShape s) =>
        s.Groups == s.Channels && s.OutChannels <= MostMultiplier * s.Channels && s.Depth * s.OutDepth * s.KernelDepth == 1 && s.PadFront == 0;

    /// <summary>As <see cref="IsDepthwise"/>, for the gradient of the weights.</summary>
    public static bool IsDepthwiseOfWeights(in ConvShape s) => IsDepthwise(s) && s.OutChannels <= MostMultiplierOfWeights * s.Channels;

    /// <summary>3 × 3 taps side by side, stride 1, one group, two dimensions.</summary>
    public static bool IsWinogradPossible(in ConvShape s) =>
        s.KernelHeight == 3 && s.KernelWidth == 3 && s.StrideHeight == 1 && s.StrideWidth == 1 && s.DilationHeight == 1 && s.DilationWidth == 1 && s.Groups == 1
        && s.Depth * s.OutDepth * s.KernelDepth == 1 && s.PadFront == 0 && s.PadTop <= 2 && s.PadLeft <= 2;

    /// <summary>Its products take whole vectors of input channels.</summary>
    public static bool IsWinogradOfWeightsPossible(in ConvShape s, int lanes) => IsWinogradPossible(s) && s.Channels % lanes == 0;

    private static double Direct(double inputs, double outputs, int height, int width, long batch, int lanes) =>
        inputs * outputs * 9 * ((RoundUp((double)height * width * batch, lanes) / DirectShare) + (4 * lanes * PerByte));

    private static double Transforms(int tile, double inputs, double outputs, int height, int width, long batch, int lanes)
    {
        // Vectors begin where rows of tiles begin.
        var columns = (width + tile - 1) / tile;
        var used = LanesOfRow(columns, lanes);
        var full = RoundUp(columns, used) / columns * lanes / used;
        // Twice as wide vectors take less than twice the time to load and store.
        var width8 = (1 + (lanes / 8d)) / 2;
        var rows = (double)((height + tile - 1) / tile) * batch;
        var channels = (InputShare * inputs) + ((1 - InputShare) * outputs);
        return rows * channels * width8 * (tile == 2 ? (Tile2 * columns * full) + Row2 : (Tile4 * columns * full) + Row4);
    }

    /// <summary>Lanes of the vectors that take a row of pixels or tiles: no more than half empty, if a narrower vector is there.</summary>
    public static int LanesOfRow(int columns, int lanes) => Math.Min(lanes, columns > 8 ? 16 : columns > 4 ? 8 : 4);

    private static int Points(int tile) => (tile + 2) * (tile + 2);

    private static double Tiles(int tile, int height, int width, long batch) => (double)((height + tile - 1) / tile) * ((width + tile - 1) / tile) * batch;

    private static double RoundUp(double count, double multiple) => Math.Ceiling(count / multiple) * multiple;
}
