using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>
/// Backpropagation through time: the derivative of a loop is a loop in the other direction. Its states are the gradients of the states, its sequences the gradients of the
/// outputs and what the step's derivative reads of the forward step, which the forward loop then keeps at all steps. The gradient of a weight is a sum over the steps;
/// where the steps are products or sums over the batch themselves, all of them are one product over T·n rows behind the loop. Otherwise it is added up in a state of its own.
/// </summary>
internal sealed class ScanGradient
{
    private readonly IrBuilder outer;
    private readonly Val scan;
    private readonly ScanBody body;
    private readonly IReadOnlyDictionary<int, Val> results;
    private readonly int forwardValues;
    private readonly ScanBody back;
    private readonly List<Val> sequences = new();
    private readonly List<Val> shared = new();
    private readonly Dictionary<Val, Val> mapped = new();
    private readonly HashSet<Val> kept = new();
    private readonly List<Val> requested = new();
    private Val backward = null!;

    private ScanGradient(IrBuilder outer, Val scan, IReadOnlyDictionary<int, Val> results)
    {
        this.outer = outer;
        this.scan = scan;
        this.results = results;
        body = ((ScanPrim)scan.Prim).Body;
        forwardValues = body.Builder.Values.Count;
        back = new ScanBody(body.Steps, outer.Phase, scan.Origin);
    }

    private int States => body.Carries.Count;

    /// <param name="results">The gradients of the loop's results, by their numbers.</param>
    /// <param name="wanted">Whether an input of the loop needs a gradient.</param>
    /// <param name="add">Adds to the gradient of an input.</param>
    public static void Run(IrBuilder outer, Val scan, IReadOnlyDictionary<int, Val> results, Func<Val, bool> wanted, Action<Val, Val> add) =>
        new ScanGradient(outer, scan, results).Run(wanted, add);

    private void Run(Func<Val, bool> wanted, Action<Val, Val> add)
    {
        var b = body.Builder;
        var phase = b.Phase;
        b.Phase = Phase.Backward;
        var seeds = body.Next.Select((v, i) => (v, b.Leaf(new SeedPrim(i), v.Dims))).ToList();
        foreach (var result in results.Keys.Where(r => r >= States).OrderBy(r => r))
        {
            var v = body.Outputs[result - States];
            seeds.Add((v, b.Leaf(new SeedPrim(result), v.Dims)));
        }

        var leaves = body.Carries.Concat(body.Sequences).Concat(body.Shared).ToArray();
        var inputs = scan.Inputs.Skip(body.Sequences.Count).Take(States).Concat(scan.Inputs.Take(body.Sequences.Count)).Concat(scan.Inputs.Skip(body.Sequences.Count + States)).ToArray();
        var places = Enumerable.Range(0, leaves.Length).Where(i => i < States || wanted(inputs[i])).ToArray();
        var found = Differentiate.Run(b, seeds, places.Select(i => leaves[i]).ToArray());
        var gradients = places.Zip(found, (i, g) => (Place: i, Gradient: g is null && i < States ? b.Const(0) : g))
            .Where(p => p.Gradient is not null).ToDictionary(p => p.Place, p => b.Broadcast(p.Gradient!, leaves[p.Place].Dims));

        // What each gradient is, once the backward loop is there.
        var of = new List<(Val Input, Func<Val> Gradient)>();
        var sums = new List<Val>();
        foreach (var pair in gradients.OrderBy(p => p.Key))
        {
            var (place, gradient) = (pair.Key, pair.Value);
            if (place < States)
            {
                if (wanted(inputs[place]))
                {
                    of.Add((inputs[place], () => outer.LastState(backward, place)));
                }
            }
            else if (place < States + body.Sequences.Count)
            {
                requested.Add(gradient);
                of.Add((inputs[place], () => outer.Stacked(backward, mapped[gradient])));
            }
            else if (OverAllSteps(gradient) is { } product)
            {
                of.Add((inputs[place], product));
            }
            else
            {
                var state = States + sums.Count;
                sums.Add(gradient);
                of.Add((inputs[place], () => outer.LastState(backward, state)));
            }
        }

        Build(gradients, sums);
        foreach (var (input, gradient) in of)
        {
            add(input, gradient());
        }

        b.Phase = phase;
    }

    private void Build(IReadOnlyDictionary<int, Val> gradients, IReadOnlyList<Val> sums)
    {
        var roots = Enumerable.Range(0, States).Select(i => gradients[i]).Concat(sums).Concat(requested).ToArray();
        Keep(roots);
        foreach (var state in body.Carries.Concat(sums))
        {
            back.Carry(state.Dims);
        }

        foreach (var root in roots)
        {
            Map(root);
        }

        var b = back.Builder;
        b.Origin = scan.Origin;
        for (var i = 0; i < States; i++)
        {
            back.Next.Add(mapped[gradients[i]]);
        }

        for (var i = 0; i < sums.Count; i++)
        {
            back.Next.Add(b.Add(back.Carries[States + i], mapped[sums[i]]));
        }

        var first = body.Carries.Select((_, i) => results.TryGetValue(i, out var g) ? g : outer.Const(0)).Concat(sums.Select(_ => outer.Const(0)));
        backward = outer.Scan(back, !((ScanPrim)scan.Prim).Reverse, sequences, first, shared);
    }

