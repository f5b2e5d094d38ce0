using System.Text;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit.Gpu;

/// <summary>Writes one program's kernels for a GPU: a struct for each, and the statement that launches it, given <c>f</c> (the frame) and <c>n</c> (the batch).</summary>
internal sealed partial class GpuKernelWriter
{
    private readonly FusedProgram program;
    private readonly MemoryPlan plan;
    private readonly GpuCode shared;
    private Kernel current = null!;

    public GpuKernelWriter(FusedProgram program, MemoryPlan plan, GpuCode shared)
    {
        this.program = program;
        this.plan = plan;
        this.shared = shared;
    }

    public NetworkGraph Graph => program.Lowered.Graph;

    /// <summary>Whether the kernels are those of one step of a loop over time.</summary>
    public bool IsStep => program.Lowered.IsStep;

    /// <summary>Whether the kernel being written finds a value in memory.</summary>
    public bool HasMemory(Val v) => program.HasMemory(v, current);

    /// <summary>The statements that run <paramref name="kernel"/>, their numbers marked.</summary>
    public string Call(Kernel kernel)
    {
        current = kernel;
        switch (kernel.Kind)
        {
            case KernelKind.Scan:
                return Loop(kernel);
            case KernelKind.Concat:
                return Concat(kernel);
            case KernelKind.Row or KernelKind.Reduce:
                return kernel.Axes.Length > 0 ? Rows(kernel) : Elements(kernel);
            case KernelKind.MatMul or KernelKind.WeightMatMul or KernelKind.Conv or KernelKind.ConvGradInput or KernelKind.ConvGradWeight:
                return Product(kernel);
            default:
                return Window(kernel);
        }
    }

    /// <summary>The view of a tensor, as an expression over f and n.</summary>
    public string Pointer(Val v)
    {
        if (v.Prim is TablePrim table)
        {
            return shared.Field("Gpu::Table", $"new(device, [{string.Join(", ", table.Values.Select(Literals.Float))}])", "table");
        }

        var location = plan[v];
        var isInt = v.Element == Element.Int32;
        return location.Region switch
        {
            Region.Input or Region.Target or Region.Output or Region.InputGradient => $"f.{(isInt ? "Int" : "")}{location.Region}({Literals.Int(location.Offset)})",
            _ => isInt ? $"Gpu::Arena.Ints({KernelWriter.Arena(location)})" : KernelWriter.Arena(location),
        };
    }

    private bool IsGradient(Val v) => plan.Contains(v) && plan[v].Region == Region.Gradients;

    /// <summary>The access of a kernel to a value it writes.</summary>
    private static Access Whole(Val v, int rank) => Access.Of(v, v.Dims, Views.Align(v.Dims, Views.Identity(rank)), rank);

    /// <summary>One step's kernels in a loop; tensors that differ from step to step lie one step apart.</summary>
    private string Loop(Kernel kernel)
    {
        var scan = kernel.Scan!;
        var step = new GpuKernelWriter(scan.Step, plan.Step(kernel), shared);
        var code = new CodeWriter();
        code.Open(scan.Prim.Reverse ? $"for (long t = {Literals.Int(scan.Body.Steps - 1)}; t >= 0; t--)" : $"for (long t = 0; t < {Literals.Int(scan.Body.Steps)}; t++)");
        foreach (var inner in scan.Step.Kernels)
        {
            code.Lines(step.Call(inner));
        }

        code.Close();
        return code.ToString();
    }

    private string Launch(string kind, string suggestion, string text, string count, string arguments)
    {
        var (name, field) = shared.Kernel($"Gpu::{kind}<§>", "new(device)", suggestion, text);
        return $"{field}.Run(f, {count}, new {name}({arguments}));\n";
    }

    /// <summary>One thread an element.</summary>
    private string Elements(Kernel kernel)
    {
        var body = new GpuBody(this, kernel, kernel.Domain);
        foreach (var member in kernel.Members)
        {
            body.Reads.Collect(member, kernel.Members.Contains);
        }

        foreach (var v in kernel.Stored)
        {
            body.Reads.Accesses.Add(Whole(v, kernel.Domain.Rank));
        }

        body.Split(_ => false);
        var loops = body.Over(_ => true);
        var code = Stores(kernel, body, _ => null, kernel.Stored);
        return Launch("MapKernel", KernelWriter.Name(kernel), body.Struct("IMap", GpuBody.Method("void At(int index)", GpuBody.WithCoordinates("index", loops, code))), GpuBody.Launches(loops), body.Arguments);
    }

    private string Stores(Kernel kernel, GpuBody body, Func<Val, string?> known, IEnumerable<Val> stored)
    {
        var w = body.Expressions(known, withMembers: true);
        var values = stored.Select(v => (v, Value: w.Define(v))).ToArray();
        return w.Body(string.Concat(values.Select(s => body.Store(s.v, body.Address(Whole(s.v, kernel.Domain.Rank)), s.Value, IsGradient(s.v)))));
    }

    /// <summary>Each part is computed while it is copied to its place.</summary>
    private string Concat(Kernel kernel)
    {
        var concat = (ConcatPrim)kernel.Anchor!.Prim;
        var strides = kernel.Domain.Strides;
        var text = new StringBuilder();
        long start = 0;
        foreach (var part in kernel.Anchor.Inputs)
        {
            var body = new GpuBody(this, kernel, part.Dims);
            body.Reads.CollectExpression(part);
            var target = Access.Of(kernel.Anchor, part.Dims, Views.Identity(part.Dims.Rank), part.Dims.Rank, start * strides[concat.Axis], strides);
            body.Reads.Accesses.Add(target);
            body.Split(_ => false);
            var loops = body.Over(_ => true);
            var w = body.Expressions(_ => null, withMembers: false);
            var value = w.Write(part);
            var code = w.Body(body.Store(kernel.Anchor, body.Address(target), value, add: false));
            var members = GpuBody.Method("void At(int index)", GpuBody.WithCoordinates("index", loops, code));
            text.Append(Launch("MapKernel", "Concat", "// y[…] = x, one part of the joined tensor\n" + body.Struct("IMap", members, withFormula: false), GpuBody.Launches(loops), body.Arguments));
            start += part.Dims[concat.Axis].Size;
        }

        return text.ToString();
    }
}
