namespace DeepGen.Zoo;

/// <summary>Every network of the zoo.</summary>
internal static partial class Catalogue
{
    public static IReadOnlyList<ZooNetwork> All { get; } = [.. Classifiers(), .. Others()];
}
