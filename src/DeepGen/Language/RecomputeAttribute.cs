namespace DeepGen;

/// <summary>
/// On a <c>[Block]</c> method that <c>Forward</c> calls: trades time for memory. Training keeps of each call what goes in and the statistics of its normalizations, not the
/// activations inside; the backward pass computes those once more when it comes to the call. Gradients are the same to the last bit; running averages move once a step.
/// </summary>
/// <remarks>It pays where a block is deep: N calls, one after the other, then need the memory of N maps and of one call instead of that of N calls, for one more forward pass. Of calls within each other the outermost counts.</remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = false, Inherited = false)]
public sealed class RecomputeAttribute : Attribute;
