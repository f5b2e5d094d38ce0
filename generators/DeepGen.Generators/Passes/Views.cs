using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>Reshapes and the like cost nothing: what they look at, and how axes correspond.</summary>
internal static class Views
{
    /// <summary>The value whose memory <paramref name="v"/> is.</summary>
    public static Val Base(Val v)
    {
        while (v.Prim is ReshapePrim or StopGradientPrim)
        {
            v = v.Inputs[0];
        }

        return v;
    }

    /// <summary>The tensor in memory that a slice, or a slice of slices, is cut from.</summary>
    public static Val Whole(Val slice, Func<Val, bool> hasMemory)
    {
        var whole = slice.Inputs[0];
        while (whole.Prim is SlicePrim && !hasMemory(whole))
        {
            whole = whole.Inputs[0];
        }

        return whole;
    }

    /// <summary>A tensor that lies in memory before the program runs.</summary>
    public static bool IsBuffer(Val v) => v.Prim is InputPrim or TargetPrim or ParameterPrim or SeedPrim or TablePrim or StepPrim or CarryPrim or SharedPrim;

    /// <summary>Whether two extents differ in ones only, so that each element keeps its index.</summary>
    public static bool OnesOnly(Dims a, Dims b)
    {
        var j = 0;
        for (var i = 0; i < a.Rank; i++)
        {
            if (a[i].IsOne)
            {
                continue;
            }

            while (j < b.Rank && b[j].IsOne)
            {
                j++;
            }

            if (j == b.Rank || a[i] != b[j++])
            {
                return false;
            }
        }

        while (j < b.Rank && b[j].IsOne)
        {
            j++;
        }

        return j == b.Rank;
    }

    /// <summary>Right alignment: axis i of an operand is this axis of the result.</summary>
    public static int[] Align(Dims operand, int[] resultMap)
    {
        var lead = resultMap.Length - operand.Rank;
        if (lead == 0)
        {
            return resultMap;
        }

        var map = new int[operand.Rank];
        for (var i = 0; i < map.Length; i++)
        {
            map[i] = resultMap[i + lead];
        }

        return map;
    }

    /// <summary>The map of a reshape's input from the map of its output, where they differ in ones only.</summary>
    public static int[] ThroughOnes(Dims input, Dims output, int[] outputMap)
    {
        var map = new int[input.Rank];
        var j = 0;
        for (var i = 0; i < input.Rank; i++)
        {
            if (input[i].IsOne)
            {
                continue;
            }

            while (output[j].IsOne)
            {
                j++;
            }

            map[i] = outputMap[j++];
        }

        return map;
    }

    private static readonly int[][] Identities = Enumerable.Range(0, 16).Select(rank => Enumerable.Range(0, rank).ToArray()).ToArray();

    /// <summary>Each axis is itself. Shared: not to be written to.</summary>
    public static int[] Identity(int rank) => rank < Identities.Length ? Identities[rank] : Enumerable.Range(0, rank).ToArray();
}
