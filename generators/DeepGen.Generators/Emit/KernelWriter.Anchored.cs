using System.Text;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <content>Products, convolutions and pools: a call of the runtime's kernel with the fused rest as its epilogue.</content>
internal sealed partial class KernelWriter
{
    private string Anchored(Kernel kernel)
    {
        var anchor = kernel.Anchor!;
        Val In(int i) => Views.Base(anchor.Inputs[i]);
        string P(int i) => Pointer(In(i));
        switch (kernel.Kind)
        {
            case KernelKind.WeightMatMul:
                {
                    var (a, b, m, n, k) = Product(anchor);
                    return $"K::MatMul.Accumulate(W, {a}, {b}, {Pointer(anchor)}, {m}, {n}, {k}, {Accumulates(kernel)}, {RowSums(kernel)});\n";
                }

            case KernelKind.TimeMajor or KernelKind.SampleMajor:
                var sequence = kernel.Kind == KernelKind.TimeMajor ? anchor.Dims : In(0).Dims;
                // Integers are moved as floats are: as four bytes.
                string Floats(Val v) => v.Element == Element.Float32 ? Pointer(v) : $"(float*)({Pointer(v)})";
                return $"K::Sequences.{kernel.Kind}(W, {Floats(In(0))}, {Floats(anchor)}, n, {Literals.Int(sequence[0].Size)}, {Literals.Int(sequence.Elements / sequence[0].Size)});\n";
            case KernelKind.ConvGradWeight:
                return $"K::Convolution.GradWeight(W, {ConvShape(anchor)}, n, {P(0)}, {P(1)}, {Pointer(anchor)}, {Accumulates(kernel)}, {RowSums(kernel)}, V);\n";

            case KernelKind.ScatterAdd:
                return $"K::Indexing.ScatterAdd(W, {P(0)}, {RowsAndIndices(anchor.Dims, anchor.Inputs[1])}, {Literals.Int(((ScatterAddPrim)anchor.Prim).Padding)}, {Pointer(anchor)}, {Accumulates(kernel)});\n";
        }

        var (epilogue, result) = Epilogue(kernel);
        var y = Pointer(result);
        switch (kernel.Kind)
        {
            case KernelKind.MatMul when anchor.Inputs[1].Dims.Rank > 2:
                return $"K::MatMul.RunEach(W, {ProductOfEach(anchor, y)}, {epilogue});\n";
            case KernelKind.Permute:
                return $"K::Permutation.Run(W, {PermuteShape(anchor)}, {Samples(anchor)}, {P(0)}, {y}, {epilogue});\n";
            case KernelKind.Resample:
                return $"K::Resampling.Run(W, {ResampleShape(anchor)}, {Samples(anchor)}, {P(0)}, {y}, {epilogue});\n";
            case KernelKind.Gather:
                return $"K::Indexing.Gather(W, {P(0)}, {RowsAndIndices(anchor.Inputs[0].Dims, anchor.Inputs[1])}, {Literals.Int(((GatherPrim)anchor.Prim).Padding)}, {y}, {epilogue});\n";
            case KernelKind.MatMul:
                var (a, b, m, n, k) = Product(anchor);
                return $"K::MatMul.Run(W, {a}, {b}, {y}, {m}, {n}, {k}, {epilogue}{(Kept(In(1)) is { Length: > 0 } kept ? $", V{kept}" : "")});\n";
            case KernelKind.Conv:
                return $"K::Convolution.Forward(W, {ConvShape(anchor)}, n, {P(0)}, {P(1)}, {y}, {epilogue}, {Forms(In(1))});\n";
            case KernelKind.ConvGradInput:
                return $"K::Convolution.GradInput(W, {ConvShape(anchor)}, n, {P(0)}, {P(1)}, {y}, {epilogue}, {Forms(In(1))});\n";
            case KernelKind.MaxPool:
                return $"K::Pooling.Max(W, {PoolShape(anchor)}, n, {P(0)}, {y}, {epilogue});\n";
            case KernelKind.AvgPool:
                return $"K::Pooling.Average(W, {PoolShape(anchor)}, n, {P(0)}, {y}, {epilogue});\n";
            case KernelKind.MaxPoolGrad:
                return $"K::Pooling.MaxGrad(W, {PoolShape(anchor)}, n, {P(0)}, {P(1)}, {y}, {epilogue});\n";
            case KernelKind.MaxPoolPick:
                return $"K::Pooling.MaxPick(W, {PoolShape(anchor)}, n, {P(0)}, {P(1)}, {y}, {epilogue});\n";
            case KernelKind.AvgPoolGrad:
                return $"K::Pooling.AverageGrad(W, {PoolShape(anchor)}, n, {P(0)}, {y}, {epilogue});\n";
            default:
                throw new InvalidOperationException("No call for " + kernel.Kind);
        }
    }

