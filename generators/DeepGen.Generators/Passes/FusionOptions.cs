namespace DeepGen.Generators.Passes;

/// <summary>What may be fused. Everything, but for the tests that count what fusion saves.</summary>
internal sealed record FusionOptions(bool Epilogues = true, bool Rows = true, bool BiasGradients = true)
{
    public static FusionOptions All { get; } = new();
}
