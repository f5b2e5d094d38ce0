using System.Globalization;
using System.Text;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>Writes the code of one program's kernels: the structs they need (shared between equal kernels) and the calls, in order.</summary>
internal sealed partial class KernelWriter
{
    private readonly FusedProgram program;
    private readonly NetworkGraph graph;
    private readonly MemoryPlan plan;
    private readonly SharedCode shared;
    private Kernel current = null!;
    private readonly KernelSignatures signatures;
    private readonly Dictionary<KernelSignature, (LoopCall Call, int[] Slots)> written = new();
    private readonly Dictionary<KernelSignature, (string Struct, string[] Extras, int[] Slots)> epilogues = new();

    public KernelWriter(FusedProgram program, MemoryPlan plan, SharedCode shared)
    {
        this.program = program;
        graph = program.Lowered.Graph;
        this.plan = plan;
        this.shared = shared;
        signatures = new KernelSignatures(this);
    }

    /// <summary>The statements that run <paramref name="kernel"/>, given <c>f</c> (the frame) and <c>n</c> (the batch).</summary>
    public string Call(Kernel kernel)
    {
        current = kernel;
        return kernel.Kind switch
        {
            KernelKind.Row => Written(kernel, Row),
            KernelKind.Reduce => Written(kernel, Reduction),
            KernelKind.Concat => ConcatCall(kernel),
            KernelKind.Scan => ScanLoop(kernel),
            _ => Anchored(kernel),
        };
    }

    /// <summary>A network repeats its blocks: a kernel that was written before for other tensors is called again, not written again.</summary>
    private string Written(Kernel kernel, Func<Kernel, LoopCall> write)
    {
        var (key, tensors) = signatures.Of(kernel);
        if (!written.TryGetValue(key, out var known))
        {
            var call = write(kernel);
            written.Add(key, known = (call, call.Operands.Select(v => Array.IndexOf(tensors, v)).ToArray()));
        }

        return (known.Call with { Operands = known.Slots.Select(slot => tensors[slot]).ToArray() }).Text(this);
    }

    /// <summary>The call of a kernel that loops by itself: everything but the pointers is the same for every kernel of one signature.</summary>
    /// <param name="Shift">Added to the pointer of the last operand: the place of a part in a joined tensor.</param>
    private sealed record LoopCall(string Struct, IReadOnlyList<Val> Operands, IReadOnlyList<string> Extras, string? Count, string FlopsPerItem, long Shift = 0)
    {
        public string Text(KernelWriter writer)
        {
            var arguments = Operands.Select((v, i) => writer.Pointer(v) + (Shift != 0 && i == Operands.Count - 1 ? " + " + CallText.Marked(Shift) : "")).Concat(Extras);
            var kernel = $"new {Struct}({string.Join(", ", arguments)})";
            return Count is null ? $"{kernel}.Run(0, 1);\n" : $"W.For({Count}, {FlopsPerItem}, {kernel});\n";
        }
    }

    /// <summary>A pointer to the tensor, as an expression over f and n, its numbers marked.</summary>
    public string Pointer(Val v)
    {
        if (v.Prim is TablePrim table)
        {
            return Table(table) + ".Pointer";
        }

        var location = plan[v];
        var type = v.Element == Element.Int32 ? "int*" : "float*";
        return location.Region switch
        {
            Region.Input => $"({type})f.Inputs[{Literals.Int(location.Offset)}]",
            Region.Target => $"({type})f.Targets[{Literals.Int(location.Offset)}]",
            Region.Output => $"({type})f.Outputs[{Literals.Int(location.Offset)}]",
            // A local: scratch memory where the caller does not want this one.
            Region.InputGradient => $"dx{Literals.Int(location.Offset)}",
            _ => (v.Element == Element.Int32 ? "(int*)(" : "") + Arena(location) + (v.Element == Element.Int32 ? ")" : ""),
        };
    }

    /// <summary>The numbers lie in the assembly's own data, which never moves.</summary>
    private string Table(TablePrim table) => shared.Name(
        "Table",
        "public static class §\n{\n"
        + $"    private static global::System.ReadOnlySpan<float> Values => [{string.Join(", ", table.Values.Select(Literals.Float))}];\n\n"
        + "    public static float* Pointer => (float*)Clr::Unsafe.AsPointer(ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(Values));\n}\n");

    public static string Arena(Location location) => location.Region switch
    {
        Region.Sample when location.Step != 0 => $"A + ({CallText.Marked(location.Offset)} + {location.Time} * {CallText.Marked(location.Step)}) * n",
        Region.Sample => "A + " + CallText.Marked(location.Offset) + " * n",
        Region.Fixed when location.Step != 0 => $"F + {CallText.Marked(location.Offset)} + {location.Time} * {CallText.Marked(location.Step)}",
        Region.Fixed or Region.Parameters or Region.Gradients or Region.State or Region.Derived => $"{location.Region.ToString()[0]} + {CallText.Marked(location.Offset)}",
        _ => throw new InvalidOperationException("Not in an arena: " + location.Region),
    };

    public bool IsGradient(Val v) => plan.Contains(v) && plan[v].Region == Region.Gradients;

