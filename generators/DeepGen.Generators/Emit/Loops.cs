using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>One loop of a nest: some neighbouring axes of the domain walked as one.</summary>
/// <param name="Axes">The axes, outermost first.</param>
/// <param name="HasBatch">Whether the batch is among them; then the count is n times <paramref name="Size"/>.</param>
internal sealed record Loop(int[] Axes, long Size, bool HasBatch, string Name)
{
    /// <summary>How often it runs, where the call is written; its number marked.</summary>
    public string Count => HasBatch ? (Size == 1 ? "n" : "n * " + CallText.Marked(Size)) : CallText.Marked(Size);

    /// <summary>The field that holds its extent, so that kernels that differ in extents alone are one.</summary>
    public string Extent => Name.ToUpperInvariant();

    /// <summary>Elements that one step moves through a tensor.</summary>
    public long Stride(Access access)
    {
        for (var i = Axes.Length - 1; i >= 0; i--)
        {
            // Extents of one do not move; the innermost axis that does decides.
            if (access.Strides[Axes[i]] != 0)
            {
                return access.Strides[Axes[i]];
            }
        }

        return 0;
    }
}

/// <summary>A nest of loops over a domain: neighbouring axes are one loop where every tensor allows it.</summary>
internal static class Loops
{
    /// <param name="accesses">Every tensor read or written.</param>
    /// <param name="separate">True for axes i where i and i - 1 must not be one loop.</param>
    public static List<Loop> Of(Dims domain, IReadOnlyList<Access> accesses, Func<int, bool> separate)
    {
        var groups = new List<List<int>>();
        for (var axis = 0; axis < domain.Rank; axis++)
        {
            if (domain[axis].IsOne)
            {
                continue;
            }

            if (groups.Count > 0)
            {
                var before = groups[groups.Count - 1];
                var last = before[before.Count - 1];
                var crosses = Enumerable.Range(last + 1, axis - last).Any(separate);
                if (!crosses && accesses.All(a => a.Strides[last] == a.Strides[axis] * domain[axis].Size))
                {
                    before.Add(axis);
                    continue;
                }
            }

            groups.Add(new List<int> { axis });
        }

        var names = Names(domain.Rank);
        return groups.Select((g, index) => new Loop(
            g.ToArray(),
            g.Aggregate(1L, (s, a) => s * domain[a].Size),
            g.Any(a => domain[a].IsSymbol),
            g.Count == 1 && (index < groups.Count - 1 || domain.Rank < 3 || g[0] == 0) ? names[g[0]] : g.Contains(0) && domain.HasBatch ? "i" : index == groups.Count - 1 ? "p" : "q")).ToList();
    }

    private static string[] Names(int rank) => rank switch
    {
        1 => new[] { "i" },
        2 => new[] { "n", "f" },
        3 => new[] { "n", "c", "t" },
        4 => new[] { "n", "c", "h", "w" },
        5 => new[] { "n", "c", "d", "h", "w" },
        _ => Enumerable.Range(0, rank).Select(i => "i" + i).ToArray(),
    };
}
