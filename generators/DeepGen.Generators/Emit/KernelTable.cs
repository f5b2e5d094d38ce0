using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>The table at the head of a generated file: one row for each kernel call of a program, with the layers fused into it and where its results lie how long.</summary>
internal static class KernelTable
{
    /// <summary>From more kernels on a table is for looking things up, not for reading: it is kept short.</summary>
    private const int LongTable = 128;

    public static void Write(CodeWriter w, string title, PlannedProgram program, IEnumerable<CallSequence> sections, NetworkGraph graph)
    {
        var memory = program.Memory;
        w.Line($"// {title}: {Literals.Int(program.Kernels.Count)} kernels, arena of {Literals.Grouped(4 * memory.SampleFloats)} bytes a sample and {Literals.Grouped(4 * memory.FixedFloats)} fixed.");
        if (program.Recomputed > 0)
        {
            w.Line($"// {Literals.Int(program.Recomputed)} values of the forward pass are not kept: backward computes them again, where they are read or in the kernels that say so. That saves {Literals.Grouped(4 * program.SavedFloats)} bytes a sample.");
        }

        if (program.Kernels.Count == 0)
        {
            return;
        }

        bool IsWeight(Val v) => v.Prim is ParameterPrim || (memory.Contains(v) && memory[v].Region == Region.Derived);
        var ends = memory.Buffers.ToDictionary(b => b.Value, b => b.End);
        var rows = new List<string[]> { new[] { "#", "layers", "kernel", "in", "out", "parameters", "FLOPs", "bytes", "at (until kernel)" } };
        // In a long table the kernels of a layer that follow each other are one row, and only places in the activations are told.
        var isLong = program.Kernels.Count > LongTable;
        string[] Row(IReadOnlyList<(Kernel Kernel, string Number)> row)
        {
            var kernels = row.Select(r => r.Kernel).ToArray();
            string Extents(Dims dims) => isLong ? Compact(dims).Trim('[', ']') : Compact(dims);
            string Places(Kernel k) => string.Join(", ", k.Stored.Where(memory.Contains).Where(s => !isLong || memory[s].Region is Region.Sample or Region.Output)
                .Select(s => Place(memory[s], s, graph) + (ends.TryGetValue(s, out var end) && end > k.Index ? $" ({Literals.Int(end)})" : "")));
            return new[]
            {
                row.Count == 1 ? row[0].Number : row[0].Number + "-" + row[row.Count - 1].Number,
                Layers(kernels[0]),
                string.Join("+", kernels.Select(k => k.Kind).Distinct()),
                string.Join(" ", kernels[0].Operands.Where(o => o.Dims.HasBatch).Select(o => Extents(o.Dims)).Distinct()),
                string.Join(" ", kernels[kernels.Length - 1].Stored.Select(s => Extents(s.Dims)).Distinct()),
                kernels.Max(k => k.Operands.Where(IsWeight).Sum(o => o.Dims.Elements)) is > 0 and var p ? Literals.Grouped(p) : "",
                Literals.Short(kernels.Sum(Flops)),
                Literals.Short(kernels.Sum(k => k.Operands.Concat(k.Stored).Where(v => v.Dims.HasBatch).Sum(v => 4 * v.Dims.Elements))),
                string.Join(", ", kernels.Select(Places).Where(text => text.Length > 0)),
            };
        }

        // A row of one cell is a remark: what repeats is shown once.
        foreach (var section in sections)
        {
            foreach (var stretch in section.Stretches)
            {
                var kernels = section.Of(stretch);
                var row = new List<(Kernel Kernel, string Number)>();
                foreach (var next in kernels.SelectMany(k => Rows(k)))
                {
                    if (row.Count > 0 && !(isLong && Layers(row[0].Kernel) == Layers(next.Kernel)))
                    {
                        rows.Add(Row(row));
                        row.Clear();
                    }

                    row.Add(next);
                }

                rows.Add(Row(row));
                if (stretch.Count > 1)
                {
                    rows.Add(new[] { (kernels.Count == 1 ? "this kernel comes " : $"these {Literals.Int(kernels.Count)} kernels come ") + Literals.Int(stretch.Count) + " times" });
                }
            }
        }

        var table = rows.Where(r => r.Length > 1).ToArray();
        var widths = Enumerable.Range(0, rows[0].Length - 1).Select(i => isLong ? 0 : Math.Min(table.Length <= 64 ? 28 : 8, table.Max(r => r[i].Length))).ToArray();
        var numbers = new[] { true, false, false, false, false, true, true, true };
        foreach (var row in rows)
        {
            w.Line("// " + (row.Length == 1 ? row[0] : string.Join("  ", row.Select((c, i) => i == widths.Length ? c : numbers[i] ? c.PadLeft(widths[i]) : c.PadRight(widths[i]))).TrimEnd()));
        }
    }

