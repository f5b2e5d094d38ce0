namespace DeepGen.Generators.Ir;

/// <summary>
/// What a step computes without its states is computed for all steps at once, in front of the loop: products of the sequence with weights become one product over T·n rows, and
/// what depends on weights alone is computed once. Elementwise work on a step stays where it is, because it costs less there than memory for all steps.
/// </summary>
internal sealed class ScanHoist
{
    private readonly IrBuilder outer;
    private readonly ScanBody old;
    private readonly IReadOnlyList<Val> oldSequences;
    private readonly IReadOnlyList<Val> oldShared;
    private readonly Dictionary<Val, Val?> outside = new();
    private readonly HashSet<Val> products = new();
    private readonly Dictionary<Val, Val> mapped = new();

    private ScanHoist(IrBuilder outer, ScanBody body, IReadOnlyList<Val> sequences, IReadOnlyList<Val> shared)
    {
        this.outer = outer;
        old = body;
        oldSequences = sequences;
        oldShared = shared;
        Body = new ScanBody(body.Steps, body.Builder.Phase, body.Builder.Origin);
    }

    public ScanBody Body { get; }

    public List<Val> Sequences { get; } = new();

    public List<Val> Shared { get; } = new();

    /// <summary>The output of the step.</summary>
    public Val Output { get; private set; } = null!;

    /// <summary>A body whose next states and output are those of <paramref name="body"/>, with the sequences and the tensors that it now reads.</summary>
    public static ScanHoist Run(IrBuilder outer, ScanBody body, IReadOnlyList<Val> sequences, IReadOnlyList<Val> shared, Val output)
    {
        var hoist = new ScanHoist(outer, body, sequences, shared);
        foreach (var carry in body.Carries)
        {
            hoist.mapped.Add(carry, hoist.Body.Carry(carry.Dims));
        }

        var origin = outer.Origin;
        hoist.Body.Next.AddRange(body.Next.Select(hoist.Map));
        hoist.Output = hoist.Map(output);
        outer.Origin = origin;
        return hoist;
    }

    private Val Map(Val v)
    {
        if (mapped.TryGetValue(v, out var known))
        {
            return known;
        }

        // Views, masks and repetitions are nothing to keep; what they are of may be.
        var isTensor = v.Prim is MatMulPrim || (v.Prim is PointwisePrim && !v.IsMaskOrRepetition);
        var all = isTensor ? Outside(v) : null;
        if (all is not null && v.Dims.HasBatch && products.Contains(v))
        {
            known = Sequence(all);
        }
        else if (all is not null && !v.Dims.HasBatch)
        {
            known = Invariant(all);
        }
        else
        {
            known = v.Prim switch
            {
                StepPrim s => Sequence(oldSequences[s.Index]),
                SharedPrim s => Invariant(oldShared[s.Index]),
                LeafPrim leaf => Body.Builder.Leaf(leaf, v.Dims, v.Element),
                _ => Copy(v),
            };
        }

        mapped.Add(v, known);
        return known;
    }

    private Val Copy(Val v)
    {
        var inputs = v.Inputs.Select(Map).ToArray();
        Body.Builder.Origin = v.Origin;
        return v.Prim is StopGradientPrim { X: { } x, Gradient: { } gradient } ? Body.Builder.WithGradient(inputs[0], Map(x), gradient) : Body.Builder.Copy(v, inputs);
    }

    private Val Sequence(Val all)
    {
        Sequences.Add(all);
        return Body.Sequence(all);
    }

    private Val Invariant(Val all)
    {
        Shared.Add(all);
        return Body.Invariant(all);
    }

    /// <summary>The value at all steps, [T·n, …], or once where it is the same at all; null where it depends on a state, or on a sample but not on the step.</summary>
    private Val? Outside(Val v)
    {
        if (!outside.TryGetValue(v, out var known))
        {
            known = Compute(v);
            outside.Add(v, known);
            if (v.Prim is MatMulPrim || v.Inputs.Any(products.Contains))
            {
                products.Add(v);
            }
        }

        return known;
    }

    private Val? Compute(Val v)
    {
        var x = v.Inputs.Select(Outside).ToArray();
        if (x.Any(i => i is null))
        {
            return null;
        }

        outer.Origin = v.Origin;
        var dims = v.Dims.HasBatch ? v.Dims.WithFirst(Dim.Rows(v.Dims[0].Size * old.Steps)) : v.Dims;
        return v.Prim switch
        {
            StepPrim s => oldSequences[s.Index],
            SharedPrim s when !v.Dims.HasBatch => oldShared[s.Index],
            ConstPrim c => outer.Const(c.Value),
            MatMulPrim { TransposeA: false } m when v.Inputs[0].Dims.HasBatch && !v.Inputs[1].Dims.HasBatch => outer.MatMul(x[0]!, x[1]!, false, m.TransposeB),
            UnaryPrim u => outer.Unary(u.Op, x[0]!),
            LeakyReluPrim r => outer.LeakyRelu(x[0]!, r.Slope),
            BinaryPrim b => outer.Binary(b.Op, x[0]!, x[1]!),
            SelectPrim => outer.Select(x[0]!, x[1]!, x[2]!),
            BroadcastPrim => outer.Broadcast(x[0]!, dims),
            ReshapePrim when v.Inputs[0].Dims.HasBatch == v.Dims.HasBatch => outer.Reshape(x[0]!, dims),
            SlicePrim s when s.Axis > 0 => outer.Slice(x[0]!, s.Axis, s.Start, v.Dims[s.Axis].Size),
            _ => null,
        };
    }
}
