using DeepGen.Generators.Ir;
using DeepGen.Generators.Ops;

namespace DeepGen.Generators.Passes;

/// <summary>
/// Reverse-mode differentiation: a table over the primitives, each entry beside the derivative it states. Gradients are built from the same primitives,
/// so that they are simplified, fused and planned like everything else.
/// </summary>
internal static class Differentiate
{
    /// <summary>The gradients of Σ seeds[i].Gradient · seeds[i].Value with respect to <paramref name="wrt"/>; null where there is no path. Stops at <paramref name="wrt"/>.</summary>
    public static Val?[] Run(IrBuilder b, IReadOnlyList<(Val Value, Val Gradient)> seeds, IReadOnlyList<Val> wrt)
    {
        // Only values on a path from wrt need a gradient.
        var onPath = new Dictionary<Val, bool>();
        foreach (var leaf in wrt)
        {
            onPath[leaf] = true;
        }

        var order = new List<Val>();
        foreach (var (value, _) in seeds)
        {
            Visit(value, onPath, order);
        }

        var gradients = new Dictionary<Val, Val>();
        void Accumulate(Val v, Val g) => gradients[v] = gradients.TryGetValue(v, out var sum) ? b.Add(sum, g) : g;
        foreach (var (value, gradient) in seeds)
        {
            if (onPath[value])
            {
                Accumulate(value, gradient);
            }
        }

        var stop = new HashSet<Val>(wrt);
        var results = new Dictionary<Val, Dictionary<int, Val>>();
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var v = order[i];
            if (v.Prim is ScanPrim && results.TryGetValue(v, out var ofResults))
            {
                b.Origin = v.Origin;
                ScanGradient.Run(b, v, ofResults, x => onPath[x], Accumulate);
            }
            else if (!stop.Contains(v) && gradients.TryGetValue(v, out var dy))
            {
                // A loop goes back once, with the gradients of all its results.
                if (v.Prim is ScanOutputPrim output)
                {
                    if (!results.TryGetValue(v.Inputs[0], out var known))
                    {
                        results.Add(v.Inputs[0], known = new Dictionary<int, Val>());
                    }

                    known.Add(output.Index, dy);
                    continue;
                }

                b.Origin = v.Origin;
                Backpropagate(b, v, dy, (x, g) =>
                {
                    if (onPath[x])
                    {
                        Accumulate(x, g());
                    }
                });
            }
        }

