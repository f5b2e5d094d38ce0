using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>
/// Decides which values of the forward pass are not kept for the backward pass but computed there again: those that follow element for element from what is kept
/// anyway. Behind a convolution with BatchNorm and ReLU the convolution's result is kept, and its normalized, rectified form is one pass away from it.
/// The price is that pass; so a value is chosen only where the arena is fullest.
/// </summary>
internal sealed class Recompute
{
    /// <summary>A value that is computed from more tensors than this is kept: so a chain of residual sums is not read from its beginning.</summary>
    private const int MostOperands = 3;

    /// <summary>Reading this many tensors element for element is no dearer than the value and what its readers read anyway: a derivative's mask needs no memory then.</summary>
    private const int MostOperandsInlined = 2;

    /// <summary>What is long to compute is kept, whatever it reads.</summary>
    private const int MostOperations = 64;

    private readonly PlannedProgram planned;
    private readonly HashSet<Val> stored = new();
    private readonly HashSet<Val> readBackward = new();
    private readonly List<Candidate> candidates = new();
    private readonly Dictionary<Val, HashSet<Val>> chosen = new();
    private readonly HashSet<Val> keptForAnchors = new();
    private readonly long[] load;

    private Recompute(PlannedProgram planned)
    {
        this.planned = planned;
        load = new long[planned.Kernels.Count];
        FindCandidates();
        foreach (var buffer in planned.Memory.Buffers.Where(b => b.Location.Region == Region.Sample).GroupBy(b => (b.Location.Offset, b.Start, b.End)))
        {
            Add(new[] { (Math.Max(0, buffer.Key.Start), buffer.Key.End) }, buffer.Max(b => b.Floats));
        }
    }

    /// <summary>A value that could be computed again.</summary>
    /// <param name="Forward">The last kernel of the forward pass, or of the loss, that has to do with it.</param>
    private sealed record Candidate(Val Value, long Floats, int Forward)
    {
        /// <summary>The kernels of the backward pass that read it, and those among them that must find it in memory.</summary>
        public List<int> Readers { get; } = new();

        public List<int> Anchors { get; } = new();

        /// <summary>When it need be in memory no more if those compute it for themselves who can.</summary>
        public (int From, int To)[] Gaps(bool inlined)
        {
            var readers = inlined ? Anchors : Readers;
            return readers.Count == 0 ? new[] { (Forward + 1, Readers.Last()) } : new[] { (Forward + 1, readers[0] - 1), (readers.Last() + 1, Readers.Last()) };
        }

        public bool Covers(int kernel, bool inlined) => Gaps(inlined).Any(g => g.From <= kernel && kernel <= g.To);
    }

    /// <param name="plan">Makes kernels and a plan of a program.</param>
    public static PlannedProgram Run(PlannedProgram planned, FusionOptions options, Func<LoweredProgram, PlannedProgram> plan)
    {
        var recompute = new Recompute(planned);
        var values = recompute.Choose();
        if (values.Count == 0)
        {
            return planned;
        }

        var program = RepeatedForward.ElementForElement(planned.Fused.Lowered, values.ContainsKey, recompute.stored.Contains, recompute.keptForAnchors.Contains, v => values[v].Count <= MostOperandsInlined);
        var again = plan(program);
        again = again with { Recomputed = values.Count, SavedFloats = planned.Memory.SampleFloats - again.Memory.SampleFloats };
        return again.SavedFloats >= options.LeastSavedFloats ? again : planned;
    }

    private void Add((int From, int To)[] stretches, long floats)
    {
        foreach (var (from, to) in stretches)
        {
            for (var k = from; k <= to && k < load.Length; k++)
            {
                load[k] += floats;
            }
        }
    }

