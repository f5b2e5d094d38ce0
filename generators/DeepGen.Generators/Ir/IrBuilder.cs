using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Ir;

/// <summary>Makes values, one for each distinct computation, and simplifies what can be seen at once (x·1, x+0, numbers).</summary>
internal sealed class IrBuilder
{
    private readonly List<Val> values = new();
    private readonly Dictionary<Key, Val> known = new();
    private readonly HashSet<Val> boundaries = new();

    public IReadOnlyList<Val> Values => values;

    /// <summary>The phase and the layer that new values belong to.</summary>
    public Phase Phase { get; set; } = Phase.Forward;

    public string Origin { get; set; } = "";

    /// <summary>The call of a [Recompute] block that new values belong to, 0 for none.</summary>
    public int Segment { get; set; }

    /// <summary>Views of these values stay views of them: gradients are taken with respect to them, and what looks behind would be missed.</summary>
    public void KeepAsBoundaries(IEnumerable<Val> values) => boundaries.UnionWith(values);

    private readonly struct Key : IEquatable<Key>
    {
        private readonly Prim prim;
        private readonly Dims dims;
        private readonly int a;
        private readonly int b;
        private readonly int c;
        private readonly int count;
        private readonly int hash;

        public Key(Prim prim, Dims dims, IReadOnlyList<Val> inputs)
        {
            this.prim = prim;
            this.dims = dims;
            count = inputs.Count;
            a = count > 0 ? inputs[0].Id : -1;
            b = count > 1 ? inputs[1].Id : -1;
            c = count > 2 ? inputs[2].Id : -1;
            hash = unchecked((((((prim.GetHashCode() * 31) + dims.GetHashCode()) * 31) + a) * 31 + b) * 31 + c);
        }

        public bool Equals(Key other) => hash == other.hash && a == other.a && b == other.b && c == other.c && count == other.count && dims == other.dims && prim.Equals(other.prim);

        public override bool Equals(object? obj) => obj is Key k && Equals(k);

        public override int GetHashCode() => hash;
    }

    public Val Leaf(LeafPrim prim, Dims dims, Element element = Element.Float32) => Make(prim, Array.Empty<Val>(), dims, element);

    /// <summary>A tensor of numbers that the source gives.</summary>
    public Val Table(EquatableArray<float> values, Dims dims) => Make(new TablePrim(values), Array.Empty<Val>(), dims);

    public Val Const(float value) => Make(new ConstPrim(value), Array.Empty<Val>(), Dims.Scalar);

    /// <summary>0, 1, … along <paramref name="axis"/> of a tensor of <paramref name="rank"/> axes, for comparison with an index.</summary>
    public Val Iota(int size, int rank, int axis)
    {
        var dims = new Dims(Enumerable.Range(0, rank).Select(i => (Dim)(i == axis ? size : 1)));
        return size == 1 ? Broadcast(Const(0), dims) : Make(new IotaPrim(), Array.Empty<Val>(), dims);
    }

    public Val Unary(UnaryOp op, Val x)
    {
        if (x.Prim is ConstPrim c)
        {
            var v = c.Value;
            switch (op)
            {
                case UnaryOp.Neg: return Const(-v);
                case UnaryOp.Reciprocal: return Const(1f / v);
                case UnaryOp.Sqrt: return Const((float)Math.Sqrt(v));
                case UnaryOp.Exp: return Const((float)Math.Exp(v));
                case UnaryOp.Log: return Const((float)Math.Log(v));
                case UnaryOp.Abs: return Const(Math.Abs(v));
                case UnaryOp.Expm1: return Const((float)(Math.Exp(v) - 1));
                case UnaryOp.Log1p: return Const((float)Math.Log(1.0 + v));
            }
        }

        return op == UnaryOp.Neg && x.Prim is UnaryPrim { Op: UnaryOp.Neg } ? x.Inputs[0] : Make(new UnaryPrim(op), new[] { x }, x.Dims);
    }

    public Val Neg(Val x) => Unary(UnaryOp.Neg, x);

    public Val LeakyRelu(Val x, float slope) => Make(new LeakyReluPrim(slope), new[] { x }, x.Dims);

    public Val Not(Val x) => Make(new NotPrim(), new[] { x }, x.Dims);

