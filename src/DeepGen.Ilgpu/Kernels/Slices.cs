using System.ComponentModel;
using ILGPU;

namespace DeepGen.Ilgpu;

/// <summary>
/// A sum over a batch has few results and many terms: it is cut into slices, so that the device has enough to do at once, and these are added up in their order. Their number follows from extents
/// alone, so the bits do not depend on the device.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Slices
{
    /// <summary>Groups of threads that keep a device busy.</summary>
    private const long Groups = 256;

    /// <summary>Terms below which a slice is not worth its sum.</summary>
    private const long LeastTerms = 64;

    /// <summary>Into how many slices a product is cut.</summary>
    public static int Count(long tiles, long terms) => (int)long.Clamp(Groups / tiles, 1, long.Max(1, terms / LeastTerms));

    /// <summary>Terms of a slice: a multiple of 8.</summary>
    public static int Depth(int terms, int slices) => ((((terms + slices - 1) / slices) + 7) / 8) * 8;
}

/// <summary>Adds up the slices of a product.</summary>
internal readonly struct SliceSum(ArrayView<float> slices, ArrayView<float> y, int count, int size, int accumulate) : IMap
{
    public void At(int index)
    {
        var sum = 0f;
        for (var i = 0; i < count; i++) sum += slices[(i * size) + index];
        y[index] = accumulate != 0 ? y[index] + sum : sum;
    }
}
