namespace DeepGen;

/// <summary>How the values of a parameter start.</summary>
public enum Initializer
{
    /// <summary>By the activation that comes after: He before rectifiers, Xavier otherwise.</summary>
    Auto,

    /// <summary>Uniform in ±√(6 / (fan in + fan out)) (Glorot &amp; Bengio 2010).</summary>
    Xavier,

    /// <summary>Normal with standard deviation √(2 / fan in) (He et al. 2015).</summary>
    He,

    /// <summary>Variance by the derivative of the activation at 0 (Kumar 2017).</summary>
    Kumar,

    /// <summary>Normal with standard deviation 0.01.</summary>
    Normal,

    /// <summary>Uniform in ±√(1 / fan in).</summary>
    Uniform,

    /// <summary>All zeros.</summary>
    Zeros,

    /// <summary>All ones.</summary>
    Ones,
}