    public Val Add(Val a, Val b) => Binary(BinaryOp.Add, a, b);

    public Val Sub(Val a, Val b) => Binary(BinaryOp.Sub, a, b);

    public Val Mul(Val a, Val b) => Binary(BinaryOp.Mul, a, b);

    public Val Div(Val a, Val b) => Binary(BinaryOp.Div, a, b);

    public Val Binary(BinaryOp op, Val a, Val b)
    {
        if (a.Prim is ConstPrim x && b.Prim is ConstPrim y)
        {
            switch (op)
            {
                case BinaryOp.Add: return Const(x.Value + y.Value);
                case BinaryOp.Sub: return Const(x.Value - y.Value);
                case BinaryOp.Mul: return Const(x.Value * y.Value);
                case BinaryOp.Div: return Const(x.Value / y.Value);
                case BinaryOp.Min: return Const(Math.Min(x.Value, y.Value));
                case BinaryOp.Max: return Const(Math.Max(x.Value, y.Value));
                case BinaryOp.Pow: return Const((float)Math.Pow(x.Value, y.Value));
            }
        }

        var dims = Broadcast(a.Dims, b.Dims);
        // The operation repeats its operands by itself.
        if (a.Prim is BroadcastPrim && Broadcast(a.Inputs[0].Dims, b.Dims) == dims)
        {
            return Binary(op, a.Inputs[0], b);
        }

        if (b.Prim is BroadcastPrim && Broadcast(a.Dims, b.Inputs[0].Dims) == dims)
        {
            return Binary(op, a, b.Inputs[0]);
        }

        switch (op)
        {
            case BinaryOp.Add when a.IsConst(0) && b.Dims == dims: return b;
            case BinaryOp.Add or BinaryOp.Sub when b.IsConst(0) && a.Dims == dims: return a;
            case BinaryOp.Add when a == b: return Mul(a, Const(2));
            // The two sides of one choice.
            case BinaryOp.Add when a.Prim is SelectPrim && b.Prim is SelectPrim && a.Inputs[0] == b.Inputs[0] && a.Inputs[2].IsConst(0) && b.Inputs[1].IsConst(0): return Select(a.Inputs[0], a.Inputs[1], b.Inputs[2]);
            case BinaryOp.Add when a.Prim is SelectPrim && b.Prim is SelectPrim && a.Inputs[0] == b.Inputs[0] && a.Inputs[1].IsConst(0) && b.Inputs[2].IsConst(0): return Select(a.Inputs[0], b.Inputs[1], a.Inputs[2]);
            case BinaryOp.Mul when a.Prim is InverseBatchPrim && b.Prim is BatchPrim: return Const(1);
            case BinaryOp.Add when a.Prim is ConcatPrim && a.Prim.Equals(b.Prim) && a.Dims == b.Dims && Interleave(a, b) is { } joined: return joined;
            case BinaryOp.Mul when a.IsConst(1) && b.Dims == dims: return b;
            case BinaryOp.Mul or BinaryOp.Div when b.IsConst(1) && a.Dims == dims: return a;
            case BinaryOp.Mul when a.IsConst(-1) && b.Dims == dims: return Neg(b);
            case BinaryOp.Mul when b.IsConst(-1) && a.Dims == dims: return Neg(a);
            case BinaryOp.Div when b.Prim is ConstPrim d: return Mul(a, Const(1f / d.Value));
            // (x·s)·t = x·(s·t): where s and t are one number for many of x, that is one product less for each of them.
            case BinaryOp.Mul when a.Dims == dims && b.Dims != dims && SmallFactor(a) is { } s: return Mul(a.Inputs[a.Inputs[0] == s ? 1 : 0], Mul(s, b));
            case BinaryOp.Mul when b.Dims == dims && a.Dims != dims && SmallFactor(b) is { } s: return Mul(b.Inputs[b.Inputs[0] == s ? 1 : 0], Mul(s, a));
            case BinaryOp.Pow when b.IsConst(2): return Mul(a, a);
            case BinaryOp.Pow when b.IsConst(1): return a;
            case BinaryOp.Pow when b.IsConst(0): return Broadcast(Const(1), dims);
            case BinaryOp.Pow when b.IsConst(0.5f): return Unary(UnaryOp.Sqrt, a);
        }

        // One order for the operands of a commutative operation, so that a·b and b·a are the same value; a single number, which layers may share, stands behind.
        if (op is BinaryOp.Add or BinaryOp.Mul && (a.Dims.Rank == 0) != (b.Dims.Rank == 0) ? a.Dims.Rank == 0 : op is BinaryOp.Add or BinaryOp.Mul && a.Id > b.Id)
        {
            (a, b) = (b, a);
        }

        return Make(new BinaryPrim(op), new[] { a, b }, dims);
    }

