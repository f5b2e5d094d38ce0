using System.Text;
using System.Text.RegularExpressions;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit.Gpu;

/// <summary>
/// The struct of one GPU kernel while it is written: what it is given, and its expressions as C# over one element. All extents but the batch are numbers in its text, so that the GPU's
/// compiler turns the divisions by them into multiplications.
/// </summary>
internal sealed class GpuBody
{
    private readonly GpuKernelWriter writer;
    private readonly Kernel kernel;
    private readonly Dims domain;
    private readonly List<(string Type, string Name, string Argument)> numbers = new();
    private IReadOnlyList<Loop> loops = Array.Empty<Loop>();
    private int stages;

    public GpuBody(GpuKernelWriter writer, Kernel kernel, Dims domain)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.domain = domain;
        Operands = new Operands(writer.Graph);
        Reads = new ExpressionReads(domain.Rank, writer.HasMemory);
    }

    public Operands Operands { get; }

    public ExpressionReads Reads { get; }

    /// <summary>Cuts the domain into loops, once all reads are known.</summary>
    /// <param name="separate">True for axes i where i and i - 1 must not be one loop.</param>
    public void Split(Func<int, bool> separate)
    {
        var (_, counted) = Reads.Counters(domain);
        loops = Loops.Of(domain, Reads.Accesses, axis => separate(axis) || counted(axis));
    }

    /// <summary>The loops over some of the axes.</summary>
    public IReadOnlyList<Loop> Over(Func<int, bool> axes) => loops.Where(l => axes(l.Axes[0])).ToArray();

    /// <summary>How often loops run together, where the kernel is launched.</summary>
    public static string Launches(IReadOnlyList<Loop> part)
    {
        var size = part.Aggregate(1L, (s, l) => s * l.Size);
        return part.Any(l => l.HasBatch) ? size == 1 ? "n" : "n * " + CallText.Marked(size) : CallText.Marked(size);
    }

    /// <summary>How often loops run together, inside the kernel.</summary>
    public string Count(IReadOnlyList<Loop> part)
    {
        var size = part.Aggregate(1L, (s, l) => s * l.Size);
        return part.Any(l => l.HasBatch) ? size == 1 ? Batch() : $"{Batch()} * {Literals.Int(size)}" : Literals.Int(size);
    }

    /// <summary>The statements that find the coordinates that <paramref name="code"/> uses, in front of it.</summary>
    public static string WithCoordinates(string index, IReadOnlyList<Loop> part, string code)
    {
        var text = new StringBuilder();
        long inside = 1;
        for (var i = part.Count - 1; i >= 0; i--)
        {
            if (Regex.IsMatch(code, $@"\b{part[i].Name}\b"))
            {
                text.Append($"var {part[i].Name} = {index}{(inside == 1 ? "" : " / " + Literals.Int(inside))}{(i == 0 ? "" : " % " + Literals.Int(part[i].Size))};\n");
            }

            inside *= part[i].Size;
        }

        return text.Append(code).ToString();
    }

    /// <summary>A tensor's element at the coordinates.</summary>
    public string Address(Access access)
    {
        var terms = new List<string>();
        if (access.Offset != 0)
        {
            terms.Add(Literals.Int(access.Offset));
        }

        foreach (var loop in loops)
        {
            var stride = loop.Stride(access);
            if (stride != 0)
            {
                terms.Add(stride == 1 ? loop.Name : $"{loop.Name} * {Literals.Int(stride)}");
            }
        }

        return terms.Count == 0 ? "0" : string.Join(" + ", terms);
    }

    /// <summary>Writes expressions over the domain.</summary>
    /// <param name="known">Numbers of the row that were computed before.</param>
    /// <param name="withMembers">Whether what the kernel computes for each element is computed here.</param>
    public ExpressionWriter Expressions(Func<Val, string?> known, bool withMembers)
    {
        var result = default(ExpressionWriter)!;
        string? Given(Val v, int[] map) => known(v) ?? (withMembers && kernel.Kind != KernelKind.Concat && kernel.Members.Contains(v) && v.Dims == domain ? result.Define(v) : null);
        var prefix = stages == 0 ? "t" : "t" + Literals.Int(stages) + "_";
        stages++;
        return result = new ExpressionWriter(writer.HasMemory, domain.Rank, "Gpu::Scalar", prefix, Given, (v, access) => $"Gpu::Scalar.Load({Operands.Name(v)}, {Address(access)})", Leaf, literalNumbers: true);
    }

    private string Leaf(Val v, int[] map)
    {
        switch (v.Prim)
        {
            case IotaPrim:
                var axis = map[Array.FindIndex(v.Dims.ToArray(), d => !d.IsOne)];
                return $"Gpu::Scalar.Broadcast({loops.First(l => l.Axes.Contains(axis)).Name})";
            case UniformPrim u:
                var element = Access.Of(null!, v.Dims, map, domain.Rank);
                if (domain.HasBatch)
                {
                    var withinSample = (long[])element.Strides.Clone();
                    withinSample[0] = 0;
                    element = element with { Strides = withinSample };
                }

                return Uniform(u, domain.HasBatch ? $"{Number("ulong", "first", "f.FirstSample")} + (ulong)({Address(new Access(null!, 0, Enumerable.Range(0, domain.Rank).Select(i => i == 0 ? 1L : 0).ToArray()))})" : "0", Address(element), v.Dims.Elements);
            default:
                return Constant(v);
        }
    }

    /// <summary>A leaf that is the same for every element.</summary>
    public string Constant(Val v) => v.Prim switch
    {
        InverseBatchPrim => $"Gpu::Scalar.Broadcast({Number("float", "inverseBatch", "1f / n")})",
        SampleSharePrim => $"Gpu::Scalar.Broadcast({Number("float", "share", "f.SampleShare")})",
        BatchPrim => $"Gpu::Scalar.Broadcast({Batch()})",
        _ => throw new InvalidOperationException("No code for " + v.Prim.GetType().Name),
    };

    /// <param name="elements">Elements of a step, where the kernel is part of a loop over time.</param>
    public string Uniform(UniformPrim u, string sample, string element, long elements)
    {
        if (writer.IsStep)
        {
            element = $"{element} + {Number("int", "time", "(int)t")} * {Literals.Int(elements)}";
        }

        return $"Gpu::Random.Uniform({Number("ulong", "seed", "f.Seed")}, {Literals.Int(u.Purpose)}, {Number("ulong", "step", "f.Step")}, {sample}, {element})";
    }

    /// <summary>The statement that stores a value.</summary>
    /// <param name="add">Whether it is the gradient of a parameter, which may be added to what is there.</param>
    public string Store(Val v, string address, string value, bool add)
    {
        var y = Operands.Name(v, written: true);
        return add ? $"Gpu::Scalar.Store({y}, {address}, {Number("int", "accumulate", "f.Accumulate")} != 0 ? Gpu::Scalar.Load({y}, {address}) + {value} : {value});\n" : $"Gpu::Scalar.Store({y}, {address}, {value});\n";
    }

    public string Batch() => Number("int", "batch", "(int)n");

    /// <summary>A number that the kernel is given.</summary>
    public string Number(string type, string name, string argument)
    {
        if (!numbers.Any(x => x.Name == name))
        {
            numbers.Add((type, name, argument));
        }

        return name;
    }

    /// <summary>What the kernel is given beside tensors and its numbers: the table of an axis.</summary>
    public string Fields => string.Join(", ", Operands.All.Select(o => $"{(o.Value.Element == Element.Int32 ? "Il::ArrayView<int>" : "Il::ArrayView<float>")} {o.Name}").Concat(numbers.Select(x => $"{x.Type} {x.Name}")));

    /// <summary>The arguments of its creation.</summary>
    public string Arguments => string.Join(", ", Operands.All.Select(o => writer.Pointer(o.Value)).Concat(numbers.Select(x => x.Argument)));

    /// <summary>The struct's source, with § in place of its name.</summary>
    public string Struct(string contract, string members, bool withFormula = true)
    {
        var code = new StringBuilder();
        foreach (var line in withFormula ? Formula.Of(kernel, new Operands(writer.Graph), writer.HasMemory, literalNumbers: true) : Enumerable.Empty<string>())
        {
            code.Append("// ").Append(line).Append('\n');
        }

        return code.Append($"public readonly struct §({Fields}) : Gpu::{contract}\n{{\n").Append(Indent(members, 1)).Append("}\n").ToString();
    }

    public static string Method(string head, string body) => $"public {head}\n{{\n{Indent(body, 1)}}}\n";

    public static string Indent(string text, int levels)
    {
        var pad = new string(' ', 4 * levels);
        return string.Join("\n", text.TrimEnd('\n').Split('\n').Select(l => l.Length == 0 ? l : pad + l)) + "\n";
    }
}
