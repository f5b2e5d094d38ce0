namespace DeepGen.Generators.Passes;

/// <summary>What may be fused, and whether backward computes again what would be dear to keep. Everything, but for the tests that count what it saves.</summary>
internal sealed record FusionOptions(bool Epilogues = true, bool Rows = true, bool BiasGradients = true, bool Recompute = true)
{
    public static FusionOptions All { get; } = new();

    /// <summary>
    /// What must be saved of a sample's arena to compute anything again. A batch of 32 samples that needs 2 MB less fits no cache that it did not fit before, by and large,
    /// and the kernels that compute again would be all there is to notice.
    /// </summary>
    public long LeastSavedFloats { get; init; } = 64 * 1024 / sizeof(float);
}