    /// <summary>The factor of a product that is repeated along some axis while the other is not; null if there is none.</summary>
    private static Val? SmallFactor(Val product) => product.Prim is BinaryPrim { Op: BinaryOp.Mul }
        ? product.Inputs[0].Dims == product.Dims ? (product.Inputs[1].Dims != product.Dims ? product.Inputs[1] : null) : product.Inputs[1].Dims == product.Dims ? product.Inputs[0] : null
        : null;

    public Val Select(Val mask, Val a, Val b)
    {
        // What the same condition has decided already.
        if (a.Prim is SelectPrim && a.Inputs[0] == mask)
        {
            return Select(mask, a.Inputs[1], b);
        }

        return b.Prim is SelectPrim && b.Inputs[0] == mask ? Select(mask, a, b.Inputs[2]) : MakeSelect(mask, a, b);
    }

    private Val MakeSelect(Val mask, Val a, Val b) => Make(new SelectPrim(), new[] { mask, a, b }, Broadcast(mask.Dims, Broadcast(a.Dims, b.Dims)));

    public Val Reduce(ReduceOp op, Val x, params int[] axes)
    {
        axes = axes.Where(a => !x.Dims[a].IsOne).OrderBy(a => a).ToArray();
        return axes.Length == 0
            ? x
            : Make(new ReducePrim(op, EquatableArray<int>.Own(axes)), new[] { x }, new Dims(x.Dims.ToArray().Select((d, i) => axes.Contains(i) ? (Dim)1 : d)));
    }

    /// <summary>The mean over <paramref name="axes"/>.</summary>
    public Val Mean(Val x, params int[] axes) => Mul(Sum(x, axes), Share(x, axes));

    /// <summary>Σ(x − mean)² over <paramref name="axes"/>.</summary>
    public Val SquaredDeviations(Val x, params int[] axes)
    {
        // A kernel keeps the mean of what it reads side by side; where whole rows are added up, it must know the mean before.
        if (axes.Any(a => !x.Dims[a].IsOne && Enumerable.Range(a + 1, x.Dims.Rank - a - 1).All(i => x.Dims[i].IsOne)))
        {
            return Reduce(ReduceOp.SquaredDeviations, x, axes);
        }

        // Σ(x − mean) = 0, so the derivative by way of the mean vanishes: stopping it there saves two reductions and changes nothing.
        var centred = Sub(x, StopGradient(Mean(x, axes)));
        return Sum(Mul(centred, centred), axes);
    }

    /// <summary>1 by the number of elements along <paramref name="axes"/>.</summary>
    public Val Share(Val x, params int[] axes)
    {
        var share = Const(1f / axes.Aggregate(1, (count, a) => count * x.Dims[a].Size));
        return axes.Any(a => x.Dims[a].IsSymbol) ? Mul(Leaf(new InverseBatchPrim(), Dims.Scalar), share) : share;
    }

