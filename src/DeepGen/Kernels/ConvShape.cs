using System.ComponentModel;

#if GENERATOR
namespace DeepGen.Generators.Kernels;
#else
namespace DeepGen.Kernels;
#endif

/// <summary>
/// Geometry of a convolution of one sample; all lengths in elements. Two-dimensional, or three-dimensional with the last six; one dimension is a height of one.
/// </summary>
/// <param name="Channels">Input channels.</param>
/// <param name="Height">Input height.</param>
/// <param name="Width">Input width.</param>
/// <param name="OutChannels">Output channels.</param>
/// <param name="OutHeight">Output height.</param>
/// <param name="OutWidth">Output width.</param>
/// <param name="KernelHeight">Kernel height.</param>
/// <param name="KernelWidth">Kernel width.</param>
/// <param name="StrideHeight">Rows between neighbouring windows.</param>
/// <param name="StrideWidth">Columns between neighbouring windows.</param>
/// <param name="PadTop">Zero rows above the image; those below follow from the output height.</param>
/// <param name="PadLeft">Zero columns left of the image; those on the right follow from the output width.</param>
/// <param name="DilationHeight">Rows between neighbouring taps.</param>
/// <param name="DilationWidth">Columns between neighbouring taps.</param>
/// <param name="Groups">Groups of channels that do not see each other; divides both channel counts.</param>
/// <param name="Depth">Input depth.</param>
/// <param name="OutDepth">Output depth.</param>
/// <param name="KernelDepth">Kernel depth.</param>
/// <param name="StrideDepth">Slices between neighbouring windows.</param>
/// <param name="PadFront">Zero slices before the volume; those behind follow from the output depth.</param>
/// <param name="DilationDepth">Slices between neighbouring taps.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct ConvShape(
    int Channels,
    int Height,
    int Width,
    int OutChannels,
    int OutHeight,
    int OutWidth,
    int KernelHeight,
    int KernelWidth,
    int StrideHeight,
    int StrideWidth,
    int PadTop,
    int PadLeft,
    int DilationHeight,
    int DilationWidth,
    int Groups,
    int Depth = 1,
    int OutDepth = 1,
    int KernelDepth = 1,
    int StrideDepth = 1,
    int PadFront = 0,
    int DilationDepth = 1);
