using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>What a program needs, and nothing else.</summary>
internal static class Liveness
{
    /// <summary>Everything the roots need, in the order of computation.</summary>
    public static IReadOnlyList<Val> Of(IEnumerable<Val> roots)
    {
        var starts = roots.ToArray();
        var reached = new Val?[starts.Select(v => v.Id + 1).DefaultIfEmpty(0).Max()];
        foreach (var v in starts)
        {
            reached[v.Id] = v;
        }

        // Operands have lower ids than what is computed from them.
        var count = 0;
        for (var id = reached.Length - 1; id >= 0; id--)
        {
            if (reached[id] is { } v)
            {
                count++;
                for (var i = 0; i < v.Inputs.Count; i++)
                {
                    reached[v.Inputs[i].Id] = v.Inputs[i];
                }
            }
        }

        var live = new Val[count];
        for (var id = reached.Length - 1; id >= 0; id--)
        {
            if (reached[id] is { } v)
            {
                live[--count] = v;
            }
        }

        return live;
    }
}