    /// <summary>
    /// The sum over <paramref name="axes"/>. Factors that do not vary along them are taken out of it, and conditions with zero are put around the product of the others,
    /// so that Σ γ·dy·(x − μ) and Σ (m ? dy : 0)·(x − μ)·r have one form: where their sums are equal they are one reduction and two products per channel.
    /// </summary>
    public Val Sum(Val x, params int[] axes)
    {
        axes = axes.Where(a => !x.Dims[a].IsOne).ToArray();
        if (axes.Length > 0 && x.Prim is BroadcastPrim)
        {
            return SumOfEqual(x, axes);
        }

        if (axes.Length == 0 || !(x.Prim is BinaryPrim { Op: BinaryOp.Mul } or UnaryPrim { Op: UnaryOp.Neg } || IsChoice(x)))
        {
            return Reduce(ReduceOp.Sum, x, axes);
        }

        var factors = new List<Val>();
        var masks = new List<Val>();
        Factors(x, factors, masks);
        bool Varies(Val f) => axes.Any(a => a - (x.Dims.Rank - f.Dims.Rank) is >= 0 and var i && !f.Dims[i].IsOne);
        var inside = factors.Where(Varies).OrderBy(f => f.Id).ToArray();
        var outside = factors.Where(f => !Varies(f)).OrderBy(f => f.Id).ToArray();
        // A number alone is not worth it, and would hide that the weight's gradient sums the same values.
        if (inside.Length == 0 || (!outside.Any(f => f.Dims.Elements > 1) && (masks.Count == 0 || inside.Length == 1)))
        {
            return Reduce(ReduceOp.Sum, x, axes);
        }

        var product = masks.Distinct().OrderBy(m => m.Id).Aggregate(inside.Aggregate(Mul), (p, m) => Select(m, p, Const(0)));
        return product.Dims == x.Dims
            ? outside.Aggregate(Reduce(ReduceOp.Sum, product, axes), Mul)
            : Reduce(ReduceOp.Sum, x, axes);
    }

    /// <summary>Along an axis that repeats one value, the sum is a product; the other axes are summed before they are repeated.</summary>
    private Val SumOfEqual(Val x, int[] axes)
    {
        var one = x.Inputs[0];
        var lead = x.Dims.Rank - one.Dims.Rank;
        bool Repeats(int axis) => axis < lead || one.Dims[axis - lead].IsOne;
        var sum = Reduce(ReduceOp.Sum, one, axes.Where(a => !Repeats(a)).Select(a => a - lead).ToArray());
        foreach (var axis in axes.Where(a => Repeats(a) && !sum.IsConst(0)))
        {
            var count = Const(x.Dims[axis].Size);
            sum = Mul(sum, x.Dims[axis].IsSymbol ? Mul(Leaf(new BatchPrim(), Dims.Scalar), count) : count);
        }

        return Broadcast(sum, new Dims(x.Dims.ToArray().Select((d, i) => axes.Contains(i) ? (Dim)1 : d)));
    }

    private static bool IsChoice(Val x) => x.Prim is SelectPrim && x.Inputs[2].IsConst(0);

    private void Factors(Val x, List<Val> factors, List<Val> masks)
    {
        switch (x.Prim)
        {
            case BinaryPrim { Op: BinaryOp.Mul }:
                Factors(x.Inputs[0], factors, masks);
                Factors(x.Inputs[1], factors, masks);
                break;
            case UnaryPrim { Op: UnaryOp.Neg }:
                factors.Add(Const(-1));
                Factors(x.Inputs[0], factors, masks);
                break;
            case SelectPrim when IsChoice(x):
                masks.Add(x.Inputs[0]);
                Factors(x.Inputs[1], factors, masks);
                break;
            default:
                factors.Add(x);
                break;
        }
    }

    public Val Broadcast(Val x, Dims dims) => x.Dims == dims ? x : Make(new BroadcastPrim(), new[] { x }, dims);

    public Val Reshape(Val x, Dims dims)
    {
        if (x.Dims == dims)
        {
            return x;
        }

        if (x.Prim is ReshapePrim && !boundaries.Contains(x))
        {
            return Reshape(x.Inputs[0], dims);
        }

        return Make(new ReshapePrim(), new[] { x }, dims, x.Element);
    }

    /// <summary>y = f(x), differentiated as the user says.</summary>
    public Val WithGradient(Val y, Val x, ScalarExpr gradient) => Make(new StopGradientPrim(x, gradient), new[] { y }, y.Dims);

    public Val TimeMajor(Val x) => x.Prim is SampleMajorPrim && !boundaries.Contains(x)
        ? x.Inputs[0]
        : Make(new TimeMajorPrim(), new[] { x }, new Dims(new[] { Dim.Rows(x.Dims[1].Size) }.Concat(x.Dims.ToArray().Skip(2))), x.Element);

