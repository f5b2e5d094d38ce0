using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>How a kernel reaches one tensor from the axes of its domain.</summary>
/// <param name="Base">The tensor in memory.</param>
/// <param name="Offset">Elements from its start (within a sample when it has a batch).</param>
/// <param name="Strides">Elements per step along each axis of the domain; along a batch axis, the elements of one sample. Shared: not to be written to.</param>
internal sealed record Access(Val Base, long Offset, long[] Strides)
{
    /// <summary>Whether it is a part of the tensor, which may begin anywhere.</summary>
    public bool IsPart { get; private init; }

    /// <summary>The access to <paramref name="tensor"/> seen with extents <paramref name="dims"/>, whose axis i is axis <paramref name="map"/>[i] of the domain.</summary>
    public static Access Of(Val tensor, Dims dims, int[] map, int domainRank, long offset = 0, long[]? strides = null)
    {
        strides ??= dims.Strides;
        if (ReferenceEquals(map, Views.Identity(domainRank)) && ReferenceEquals(strides, dims.Strides))
        {
            return new Access(tensor, offset, strides);
        }

        var result = new long[domainRank];
        for (var i = 0; i < dims.Rank; i++)
        {
            if (!dims[i].IsOne)
            {
                result[map[i]] = strides[i];
            }
        }

        return new Access(tensor, offset, result);
    }

    /// <summary>Whether it moves through the tensor in these steps.</summary>
    public bool Steps(long[] strides)
    {
        if (ReferenceEquals(Strides, strides))
        {
            return true;
        }

        for (var i = 0; i < Strides.Length; i++)
        {
            if (Strides[i] != strides[i])
            {
                return false;
            }
        }

        return Strides.Length == strides.Length;
    }

    /// <summary>The access to a slice where it lies in the tensor it is cut from.</summary>
    public static Access OfSlice(Val slice, int[] map, int domainRank, Func<Val, bool> hasMemory)
    {
        var whole = Views.Whole(slice, hasMemory);
        var strides = whole.Dims.Strides;
        long offset = 0;
        for (var v = slice; v != whole; v = v.Inputs[0])
        {
            var s = (SlicePrim)v.Prim;
            offset += s.Start * strides[s.Axis];
        }

        return Of(Views.Base(whole), slice.Dims, map, domainRank, offset, strides) with { IsPart = true };
    }
}