    /// <summary>A kernel; behind a loop, those of a step.</summary>
    private static IEnumerable<(Kernel Kernel, string Number)> Rows(Kernel kernel) =>
        new[] { (kernel, Literals.Int(kernel.Index)) }.Concat(kernel.Scan is { } scan ? scan.Step.Kernels.Select(k => (k, Literals.Int(kernel.Index) + "." + Literals.Int(k.Index))) : Array.Empty<(Kernel, string)>());

    /// <summary>The layers computed in one pass.</summary>
    public static string Layers(Kernel kernel)
    {
        var left = false;
        var layers = (kernel.Anchor is { } a ? new[] { a } : Array.Empty<Val>()).Concat(kernel.Members).Concat(kernel.RowSum is { } r ? new[] { r } : Array.Empty<Val>())
            .Where(v => v.Origin.Length > 0).Select(v => v.IsRepeat ? v.Origin + " again" : v.Origin).Distinct().ToArray();
        if (layers.Length > 4)
        {
            layers = layers.Take(3).Append(layers[layers.Length - 1]).ToArray();
            left = true;
        }

        for (var i = layers.Length - 1; i > 0; i--)
        {
            // The scope of the first holds for those behind it.
            if (Scope(layers[i]) is { Length: > 0 } scope && scope == Scope(layers[i - 1]))
            {
                layers[i] = layers[i].Substring(scope.Length);
            }
        }

        return left ? string.Join(" + ", layers.Take(3)) + " + … + " + layers[3] : string.Join(" + ", layers);
    }

    private static string Scope(string layer) => layer.Substring(0, layer.LastIndexOf('.') + 1);

    private static string Compact(Dims dims) => dims.ToString().Replace(", ", ",");

    private static string Place(Location location, Val v, NetworkGraph graph) => location.Region switch
    {
        Region.Sample => Literals.Int(location.Offset) + "·n",
        Region.Output => graph.Api.Outputs[(int)location.Offset],
        Region.Fixed or Region.Derived or Region.Gradients or Region.State => $"{location.Region.ToString().ToLowerInvariant()} {Literals.Int(location.Offset)}",
        _ => location.Region.ToString(),
    };

    /// <summary>Arithmetic of one sample: two for each multiply-add.</summary>
    private static long Flops(Kernel k)
    {
        long Product(Dims a, Dims b) => 2 * a.Elements * b.Elements;
        var x = k.Anchor?.Inputs;
        return k.Kind switch
        {
            KernelKind.MatMul => 2 * k.Domain.Elements * x![0].Dims[x[0].Dims.Rank - (((MatMulPrim)k.Anchor!.Prim).TransposeA ? 2 : 1)].Size,
            KernelKind.WeightMatMul => 2 * k.Domain.Elements * (((MatMulPrim)k.Anchor!.Prim).TransposeA ? x![0].Dims.Rows : x![0].Dims.Last).Size,
            KernelKind.Scan => k.Scan!.Body.Steps * k.Scan.Step.Kernels.Sum(Flops),
            KernelKind.TimeMajor or KernelKind.SampleMajor => 0,
            KernelKind.Conv => Product(k.Domain, x![1].Dims) / k.Domain[1].Size,
            KernelKind.ConvGradInput => Product(x![0].Dims, x[1].Dims) / x[0].Dims[1].Size,
            KernelKind.ConvGradWeight => Product(x![1].Dims, k.Domain) / k.Domain[0].Size,
            KernelKind.Concat or KernelKind.Permute or KernelKind.Gather => 0,
            KernelKind.ScatterAdd => x![0].Dims.Elements,
            _ => k.Domain.Elements * Math.Max(1, k.Members.Count),
        };
    }
}
