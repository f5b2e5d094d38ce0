using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>What the expression of a value reads: tensors with their accesses, and leaves without memory.</summary>
internal sealed class ExpressionReads
{
    private readonly int rank;
    private readonly Func<Val, bool> hasMemory;
    private readonly HashSet<Val> visited = new();

    /// <param name="rank">Axes of the domain.</param>
    /// <param name="hasMemory">Whether a value is read, not computed.</param>
    public ExpressionReads(int rank, Func<Val, bool> hasMemory)
    {
        this.rank = rank;
        this.hasMemory = hasMemory;
    }

    public List<Access> Accesses { get; } = new();

    public List<(Val Leaf, int[] Map)> Leaves { get; } = new();

    /// <summary>Adds what the computation of <paramref name="v"/> reads, though others may find it in memory.</summary>
    /// <param name="stop">Values that the same kernel computes: what they read is added, not they.</param>
    public void Collect(Val v, Func<Val, bool> stop) => Collect(v, Views.Align(v.Dims, Views.Identity(rank)), stop);

    /// <summary>As the other overload, for a value seen with other axes.</summary>
    /// <param name="map">Axis i of <paramref name="v"/> is axis map[i] of the domain.</param>
    public void Collect(Val v, int[] map, Func<Val, bool> stop)
    {
        if (v.Prim is SlicePrim)
        {
            Accesses.Add(Access.OfSlice(v, map, rank, hasMemory));
            return;
        }

        foreach (var x in v.Inputs)
        {
            Operand(x, Views.Align(x.Dims, map), stop);
        }
    }

    /// <summary>Values that are collected one by one: not again where others read them.</summary>
    public void Skip(IEnumerable<Val> values) => visited.UnionWith(values);

    /// <summary>Adds what an expression reads, itself where it lies in memory.</summary>
    public void CollectExpression(Val v) =>
        Collect(new Val(-1, new CopyPrim(), new[] { v }, v.Dims, v.Element, v.Phase, v.Origin), Views.Identity(rank), _ => false);

    /// <summary>
    /// Random numbers are counted by sample and element, indices by axis. Adds the counters of the random numbers to the accesses.
    /// </summary>
    /// <returns>Whether there are random numbers, and the axes i for whose sake i and i - 1 must not be one loop.</returns>
    public (bool BySample, Func<int, bool> Separate) Counters(Dims domain)
    {
        var random = Leaves.Where(l => l.Leaf.Prim is UniformPrim).ToArray();
        var iotas = Leaves.Where(l => l.Leaf.Prim is IotaPrim).SelectMany(l => Enumerable.Range(0, l.Leaf.Dims.Rank).Where(i => !l.Leaf.Dims[i].IsOne).Select(i => l.Map[i])).ToArray();
        foreach (var (leaf, map) in random)
        {
            Accesses.Add(Access.Of(null!, leaf.Dims, map, rank));
        }

        return (random.Length > 0, axis => (random.Length > 0 && axis == 1 && domain.HasBatch) || iotas.Contains(axis) || iotas.Contains(axis - 1));
    }

    private void Operand(Val x, int[] map, Func<Val, bool> stop)
    {
        var origin = Views.Base(x);
        if (stop(origin))
        {
            if (visited.Add(origin))
            {
                Collect(origin, stop);
            }

            return;
        }

        if (ExpressionWalk.Resolve(x, map, rank, hasMemory) is { } access)
        {
            Accesses.Add(access);
            return;
        }

        switch (x.Prim)
        {
            case LeafPrim:
                Leaves.Add((x, map));
                break;
            case ReshapePrim:
                Operand(x.Inputs[0], Views.ThroughOnes(x.Inputs[0].Dims, x.Dims, map), stop);
                break;
            default:
                foreach (var y in x.Inputs)
                {
                    Operand(y, x.Prim is StopGradientPrim ? map : Views.Align(y.Dims, map), stop);
                }

                break;
        }
    }
}
