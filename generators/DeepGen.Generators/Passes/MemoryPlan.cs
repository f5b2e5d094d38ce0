using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>Where a tensor lies.</summary>
internal enum Region
{
    /// <summary>The caller's memory.</summary>
    Input,
    Target,
    Output,
    InputGradient,

    /// <summary>The arenas of the weights.</summary>
    Parameters,
    Gradients,
    State,
    Derived,

    /// <summary>The session's arena, for each sample of the batch: offset · n.</summary>
    Sample,

    /// <summary>The session's arena, whatever the batch.</summary>
    Fixed,
}

/// <summary>A tensor's place.</summary>
/// <param name="Offset">In floats; the index for the caller's memory.</param>
internal sealed record Location(Region Region, long Offset);

/// <summary>A tensor of the session's arena and how long it lives.</summary>
/// <param name="Start">Index of the kernel that writes it; -1 before the first.</param>
/// <param name="End">Index of the last kernel that reads it.</param>
internal sealed record PlannedBuffer(Val Value, Location Location, long Floats, int Start, int End);

/// <summary>Every tensor's place, known at build time: an offset in one arena, shared by buffers that are not needed at the same time.</summary>
internal sealed class MemoryPlan
{
    /// <summary>Buffers start at multiples of 16 floats: 64 bytes, one cache line, one AVX-512 register.</summary>
    private const int Align = 16;

    private readonly Dictionary<Val, Location> locations = new();
    private readonly List<PlannedBuffer> buffers = new();

    public Location this[Val v] => locations[v];

    public bool Contains(Val v) => locations.ContainsKey(v);

    /// <summary>Buffers of the session's arena, in the order they are written.</summary>
    public IReadOnlyList<PlannedBuffer> Buffers => buffers;

    public long SampleFloats { get; private set; }

    public long FixedFloats { get; private set; }

    public long DerivedFloats { get; private set; }

    public static long RoundUp(long floats) => (floats + Align - 1) / Align * Align;

    public static MemoryPlan Of(FusedProgram program, ParameterLayout layout)
    {
        var plan = new MemoryPlan();
        plan.Place(program, layout);
        return plan;
    }

    private sealed class Interval
    {
        public Interval(Val value, long floats, int start, int end, bool perSample)
        {
            Value = value;
            Floats = floats;
            Start = start;
            End = end;
            PerSample = perSample;
        }

        public Val Value { get; }

        public long Floats { get; }

        public int Start { get; set; }

        public int End { get; set; }

        public bool PerSample { get; }

        public long Offset { get; set; }

        /// <summary>Values written over this one in place.</summary>
        public List<Val> Also { get; } = new();
    }

    private void Place(FusedProgram program, ParameterLayout layout)
    {
        var training = program.Lowered.Kind == ProgramKind.Training;
        var intervals = new Dictionary<Val, Interval>();
        var last = program.Kernels.Count - 1;
        var endOfLoss = program.Kernels.Where(k => k.Section <= Section.Loss).Select(k => k.Index).DefaultIfEmpty(-1).Max();

        // Results with a place of their own.
        foreach (var root in program.Roots)
        {
            var value = Views.Base(root.Value);
            switch (root.Kind)
            {
                case RootKind.Gradient or RootKind.LossGradient:
                    locations[value] = new Location(Region.Gradients, layout.Offset(root.Index));
                    break;
                case RootKind.State:
                    locations[value] = new Location(Region.State, layout.Offset(root.Index));
                    break;
                case RootKind.InputGradient:
                    locations[value] = new Location(Region.InputGradient, root.Index);
                    break;
                case RootKind.Output when !training:
                    locations[value] = new Location(Region.Output, root.Index);
                    break;
                case RootKind.Output:
                    // Stays until the loss has seen it; the caller gets a copy.
                    Live(value, -1, endOfLoss);
                    break;
                case RootKind.Loss:
                    Live(value, endOfLoss, endOfLoss);
                    break;
                case RootKind.Seed:
                    Live(value, endOfLoss, endOfLoss + 1);
                    break;
            }
        }

        var seeds = program.Roots.Where(r => r.Kind == RootKind.Seed).ToDictionary(r => r.Index, r => Views.Base(r.Value));
        foreach (var kernel in program.Kernels)
        {
            foreach (var v in kernel.Stored)
            {
                if (locations.ContainsKey(v))
                {
                    continue;
                }

                if (kernel.Section == Section.Prepare)
                {
                    locations[v] = new Location(Region.Derived, DerivedFloats);
                    DerivedFloats += RoundUp(v.Dims.Elements);
                    continue;
                }

                Live(v, kernel.Index, kernel.Index);
                intervals[v].Start = kernel.Index;
            }

            foreach (var operand in kernel.Operands)
            {
                switch (operand.Prim)
                {
                    case ParameterPrim p:
                        locations[operand] = layout.Location(p.Node);
                        break;
                    case InputPrim i when training:
                        // Copied at the start: the caller's memory may be gone when Backward needs it.
                        Live(operand, -1, kernel.Index);
                        break;
                    case InputPrim i:
                        locations[operand] = new Location(Region.Input, i.Index);
                        break;
                    case TargetPrim t:
                        locations[operand] = new Location(Region.Target, t.Index);
                        break;
                    case TablePrim:
                        break;
                    case SeedPrim s when seeds.TryGetValue(s.Index, out var seed):
                        Live(seed, endOfLoss, kernel.Index);
                        break;
                    case SeedPrim:
                        Live(operand, endOfLoss, kernel.Index);
                        break;
                    default:
                        if (!locations.ContainsKey(operand))
                        {
                            Live(operand, program.Owner[operand].Index, kernel.Index);
                        }

                        break;
                }
            }
        }

        ShareInPlace(program, intervals);
        var groups = intervals.Values.Distinct().ToArray();
        SampleFloats = Pack(groups.Where(i => i.PerSample));
        FixedFloats = Pack(groups.Where(i => !i.PerSample));
        foreach (var pair in intervals)
        {
            var i = pair.Value;
            locations[pair.Key] = new Location(i.PerSample ? Region.Sample : Region.Fixed, i.Offset);
            buffers.Add(new PlannedBuffer(pair.Key, locations[pair.Key], i.Floats, i.Start, i.End));
        }

        // A seed that the loss does not compute is handed in at the same place.
        foreach (var v in program.Kernels.SelectMany(k => k.Operands))
        {
            if (v.Prim is SeedPrim s && seeds.TryGetValue(s.Index, out var seed))
            {
                locations[v] = locations[seed];
            }
        }

        buffers.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Value.Id.CompareTo(b.Value.Id));

