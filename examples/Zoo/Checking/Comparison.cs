namespace DeepGen.Zoo.Checking;

/// <summary>How a first step compares with the interpreter's.</summary>
/// <param name="Differences">What differs by more than rounding explains.</param>
/// <param name="Bound">The largest difference that was allowed.</param>
internal sealed record Comparison(IReadOnlyList<string> Differences, double Bound)
{
    /// <summary>The seed of the weights and of the samples.</summary>
    public int Seed { get; init; } = 1;
}
