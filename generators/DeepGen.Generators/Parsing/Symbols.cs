using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Parsing;

/// <summary>Questions about symbols, answered by name: cheaper than looking types up, and right while a reference is missing.</summary>
internal static class Symbols
{
    public static bool IsDeepGen(ITypeSymbol? type, string name) =>
        type is not null && type.Name == name && type.ContainingType is null && type.ContainingNamespace is { Name: "DeepGen", ContainingNamespace.IsGlobalNamespace: true };

    public static bool IsTensor(ITypeSymbol? type) => IsDeepGen(type, "Tensor");

    public static bool IsSystem(ITypeSymbol? type, string name) =>
        type is not null && type.Name == name && type.ContainingType is null && type.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true };

    public static bool IsSequence(ITypeSymbol? type) =>
        type is IArrayTypeSymbol { Rank: 1 }
        || IsSystem(type, "Span")
        || IsSystem(type, "ReadOnlySpan")
        || (type?.ContainingNamespace is { Name: "Generic" or "Immutable" } && type.Name is "List" or "IList" or "IReadOnlyList" or "ICollection" or "IReadOnlyCollection" or "IEnumerable" or "ImmutableArray");

    /// <summary>The file that the generator wrote for a network: what the user wrote never depends on it.</summary>
    public static bool IsGenerated(SyntaxTree tree) => tree.FilePath.IndexOf("DeepGen.Generators.Parsing.NetworkGenerator", StringComparison.Ordinal) >= 0;
}
