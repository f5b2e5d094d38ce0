namespace DeepGen.Examples.Transfer;

/// <summary>A way to learn the second five classes, and how well it did.</summary>
/// <param name="Name">What it is called.</param>
internal sealed record Way(string Name)
{
    /// <summary>Whether the convolutions begin with what they learned from the first five classes, not at random.</summary>
    public bool Transferred { get; init; }

    /// <summary>What is special about some layers.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>The test accuracy of each run.</summary>
    public List<double> Accuracies { get; } = [];
}