    private void FindCandidates()
    {
        var lastForward = new Dictionary<Val, int>();
        foreach (var kernel in planned.Kernels.Where(k => k.Section <= Section.Loss))
        {
            stored.UnionWith(kernel.Stored);
            foreach (var v in kernel.Stored.Concat(kernel.Operands))
            {
                lastForward[v] = kernel.Index;
            }
        }

        var results = new HashSet<Val>(planned.Fused.Roots.Select(r => Views.Base(r.Value)));
        var found = new Dictionary<Val, Candidate>();
        foreach (var kernel in planned.Kernels.Where(k => k.Section > Section.Loss))
        {
            foreach (var v in kernel.Operands)
            {
                readBackward.Add(v);
                if (!stored.Contains(v) || v.Phase != Phase.Forward || !v.Dims.HasBatch || v.Prim is not PointwisePrim or CopyPrim || results.Contains(v))
                {
                    continue;
                }

                if (!found.TryGetValue(v, out var candidate))
                {
                    found.Add(v, candidate = new Candidate(v, MemoryPlan.RoundUp(v.Dims.Elements), lastForward[v]));
                }

                candidate.Readers.Add(kernel.Index);
                if (kernel.Anchor is { Prim: not ConcatPrim } anchor && anchor.Inputs.Any(x => Views.Base(x) == v))
                {
                    candidate.Anchors.Add(kernel.Index);
                }
            }
        }

        candidates.AddRange(found.Values.OrderByDescending(c => c.Floats).ThenBy(c => c.Value.Id));
    }

    /// <summary>The values to compute again, each with the tensors that it is computed from.</summary>
    private IReadOnlyDictionary<Val, HashSet<Val>> Choose()
    {
        var order = new List<(Candidate, (int From, int To)[])>();
        if (candidates.Count == 0)
        {
            return chosen;
        }

        // The largest that is kept where most is kept; until that place is full of what must be there.
        while (true)
        {
            var peak = Array.IndexOf(load, load.Max());
            if (candidates.FirstOrDefault(c => !chosen.ContainsKey(c.Value) && (c.Covers(peak, true) || c.Covers(peak, false)) && c.Covers(peak, Operands(c.Value)?.Count <= MostOperandsInlined) && Take(c.Value)) is not { } next)
            {
                break;
            }

            var gaps = next.Gaps(chosen[next.Value].Count <= MostOperandsInlined);
            Add(gaps, -next.Floats);
            order.Add((next, gaps));
        }

        // Another place may be the fullest now, where some of them were not kept: those cost a pass and save nothing.
        var least = load.Max();
        order.Reverse();
        foreach (var (candidate, gaps) in order)
        {
            Add(gaps, candidate.Floats);
            if (load.Max() <= least)
            {
                chosen.Remove(candidate.Value);
                continue;
            }

            // Or it may stay until it was read in memory.
            Add(gaps, -candidate.Floats);
            var first = new[] { gaps[0] };
            Add(first, candidate.Floats);
            if (gaps.Length > 1 && load.Max() <= least)
            {
                keptForAnchors.Add(candidate.Value);
            }
            else
            {
                Add(first, -candidate.Floats);
            }
        }

        foreach (var v in chosen.Keys.ToArray())
        {
            chosen[v] = Operands(v)!;
        }

        return chosen;
    }

    /// <summary>Chooses a value, if it and those computed from it can then be had from few tensors.</summary>
    private bool Take(Val v)
    {
        if (Operands(v) is not { } operands || operands.Count > MostOperands)
        {
            return false;
        }

        var readers = chosen.Where(c => c.Value.Contains(v)).Select(c => c.Key).ToArray();
        if (readers.Any(r => chosen[r].Union(operands).Count() - 1 > MostOperands))
        {
            return false;
        }

        foreach (var reader in readers)
        {
            chosen[reader].Remove(v);
            chosen[reader].UnionWith(operands);
        }

        chosen.Add(v, operands);
        return true;
    }

    /// <summary>The tensors from which a value follows element for element; null where there is no such way, or one that is long.</summary>
    private HashSet<Val>? Operands(Val root)
    {
        var operands = new HashSet<Val>();
        var seen = new HashSet<Val> { root };
        var stack = new Stack<Val>(seen);
        while (stack.Count > 0)
        {
            var v = stack.Pop();
            if (seen.Count > MostOperations || v.Prim is not (PointwisePrim or ReshapePrim or StopGradientPrim) || (v.Prim is ReshapePrim && !Views.OnesOnly(v.Inputs[0].Dims, v.Dims)))
            {
                return null;
            }

            foreach (var x in v.Inputs.Where(seen.Add))
            {
                if (x.Prim is ConstPrim or ParameterPrim or UniformPrim or TablePrim || !x.Dims.HasBatch)
                {
                    continue;
                }

                if (x.Prim is LeafPrim || (stored.Contains(x) && !chosen.ContainsKey(x)))
                {
                    // What is kept for this value alone would be kept in its place.
                    if (!readBackward.Contains(x))
                    {
                        return null;
                    }

                    operands.Add(x);
                }
                else
                {
                    stack.Push(x);
                }
            }
        }

        return operands;
    }
}
