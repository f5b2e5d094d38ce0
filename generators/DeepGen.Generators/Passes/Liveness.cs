using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>What a program needs, and nothing else.</summary>
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