    /// <summary>The access of a kernel to a value it writes.</summary>
    private static Access Whole(Val v, int rank) => Access.Of(v, v.Dims, Views.Align(v.Dims, Views.Identity(rank)), rank);

    /// <summary>Whether the kernel being written finds a value in memory.</summary>
    public bool HasMemory(Val v) => program.HasMemory(v, current);

    /// <summary>A rough count of arithmetic per element, so that the runtime can tell whether threads pay.</summary>
    private static int Flops(IEnumerable<Val> values)
    {
        var seen = new HashSet<Val>();
        var stack = new Stack<Val>(values);
        var flops = 1;
        while (stack.Count > 0)
        {
            var v = stack.Pop();
            if (v.Prim is PointwisePrim or ReducePrim && seen.Add(v) && seen.Count < 200)
            {
                flops += v.Prim is UnaryPrim { Op: UnaryOp.Exp or UnaryOp.Log or UnaryOp.Tanh or UnaryOp.Sigmoid or UnaryOp.Sin or UnaryOp.Cos or UnaryOp.Erf or UnaryOp.Expm1 or UnaryOp.Log1p } or BinaryPrim { Op: BinaryOp.Pow } ? 20 : 1;
                foreach (var x in v.Inputs)
                {
                    stack.Push(x);
                }
            }
        }

        return flops;
    }

    public NetworkGraph Graph => graph;

    public static string Name(Kernel kernel)
    {
        var origin = kernel.Origin;
        var leaf = origin.Substring(origin.LastIndexOf('.') + 1).TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var suffix = kernel.Section is Section.Backward or Section.InputGradient ? "Backward" : "";
        return SharedCode.Identifier(leaf) + suffix;
    }

    /// <summary>The parameters of a kernel struct: its tensors, then what else it needs.</summary>
    private static string Declarations(Operands operands, Extras extras) =>
        string.Join(", ", operands.All.Select(o => $"{(o.Value.Element == Element.Int32 ? "int" : "float")}* {o.Name}").Concat(extras.Declarations));

    private static string Indent(string text, int levels)
    {
        var pad = new string(' ', 4 * levels);
        return string.Join("\n", text.TrimEnd('\n').Split('\n').Select(l => l.Length == 0 ? l : pad + l)) + "\n";
    }

    /// <summary>What a kernel needs beyond pointers: batch, random counters, whether gradients are added up.</summary>
    private sealed class Extras
    {
        private readonly Dictionary<string, string> declared = new();
        private readonly List<string> declarations = new();
        private readonly List<string> arguments = new();

        /// <summary>What a call gives for them.</summary>
        public IEnumerable<string> Arguments => arguments;

        public IEnumerable<string> Declarations => declarations;

        public string Batch() => Need("N", "nint N", "n");

        public string InverseBatch() => Need("inverseBatch", "float inverseBatch", "1f / n");

        public string SampleShare() => Need("share", "float share", "f.SampleShare");

        public string BatchAsFloat() => Need("batch", "float batch", "n");

        public string Extent(string name, long value) => Need(name, "nint " + name, CallText.Marked(value));

        /// <summary>A step that is no product of extents.</summary>
        public string Stride(long value) => Numbered("stride", "nint", Literals.Int(value), CallText.Marked(value));

        /// <summary>Where the part of a tensor begins that the kernel reads.</summary>
        public string Start(long value) => Numbered("start", "nint", Literals.Int(value), CallText.Marked(value));

        /// <summary>A number that stems from extents, such as 1/3136, so that kernels that differ in it alone are one.</summary>
        public string Number(float value) => Numbered("factor", "float", Literals.Float(value), Literals.Float(value));

        /// <summary>An argument for each distinct value of a role: stride, stride1, …</summary>
        private string Numbered(string role, string type, string value, string argument)
        {
            for (var i = 0; ; i++)
            {
                var name = role + (i == 0 ? "" : Literals.Int(i));
                if (!declared.TryGetValue(name, out var known) || known == value)
                {
                    return Need(name, type + " " + name, argument, value);
                }
            }
        }

        /// <summary>Inside a loop over time: the step, so that each has random numbers of its own.</summary>
        public string Time() => Need("time", "nint time", "t");

        public string Accumulate() => Need("accumulate", "bool accumulate", "f.Accumulate");

        public (string Key, string Purpose) Random(int purpose)
        {
            Need("seed", "ulong seed", "f.Seed");
            Need("step", "ulong step", "f.Step");
            Need("first", "ulong first", "f.FirstSample");
            var name = "purpose" + (declared.Count(d => d.Key.StartsWith("purpose", StringComparison.Ordinal)) is var k and > 0 ? Literals.Int(k) : "");
            foreach (var d in declared)
            {
                if (d.Key.StartsWith("purpose", StringComparison.Ordinal) && d.Value == Literals.Int(purpose))
                {
                    return ("seed", d.Key);
                }
            }

            declared.Add(name, Literals.Int(purpose));
            declarations.Add("uint " + name);
            arguments.Add(Literals.Int(purpose));
            return ("seed", name);
        }

        private string Need(string name, string declaration, string argument, string value = "")
        {
            if (!declared.ContainsKey(name))
            {
                declared.Add(name, value);
                declarations.Add(declaration);
                arguments.Add(argument);
            }

            return name;
        }
    }
}
