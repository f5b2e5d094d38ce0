namespace DeepGen;

/// <summary>Names for the usual paddings of convolutions and pools; any other padding is a number.</summary>
public static class Padding
{
    /// <summary>As many zeros as give an output of ceil(size / stride).</summary>
    public const int Same = -1;

    /// <summary>As many zeros on each side as give every window that sees any of the map: all but one element of the window.</summary>
    public const int Full = -2;

    /// <summary>No zeros: only windows that lie wholly in the map.</summary>
    public const int Valid = 0;
}
