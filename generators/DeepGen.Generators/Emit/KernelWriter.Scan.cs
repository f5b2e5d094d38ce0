using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <content>Loops over time.</content>
internal sealed partial class KernelWriter
{
    /// <summary>One step's kernels in a loop; tensors that differ from step to step lie one step apart.</summary>
    private string ScanLoop(Kernel kernel)
    {
        var scan = kernel.Scan!;
        var step = new KernelWriter(scan.Step, plan.Step(kernel), shared);
        var code = new CodeWriter();
        var steps = Literals.Int(scan.Body.Steps);
        code.Open(scan.Prim.Reverse ? $"for (nint t = {Literals.Int(scan.Body.Steps - 1)}; t >= 0; t--)" : $"for (nint t = 0; t < {steps}; t++)");
        foreach (var inner in scan.Step.Kernels)
        {
            if (inner.Index > 0)
            {
                code.Line();
            }

            code.Line($"// {Literals.Int(kernel.Index)}.{Literals.Int(inner.Index)}: {KernelTable.Layers(inner)}");
            code.Lines(step.Call(inner));
        }

        code.Close();
        return code.ToString();
    }
}