    public Val SampleMajor(Val x) => x.Prim is TimeMajorPrim && !boundaries.Contains(x)
        ? x.Inputs[0]
        : Make(new SampleMajorPrim(), new[] { x }, new Dims(new[] { Dim.Batch, (Dim)x.Dims[0].Size }.Concat(x.Dims.ToArray().Skip(1))), x.Element);

    /// <summary>A loop over time. The first states are copied, so that each lies where the loop begins to write.</summary>
    public Val Scan(ScanBody body, bool reverse, IEnumerable<Val> sequences, IEnumerable<Val> states, IEnumerable<Val> shared) =>
        Make(new ScanPrim(body, reverse), sequences.Concat(states.Zip(body.Carries, (s, c) => CopyOf(Broadcast(s, c.Dims)))).Concat(shared).ToArray(), new Dims(new[] { Dim.Rows(body.Steps) }));

    /// <summary>State <paramref name="index"/> after the last step.</summary>
    public Val LastState(Val scan, int index) => ScanOutput(scan, index, Body(scan).Carries[index].Dims);

    /// <summary>A value of the body at all steps.</summary>
    public Val Stacked(Val scan, Val value) =>
        ScanOutput(scan, Body(scan).Carries.Count + Body(scan).Output(value), value.Dims.WithFirst(new Dim("n", value.Dims[0].Size * Body(scan).Steps)));

    private static ScanBody Body(Val scan) => ((ScanPrim)scan.Prim).Body;

    // Whoever asks, it is computed when the loop runs.
    private Val ScanOutput(Val scan, int index, Dims dims)
    {
        var (phase, origin, segment) = (Phase, Origin, Segment);
        (Phase, Origin, Segment) = (scan.Phase, scan.Origin, scan.Segment);
        var output = Make(new ScanOutputPrim(index), new[] { scan }, dims);
        (Phase, Origin, Segment) = (phase, origin, segment);
        return output;
    }

    public Val StopGradient(Val x) => Make(new StopGradientPrim(), new[] { x }, x.Dims, x.Element);

    public Val Concat(int axis, IReadOnlyList<Val> parts)
    {
        var dims = parts[0].Dims.ToArray();
        dims[axis] = parts.Sum(p => p.Dims[axis].Size);
        return Make(new ConcatPrim(axis), parts, new Dims(dims));
    }

    /// <summary>The sum of two joined tensors where each is zero wherever the other is not, as one: the gradients of the parts of a split. Else null.</summary>
    private Val? Interleave(Val a, Val b)
    {
        static bool IsZero(Val v) => v.Prim is BroadcastPrim && v.Inputs[0].IsConst(0);
        var axis = ((ConcatPrim)a.Prim).Axis;
        var parts = new List<Val>();
        int i = 0, j = 0, zeros = 0, leftA = a.Inputs[0].Dims[axis].Size, leftB = b.Inputs[0].Dims[axis].Size;
        void Advance(int length)
        {
            leftA -= length;
            leftB -= length;
            if (leftA == 0 && ++i < a.Inputs.Count)
            {
                leftA = a.Inputs[i].Dims[axis].Size;
            }

            if (leftB == 0 && ++j < b.Inputs.Count)
            {
                leftB = b.Inputs[j].Dims[axis].Size;
            }
        }

        void EndZeros()
        {
            if (zeros > 0)
            {
                parts.Add(Broadcast(Const(0), new Dims(a.Dims.ToArray().Select((d, k) => k == axis ? (Dim)zeros : d))));
                zeros = 0;
            }
        }

        while (i < a.Inputs.Count && j < b.Inputs.Count)
        {
            Val x = a.Inputs[i], y = b.Inputs[j];
            if (IsZero(x) && IsZero(y))
            {
                var length = Math.Min(leftA, leftB);
                zeros += length;
                Advance(length);
                continue;
            }

            // A part must begin here and lie in zeros of the other.
            var (part, left, room, other) = IsZero(x) ? (y, leftB, leftA, x) : (x, leftA, leftB, y);
            if (!IsZero(other) || left != part.Dims[axis].Size || left > room)
            {
                return null;
            }

            EndZeros();
            parts.Add(part);
            Advance(left);
        }

        EndZeros();
        return Concat(axis, parts);
    }

