namespace DeepGen;

/// <summary>What one value of an input or a target is.</summary>
public enum Element
{
    /// <summary>A 32-bit float.</summary>
    Float32,

    /// <summary>A 32-bit integer: class indices, tokens.</summary>
    Int32,
}
