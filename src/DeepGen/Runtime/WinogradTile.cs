namespace DeepGen;

/// <summary>Tiles of Winograd's algorithm for convolutions of 3 × 3 with stride 1 (Lavin and Gray 2015, arXiv:1509.09308): the larger, the fewer multiplications, and the more rounding.</summary>
public enum WinogradTile
{
    /// <summary>The direct algorithm: 9 multiplications for each output and channel.</summary>
    None = 0,

    /// <summary>F(2×2, 3×3): tiles of 2 × 2 outputs, 4 multiplications for each output and channel.</summary>
    F2 = 2,

    /// <summary>F(4×4, 3×3): tiles of 4 × 4 outputs, 2.25 multiplications for each output and channel.</summary>
    F4 = 4,
}