    public Val Slice(Val x, int axis, int start, int length)
    {
        var dims = x.Dims.ToArray();
        dims[axis] = length;
        if (x.Prim is ConcatPrim concat && concat.Axis == axis && !boundaries.Contains(x))
        {
            // A part as a whole needs no joined tensor.
            var at = 0;
            foreach (var part in x.Inputs)
            {
                if (at == start && part.Dims[axis].Size == length)
                {
                    return part;
                }

                at += part.Dims[axis].Size;
            }
        }

        return start == 0 && length == x.Dims[axis].Size ? x : Make(new SlicePrim(axis, start), new[] { x }, new Dims(dims));
    }

    public Val Permute(Val x, IReadOnlyList<int> axes)
    {
        if (x.Prim is PermutePrim inner && !boundaries.Contains(x))
        {
            return Permute(x.Inputs[0], axes.Select(a => inner.Axes[a]).ToArray());
        }

        var dims = new Dims(axes.Select(a => x.Dims[a]));
        // Axes of one element may stand anywhere.
        var moved = axes.Where(a => !x.Dims[a].IsOne).ToArray();
        return moved.SequenceEqual(moved.OrderBy(a => a)) ? Reshape(x, dims) : Make(new PermutePrim(new EquatableArray<int>(axes)), new[] { x }, dims);
    }

    public Val Resample(Val x, AxisMap rows, AxisMap columns, bool transposed = false)
    {
        if (new[] { rows, columns }.All(m => m is { Before: 0, After: 0, Scale: 1 }))
        {
            return x;
        }

        // Zeros around zeros are one border.
        if (!transposed && x.Prim is ResamplePrim { Transposed: false } p && new[] { rows, columns, p.Rows, p.Columns }.All(m => m.Rule == AxisRule.Zero))
        {
            static AxisMap Both(AxisMap inner, AxisMap outer) => inner with { Before = inner.Before + outer.Before, After = inner.After + outer.After };
            return Resample(x.Inputs[0], Both(p.Rows, rows), Both(p.Columns, columns));
        }

        var dims = x.Dims.ToArray();
        dims[2] = transposed ? rows.Size : rows.Out;
        dims[3] = transposed ? columns.Size : columns.Out;
        return Make(new ResamplePrim(rows, columns, transposed), new[] { x }, new Dims(dims));
    }

    /// <param name="padding">An index that gives zeros, or -1.</param>
    public Val Gather(Val x, Val indices, int padding = -1) =>
        Make(new GatherPrim(padding), new[] { x, indices }, new Dims(indices.Dims.ToArray().Concat(x.Dims.ToArray().Skip(x.Dims.HasBatch ? 2 : 1))));

    public Val ScatterAdd(Val dy, Val indices, int padding, Dims xDims) => Make(new ScatterAddPrim(padding), new[] { dy, indices }, xDims);

    public Val MatMul(Val a, Val b, bool transposeA = false, bool transposeB = false)
    {
        var dims = a.Dims.ToArray();
        dims[dims.Length - 2] = a.Dims[dims.Length - (transposeA ? 1 : 2)];
        dims[dims.Length - 1] = b.Dims[b.Dims.Rank - (transposeB ? 2 : 1)];
        return Make(new MatMulPrim(transposeA, transposeB), new[] { a, b }, new Dims(dims));
    }

    /// <summary>The tensor as one matrix, its last axis the columns.</summary>
    public Val AsMatrix(Val x) => Reshape(x, new Dims(new[] { x.Dims.Rows, x.Dims.Last }));

    public Val Conv(Val x, Val w, WindowSpec window) => Make(new ConvPrim(window), new[] { x, w }, WindowDims(x, w.Dims[0].Size, window));

    public Val ConvGradInput(Val dy, Val w, WindowSpec window, Dims xDims) => Make(new ConvGradInputPrim(window), new[] { dy, w }, xDims);

    public Val ConvGradWeight(Val x, Val dy, WindowSpec window, Dims wDims) => Make(new ConvGradWeightPrim(window), new[] { x, dy }, wDims);

    public Val MaxPool(Val x, WindowSpec window) => Make(new MaxPoolPrim(window), new[] { x }, WindowDims(x, x.Dims[1].Size, window));

    public Val MaxPoolGrad(Val x, Val dy, WindowSpec window) => Make(new MaxPoolGradPrim(window), new[] { x, dy }, x.Dims);

