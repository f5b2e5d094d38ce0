using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>Walks an expression down to what lies in memory, carrying along which axis of the domain each axis of a value is.</summary>
internal static class ExpressionWalk
{
    /// <param name="map">Axis i of <paramref name="v"/> is axis map[i] of the domain.</param>
    /// <param name="leaf">Called for every tensor read, with its access, and for every leaf without memory (numbers, counters), with null.</param>
    public static void Visit(Val v, int[] map, int rank, Func<Val, bool> hasMemory, Action<Val, Access?> leaf)
    {
        if (Resolve(v, map, rank, hasMemory) is { } access)
        {
            leaf(access.Base, access);
            return;
        }

        switch (v.Prim)
        {
            case LeafPrim:
                leaf(v, null);
                break;
            case ReshapePrim:
                Visit(v.Inputs[0], Views.ThroughOnes(v.Inputs[0].Dims, v.Dims, map), rank, hasMemory, leaf);
                break;
            case StopGradientPrim:
                Visit(v.Inputs[0], map, rank, hasMemory, leaf);
                break;
            default:
                foreach (var x in v.Inputs)
                {
                    Visit(x, Views.Align(x.Dims, map), rank, hasMemory, leaf);
                }

                break;
        }
    }

    /// <summary>The access where <paramref name="v"/> is a view of memory, else null.</summary>
    public static Access? Resolve(Val v, int[] map, int rank, Func<Val, bool> hasMemory)
    {
        if (hasMemory(v))
        {
            return Access.Of(v, v.Dims, map, rank);
        }

        switch (v.Prim)
        {
            case ReshapePrim or StopGradientPrim when hasMemory(Views.Base(v)):
                return Access.Of(Views.Base(v), v.Dims, map, rank);
            case SlicePrim:
                return Access.OfSlice(v, map, rank, hasMemory);
            default:
                return null;
        }
    }
}
