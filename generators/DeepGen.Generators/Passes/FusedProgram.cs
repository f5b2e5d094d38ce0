using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>A program as kernel calls.</summary>
/// <param name="Owner">The kernel that computes a value; what has none is inlined where it is used, or is a leaf.</param>
internal sealed record FusedProgram(LoweredProgram Lowered, IReadOnlyList<Root> Roots, IReadOnlyList<Kernel> Kernels, IReadOnlyDictionary<Val, Kernel> Owner)
{
    /// <summary>Whether <paramref name="reader"/> finds a value in memory; what a later kernel stores, it computes for itself.</summary>
    public bool HasMemory(Val v, Kernel reader) => Owner.TryGetValue(v, out var maker) ? maker.Index <= reader.Index : Views.IsBuffer(v);
}