    private string Accumulates(Kernel kernel) => IsGradient(kernel.Anchor!) ? "f.Accumulate" : "false";

    /// <summary>The forms of weights that a convolution may choose among.</summary>
    private string Forms(Val weight) => "V" + Kept(weight);

    /// <summary>
    /// The argument under whose number a call keeps the form of its weights: where they serve again, in inference and at the next step of a loop over time. Nothing where
    /// they do not, or are computed from the input.
    /// </summary>
    private string Kept(Val weight) =>
        (program.Lowered.Kind == ProgramKind.Inference || program.Lowered.IsStep) && plan.Contains(weight) && plan[weight].Region is Region.Parameters or Region.Derived
            ? $", {CallText.Marked(shared.Form())}"
            : "";

    private string RowSums(Kernel kernel) => kernel.RowSum is { } r ? Pointer(r) : "null";

    /// <summary>The operands of a product with their strides, and its extents.</summary>
    private (string A, string B, string M, string N, string K) Product(Val v)
    {
        var p = (MatMulPrim)v.Prim;
        string Operand(Val x, bool transposed)
        {
            var columns = Extent(x.Dims.Last);
            return transposed ? $"{Pointer(Views.Base(x))}, 1, {columns}" : $"{Pointer(Views.Base(x))}, {columns}, 1";
        }

        return (Operand(v.Inputs[0], p.TransposeA), Operand(v.Inputs[1], p.TransposeB), Extent(v.Dims.Rows), Extent(v.Dims.Last), Extent(p.TransposeA ? v.Inputs[0].Dims.Rows : v.Inputs[0].Dims.Last));
    }

    /// <summary>The arguments of a product for each index of the leading axes.</summary>
    private string ProductOfEach(Val v, string y)
    {
        var p = (MatMulPrim)v.Prim;
        var rank = v.Dims.Rank;
        string Operand(Val x, bool transposed)
        {
            Dim rows = x.Dims[rank - 2], columns = x.Dims.Last;
            return $"{Pointer(Views.Base(x))}, {Extent(rows * columns)}, {(transposed ? $"1, {Extent(columns)}" : $"{Extent(columns)}, 1")}";
        }

        var each = v.Dims.ToArray().Take(rank - 2).Aggregate((Dim)1, (a, d) => a * d);
        return $"{Extent(each)}, {Operand(v.Inputs[0], p.TransposeA)}, {Operand(v.Inputs[1], p.TransposeB)}, {y}, {Extent(v.Dims[rank - 2])}, {Extent(v.Dims.Last)}, {Extent(v.Inputs[0].Dims[rank - (p.TransposeA ? 2 : 1)])}";
    }

    private static string Extent(Dim d) => !d.IsSymbol ? CallText.Marked(d.Size) : d.Size == 1 ? "n" : "n * " + CallText.Marked(d.Size);

    /// <summary>The arguments of Gather and ScatterAdd behind the values: rows of x, their length, whether each sample has its own; indices, their number, the batch.</summary>
    private string RowsAndIndices(Dims x, Val indices)
    {
        var axis = x.HasBatch ? 1 : 0;
        return $"{Extent(x[axis])}, {Literals.Int(x.ToArray().Skip(axis + 1).Aggregate(1L, (a, d) => a * d.Size))}, {(x.HasBatch ? "true" : "false")}, {Pointer(Views.Base(indices))}, {Literals.Int(indices.Dims.Elements)}, n";
    }

    private static string Samples(Val v) => v.Dims.HasBatch ? "n" : "1";

    private string PermuteShape(Val v)
    {
        var lead = v.Dims.HasBatch ? 1 : 0;
        Dims x = v.Inputs[0].Dims;
        static string Array(IEnumerable<int> values) => $"new[] {{ {string.Join(", ", values.Select(i => Literals.Int(i)))} }}";
        return shared.Shape("PermuteShape", () => $"{Text(x)} to {Text(v.Dims)}", $"{Array(x.ToArray().Skip(lead).Select(d => d.Size))}, {Array(((PermutePrim)v.Prim).Axes.Skip(lead).Select(a => a - lead))}");
    }

    private string ResampleShape(Val v)
    {
        var p = (ResamplePrim)v.Prim;
        return shared.Shape("ResampleShape", () => $"{Text(v.Inputs[0].Dims)} to {Text(v.Dims)}", $"{v.Dims[1]}, {Axis(p.Rows, p.Transposed)}, {Axis(p.Columns, p.Transposed)}");
    }

