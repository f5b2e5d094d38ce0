using System.ComponentModel;

namespace DeepGen.Kernels;

/// <summary>Geometry of a two-dimensional pool of one sample; all lengths in elements.</summary>
/// <param name="Channels">Channels, pooled one by one.</param>
/// <param name="Height">Input height.</param>
/// <param name="Width">Input width.</param>
/// <param name="OutHeight">Output height.</param>
/// <param name="OutWidth">Output width.</param>
/// <param name="KernelHeight">Window height.</param>
/// <param name="KernelWidth">Window width.</param>
/// <param name="StrideHeight">Rows between neighbouring windows.</param>
/// <param name="StrideWidth">Columns between neighbouring windows.</param>
/// <param name="PadTop">Rows by which the first window overhangs the top.</param>
/// <param name="PadLeft">Columns by which the first window overhangs the left edge.</param>
/// <param name="CountPadding">Whether an average divides by the whole window (true) or by the part inside the image (false).</param>
/// <param name="PadBottom">Rows below the image that count with the window, where windows overhang them; -1 where all do.</param>
/// <param name="PadRight">Columns right of the image that count with the window, where windows overhang them; -1 where all do.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct PoolShape(
    int Channels,
    int Height,
    int Width,
    int OutHeight,
    int OutWidth,
    int KernelHeight,
    int KernelWidth,
    int StrideHeight,
    int StrideWidth,
    int PadTop,
    int PadLeft,
    bool CountPadding,
    int PadBottom = -1,
    int PadRight = -1);
