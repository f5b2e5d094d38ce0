namespace DeepGen;

/// <summary>Which values of a sample share a mean and a deviation.</summary>
public enum StandardizationGroup
{
    /// <summary>Those of a channel of a map [C, H, W], or of a feature of a vector [F]: those with one index on the first axis.</summary>
    Channel,

    /// <summary>None: each value has its own.</summary>
    Value,

    /// <summary>All of them.</summary>
    Sample,
}
