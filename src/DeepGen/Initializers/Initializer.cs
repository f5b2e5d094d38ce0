namespace DeepGen;

/// <summary>How the first values of a parameter are made. n_in and n_out are the fan-in and fan-out of one unit.</summary>
public enum Initializer
{
    /// <summary>He where a ReLU-like function comes after the layer; Xavier where tanh, sigmoid or nothing does.</summary>
    Auto,

    /// <summary>Uniform in ±sqrt(6 / (n_in + n_out)). X. Glorot and Y. Bengio 2010, equation 16.</summary>
    Xavier,

    /// <summary>Normal with variance 2 / n_in. K. He et al. 2015, equation 10.</summary>
    He,

    /// <summary>
    /// Normal with variance 1 / (n_in g'(0)² (1 + g(0)²)) for the function g that comes after: 3.6² / n_in for the sigmoid,
    /// 1 / n_in for tanh and none; 2 / n_in for ReLU. S. K. Kumar 2017, "On weight initialization in deep neural networks".
    /// </summary>
    Kumar,

    /// <summary>Normal with mean 0 and the given standard deviation, 0.01 unless told otherwise.</summary>
    Normal,

    /// <summary>Uniform in ± the given bound, sqrt(1 / n_in) unless told otherwise.</summary>
    Uniform,

    /// <summary>All 0.</summary>
    Zeros,

    /// <summary>All 1.</summary>
    Ones,

    /// <summary>All the given value.</summary>
    Constant,
}
