using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>
/// Decides which values of the forward pass are not kept for the backward pass but computed there again: those that follow element for element from what is kept
/// anyway, joined tensors among them. Behind a convolution with BatchNorm and ReLU the convolution's result is kept, and its normalized, rectified form is one pass away from it.
/// The price is that pass; so a value is chosen only where the arena is fullest.
/// </summary>
internal sealed class Recompute
{
    /// <summary>A value that is computed from more elements for each of its own is kept: so a chain of residual sums is not read from its beginning.</summary>
    private const int MostRead = 3;

    /// <summary>Reading this many is no dearer than the value and what its readers read anyway: a derivative's mask needs no memory then.</summary>
    private const int MostReadInlined = 2;

    /// <summary>
    /// In a deeper network too many blocks no longer repeat each other kernel by kernel, because every third or fourth sum is kept, and its text grows by two fifths. There [Recompute] on a
    /// block, which treats all of its calls alike, is the way.
    /// </summary>
    private const int MostKernels = 900;

    /// <summary>What is long to compute is kept, whatever it reads.</summary>
    private const int MostOperations = 64;

    private readonly PlannedProgram planned;
    private readonly HashSet<Val> stored = new();
    private readonly HashSet<Val> readBackward = new();
    private readonly Dictionary<Val, int> lastForward = new();
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

        var program = RepeatedForward.ElementForElement(planned.Fused.Lowered, values.ContainsKey, recompute.stored.Contains, recompute.keptForAnchors.Contains, v => IsInlined(v, values[v]));
        var again = plan(program);
        again = again with { Recomputed = values.Count, SavedFloats = planned.Memory.SampleFloats - again.Memory.SampleFloats };
        return again.SavedFloats >= options.LeastSavedFloats && again.Kernels.Count <= MostKernels ? again : planned;
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
                if (!stored.Contains(v) || v.Phase != Phase.Forward || !v.Dims.HasBatch || v.Prim is not (PointwisePrim or ConcatPrim) or CopyPrim || results.Contains(v))
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
        var open = candidates.ToList();

        // The largest that is kept where most is kept; until that place is full of what must be there.
        while (open.Count > 0)
        {
            var peak = Array.IndexOf(load, load.Max());
            if (open.FindIndex(c => c.Covers(peak, false) || c.Covers(peak, true)) is >= 0 and var first && open[first] is var next)
            {
                // What cannot be had from few tensors now cannot be later, when fewer are kept.
                open.RemoveAt(first);
                if (Take(next.Value))
                {
                    var gaps = next.Gaps(IsInlined(next.Value, chosen[next.Value]));
                    Add(gaps, -next.Floats);
                    AddKeptAlone(next, 1);
                    order.Add((next, gaps));
                }
            }
            else
            {
                break;
            }
        }

        // Another place may be the fullest now, where some of them were not kept: those cost a pass and save nothing.
        var least = load.Max();
        order.Reverse();
        foreach (var (candidate, gaps) in order)
        {
            Add(gaps, candidate.Floats);
            AddKeptAlone(candidate, -1);
            if (load.Max() <= least)
            {
                chosen.Remove(candidate.Value);
                continue;
            }

            // Or it may stay until it was read in memory.
            AddKeptAlone(candidate, 1);
            Add(gaps, -candidate.Floats);
            var first = new[] { gaps[0] };
            Add(first, candidate.Floats);
            if (gaps.Length > 1 && candidate.Value.Prim is PointwisePrim && load.Max() <= least)
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
        if (Operands(v) is not { } operands || Reads(v, operands) > MostRead)
        {
            return false;
        }

        chosen.Add(v, operands);
        var readers = chosen.Where(c => c.Value.Contains(v)).Select(c => (Value: c.Key, Operands: Operands(c.Key))).ToArray();
        if (readers.Any(r => r.Operands is null || Reads(r.Value, r.Operands) > MostRead))
        {
            chosen.Remove(v);
            return false;
        }

        foreach (var reader in readers)
        {
            chosen[reader.Value] = reader.Operands!;
        }

        return true;
    }

    /// <summary>Elements that are read for one of the value's own.</summary>
    private static double Reads(Val v, HashSet<Val> operands) => operands.Sum(x => (double)x.Dims.Elements) / v.Dims.Elements;

    private static bool IsInlined(Val v, HashSet<Val> operands) => v.Prim is PointwisePrim && Reads(v, operands) <= MostReadInlined;

    /// <summary>The parts of a joined tensor that nobody else needs in the backward pass are kept in its place.</summary>
    private void AddKeptAlone(Candidate candidate, int sign)
    {
        foreach (var x in chosen[candidate.Value].Where(x => !readBackward.Contains(x)))
        {
            Add(new[] { (lastForward[x] + 1, candidate.Readers[0] - 1) }, sign * MemoryPlan.RoundUp(x.Dims.Elements));
        }
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
            var followed = v.Prim switch
            {
                ConcatPrim => v == root,
                SlicePrim => IsStored(Views.Base(Views.Whole(v, IsStored))),
                ReshapePrim => Views.OnesOnly(v.Inputs[0].Dims, v.Dims),
                _ => v.Prim is PointwisePrim or StopGradientPrim,
            };
            if (!followed || seen.Count > MostOperations)
            {
                return null;
            }

            foreach (var x in v.Inputs.Where(seen.Add))
            {
                if (x.Prim is ConstPrim or ParameterPrim or UniformPrim or TablePrim || !x.Dims.HasBatch)
                {
                    continue;
                }

                if (x.Prim is LeafPrim || IsStored(x))
                {
                    operands.Add(x);
                }
                else
                {
                    stack.Push(x);
                }
            }
        }

        // What is kept for this value alone would be kept in its place.
        var alone = operands.Where(x => !readBackward.Contains(x)).ToArray();
        return alone.Length == 0 || (root.Prim is ConcatPrim && alone.All(lastForward.ContainsKey) && 2 * alone.Sum(x => x.Dims.Elements) <= root.Dims.Elements) ? operands : null;
    }

    private bool IsStored(Val x) => stored.Contains(x) && !chosen.ContainsKey(x);
}