    /// <summary>The runtime's map of an axis, as an expression that makes it.</summary>
    public static string Axis(AxisMap m, bool transposed) => "K::AxisMap." + (m.Rule switch
    {
        AxisRule.Nearest => $"Nearest({Literals.Int(m.Size)}, {Literals.Int(m.Scale)})",
        AxisRule.Linear => $"Linear({Literals.Int(m.Size)}, {Literals.Int(m.Scale)}, {(m.AlignCorners ? "true" : "false")})",
        _ => $"{m.Rule}({Literals.Int(m.Size)}, {Literals.Int(m.Before)}, {Literals.Int(m.After)})",
    }) + (transposed ? ".Transposed()" : "");

    /// <summary>Extents without the batch: <c>3x28x28</c>.</summary>
    private static string Text(Dims dims) => string.Join("x", dims.ToArray().Where(d => !d.IsSymbol));

    private string ConvShape(Val v)
    {
        var (window, x, y) = v.Prim switch
        {
            ConvPrim c => (c.Window, v.Inputs[0].Dims, v.Dims),
            ConvGradInputPrim c => (c.Window, v.Dims, v.Inputs[0].Dims),
            ConvGradWeightPrim c => (c.Window, v.Inputs[0].Dims, v.Inputs[1].Dims),
            _ => throw new InvalidOperationException(),
        };
        var (xs, ys) = (Positions(x), Positions(y));
        var values = new List<int>
        {
            x[1].Size, Last(xs, 2), Last(xs), y[1].Size, Last(ys, 2), Last(ys), Last(window.Kernel, 2), Last(window.Kernel), Last(window.Stride, 2), Last(window.Stride),
            Last(window.PadBefore, 2, 0), Last(window.PadBefore), Last(window.Dilation, 2), Last(window.Dilation), window.Groups,
        };
        if (xs.Length == 3)
        {
            values.AddRange(new[] { xs[0], ys[0], window.Kernel[0], window.Stride[0], window.PadBefore[0], window.Dilation[0] });
        }

        return shared.Shape("ConvShape", () => $"{Between(x)} to {Between(y)}{(xs.Length == 3 ? "" : ConvChoices.Text(values))}", string.Join(", ", values.Select(i => Literals.Int(i))));
    }

    private string PoolShape(Val v)
    {
        var (window, x, y, countPadding) = v.Prim switch
        {
            MaxPoolPrim p => (p.Window, v.Inputs[0].Dims, v.Dims, false),
            MaxPoolGradPrim p => (p.Window, v.Dims, v.Inputs[1].Dims, false),
            MaxPoolPickPrim p => (p.Window, v.Inputs[0].Dims, v.Dims, false),
            AvgPoolPrim p => (p.Window, v.Inputs[0].Dims, v.Dims, p.CountPadding),
            AvgPoolGradPrim p => (p.Window, v.Dims, v.Inputs[0].Dims, p.CountPadding),
            _ => throw new InvalidOperationException(),
        };
        var (xs, ys) = (Positions(x), Positions(y));
        var values = new[]
        {
            x[1].Size, Last(xs, 2), Last(xs), Last(ys, 2), Last(ys), Last(window.Kernel, 2), Last(window.Kernel), Last(window.Stride, 2), Last(window.Stride), Last(window.PadBefore, 2, 0), Last(window.PadBefore),
        };
        // Means leave out what overhangs the border.
        var border = countPadding && window.Overhang.Any(o => o > 0) ? window.PadAfter.Select((p, i) => p - window.Overhang[i]).ToArray() : null;
        return shared.Shape(
            "PoolShape",
            () => $"{Between(x)} to {Between(y)}",
            string.Join(", ", values.Select(i => Literals.Int(i))) + (countPadding ? ", true" : ", false") + (border is null ? "" : $", {Literals.Int(Last(border, 2, 0))}, {Literals.Int(Last(border))}"));
    }

    /// <summary>Extents behind the channels.</summary>
    private static int[] Positions(Dims dims) => dims.ToArray().Skip(2).Select(d => d.Size).ToArray();

    private static string Between(Dims dims) => string.Join("x", dims.ToArray().Skip(1));

    /// <summary>The number of the last axis, the last but one …; a window over fewer axes is one of height one.</summary>
    private static int Last(IReadOnlyList<int> numbers, int fromEnd = 1, int missing = 1) => fromEnd <= numbers.Count ? numbers[numbers.Count - fromEnd] : missing;

