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
internal sealed record Location(Region Region, long Offset)
{
    /// <summary>Inside a loop over time: floats from one step to the next, 0 where the place is the same at every step.</summary>
    public long Step { get; init; }

    /// <summary>Which step, as C#: <c>t</c>, <c>(t + 1)</c>; <c>(t &amp; 1)</c> of two that take turns.</summary>
    public string Time { get; init; } = "";
}

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
    private readonly HashSet<Val> outside = new();
    private readonly Dictionary<Kernel, MemoryPlan> steps = new();

    public Location this[Val v] => locations[v];

    public bool Contains(Val v) => locations.ContainsKey(v);

    /// <summary>Buffers of the session's arena, in the order they are written.</summary>
    public IReadOnlyList<PlannedBuffer> Buffers => buffers;

    public long SampleFloats { get; private set; }

    public long FixedFloats { get; private set; }

    public long DerivedFloats { get; private set; }

    public static long RoundUp(long floats) => (floats + Align - 1) / Align * Align;

    /// <summary>The plan of one step of a loop.</summary>
    public MemoryPlan Step(Kernel loop) => steps[loop];

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

        /// <summary>Values that begin elsewhere in it: the states of a loop, one after the other.</summary>
        public Dictionary<Val, long> Shifts { get; } = new();

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
                case RootKind.Next or RootKind.Step:
                    // The loop says where, see PlaceStep.
                    outside.Add(value);
                    break;
            }
        }

        var seeds = program.Roots.Where(r => r.Kind == RootKind.Seed).ToDictionary(r => r.Index, r => Views.Base(r.Value));
        var loops = new List<Loop>();
        foreach (var kernel in program.Kernels)
        {
            if (kernel.Scan is { } scan)
            {
                loops.Add(Reserve(kernel, scan, layout, intervals));
            }

            foreach (var v in kernel.Stored)
            {
                if (locations.ContainsKey(v) || outside.Contains(v) || (kernel.Scan is not null && intervals.ContainsKey(v)))
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
                    case StepPrim or CarryPrim or SharedPrim:
                        break;
                    default:
                        if (!locations.ContainsKey(operand) && !outside.Contains(operand))
                        {
                            Live(operand, program.Owner[operand].Index, kernel.Index);
                        }

                        break;
                }
            }
        }

        ShareInPlace(program, intervals);
        var groups = intervals.Values.Concat(loops.SelectMany(l => new[] { l.Sample, l.Fixed })).Distinct().ToArray();
        SampleFloats = Pack(groups.Where(i => i.PerSample));
        FixedFloats = Pack(groups.Where(i => !i.PerSample));
        foreach (var pair in intervals)
        {
            var i = pair.Value;
            locations[pair.Key] = new Location(i.PerSample ? Region.Sample : Region.Fixed, i.Offset + (i.Shifts.TryGetValue(pair.Key, out var shift) ? shift : 0));
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

        foreach (var loop in loops)
        {
            PlaceStep(loop);
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

    /// <summary>A loop over time and the memory it works in.</summary>
    /// <param name="States">The memory of each state: a place for every step where anybody wants them all, else two that take turns.</param>
    /// <param name="Sample">What a step needs for itself, for each sample.</param>
    /// <param name="Fixed">What a step needs for itself, whatever the batch.</param>
    private sealed record Loop(Kernel Kernel, FusedScan Scan, IReadOnlyList<(Interval Memory, bool All)> States, Interval Sample, Interval Fixed);

    /// <summary>
    /// The memory of a loop. A state begins in place 0 and is in place t + 1 after step t (backwards: it begins in place T and is in place t after step t).
    /// So the states before all steps and those after all steps are the same memory, seen one step apart, and the first and the last are parts of it.
    /// </summary>
    private Loop Reserve(Kernel kernel, FusedScan scan, ParameterLayout layout, Dictionary<Val, Interval> intervals)
    {
        var body = scan.Body;
        var step = Of(scan.Step, layout);
        steps.Add(kernel, step);
        var states = new List<(Interval, bool)>();
        for (var i = 0; i < body.Carries.Count; i++)
        {
            var first = Views.Base(kernel.Anchor!.Inputs[body.Sequences.Count + i]);
            bool Is(Val v, Val value) => v.Prim is ScanOutputPrim o && o.Index >= body.Carries.Count && body.Outputs[o.Index - body.Carries.Count] == value;
            var before = kernel.Stored.FirstOrDefault(v => Is(v, body.Carries[i]));
            // One value that is two states is in the memory of the first.
            var after = body.Next.IndexOf(body.Next[i]) == i && !body.Carries.Contains(body.Next[i]) ? kernel.Stored.FirstOrDefault(v => Is(v, body.Next[i])) : null;
            var last = kernel.Stored.FirstOrDefault(v => v.Prim is ScanOutputPrim o && o.Index == i);
            var all = before is not null || after is not null;
            var size = first.Dims.Elements;
            var places = all ? body.Steps + 1 : 2;
            var memory = new Interval(first, RoundUp(places * size), intervals[first].Start, kernel.Index, first.Dims.HasBatch);
            void Put(Val? v, long place)
            {
                if (v is not null)
                {
                    intervals[v] = memory;
                    memory.Shifts.Add(v, size * (all ? place : place & 1));
                }
            }

            var reverse = scan.Prim.Reverse;
            Put(first, reverse ? body.Steps : 0);
            Put(last, reverse ? 0 : body.Steps);
            Put(before, reverse ? 1 : 0);
            Put(after, reverse ? 0 : 1);
            states.Add((memory, all));
        }

        return new Loop(
            kernel,
            scan,
            states,
            new Interval(kernel.Anchor!, step.SampleFloats, kernel.Index, kernel.Index, true),
            new Interval(kernel.Anchor!, step.FixedFloats, kernel.Index, kernel.Index, false));
    }

    /// <summary>Now that the loop's memory has its place, so has everything in a step.</summary>
    private void PlaceStep(Loop loop)
    {
        var (kernel, scan) = (loop.Kernel, loop.Scan);
        var step = steps[kernel];
        foreach (var pair in step.locations.ToArray())
        {
            step.locations[pair.Key] = pair.Value with { Offset = pair.Value.Offset + (pair.Value.Region == Region.Sample ? loop.Sample : loop.Fixed).Offset };
        }

        Location State(int i, bool after)
        {
            var (memory, all) = loop.States[i];
            var time = after != scan.Prim.Reverse ? "(t + 1)" : "t";
            return new Location(memory.PerSample ? Region.Sample : Region.Fixed, memory.Offset) { Step = scan.Body.Carries[i].Dims.Elements, Time = all ? time : $"({time} & 1)" };
        }

        foreach (var leaf in scan.Body.Sequences.Concat(scan.Body.Shared))
        {
            if (locations.TryGetValue(Views.Base(kernel.Anchor!.Inputs[scan.InputOf(leaf)]), out var place))
            {
                step.locations[leaf] = leaf.Prim is StepPrim ? place with { Step = leaf.Dims.Elements, Time = "t" } : place;
            }
        }

        for (var i = 0; i < scan.Body.Carries.Count; i++)
        {
            step.locations[scan.Body.Carries[i]] = State(i, after: false);
        }

        foreach (var root in scan.Step.Roots)
        {
            var value = Views.Base(root.Value);
            if (root.Kind == RootKind.Next)
            {
                step.locations[value] = State(root.Index, after: true);
            }
            else
            {
                var all = kernel.Members.First(m => ((ScanOutputPrim)m.Prim).Index == scan.Body.Carries.Count + root.Index);
                step.locations[value] = locations[all] with { Step = value.Dims.Elements, Time = "t" };
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
            if (!intervals.TryGetValue(result, out var mine) || mine.Shifts.Count > 0 || result.Dims != kernel.Domain)
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
                    && theirs.Shifts.Count == 0
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
        var full = kernel.Domain.Strides;
        var ok = true;
        foreach (var member in kernel.Members)
        {
            foreach (var x in member.Inputs)
            {
                ExpressionWalk.Visit(x, Views.Align(x.Dims, Views.Identity(kernel.Domain.Rank)), kernel.Domain.Rank, v => program.HasMemory(v, kernel), (leaf, access) =>
                {
                    if (leaf == operand && access is not null && (access.Offset != 0 || !access.Steps(full)))
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
        // In the order of their offsets.
        var placed = new List<Interval>();
        long total = 0;
        foreach (var i in intervals.OrderByDescending(i => i.Floats).ThenBy(i => i.Start).ThenBy(i => i.Value.Id))
        {
            long offset = 0;
            foreach (var p in placed)
            {
                if (p.Start > i.End || i.Start > p.End)
                {
                    continue;
                }

                if (offset + i.Floats <= p.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, p.Offset + p.Floats);
            }

            i.Offset = offset;
            placed.Insert(placed.FindLastIndex(p => p.Offset <= offset) + 1, i);
            total = Math.Max(total, offset + i.Floats);
        }

        return total;
    }
}
