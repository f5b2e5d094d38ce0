using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>
/// Inference only: a scale per channel behind a convolution or dense layer moves into its weights, and shifts join its bias.
/// What is left of a BatchNorm then depends on the weights alone and is computed once per version of them.
/// </summary>
internal static class FoldScales
{
    public static LoweredProgram Run(LoweredProgram program)
    {
        var b = program.Builder;
        var uses = new Dictionary<Val, int>();
        var live = Liveness.Of(program.Roots.Select(r => r.Value));
        foreach (var v in live)
        {
            foreach (var x in v.Inputs)
            {
                uses[x] = uses.TryGetValue(x, out var n) ? n + 1 : 1;
            }
        }

        foreach (var root in program.Roots)
        {
            uses[root.Value] = uses.TryGetValue(root.Value, out var n) ? n + 1 : 1;
        }

        var weightOnly = WeightOnly.Of(live);
        var mapped = new Dictionary<Val, Val>();
        foreach (var v in live)
        {
            b.Origin = v.Origin;
            b.Phase = v.Phase;
            mapped[v] = Fold(v) ?? Rebuild(b, v, v.Inputs.Select(x => mapped[x]).ToArray());
        }

        return program with { Roots = program.Roots.Select(r => r with { Value = mapped[r.Value] }).ToArray() };

        // (conv + t)·s = conv(·, w·s) + t·s. Null where there is nothing to fold.
        Val? Fold(Val v)
        {
            if (v.Prim is not BinaryPrim { Op: BinaryOp.Mul })
            {
                return null;
            }

            var (z, s) = weightOnly.Contains(v.Inputs[1]) ? (v.Inputs[0], v.Inputs[1]) : (v.Inputs[1], v.Inputs[0]);
            if (!weightOnly.Contains(s) || v.Dims != z.Dims || uses[z] != 1)
            {
                return null;
            }

            if (z.Prim is BinaryPrim { Op: BinaryOp.Add })
            {
                var (inner, shift) = weightOnly.Contains(z.Inputs[1]) ? (z.Inputs[0], z.Inputs[1]) : (z.Inputs[1], z.Inputs[0]);
                return weightOnly.Contains(shift) && uses[inner] == 1 && Scaled(inner, mapped[s]) is { } scaled ? b.Add(scaled, b.Mul(mapped[shift], mapped[s])) : null;
            }

            return Scaled(z, mapped[s]);
        }

        Val? Scaled(Val product, Val s)
        {
            var x = product.Inputs.Count > 0 ? product.Inputs[0] : null;
            switch (product.Prim)
            {
                case ConvPrim c when weightOnly.Contains(product.Inputs[1]) && IsPerChannel(s, product.Dims):
                    var w = mapped[product.Inputs[1]];
                    return b.Conv(mapped[x!], b.Mul(w, b.Reshape(s, Column(w.Dims))), c.Window);
                case ConvGradInputPrim c when weightOnly.Contains(product.Inputs[1]) && IsPerChannel(s, product.Dims):
                    // The weight [C, channels / groups, …] has its output channels second, group by group.
                    var t = mapped[product.Inputs[1]];
                    int rows = t.Dims[0].Size / c.Window.Groups, columns = t.Dims[1].Size;
                    var grouped = b.Reshape(t, new Dims(new Dim[] { c.Window.Groups, rows, columns, c.Window.Taps }));
                    var scaled = b.Mul(grouped, b.Reshape(s, new Dims(new Dim[] { c.Window.Groups, 1, columns, 1 })));
                    return b.ConvGradInput(mapped[x!], b.Reshape(scaled, t.Dims), c.Window, product.Dims);
                case MatMulPrim { TransposeA: false, TransposeB: true } when weightOnly.Contains(product.Inputs[1]) && product.Inputs[1].Dims.Rank == 2 && (s.Dims.Elements == 1 || (s.Dims.Last == product.Dims.Last && s.Dims.Elements == product.Dims.Last.Size)):
                    var d = mapped[product.Inputs[1]];
                    return b.MatMul(mapped[x!], b.Mul(d, s.Dims.Elements == 1 ? s : b.Reshape(s, Column(d.Dims))), false, true);
                default:
                    return null;
            }
        }
    }

    private static bool IsPerChannel(Val s, Dims map) => s.Dims.Rank == map.Rank - 1 && s.Dims[0] == map[1] && s.Dims.Elements == map[1].Size;

    private static Dims Column(Dims weight) => new(weight.ToArray().Select((d, i) => i == 0 ? d : (Dim)1));

    private static Val Rebuild(IrBuilder b, Val v, Val[] inputs)
    {
        if (inputs.SequenceEqual(v.Inputs))
        {
            return v;
        }

        return v.Prim switch
        {
            UnaryPrim u => b.Unary(u.Op, inputs[0]),
            BinaryPrim p => b.Binary(p.Op, inputs[0], inputs[1]),
            CopyPrim => b.CopyOf(inputs[0]),
            _ => b.Copy(v, inputs),
        };
    }
}