        void Live(Val v, int start, int end)
        {
            if (!intervals.TryGetValue(v, out var interval))
            {
                intervals[v] = new Interval(v, RoundUp(v.Dims.Elements), start < 0 ? -1 : start, end, v.Dims.HasBatch);
            }
            else
            {
                interval.End = Math.Max(interval.End, end);
                interval.Start = Math.Min(interval.Start, start);
            }
        }
    }

    /// <summary>An elementwise result takes the place of an operand that nobody reads afterwards.</summary>
    private static void ShareInPlace(FusedProgram program, Dictionary<Val, Interval> intervals)
    {
        foreach (var kernel in program.Kernels)
        {
            // With reductions a row is read again after parts of it are written.
            var elementwise = kernel.TakesEpilogue || (kernel.Kind == KernelKind.Row && kernel.Axes.Length == 0);
            if (!elementwise || kernel.Stored.Count == 0)
            {
                continue;
            }

            var result = kernel.Stored[kernel.Stored.Count - 1];
            if (!intervals.TryGetValue(result, out var mine) || result.Dims != kernel.Domain)
            {
                continue;
            }

            foreach (var operand in kernel.Operands)
            {
                if (kernel.Anchor is { } anchor && anchor.Inputs.Any(x => Views.Base(x) == operand))
                {
                    continue;
                }

                if (intervals.TryGetValue(operand, out var theirs)
                    && theirs != mine
                    && theirs.End == kernel.Index
                    && theirs.PerSample == mine.PerSample
                    && operand.Dims == kernel.Domain
                    && operand.Prim is not (InputPrim or SeedPrim)
                    && ReadsInOrder(program, kernel, operand))
                {
                    theirs.End = Math.Max(theirs.End, mine.End);
                    foreach (var v in mine.Also.Append(result))
                    {
                        intervals[v] = theirs;
                        theirs.Also.Add(v);
                    }

                    break;
                }
            }
        }
    }

    /// <summary>Whether every use of the operand is at the index of the element being written.</summary>
    private static bool ReadsInOrder(FusedProgram program, Kernel kernel, Val operand)
    {
        var full = Access.Contiguous(kernel.Domain);
        var ok = true;
        foreach (var member in kernel.Members)
        {
            foreach (var x in member.Inputs)
            {
                ExpressionWalk.Visit(x, Views.Align(x.Dims, Views.Identity(kernel.Domain.Rank)), kernel.Domain.Rank, v => program.HasMemory(v, kernel), (leaf, access) =>
                {
                    if (leaf == operand && access is not null && (access.Offset != 0 || !access.Strides.SequenceEqual(full)))
                    {
                        ok = false;
                    }
                });
            }
        }

        return ok;
    }

    /// <summary>Largest first, each at the lowest offset that no buffer alive at the same time covers.</summary>
    private static long Pack(IEnumerable<Interval> intervals)
    {
        var placed = new List<Interval>();
        long total = 0;
        foreach (var i in intervals.OrderByDescending(i => i.Floats).ThenBy(i => i.Start).ThenBy(i => i.Value.Id))
        {
            long offset = 0;
            foreach (var p in placed.Where(p => p.Start <= i.End && i.Start <= p.End).OrderBy(p => p.Offset))
            {
                if (offset + i.Floats <= p.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, p.Offset + p.Floats);
            }

            i.Offset = offset;
            placed.Add(i);
            total = Math.Max(total, offset + i.Floats);
        }

        return total;
    }
}