    private bool IsForward(Val v) => v.Id < forwardValues;

    /// <summary>Finds the values of the forward step that are kept for the backward one: what is read and dear, or cannot be had from what is kept anyway.</summary>
    private void Keep(IEnumerable<Val> roots)
    {
        var seen = new HashSet<Val>();
        var stack = new Stack<Val>(roots);
        while (stack.Count > 0)
        {
            var v = stack.Pop();
            if (v.Prim is LeafPrim || !seen.Add(v))
            {
                continue;
            }

            // Views, masks and repetitions are never in memory.
            if (IsForward(v) && v.Dims.HasBatch && v.Prim is not (ReshapePrim or StopGradientPrim) && !v.IsMaskOrRepetition)
            {
                kept.Add(v);
                continue;
            }

            foreach (var x in v.Inputs)
            {
                stack.Push(x);
            }
        }

        foreach (var v in kept.OrderByDescending(v => v.Id).ToArray())
        {
            if ((v.Prim is BinaryPrim { Op: not BinaryOp.Pow } or SelectPrim or SlicePrim or UnaryPrim { Op: UnaryOp.Neg } or CopyPrim) && v.Inputs.All(x => x.Prim is LeafPrim || kept.Contains(x)))
            {
                kept.Remove(v);
            }
        }
    }

    /// <summary>A value of the forward step, or of its derivative, in the backward step.</summary>
    private Val Map(Val v)
    {
        if (!mapped.TryGetValue(v, out var known))
        {
            back.Builder.Origin = v.Origin;
            known = v.Prim switch
            {
                SeedPrim s => s.Index < States ? back.Carries[s.Index] : Sequence(GradientOf(s.Index)),
                StepPrim s => Sequence(scan.Inputs[s.Index]),
                SharedPrim s => Shared(scan.Inputs[body.Sequences.Count + States + s.Index]),
                CarryPrim => Sequence(outer.Stacked(scan, v)),
                LeafPrim leaf => back.Builder.Leaf(leaf, v.Dims, v.Element),
                _ when kept.Contains(v) => Sequence(outer.Stacked(scan, v)),
                _ => back.Builder.Copy(v, v.Inputs.Select(Map).ToArray()),
            };
            mapped.Add(v, known);
        }

        return known;
    }

    private Val GradientOf(int result)
    {
        var step = body.Outputs[result - States].Dims;
        return outer.Broadcast(results[result], step.WithFirst(Dim.Rows(step[0].Size * body.Steps)));
    }

    private Val Sequence(Val v)
    {
        sequences.Add(v);
        return back.Sequence(v);
    }

    private Val Shared(Val v)
    {
        shared.Add(v);
        return back.Invariant(v);
    }

    /// <summary>The sum over all steps of a step's gradient, from what is kept of all steps; null where it must be added up in the loop.</summary>
    private Func<Val>? OverAllSteps(Val gradient)
    {
        switch (gradient.Prim)
        {
            case MatMulPrim { TransposeA: true, TransposeB: false } when gradient.Inputs[0].Dims.HasBatch:
                return AtAllSteps(gradient.Inputs[0]) is { } l && AtAllSteps(gradient.Inputs[1]) is { } r ? () => outer.MatMul(l(), r(), true) : null;
            case ReducePrim { Op: ReduceOp.Sum } sum when sum.Axes[0] == 0 && gradient.Inputs[0].Dims.HasBatch:
                return AtAllSteps(gradient.Inputs[0]) is { } all ? () => outer.Sum(all(), sum.Axes.ToArray()) : null;
            case ReshapePrim when !gradient.Inputs[0].Dims.HasBatch:
                return OverAllSteps(gradient.Inputs[0]) is { } inner ? () => outer.Reshape(inner(), gradient.Dims) : null;
            case BinaryPrim { Op: BinaryOp.Add } when gradient.Inputs.All(x => x.Dims == gradient.Dims):
                return OverAllSteps(gradient.Inputs[0]) is { } a && OverAllSteps(gradient.Inputs[1]) is { } b ? () => outer.Add(a(), b()) : null;
            default:
                return null;
        }
    }

    /// <summary>A value of the step at all steps, [T·n, …].</summary>
    private Func<Val>? AtAllSteps(Val v)
    {
        if (!v.Dims.HasBatch)
        {
            return null;
        }

        switch (v.Prim)
        {
            case ReshapePrim when v.Inputs[0].Dims.HasBatch:
                return AtAllSteps(v.Inputs[0]) is { } inner ? () => outer.Reshape(inner(), v.Dims.WithFirst(Dim.Rows(v.Dims[0].Size * body.Steps))) : null;
            case StepPrim s:
                return () => scan.Inputs[s.Index];
            case SharedPrim:
                return null;
            case SeedPrim s when s.Index >= States:
                return () => GradientOf(s.Index);
        }

        if (v.Prim is CarryPrim || IsForward(v))
        {
            return () => outer.Stacked(scan, v);
        }

        requested.Add(v);
        return () => outer.Stacked(backward, mapped[v]);
    }
}
