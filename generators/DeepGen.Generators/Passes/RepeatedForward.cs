using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>
/// A training program whose backward pass computes some values of the forward pass once more, so that they need not be kept over the loss. Only the program is
/// written here; which values these are is for others to say.
/// </summary>
internal sealed class RepeatedForward
{
    private readonly LoweredProgram program;
    private readonly IrBuilder b;
    private readonly Func<Val, bool> isRepeated;
    private readonly Func<Val, bool> isKept;
    private readonly Func<Val, bool> isKeptForAnchors;
    private readonly Func<Val, bool> isInlined;
    private readonly Dictionary<Val, Val>? shared;
    private readonly Dictionary<Val, Val> written = new();
    private readonly Dictionary<(Val, bool), Val> read = new();

    private RepeatedForward(LoweredProgram program, Func<Val, bool> isRepeated, Func<Val, bool> isKept, Func<Val, bool> isKeptForAnchors, Func<Val, bool> isInlined, bool share)
    {
        shared = share ? new Dictionary<Val, Val>() : null;
        this.program = program;
        b = program.Builder;
        this.isRepeated = isRepeated;
        this.isKept = isKept;
        this.isKeptForAnchors = isKeptForAnchors;
        this.isInlined = isInlined;
    }

    /// <param name="isRepeated">The values not to be kept.</param>
    /// <param name="isKept">What lies in memory and stays there; between the two is what is computed where it is read anyway.</param>
    /// <param name="isKeptForAnchors">Whether those who need a repeated value in memory find the one of the forward pass there.</param>
    /// <param name="isInlined">Whether those who read a repeated value element for element compute it for themselves, though it may be in memory again for others.</param>
    public static LoweredProgram ElementForElement(LoweredProgram program, Func<Val, bool> isRepeated, Func<Val, bool> isKept, Func<Val, bool> isKeptForAnchors, Func<Val, bool> isInlined) =>
        new RepeatedForward(program, isRepeated, isKept, isKeptForAnchors, isInlined, share: false).Run();

    /// <summary>Computes again whatever it is, each value once.</summary>
    public static LoweredProgram Calls(LoweredProgram program, Func<Val, bool> isRepeated) =>
        new RepeatedForward(program, isRepeated, _ => true, _ => false, _ => false, share: true).Run();

    private LoweredProgram Run()
    {
        b.Phase = Phase.Backward;
        // All of the backward pass, so that it keeps its order, with each repetition just before its first reader.
        foreach (var v in Liveness.Of(program.Roots.Select(r => r.Value)))
        {
            if (v.Phase == Phase.Backward && v.Prim is not (LeafPrim or ReshapePrim or StopGradientPrim))
            {
                var inMemory = v.Prim is not (PointwisePrim or ReducePrim or ConcatPrim);
                var inputs = v.Inputs.Select(x => Read(x, inMemory)).ToArray();
                b.Origin = v.Origin;
                written.Add(v, b.Again(v, inputs));
            }
        }

        return program with { Roots = program.Roots.Select(r => r.Kind is RootKind.Gradient or RootKind.InputGradient ? r with { Value = Read(r.Value, true) } : r).ToArray() };
    }

    /// <summary>What the backward pass reads in place of <paramref name="x"/>.</summary>
    private Val Read(Val x, bool inMemory)
    {
        if (written.TryGetValue(x, out var w))
        {
            return w;
        }

        if (IsGiven(x))
        {
            return x;
        }

        if (read.TryGetValue((x, inMemory), out var known))
        {
            return known;
        }

        if (isRepeated(x))
        {
            var inlined = !inMemory && isInlined(x);
            if (!inlined && isKeptForAnchors(x))
            {
                return x;
            }

            if (!read.TryGetValue((x, !inlined), out known))
            {
                known = Repeat(x);
                read.Add((x, !inlined), known);
            }

            return read[(x, inMemory)] = known;
        }

        if (x.Phase != Phase.Backward && isKept(x))
        {
            return x;
        }

        // A view shows its reader what it looks at; a part is cut from what lies in memory.
        var viewed = x.Prim is SlicePrim || (inMemory && x.Prim is ReshapePrim or StopGradientPrim);
        var inputs = x.Inputs.Select(i => Read(i, viewed)).ToArray();
        b.Origin = x.Origin;
        return read[(x, inMemory)] = inputs.SequenceEqual(x.Inputs) ? x : b.Again(x, inputs);
    }

    /// <summary>The computation of a value from what is kept. Of what takes one pass each has its own, down to the last sum: what two of them shared would be kept from the first to the second.</summary>
    private Val Repeat(Val root)
    {
        var made = shared ?? new Dictionary<Val, Val>();
        if (made.TryGetValue(root, out var known))
        {
            return known;
        }

        var needed = new HashSet<Val> { root };
        var stack = new Stack<Val>(needed);
        while (stack.Count > 0)
        {
            foreach (var x in stack.Pop().Inputs)
            {
                if (!IsGiven(x) && !made.ContainsKey(x) && (isRepeated(x) || !isKept(x)) && needed.Add(x))
                {
                    stack.Push(x);
                }
            }
        }

        foreach (var v in needed.OrderBy(v => v.Id))
        {
            b.Origin = v.Origin;
            made.Add(v, b.Again(v, v.Inputs.Select(x => made.TryGetValue(x, out var again) ? again : x).ToArray(), isRepeat: true));
        }

        return made[root];
    }

    /// <summary>Leaves are there at any time; what is no sample's own, such as the statistics of a channel, costs little to keep.</summary>
    private static bool IsGiven(Val x) => x.Prim is LeafPrim || (x.Phase != Phase.Backward && !x.Dims.HasBatch);
}