        return wrt.Select(w => gradients.TryGetValue(w, out var g) ? g : null).ToArray();
    }

    // Iterative: a network of a thousand layers must not overflow the stack of the compiler.
    private static void Visit(Val root, Dictionary<Val, bool> onPath, List<Val> order)
    {
        var stack = new Stack<(Val Value, int Next)>();
        stack.Push((root, 0));
        while (stack.Count > 0)
        {
            var (v, next) = stack.Pop();
            if (next == 0 && onPath.ContainsKey(v))
            {
                continue;
            }

            var from = v.Prim is StopGradientPrim { X: var own } ? own is null ? Array.Empty<Val>() : new[] { own } : v.Inputs;
            if (next < from.Count)
            {
                stack.Push((v, next + 1));
                if (!onPath.ContainsKey(from[next]))
                {
                    stack.Push((from[next], 0));
                }

                continue;
            }

            onPath[v] = from.Any(x => onPath[x]);
            order.Add(v);
        }
    }

    private static void Backpropagate(IrBuilder b, Val y, Val dy, Action<Val, Func<Val>> add)
    {
        var x = y.Inputs.Count > 0 ? y.Inputs[0] : y;
        var zero = b.Const(0);
        switch (y.Prim)
        {
            case UnaryPrim u:
                add(x, () => u.Op switch
                {
                    UnaryOp.Neg => b.Neg(dy),
                    UnaryOp.Exp => Times(b, dy, y),
                    UnaryOp.Log => Times(b, dy, b.Unary(UnaryOp.Reciprocal, x)),
                    UnaryOp.Sqrt => Times(b, dy, b.Mul(b.Const(0.5f), b.Unary(UnaryOp.Reciprocal, y))),
                    UnaryOp.Tanh => Times(b, dy, b.Sub(b.Const(1), b.Mul(y, y))),
                    UnaryOp.Sigmoid => Times(b, dy, b.Mul(y, b.Sub(b.Const(1), y))),
                    UnaryOp.Abs => b.Select(b.Binary(BinaryOp.Greater, x, zero), dy, b.Select(b.Binary(BinaryOp.Greater, zero, x), b.Neg(dy), zero)),
                    UnaryOp.Sin => Times(b, dy, b.Unary(UnaryOp.Cos, x)),
                    UnaryOp.Cos => b.Neg(Times(b, dy, b.Unary(UnaryOp.Sin, x))),
                    UnaryOp.Floor => Times(b, dy, zero),
                    UnaryOp.Erf => Times(b, dy, b.Mul(b.Const(1.12837917f), b.Unary(UnaryOp.Exp, b.Neg(b.Mul(x, x))))),
                    UnaryOp.Expm1 => Times(b, dy, b.Add(y, b.Const(1))),
                    UnaryOp.Log1p => Times(b, dy, b.Unary(UnaryOp.Reciprocal, b.Add(x, b.Const(1)))),
                    UnaryOp.Reciprocal => b.Neg(Times(b, dy, b.Mul(y, y))),
                    _ => throw new InvalidOperationException("No derivative of " + u.Op),
                });
                break;

            // The sign of the output is the sign of the input (slope ≥ 0).
            case LeakyReluPrim r:
                add(x, () => b.Select(b.Binary(BinaryOp.Greater, y, zero), dy, r.Slope == 0 ? zero : b.Mul(dy, b.Const(r.Slope))));
                break;
            case BroadcastPrim:
                add(x, () => b.SumTo(dy, x.Dims));
                break;
            case BinaryPrim p:
                Binary(b, p.Op, x, y.Inputs[1], y, dy, add);
                break;
            case SelectPrim:
                add(y.Inputs[1], () => b.SumTo(b.Select(x, dy, zero), y.Inputs[1].Dims));
                add(y.Inputs[2], () => b.SumTo(b.Select(x, zero, dy), y.Inputs[2].Dims));
                break;
            case ReducePrim { Op: ReduceOp.Sum }:
                add(x, () => b.Broadcast(dy, x.Dims));
                break;
            // By way of the mean as well: there Σ(x − mean) = 0.
            case ReducePrim { Op: ReduceOp.SquaredDeviations } r:
                add(x, () => b.Mul(b.Sub(x, b.Mean(x, r.Axes.ToArray())), b.Mul(dy, b.Const(2))));
                break;
            // Equal maxima share the gradient.
            case ReducePrim { Op: ReduceOp.Max } r:
                add(x, () =>
                {
                    var wins = b.Binary(BinaryOp.Equal, x, y);
                    var winners = b.Sum(b.Select(wins, b.Const(1), zero), r.Axes.ToArray());
                    return b.Select(wins, b.Div(dy, winners), zero);
                });
                break;
            case StopGradientPrim { X: { } own, Gradient: { } f }:
                add(own, () => ScalarLowering.Lower(b, f, new[] { own, y, dy }));
                break;
            case ReshapePrim:
                add(x, () => b.Reshape(dy, x.Dims));
                break;
            case CopyPrim:
                add(x, () => dy);
                break;
            case TimeMajorPrim:
                add(x, () => b.SampleMajor(dy));
                break;
            case SampleMajorPrim:
                add(x, () => b.TimeMajor(dy));
                break;
            case ConcatPrim c:
                var start = 0;
                foreach (var part in y.Inputs)
                {
                    int from = start, length = part.Dims[c.Axis].Size;
                    add(part, () => b.Slice(dy, c.Axis, from, length));
                    start += length;
                }

                break;

            // Zeros around it: for positions of a map a pass of its own, else a concatenation, which grows with those of the other parts.
            case SlicePrim { Axis: 2 or 3 } s when x.Dims.Rank == 4 && x.Dims.HasBatch:
                add(x, () =>
                {
                    AxisMap Border(int axis) => axis == s.Axis
                        ? new(AxisRule.Zero, y.Dims[axis].Size, s.Start, x.Dims[axis].Size - y.Dims[axis].Size - s.Start)
                        : new(AxisRule.Zero, y.Dims[axis].Size);
                    return b.Resample(dy, Border(2), Border(3));
                });
                break;
            case SlicePrim s:
                add(x, () =>
                {
                    Val Zeros(int size) => b.Broadcast(zero, new Dims(x.Dims.ToArray().Select((d, i) => i == s.Axis ? (Dim)size : d)));
                    int before = s.Start, after = x.Dims[s.Axis].Size - s.Start - y.Dims[s.Axis].Size;
                    var parts = new List<Val>();
                    if (before > 0)
                    {
                        parts.Add(Zeros(before));
                    }

                    parts.Add(dy);
                    if (after > 0)
                    {
                        parts.Add(Zeros(after));
                    }

                    return b.Concat(s.Axis, parts);
                });
                break;

            case PermutePrim p:
                add(x, () => b.Permute(dy, Enumerable.Range(0, p.Axes.Count).OrderBy(i => p.Axes[i]).ToArray()));
                break;
            case ResamplePrim r:
                add(x, () => b.Resample(dy, r.Rows, r.Columns, !r.Transposed));
                break;
            case GatherPrim g:
                add(x, () => b.ScatterAdd(dy, y.Inputs[1], g.Padding, x.Dims));
                break;
            case ScatterAddPrim g:
                add(x, () => b.Gather(dy, y.Inputs[1], g.Padding));
                break;

            // C = op(A)·op(B): dA = dC·op(B)ᵀ, dB = op(A)ᵀ·dC, each stored as its operand is. One B for all rows sums over them.
            // The weight's gradient, here and of convolutions, is the last to read x, and comes first: dx may then lie where x was.
            case MatMulPrim m when y.Inputs[1].Dims.Rank < x.Dims.Rank:
                add(y.Inputs[1], () => m.TransposeB ? b.MatMul(b.AsMatrix(dy), b.AsMatrix(x), true) : b.MatMul(b.AsMatrix(x), b.AsMatrix(dy), true));
                add(x, () => b.MatMul(dy, y.Inputs[1], false, !m.TransposeB));
                break;
            case MatMulPrim m:
                var w = y.Inputs[1];
                add(x, () => m.TransposeA ? b.MatMul(w, dy, m.TransposeB, true) : b.MatMul(dy, w, false, !m.TransposeB));
                add(w, () => m.TransposeB ? b.MatMul(dy, x, true, m.TransposeA) : b.MatMul(x, dy, !m.TransposeA, false));
                break;

            // The three products of a convolution are each other's derivatives.
            case ConvPrim c:
                add(y.Inputs[1], () => b.ConvGradWeight(x, dy, c.Window, y.Inputs[1].Dims));
                add(x, () => b.ConvGradInput(dy, y.Inputs[1], c.Window, x.Dims));
                break;
            case ConvGradInputPrim c:
                add(y.Inputs[1], () => b.ConvGradWeight(dy, x, c.Window, y.Inputs[1].Dims));
                add(x, () => b.Conv(dy, y.Inputs[1], c.Window));
                break;
            case ConvGradWeightPrim c:
                add(x, () => b.ConvGradInput(y.Inputs[1], dy, c.Window, x.Dims));
                add(y.Inputs[1], () => b.Conv(x, dy, c.Window));
                break;
            case MaxPoolPrim p:
                add(x, () => b.MaxPoolGrad(x, dy, p.Window));
                break;
            // Where the maxima are does not change with x.
            case MaxPoolGradPrim p:
                add(y.Inputs[1], () => b.MaxPoolPick(x, dy, p.Window));
                break;
            case MaxPoolPickPrim p:
                add(y.Inputs[1], () => b.MaxPoolGrad(x, dy, p.Window));
                break;
            case AvgPoolPrim p:
                add(x, () => b.AvgPoolGrad(dy, p.Window, p.CountPadding, x.Dims));
                break;
            case AvgPoolGradPrim p:
                add(x, () => b.AvgPool(dy, p.Window, p.CountPadding));
                break;
            case NotPrim:
                break;
            default:
                throw new InvalidOperationException("No derivative of " + y.Prim.GetType().Name);
        }
    }

    /// <summary>
    /// dy·f, with the choice of a conditional left outermost: where the other side was taken, f may be infinite or NaN (the e^x of an ELU at x = 100), and 0·f would be NaN.
    /// </summary>
    private static Val Times(IrBuilder b, Val dy, Val f)
    {
        if (dy.Prim is UnaryPrim { Op: UnaryOp.Neg })
        {
            return b.Neg(Times(b, dy.Inputs[0], f));
        }

        if (dy.Prim is SelectPrim && dy.Inputs[2].IsConst(0))
        {
            return b.Select(dy.Inputs[0], Times(b, dy.Inputs[1], f), dy.Inputs[2]);
        }

        return dy.Prim is SelectPrim && dy.Inputs[1].IsConst(0) ? b.Select(dy.Inputs[0], dy.Inputs[1], Times(b, dy.Inputs[2], f)) : b.Mul(dy, f);
    }

    private static void Binary(IrBuilder b, BinaryOp op, Val l, Val r, Val y, Val dy, Action<Val, Func<Val>> add)
    {
        void Left(Func<Val> g) => add(l, () => b.SumTo(Full(b, g(), y.Dims, l.Dims), l.Dims));
        // A factor repeated along an axis stays outside, where a sum over that axis finds it.
        Val Factor(Val f) => f.Dims == y.Dims || f.Prim is ConstPrim ? Times(b, dy, f) : b.Mul(dy, f);
        void Right(Func<Val> g) => add(r, () => b.SumTo(Full(b, g(), y.Dims, r.Dims), r.Dims));
        var zero = b.Const(0);
        switch (op)
        {
            case BinaryOp.Add:
                Left(() => dy);
                Right(() => dy);
                break;
            case BinaryOp.Sub:
                Left(() => dy);
                Right(() => b.Neg(dy));
                break;
            case BinaryOp.Mul:
                Left(() => Factor(r));
                Right(() => Factor(l));
                break;
            case BinaryOp.Div:
                Left(() => Factor(b.Unary(UnaryOp.Reciprocal, r)));
                Right(() => b.Neg(Factor(b.Mul(y, b.Unary(UnaryOp.Reciprocal, r)))));
                break;
            case BinaryOp.Max:
                Left(() => b.Select(b.Binary(BinaryOp.Greater, l, r), dy, zero));
                Right(() => b.Select(b.Binary(BinaryOp.Greater, l, r), zero, dy));
                break;
            case BinaryOp.Min:
                Left(() => b.Select(b.Binary(BinaryOp.Greater, r, l), dy, zero));
                Right(() => b.Select(b.Binary(BinaryOp.Greater, r, l), zero, dy));
                break;
            case BinaryOp.Pow:
                // x⁰ is 1 at 0 too, and 0ᵖ is 0 around every p > 0: the products of the rule are 0·∞ there.
                Val Power() => Factor(b.Mul(r, b.Binary(BinaryOp.Pow, l, b.Sub(r, b.Const(1)))));
                Left(() => r.Prim is ConstPrim ? Power() : b.Select(b.Binary(BinaryOp.Equal, r, zero), zero, Power()));
                Right(() => b.Select(b.Binary(BinaryOp.And, b.Binary(BinaryOp.Equal, l, zero), b.Binary(BinaryOp.GreaterOrEqual, r, zero)), zero, Factor(b.Mul(y, b.Unary(UnaryOp.Log, l)))));
                break;
        }
    }

    // A gradient may be smaller than the result when dy itself is a broadcast; its sum needs the repeated one.
    private static Val Full(IrBuilder b, Val g, Dims result, Dims operand) => g.Dims == operand || g.Dims == result ? g : b.Broadcast(g, result);
}
