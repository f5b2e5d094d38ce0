namespace DeepGen.Kernels;

/// <summary>
/// Chooses the algorithm of a convolution from its shape, the batch and the instruction-set level, by the time that each should take in units of one multiply-add per lane: never from a
/// measurement, so that the bits of a result do not change from run to run. The benchmark <c>model</c> compares it with measured times.
/// </summary>
internal static class ConvCost
{
    /// <summary>Share of the multiply-adds' peak that the register tiles reach, packing included.</summary>
    private const double DirectShare = 0.75, ProductShare = 0.85;

    /// <summary>Bytes of weights that stream by in the time of one multiply-add of a lane, a half of a cycle: about 4 a cycle, as they come from memory beside other cores.</summary>
    private const double BytesPerUnit = 2;

    /// <summary>The tile of Winograd's algorithm that a convolution should run with: 4, 2, or 0 for the direct algorithm.</summary>
    /// <param name="s">Geometry of the forward convolution.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="forms">What may be chosen, and whether transformed weights are kept.</param>
    /// <param name="isGradient">Whether it is the gradient with respect to the input.</param>
    public static int Winograd(in ConvShape s, nint batch, WeightForms forms, bool isGradient)
    {
        if (s.KernelHeight != 3 || s.KernelWidth != 3 || s.StrideHeight != 1 || s.StrideWidth != 1 || s.DilationHeight != 1 || s.DilationWidth != 1 || s.Groups != 1
            || s.Depth * s.OutDepth * s.KernelDepth != 1 || s.PadTop > 2 || s.PadLeft > 2)
            return 0;
        if (forms.IsForced)
            return forms.Winograd;
        int inputs = isGradient ? s.OutChannels : s.Channels, outputs = isGradient ? s.Channels : s.OutChannels;
        int height = isGradient ? s.Height : s.OutHeight, width = isGradient ? s.Width : s.OutWidth;
        var best = 0;
        var least = Direct(inputs, outputs, height, width, batch);
        for (var tile = 2; tile <= forms.Winograd; tile += 2)
        {
            var cost = Winograd(tile, inputs, outputs, height, width, batch, forms.Keeps);
            if (cost < least)
                (best, least) = (tile, cost);
        }
        return best;
    }

    private static double Direct(double inputs, double outputs, int height, int width, nint batch)
    {
        var pixels = (double)height * width * batch;
        return inputs * outputs * 9 * (RoundUp(pixels, Tile.Lanes) / DirectShare + 4 * Tile.Lanes / BytesPerUnit);
    }

    private static double Winograd(int tile, double inputs, double outputs, int height, int width, nint batch, bool keepsWeights)
    {
        int rows = (height + tile - 1) / tile, columns = (width + tile - 1) / tile, points = (tile + 2) * (tile + 2);
        var tiles = (double)rows * columns * batch;
        var products = inputs * outputs * points * RoundUp(tiles, Tile.Lanes) / ProductShare;
        // A lane of the transforms of one channel and tile, most of it loads and stores; vectors begin where rows of tiles begin.
        var lanes = Math.Min(Tile.Lanes, columns > 8 ? 16 : columns > 4 ? 8 : 4);
        var transforms = tiles * RoundUp(columns, lanes) / columns * Tile.Lanes / lanes * (tile == 2 ? 90 * inputs + 70 * outputs : 180 * inputs + 180 * outputs);
        // Weights are read once or twice; where they are not kept, they are also made and written.
        var weights = inputs * outputs * points * Tile.Lanes * (4 / BytesPerUnit + (keepsWeights ? 0 : 8 / BytesPerUnit));
        return products + transforms + weights;
    }

    private static double RoundUp(double count, double multiple) => Math.Ceiling(count / multiple) * multiple;
}
