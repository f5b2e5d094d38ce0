using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>What depends on parameters, states and numbers alone: the same for every sample until the weights change.</summary>
internal static class WeightOnly
{
    public static HashSet<Val> Of(IReadOnlyList<Val> live)
    {
        var result = new HashSet<Val>();
        foreach (var v in live)
        {
            // What is repeated for every sample is made where the batch is known.
            if (v.Dims.HasBatch)
            {
                continue;
            }

            if (v.Prim is LeafPrim ? v.Prim is ParameterPrim or ConstPrim or IotaPrim : v.Inputs.All(result.Contains))
            {
                result.Add(v);
            }
        }

        return result;
    }
}
