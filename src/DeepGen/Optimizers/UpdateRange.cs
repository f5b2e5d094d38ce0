namespace DeepGen;

/// <summary>A contiguous run of parameters that are moved alike.</summary>
internal struct UpdateRange
{
    /// <summary>Where it begins in the arenas, in floats.</summary>
    public nint Offset;

    /// <summary>Its length in floats, gaps between its parameters included.</summary>
    public nint Length;

    /// <summary>How often its parameters have been moved, the update that is running included.</summary>
    public long Updates;

    /// <summary>The factor on the optimizer's learning rate.</summary>
    public float RateFactor;

    /// <summary>λ, the strength of weight decay.</summary>
    public float WeightDecay;

    /// <summary>Its first parameter, counted in the order of the arena.</summary>
    public int First;

    /// <summary>One past its last parameter.</summary>
    public int End;
}
