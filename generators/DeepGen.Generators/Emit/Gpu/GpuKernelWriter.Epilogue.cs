using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit.Gpu;

/// <content>What is fused behind a product, a convolution or a pool.</content>
internal sealed partial class GpuKernelWriter
{
    /// <summary>The statements that finish one element, given acc and index, and store it.</summary>
    private string Epilogue(Kernel kernel, GpuBody body)
    {
        var anchor = kernel.Anchor!;
        var writer = default(ExpressionWriter)!;
        string? Given(Val v, int[] map) => v == anchor ? "acc" : kernel.Members.Contains(v) ? writer.Define(v) : null;
        string Load(Val v, Access access) => $"Gpu::Scalar.Load({body.Operands.Name(v)}, {EpilogueOperand.Classify(access, kernel) switch
        {
            EpilogueAccess.Index => "index",
            EpilogueAccess.Row => "outer",
            EpilogueAccess.Column => "inner",
            EpilogueAccess.Scalar => "0",
            _ => throw new InvalidOperationException("An epilogue cannot read " + v),
        }})";
        var elements = Literals.Int(kernel.Domain.Elements);
        string Leaf(Val v, int[] map) => v.Prim is UniformPrim u
            ? body.Uniform(u, $"{body.Number("ulong", "first", "f.FirstSample")} + (ulong)(index / {elements})", $"index % {elements}", kernel.Domain.Elements)
            : body.Constant(v);
        writer = new ExpressionWriter(HasMemory, kernel.Domain.Rank, "Gpu::Scalar", "t", Given, Load, Leaf, literalNumbers: true);
        var values = kernel.Stored.Select(v => (v, Value: v == anchor ? "acc" : writer.Define(v))).ToArray();
        var code = writer.Body(string.Concat(values.Select(s => body.Store(s.v, "index", s.Value, add: false))));

        // Channel and position of a map, row and column of a matrix.
        var domain = kernel.Domain;
        var inside = Literals.Int(kernel.IsMatrix ? domain.Last.Size : domain.ToArray().Skip(2).Aggregate(1L, (s, d) => s * d.Size));
        return (Uses(code, "outer") ? $"var outer = index / {inside}{(kernel.IsMatrix ? "" : " % " + Literals.Int(domain[1].Size))};\n" : "")
            + (Uses(code, "inner") ? $"var inner = index % {inside};\n" : "")
            + code;
    }

    private static bool Uses(string code, string variable) => System.Text.RegularExpressions.Regex.IsMatch(code, $@"\b{variable}\b");
}
