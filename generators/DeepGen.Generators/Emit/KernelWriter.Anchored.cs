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
                    return $"Kernels::MatMul.Accumulate(f.Workers, {a}, {b}, {Pointer(anchor)}, {m}, {n}, {k}, {Accumulates(kernel)}, {RowSums(kernel)});\n";
                }

            case KernelKind.TimeMajor or KernelKind.SampleMajor:
                var sequence = kernel.Kind == KernelKind.TimeMajor ? anchor.Dims : In(0).Dims;
                // Integers are moved as floats are: as four bytes.
                string Floats(Val v) => v.Element == Element.Float32 ? Pointer(v) : $"(float*)({Pointer(v)})";
                return $"Kernels::Sequences.{kernel.Kind}(f.Workers, {Floats(In(0))}, {Floats(anchor)}, n, {Literals.Int(sequence[0].Size)}, {Literals.Int(sequence.Elements / sequence[0].Size)});\n";
            case KernelKind.ConvGradWeight:
                return $"Kernels::Convolution.GradWeight(f.Workers, {ConvShape(anchor)}, n, {P(0)}, {P(1)}, {Pointer(anchor)}, {Accumulates(kernel)}, {RowSums(kernel)});\n";
        }

        var (epilogue, result) = Epilogue(kernel);
        var y = Pointer(result);
        switch (kernel.Kind)
        {
            case KernelKind.MatMul:
                var (a, b, m, n, k) = Product(anchor);
                return $"Kernels::MatMul.Run(f.Workers, {a}, {b}, {y}, {m}, {n}, {k}, {epilogue});\n";
            case KernelKind.Conv:
                return $"Kernels::Convolution.Forward(f.Workers, {ConvShape(anchor)}, n, {P(0)}, {P(1)}, {y}, {epilogue});\n";
            case KernelKind.ConvGradInput:
                return $"Kernels::Convolution.GradInput(f.Workers, {ConvShape(anchor)}, n, {P(0)}, {P(1)}, {y}, {epilogue});\n";
            case KernelKind.MaxPool:
                return $"Kernels::Pooling.Max(f.Workers, {PoolShape(anchor)}, n, {P(0)}, {y}, {epilogue});\n";
            case KernelKind.AvgPool:
                return $"Kernels::Pooling.Average(f.Workers, {PoolShape(anchor)}, n, {P(0)}, {y}, {epilogue});\n";
            case KernelKind.MaxPoolGrad:
                return $"Kernels::Pooling.MaxGrad(f.Workers, {PoolShape(anchor)}, n, {P(0)}, {P(1)}, {y}, {epilogue});\n";
            case KernelKind.AvgPoolGrad:
                return $"Kernels::Pooling.AverageGrad(f.Workers, {PoolShape(anchor)}, n, {P(0)}, {y}, {epilogue});\n";
            default:
                throw new InvalidOperationException("No call for " + kernel.Kind);
        }
    }

    private string Accumulates(Kernel kernel) => IsGradient(kernel.Anchor!) ? "f.Accumulate" : "false";

    private string RowSums(Kernel kernel) => kernel.RowSum is { } r ? Pointer(r) : "null";

    /// <summary>The operands of a product with their strides, and its extents.</summary>
    private (string A, string B, string M, string N, string K) Product(Val v)
    {
        var p = (MatMulPrim)v.Prim;
        string Operand(Val x, bool transposed)
        {
            var columns = Extent(x.Dims[1]);
            return transposed ? $"{Pointer(Views.Base(x))}, 1, {columns}" : $"{Pointer(Views.Base(x))}, {columns}, 1";
        }

        return (Operand(v.Inputs[0], p.TransposeA), Operand(v.Inputs[1], p.TransposeB), Extent(v.Dims[0]), Extent(v.Dims[1]), Extent(v.Inputs[0].Dims[p.TransposeA ? 0 : 1]));
    }

    private static string Extent(Dim d) => !d.IsSymbol ? Literals.Int(d.Size) : d.Size == 1 ? "n" : Literals.Int(d.Size) + " * n";

    private string ConvShape(Val v)
    {
        var (window, x, y) = v.Prim switch
        {
            ConvPrim c => (c.Window, v.Inputs[0].Dims, v.Dims),
            ConvGradInputPrim c => (c.Window, v.Dims, v.Inputs[0].Dims),
            ConvGradWeightPrim c => (c.Window, v.Inputs[0].Dims, v.Inputs[1].Dims),
            _ => throw new InvalidOperationException(),
        };
        var values = new[]
        {
            x[1].Size, x[2].Size, x[3].Size, y[1].Size, y[2].Size, y[3].Size, window.Kernel[0], window.Kernel[1], window.Stride[0], window.Stride[1],
            window.PadBefore[0], window.PadBefore[1], window.Dilation[0], window.Dilation[1], window.Groups,
        };
        return shared.Shape("ConvShape", $"{x[1]}x{x[2]}x{x[3]} to {y[1]}x{y[2]}x{y[3]}", string.Join(", ", values.Select(i => Literals.Int(i))));
    }

    private string PoolShape(Val v)
    {
        var (window, x, y, countPadding) = v.Prim switch
        {
            MaxPoolPrim p => (p.Window, v.Inputs[0].Dims, v.Dims, false),
            MaxPoolGradPrim p => (p.Window, v.Dims, v.Inputs[1].Dims, false),
            AvgPoolPrim p => (p.Window, v.Inputs[0].Dims, v.Dims, p.CountPadding),
            AvgPoolGradPrim p => (p.Window, v.Dims, v.Inputs[0].Dims, p.CountPadding),
            _ => throw new InvalidOperationException(),
        };
        var values = new[] { x[1].Size, x[2].Size, x[3].Size, y[2].Size, y[3].Size, window.Kernel[0], window.Kernel[1], window.Stride[0], window.Stride[1], window.PadBefore[0], window.PadBefore[1] };
        return shared.Shape("PoolShape", $"{x[1]}x{x[2]}x{x[3]} to {y[1]}x{y[2]}x{y[3]}", string.Join(", ", values.Select(i => Literals.Int(i))) + (countPadding ? ", true" : ", false"));
    }

    /// <summary>The epilogue as an expression that makes it, and the value it returns (others that are read elsewhere it stores itself).</summary>
    private (string Epilogue, Val Result) Epilogue(Kernel kernel)
    {
        var anchor = kernel.Anchor!;
        var result = kernel.Stored[kernel.Stored.Count - 1];
        if (kernel.Members.Count == 0)
        {
            return ("default(Kernels::Identity)", result);
        }

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
        foreach (var line in FormulaOf(kernel, new Operands(graph)))
        {
            code.Append("// ").Append(line).Append('\n');
        }

        code.Append("public struct § : Kernels::IEpilogue\n{\n").Append(Declarations(operands)).Append(extras.Declarations);
        code.Append("\n    [Clr::MethodImpl(Clr::MethodImplOptions.AggressiveInlining)]\n    public V Apply<V>(V acc, nint row, nint column, nint index) where V : unmanaged, Kernels::ISimd<V>\n    {\n");
        foreach (var line in writer.Lines)
        {
            code.Append("        ").Append(line).Append('\n');
        }

        if (stores.Length > 0)
        {
            code.Append(Indent(stores.ToString(), 2));
        }

        code.Append($"        return {returned};\n    }}\n}}\n");
        var name = shared.Name(EpilogueName(kernel), code.ToString().Replace("{\n\n    [", "{\n    ["));
        return ($"new {name} {{ {Fields(operands, extras.Initializers)} }}", result);
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
