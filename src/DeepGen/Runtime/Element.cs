namespace DeepGen;

/// <summary>The type of a network's input, target or output values.</summary>
public enum Element
{
    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>32-bit signed integers: labels and indices.</summary>
    Int32,
}
