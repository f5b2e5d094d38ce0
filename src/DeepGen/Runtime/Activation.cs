using System.ComponentModel;

namespace DeepGen;

/// <summary>The kind of function that follows a layer; the default initializer depends on it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum Activation
{
    /// <summary>Nothing, or a function that is none of the others.</summary>
    None,

    /// <summary>ReLU and its relatives (leaky ReLU, ELU, GELU, ...): half of the variance is lost.</summary>
    Relu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>The logistic function.</summary>
    Sigmoid,
}