    /// <summary>The epilogue as an expression that makes it, and the value it returns (others that are read elsewhere it stores itself).</summary>
    private (string Epilogue, Val Result) Epilogue(Kernel kernel)
    {
        var result = kernel.Stored[kernel.Stored.Count - 1];
        if (kernel.Members.Count == 0)
        {
            return ("AsIs", result);
        }

        var (key, tensors) = signatures.Of(kernel);
        if (!epilogues.TryGetValue(key, out var known))
        {
            epilogues.Add(key, known = WriteEpilogue(kernel, result, tensors));
        }

        return ($"new {known.Struct}({string.Join(", ", known.Slots.Select(slot => Pointer(tensors[slot])).Concat(known.Extras))})", result);
    }

    private (string Struct, string[] Extras, int[] Slots) WriteEpilogue(Kernel kernel, Val result, Val[] tensors)
    {
        var anchor = kernel.Anchor!;
        var rank = kernel.Domain.Rank;
        var operands = new Operands(graph);
        var extras = new Extras();
        var writer = default(ExpressionWriter)!;
        string? Given(Val v, int[] map) => v == anchor ? "acc" : kernel.Members.Contains(v) ? writer.Define(v) : null;
        string Load(Val v, Access access)
        {
            var name = operands.Name(v);
            return EpilogueOperand.Classify(access, kernel) switch
            {
                EpilogueAccess.Index => $"V.Load({name} + index)",
                EpilogueAccess.Row => $"V.Broadcast({name}[row])",
                EpilogueAccess.Column => $"V.Load({name} + column)",
                EpilogueAccess.Scalar => $"V.Broadcast({name}[0])",
                _ => throw new InvalidOperationException("An epilogue cannot read " + v),
            };
        }

        string Leaf(Val v, int[] map)
        {
            switch (v.Prim)
            {
                case InverseBatchPrim:
                    return $"V.Broadcast({extras.InverseBatch()})";
                case SampleSharePrim:
                    return $"V.Broadcast({extras.SampleShare()})";
                case BatchPrim:
                    return $"V.Broadcast({extras.BatchAsFloat()})";
                case UniformPrim u:
                    var per = Literals.Int(kernel.Domain.Elements);
                    var (_, purpose) = extras.Random(u.Purpose);
                    return $"V.Uniform((uint)seed, (uint)(seed >> 32), {purpose}, step, first + (ulong)(index / {per}), index % {per}{(program.Lowered.IsStep ? $" + {extras.Time()} * {per}" : "")})";
                default:
                    throw new InvalidOperationException("An epilogue cannot compute " + v);
            }
        }

        writer = new ExpressionWriter(HasMemory, rank, "V", "t", Given, Load, Leaf, literalNumbers: true);
        var returned = result == anchor ? "acc" : writer.Define(result);
        var stores = new StringBuilder();
        foreach (var v in kernel.Stored.Where(s => s != result))
        {
            var value = v == anchor ? "acc" : writer.Define(v);
            stores.Append($"V.Store({operands.Name(v, written: true)} + index, {value});\n");
        }

        var code = new StringBuilder();
        foreach (var line in FormulaOf(kernel, new Operands(graph), literalNumbers: true))
        {
            code.Append("// ").Append(line).Append('\n');
        }

        code.Append($"public readonly struct §({Declarations(operands, extras)}) : K::IEpilogue\n{{\n");
        code.Append("    [Clr::MethodImpl(Inline)]\n    public V Apply<V>(V acc, nint row, nint column, nint index) where V : unmanaged, K::ISimd<V>\n    {\n");
        code.Append(Indent(writer.Body(stores + $"return {returned};\n"), 2));
        code.Append("    }\n}\n");
        var name = shared.Name(EpilogueName(kernel), code.ToString());
        return (name, extras.Arguments.ToArray(), operands.All.Select(o => Array.IndexOf(tensors, o.Value)).ToArray());
    }

    private static string EpilogueName(Kernel kernel)
    {
        var words = kernel.Members.Take(3).Select(m => m.Prim switch
        {
            BinaryPrim { Op: BinaryOp.Add } when m.Inputs.Any(x => Views.Base(x).Prim is ParameterPrim) => "Bias",
            BinaryPrim b => b.Op.ToString(),
            UnaryPrim u => u.Op.ToString(),
            LeakyReluPrim { Slope: 0 } => "Relu",
            LeakyReluPrim => "LeakyRelu",
            SelectPrim => "Where",
            _ => "",
        });
        return string.Concat(words) + "Epilogue";
    }
}
