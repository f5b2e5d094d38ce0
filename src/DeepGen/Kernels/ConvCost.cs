namespace DeepGen.Kernels;

/// <summary>Chooses the algorithm of a convolution from its shape, the batch and the instruction-set level: never from a measurement, so that the bits of a result do not change from run to run.</summary>
internal static class ConvCost
{
    /// <summary>The tile of Winograd's algorithm that a convolution should run with: 4, 2, or 0 for the direct algorithm.</summary>
    public static int Winograd(in ConvShape s, nint batch, WeightForms forms, bool isGradient)
    {
        if (s.KernelHeight != 3 || s.KernelWidth != 3 || s.StrideHeight != 1 || s.StrideWidth != 1 || s.DilationHeight != 1 || s.DilationWidth != 1 || s.Groups != 1
            || s.Depth * s.OutDepth * s.KernelDepth != 1 || s.PadTop > 2 || s.PadLeft > 2)
            return 0;
        if (forms.IsForced)
            return forms.Winograd;
        return forms.Winograd;
    }
}
