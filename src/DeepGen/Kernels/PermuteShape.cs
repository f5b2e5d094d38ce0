using System.ComponentModel;

namespace DeepGen.Kernels;

/// <summary>How the axes of one sample are put in another order, with neighbours that stay together taken as one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PermuteShape
{
    /// <param name="extents">Extents of the input.</param>
    /// <param name="axes">Axis i of the output is axis axes[i] of the input.</param>
    public PermuteShape(int[] extents, int[] axes)
    {
        ArgumentNullException.ThrowIfNull(extents);
        ArgumentNullException.ThrowIfNull(axes);
        var strides = new nint[extents.Length];
        Size = 1;
        for (var i = extents.Length - 1; i >= 0; i--)
        {
            strides[i] = Size;
            Size *= extents[i];
        }
        Channels = extents[axes[0]];
        var merged = new List<(nint Extent, nint Stride)>();
        foreach (var axis in axes)
        {
            if (extents[axis] == 1)
                continue;
            var here = (Extent: (nint)extents[axis], Stride: strides[axis]);
            if (merged.Count > 0 && merged[^1].Stride == here.Extent * here.Stride)
                merged[^1] = (merged[^1].Extent * here.Extent, here.Stride);
            else
                merged.Add(here);
        }
        // What stays in order is walked channel by channel.
        if (merged.Count < 2)
            merged = [(Channels, Size / Channels), (Size / Channels, 1)];
        Extents = [.. merged.Select(a => a.Extent)];
        Strides = [.. merged.Select(a => a.Stride)];
    }

    /// <summary>Elements of a sample.</summary>
    internal nint Size { get; }

    /// <summary>The first extent of the output, which an epilogue sees as rows.</summary>
    internal nint Channels { get; }

    /// <summary>Extents of the output, outermost first.</summary>
    internal nint[] Extents { get; }

    /// <summary>What one step along each of them moves in the input.</summary>
    internal nint[] Strides { get; }
}
