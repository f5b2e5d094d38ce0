using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

internal static class Liveness
{
    /// <summary>Everything the roots need, in the order of computation.</summary>
    public static IReadOnlyList<Val> Of(IEnumerable<Val> roots)
    {
        var seen = new HashSet<Val>();
        var stack = new Stack<Val>(roots);
        while (stack.Count > 0)
        {
            var v = stack.Pop();
            if (seen.Add(v))
            {
                foreach (var x in v.Inputs)
                {
                    stack.Push(x);
                }
            }
        }

        return seen.OrderBy(v => v.Id).ToArray();
    }
}

/// <summary>What depends on parameters, states and numbers alone: the same for every sample until the weights change.</summary>
internal static class WeightOnly
{
    public static HashSet<Val> Of(IReadOnlyList<Val> live)
    {
        var result = new HashSet<Val>();
        foreach (var v in live)
        {
            if (v.Prim is LeafPrim ? v.Prim is ParameterPrim or ConstPrim or IotaPrim : v.Inputs.All(result.Contains))
            {
                result.Add(v);
            }
        }

        return result;
    }
}
