using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit.Gpu;

/// <summary>Writes what a network runs on a GPU: the same two programs as on the CPU, as launches of kernels that are loaded when the network is created.</summary>
internal sealed class GpuNetworkWriter
{
    private readonly PlannedNetwork network;
    private readonly NetworkGraph graph;
    private readonly GpuCode shared;

    /// <param name="sides">The sides that a product's tiles may have; null for all. A simulation, which has a thread of the host for each of a tile, wants small ones.</param>
    public GpuNetworkWriter(PlannedNetwork network, IReadOnlyList<int>? sides = null)
    {
        this.network = network;
        shared = new GpuCode(sides ?? GpuTile.Sides);
        graph = network.Graph;
    }

    public string Write(CancellationToken cancellation = default)
    {
        var inference = Sequences(network.Inference, cancellation);
        var training = Sequences(network.Training, cancellation);
        var w = new CodeWriter();
        GeneratedFile.Begin(w, graph.Api, "using Gpu = global::DeepGen.Ilgpu;", "using Il = global::ILGPU;");
        w.Open($"partial class {graph.Api.ClassName}");
        w.Line("/// <summary>");
        w.Line("/// The network on a GPU. In the programs n is the batch, f the frame; tensors lie in A, the device's arena (for each sample), F, its part that does not depend on the batch,");
        w.Line("/// P parameters, G gradients, S running statistics, D weights derived from others.");
        w.Line("/// </summary>");
        w.Open("internal sealed class OnGpu : Gpu::GpuProgram");
        foreach (var (type, name, _) in shared.Members)
        {
            w.Line($"private readonly {type} {name};");
        }

        w.Line();
        w.Open($"public OnGpu(Gpu::GpuDevice device) : base(device, {Literals.Int(shared.ScratchFloats)})");
        foreach (var (_, name, value) in shared.Members)
        {
            w.Line($"{name} = {value};");
        }

        w.Close();
        Programs(w, inference, training);
        foreach (var text in shared.Structs.Concat(shared.Tiles))
        {
            w.Line();
            w.Lines(text);
        }

        w.Close();
        w.Close();
        return w.ToString();
    }

    private SortedDictionary<Section, CallSequence> Sequences(PlannedProgram program, CancellationToken cancellation)
    {
        var writer = new GpuKernelWriter(program.Fused, program.Memory, shared);
        return new SortedDictionary<Section, CallSequence>(program.Kernels.GroupBy(k => k.Section).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => CallSequence.Of(g, writer.Call, cancellation)));
    }

    private void Programs(CodeWriter w, IReadOnlyDictionary<Section, CallSequence> inference, IReadOnlyDictionary<Section, CallSequence> training)
    {
        Program(w, "Prepare", () => Calls(w, inference, Section.Prepare));
        Program(w, "Infer", () => Calls(w, inference, Section.Forward));
        if (graph.Loss >= 0)
        {
            Program(w, "Evaluate", () =>
            {
                w.Line("Infer(f);");
                Calls(w, inference, Section.Loss);
                w.Line(MeanLoss(network.Inference));
            });
        }

        Program(w, "Forward", () =>
        {
            for (var index = 0; index < graph.Inputs.Count(); index++)
            {
                // Backward reads it where the plan has put it.
                var leaf = network.Training.Fused.Lowered.Builder.Values.FirstOrDefault(v => v.Prim is InputPrim p && p.Index == index);
                if (leaf is not null && network.Training.Memory.Contains(leaf))
                {
                    w.Line($"f.ReadInput({Literals.Int(index)}, {Place(network.Training.Memory[leaf])}, {Literals.Int(leaf.Dims.Elements)} * n);");
                }
            }

            Calls(w, training, Section.Forward);
            foreach (var root in network.Training.Fused.Roots.Where(r => r.Kind == RootKind.Output))
            {
                var value = Views.Base(root.Value);
                w.Line($"f.WriteOutput({Literals.Int(root.Index)}, {Place(network.Training.Memory[value])}, {Literals.Int(value.Dims.Elements)} * n);");
            }
        });
        if (graph.Loss >= 0)
        {
            Program(w, "Loss", () =>
            {
                Calls(w, training, Section.Loss);
                w.Line(MeanLoss(network.Training));
                if (network.Training.Fused.Roots.Any(r => r.Kind == RootKind.LossGradient))
                {
                    w.Line();
                    w.Line("// The loss has gradients of its own for the weights; Backward adds the rest.");
                    w.Line("f.Accumulate = 1;");
                }
            });
        }

        Program(w, "SetOutputGradients", () =>
        {
            var seeds = network.Training.Kernels.SelectMany(k => k.Operands).Where(v => v.Prim is SeedPrim).Distinct().OrderBy(v => ((SeedPrim)v.Prim).Index);
            foreach (var v in seeds)
            {
                w.Line($"f.ReadOutputGradient({Literals.Int(((SeedPrim)v.Prim).Index)}, {Place(network.Training.Memory[v])}, {Literals.Int(v.Dims.Elements)} * n);");
            }
        });
        Program(w, "Backward", () =>
        {
            if (network.Training.Kernels.Any(k => k.ForParametersAlone))
            {
                w.Line("var parameters = f.WantParameterGradients;");
            }

            Calls(w, training, Section.Backward);
            if (training.ContainsKey(Section.InputGradient))
            {
                w.Open("if (f.WantInputGradients)");
                Calls(w, training, Section.InputGradient);
                w.Close();
            }
        });
    }

    private static void Program(CodeWriter w, string name, Action body)
    {
        w.Line();
        w.Line("/// <inheritdoc/>");
        w.Open($"public override void {name}(Gpu::GpuFrame f)");
        w.Line("var n = f.Batch;");
        w.Line("Gpu::Arena A = f.Arena, F = f.Fixed, P = f.Parameters, G = f.Gradients, S = f.State, D = f.Derived;");
        body();
        w.Close();
    }

    private static string Place(Location location) => CallText.Plain(KernelWriter.Arena(location));

    private static string MeanLoss(PlannedProgram program) =>
        $"f.MeanLoss({Place(program.Memory[Views.Base(program.Fused.Roots.First(r => r.Kind == RootKind.Loss).Value)])});";

    private static void Calls(CodeWriter w, IReadOnlyDictionary<Section, CallSequence> program, Section section)
    {
        if (program.TryGetValue(section, out var calls))
        {
            calls.Write(w);
        }
    }
}