    public Val MaxPoolPick(Val x, Val g, WindowSpec window) => Make(new MaxPoolPickPrim(window), new[] { x, g }, WindowDims(x, x.Dims[1].Size, window));

    public Val AvgPool(Val x, WindowSpec window, bool countPadding) => Make(new AvgPoolPrim(window, countPadding), new[] { x }, WindowDims(x, x.Dims[1].Size, window));

    public Val AvgPoolGrad(Val dy, WindowSpec window, bool countPadding, Dims xDims) => Make(new AvgPoolGradPrim(window, countPadding), new[] { dy }, xDims);

    /// <summary>A copy that is never shared.</summary>
    public Val CopyOf(Val x) => Unshared(new CopyPrim(), new[] { x }, x);

    /// <summary>The same computation once more, never shared.</summary>
    public Val Again(Val x) => Again(x, x.Inputs);

    /// <summary>The same primitive over other inputs of the same extents, as it stands: neither shared nor simplified.</summary>
    /// <param name="isRepeat">Whether it gives the very value that another phase has computed.</param>
    public Val Again(Val x, IReadOnlyList<Val> inputs, bool isRepeat = false) => Unshared(x.Prim, inputs, x, isRepeat);

    private Val Unshared(Prim prim, IReadOnlyList<Val> inputs, Val like, bool isRepeat = false)
    {
        var value = new Val(values.Count, prim, inputs, like.Dims, like.Element, Phase, Origin) { Segment = Segment, IsRepeat = isRepeat, IsContracted = like.IsContracted && prim is BinaryPrim };
        values.Add(value);
        return value;
    }

    /// <summary>The same primitive over other inputs of the same extents.</summary>
    public Val Copy(Val v, IReadOnlyList<Val> inputs) => v.Prim is ReshapePrim ? Reshape(inputs[0], v.Dims) : Make(v.Prim, inputs, v.Dims, v.Element);

    /// <summary>Sums <paramref name="x"/> over the axes along which <paramref name="dims"/> was broadcast to it: the gradient of broadcasting.</summary>
    public Val SumTo(Val x, Dims dims)
    {
        if (x.Dims == dims)
        {
            return x;
        }

        var lead = x.Dims.Rank - dims.Rank;
        var axes = Enumerable.Range(0, x.Dims.Rank).Where(i => i < lead || (dims[i - lead].IsOne && !x.Dims[i].IsOne)).ToArray();
        return Reshape(Sum(x, axes), dims);
    }

    public static Dims Broadcast(Dims a, Dims b)
    {
        if (a == b)
        {
            return a;
        }

        var rank = Math.Max(a.Rank, b.Rank);
        var result = new Dim[rank];
        for (var i = 0; i < rank; i++)
        {
            Dim x = i - (rank - a.Rank) is >= 0 and var p ? a[p] : 1;
            Dim y = i - (rank - b.Rank) is >= 0 and var q ? b[q] : 1;
            result[i] = x.IsOne ? y : x;
            if (!x.IsOne && !y.IsOne && x != y)
            {
                throw new InvalidOperationException($"{a} and {b} do not broadcast.");
            }
        }

        return new Dims(result);
    }

    private static Dims WindowDims(Val x, int channels, WindowSpec window) =>
        new(new[] { x.Dims[0], (Dim)channels }.Concat(Enumerable.Range(0, window.Kernel.Count).Select(i => (Dim)window.Out(i, x.Dims[2 + i].Size))));

    private Val Make(Prim prim, IReadOnlyList<Val> inputs, Dims dims, Element element = Element.Float32)
    {
        var key = new Key(prim, dims, inputs);
        // Concat of more than three parts is not looked up by the key's three inputs.
        // What the loss computed is not there when gradients are handed in, so Backward must not use it.
        if (inputs.Count <= 3 && known.TryGetValue(key, out var existing) && (existing.Phase != Phase.Loss || Phase == Phase.Loss))
        {
            return existing;
        }

        var value = new Val(values.Count, prim, inputs, dims, element, Phase, Origin) { Segment = Segment };
        values.Add(value);
        if (inputs.Count <= 3)
        {
            known[key] = value;
        }

        return value;
    }
}
