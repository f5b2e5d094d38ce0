namespace DeepGen.Kernels;

/// <summary>
/// Chooses the algorithm of a convolution from its shape, the batch and the instruction-set level, by the time that each should take: never from a measurement, so that the bits of a
/// result do not change from run to run. Times are counted in multiply-adds of one lane (a core does two vectors of them in a cycle); the constants come from measurements at the AVX2 level.
/// </summary>
internal static class ConvCost
{
    /// <summary>Share of the peak that the register tiles reach, packing included: of the direct algorithms, of Winograd's products, and of its products over tiles.</summary>
    private const double DirectShare = 0.75, ProductShare = 0.85, SumShare = 0.75;

    /// <summary>A transform of one channel of a tile, most of it loads and stores: of inputs and of outputs, by the tile's size.</summary>
    private const double Input2 = 290, Output2 = 200, Input4 = 800, Output4 = 660;

    /// <summary>What the gradients of one pair of channels cost once: nine taps written one by one.</summary>
    private const double Taps = 600;

    /// <summary>Multiply-adds in the time that a byte takes from memory, for each lane of a vector: four bytes a cycle.</summary>
    private const double PerByte = 0.5;

    /// <summary>The tile of Winograd's algorithm that a convolution should run with: 4, 2, or 0 for the direct algorithm.</summary>
    /// <param name="s">Geometry of the forward convolution.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="forms">What may be chosen, and whether transformed weights are kept.</param>
    /// <param name="isGradient">Whether it is the gradient with respect to the input.</param>
    public static int Winograd(in ConvShape s, nint batch, WeightForms forms, bool isGradient)
    {
        if (!IsPossible(s))
            return 0;
        if (forms.IsForced)
            return forms.Winograd;
        int inputs = isGradient ? s.OutChannels : s.Channels, outputs = isGradient ? s.Channels : s.OutChannels;
        int height = isGradient ? s.Height : s.OutHeight, width = isGradient ? s.Width : s.OutWidth;
        var best = 0;
        var least = Direct(inputs, outputs, height, width, batch);
        for (var tile = 2; tile <= forms.Winograd; tile += 2)
        {
            var pairs = (double)inputs * outputs;
            // Weights are fetched; where they are not kept, they are also made and written.
            var weights = pairs * Points(tile) * Tile.Lanes * PerByte * (forms.Keeps ? 4 : 12);
            var cost = (pairs * Points(tile) * RoundUp(Tiles(tile, height, width, batch), Tile.Lanes) / ProductShare) + Transforms(tile, inputs, outputs, height, width, batch) + weights;
            if (cost < least)
                (best, least) = (tile, cost);
        }
        return best;
    }

    /// <summary>As <see cref="Winograd"/>, for the gradient of the weights.</summary>
    public static int WinogradOfWeights(in ConvShape s, nint batch, WeightForms forms)
    {
        // Its products take whole vectors of input channels.
        if (!IsPossible(s) || s.Channels % Tile.Lanes != 0 || batch == 0)
            return 0;
        if (forms.IsForced)
            return forms.Winograd;
        var best = 0;
        var least = Direct(s.Channels, s.OutChannels, s.OutHeight, s.OutWidth, batch);
        for (var tile = 2; tile <= forms.Winograd; tile += 2)
        {
            var pairs = (double)s.Channels * s.OutChannels;
            var tiles = Tiles(tile, s.OutHeight, s.OutWidth, batch);
            // Sums are read and written in every round, and once more as taps.
            var sums = pairs * ((Points(tile) * Tile.Lanes * PerByte * 8 * (1 + Math.Ceiling(tiles / Convolution.MostGradTiles))) + Taps);
            var cost = (pairs * Points(tile) * tiles / SumShare) + Transforms(tile, s.Channels, s.OutChannels, s.OutHeight, s.OutWidth, batch) + sums;
            if (cost < least)
                (best, least) = (tile, cost);
        }
        return best;
    }

    private static bool IsPossible(in ConvShape s) =>
        s.KernelHeight == 3 && s.KernelWidth == 3 && s.StrideHeight == 1 && s.StrideWidth == 1 && s.DilationHeight == 1 && s.DilationWidth == 1 && s.Groups == 1
        && s.Depth * s.OutDepth * s.KernelDepth == 1 && s.PadTop <= 2 && s.PadLeft <= 2;

    private static double Direct(double inputs, double outputs, int height, int width, nint batch) =>
        inputs * outputs * 9 * ((RoundUp((double)height * width * batch, Tile.Lanes) / DirectShare) + (4 * Tile.Lanes * PerByte));

    private static double Transforms(int tile, double inputs, double outputs, int height, int width, nint batch)
    {
        // Vectors begin where rows of tiles begin.
        var columns = (width + tile - 1) / tile;
        var lanes = WinogradLanes(columns);
        var full = RoundUp(columns, lanes) / columns * Tile.Lanes / lanes;
        // Twice as wide vectors take less than twice the time to load and store.
        var width8 = (1 + (Tile.Lanes / 8d)) / 2;
        return Tiles(tile, height, width, batch) * full * width8 * (tile == 2 ? (Input2 * inputs) + (Output2 * outputs) : (Input4 * inputs) + (Output4 * outputs));
    }

    /// <summary>Lanes of the vectors in which a row of tiles is transformed: no more than half empty, if a narrower vector is there.</summary>
    public static int WinogradLanes(int columns) => Math.Min(Tile.Lanes, columns > 8 ? 16 : columns > 4 ? 8 : 4);

    private static int Points(int tile) => (tile + 2) * (tile + 2);

    private static double Tiles(int tile, int height, int width, nint batch) => (double)((height + tile - 1) / tile) * ((width + tile - 1) / tile) * batch;

    private static double RoundUp(double count, double multiple) => Math.Ceiling(count / multiple) * multiple;
}
