using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Ops;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>Writes what a network class runs: its definition for the runtime, its programs as kernel calls, and the kernels.</summary>
internal sealed class NetworkWriter
{
    private readonly PlannedNetwork network;
    private readonly NetworkGraph graph;
    private readonly bool hasGpu;
    private readonly SharedCode shared = new();

    /// <param name="hasGpu">Whether the class gets a side for GPUs too.</param>
    public NetworkWriter(PlannedNetwork network, bool hasGpu = false)
    {
        this.network = network;
        this.hasGpu = hasGpu;
        graph = network.Graph;
    }

    public string Write(CancellationToken cancellation = default)
    {
        var w = new CodeWriter();
        var inference = Sequences(network.Inference, cancellation);
        var training = Sequences(network.Training, cancellation);
        GeneratedFile.Begin(w, graph.Api);
        w.Line($"/// <remarks>Memory a sample: {Literals.Grouped(4 * network.Inference.Memory.SampleFloats)} bytes to predict, {Literals.Grouped(4 * network.Training.Memory.SampleFloats)} to train.</remarks>");
        w.Open($"partial class {graph.Api.ClassName}");
        w.Line("/// <summary>");
        w.Line("/// What the compiler made of the network: its definition, its programs and their kernels. In the programs n is the batch, W the worker threads; tensors lie in");
        w.Line("/// A, the session's arena (for each sample), F, its part that does not depend on the batch, P parameters, G gradients, S running statistics, D weights derived from others.");
        w.Line("/// </summary>");
        KernelTable.Write(w, "Inference", network.Inference, inference.Values, graph);
        KernelTable.Write(w, "Training", network.Training, training.Values, graph);
        w.Open("private static unsafe partial class Compiled");
        w.Line("private const Clr::MethodImplOptions Inline = Clr::MethodImplOptions.AggressiveInlining;");
        w.Line();
        w.Line("/// <summary>The epilogue of a kernel that stores its result as it is.</summary>");
        w.Line("private static K::Identity AsIs => default;");
        w.Line();
        w.Line("/// <summary>Identifies the graph that this code was made from.</summary>");
        w.Line($"public const string GraphFingerprint = {Literals.String(Graph.GraphFingerprint.Of(graph))};");
        w.Line();
        Definition(w);
        // Text, because a deep network has hundreds of tensors: one literal is cheaper to compile, and to start, than a constructor call for each.
        Table(w, "ParameterTable", ParameterRows());
        Table(w, "ActivationTable", ActivationsAfterLoss().Select(b => $"{CallText.Marked(b.Location.Offset)} {Kept(b.Value.Dims, b.Value.Origin)} {MarkedName(b.Value.Origin)}"));
        Programs(w, inference, training);
        foreach (var shapes in shared.Shapes)
        {
            w.Line();
            w.Line($"private static readonly K::{shapes.Key}[] {shapes.Key}s =");
            w.Open();
            foreach (var row in shapes.Value)
            {
                w.Line(row);
            }

            w.Close(";");
        }

        foreach (var text in shared.Texts)
        {
            w.Line();
            w.Lines(text);
        }

        w.Close();
        w.Close();
        return w.ToString();
    }

    /// <summary>The calls of each section of a program.</summary>
    private SortedDictionary<Section, CallSequence> Sequences(PlannedProgram program, CancellationToken cancellation)
    {
        var writer = new KernelWriter(program.Fused, program.Memory, shared);
        return new SortedDictionary<Section, CallSequence>(program.Kernels.GroupBy(k => k.Section).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => CallSequence.Of(g, writer.Call, cancellation)));
    }

    private void Definition(CodeWriter w)
    {
        var layout = network.Layout;
        w.Line("static partial void Define(ref Runtime::NetworkDefinition? definition) => definition = Described;");
        w.Line();
        w.Open("private static readonly Runtime::NetworkDefinition Described = new()");
        w.Line($"Name = {Literals.String(graph.Api.ClassName)},");
        w.Line("Parameters = Runtime::ParameterDefinition.Table(ParameterTable),");
        w.Line($"ParameterFloats = {Literals.Native(layout.ParameterFloats)},");
        w.Line($"StateFloats = {Literals.Native(layout.StateFloats)},");
        w.Line($"DerivedFloats = {Literals.Native(network.Inference.Memory.DerivedFloats)},");
        Tensors(w, "Inputs", graph.Inputs.Select(n => (n.Name, n.Shape, n.Element, ClassesOf(n), IgnoredOf(n), StepsOf(n))));
        Tensors(w, "Targets", graph.Targets.Select(n => (n.Name, n.Shape, n.Element, ClassesOf(n), IgnoredOf(n), 0)));
        Tensors(w, "Outputs", graph.Outputs.Select((id, i) => (graph.Api.Outputs[i], graph.Nodes[id].Shape, Element.Float32, 0, (int?)null, 0)));
        var inference = network.Inference.Memory;
        var training = network.Training.Memory;
        w.Line($"Inference = new({Literals.Native(inference.SampleFloats)}, {Literals.Native(inference.FixedFloats)}),");
        w.Line($"Evaluation = new({Literals.Native(inference.SampleFloats)}, {Literals.Native(inference.FixedFloats)}),");
        w.Line($"Training = new({Literals.Native(training.SampleFloats)}, {Literals.Native(training.FixedFloats)}),");
        w.Line("Activations = Runtime::BufferDefinition.Table(ActivationTable),");
        w.Line($"KernelsPerStep = {Literals.Int(KernelsPerStep(network))},");
        foreach (var phase in graph.Loss >= 0 ? new[] { "Prepare", "Infer", "Evaluate", "Forward", "Loss", "SetOutputGradients", "Backward" } : new[] { "Prepare", "Infer", "Forward", "SetOutputGradients", "Backward" })
        {
            w.Line($"{phase} = {phase},");
        }

        var heads = Heads().Select(h => $"new({Literals.Int(h.Output)}, {Literals.Int(h.Target)}, Runtime::HeadKind.{h.Kind})").ToArray();
        if (heads.Length > 0)
        {
            w.Line($"Heads = new Runtime::Head[] {{ {string.Join(", ", heads)} }},");
        }

        if (hasGpu)
        {
            w.Line("OnDevice = device => new OnGpu((global::DeepGen.Ilgpu.GpuDevice)device),");
        }

        w.Line($"IsClassifier = {(IsClassifier() ? "true" : "false")},");
        w.Close(";");
        w.Line();
    }

    private IEnumerable<string> ParameterRows()
    {
        string? above = null;
        foreach (var p in graph.Parameters)
        {
            var spec = p.Parameter!;
            var shape = ShapeOf(p.Shape.ToArray());
            var fans = spec.FanIn == 1 && spec.FanOut == 1 ? "-" : $"{Literals.Int(spec.FanIn)}:{Literals.Int(spec.FanOut)}:{ActivationOf(spec.Activation)}";
            var initializer = $"{(spec.Trainable ? "" : "state:")}{spec.Initializer}{(spec.Value is { } value ? "=" + value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : "")}";
            var layer = p.Name.Substring(0, p.Name.LastIndexOf('.') + 1);
            var same = layer.Length > 0 && layer == above;
            yield return $"{(same ? "." : "")}{CallText.Marked(network.Layout.Offset(p.Id))} {shape} {initializer} {fans} {MarkedName(same ? p.Name.Substring(layer.Length) : p.Name)}";
            above = layer;
        }
    }

    /// <summary>A name with its numbers, one of which counts the blocks, marked.</summary>
    private static string MarkedName(string name)
    {
        var marked = new System.Text.StringBuilder();
        for (var i = 0; i < name.Length;)
        {
            var end = i;
            while (end < name.Length && name[end] is >= '0' and <= '9')
            {
                end++;
            }

            // A number is written again without leading zeros.
            var number = name.Substring(i, Math.Max(1, end - i));
            marked.Append(end > i && number.Length < 10 && (number[0] != '0' || number.Length == 1) ? CallText.Marked(long.Parse(number, System.Globalization.CultureInfo.InvariantCulture)) : number);
            i += number.Length;
        }

        return marked.ToString();
    }

    /// <summary>A constant with the rows as raw string literal. Rows that repeat but for numbers that grow evenly stand once, {first+step}, below a line that says how often.</summary>
    private static void Table(CodeWriter w, string name, IEnumerable<string> rows)
    {
        var items = rows.Select(CallText.Of).ToArray();
        var lines = new List<string>();
        foreach (var stretch in Repeats.Find(items, lookup: false))
        {
            if (stretch.Count > 1)
            {
                lines.Add($"repeat {Literals.Int(stretch.Count)} {Literals.Int(stretch.Period)}");
            }

            for (var i = stretch.Start; i < stretch.Start + stretch.Period; i++)
            {
                var row = items[i];
                lines.Add(stretch.Count == 1 ? row.Text() : row.Text(n =>
                    items[i + stretch.Period].Numbers[n] - row.Numbers[n] is var step && step == 0 ? Literals.Int(row.Numbers[n]) : $"{{{Literals.Int(row.Numbers[n])}{(step > 0 ? "+" : "")}{Literals.Int(step)}}}"));
            }
        }

        var quotes = "\"\"\"";
        while (lines.Any(l => l.Contains(quotes)))
        {
            quotes += "\"";
        }

        w.Line($"private const string {name} = {quotes}");
        foreach (var line in lines.DefaultIfEmpty(""))
        {
            w.Line(line);
        }

        w.Line(quotes + ";");
        w.Line();
    }

    /// <summary>Kernel calls of a training step, the optimizer's among them.</summary>
    public static int KernelsPerStep(PlannedNetwork network) =>
        Calls(network.Training.Kernels.Where(k => k.Section != Section.InputGradient)) + 1;

    private static int Calls(IEnumerable<Kernel> kernels) =>
        kernels.Sum(k => k.Scan is { } scan ? scan.Body.Steps * Calls(scan.Step.Kernels) : k.Kind == KernelKind.Concat ? k.Anchor!.Inputs.Count : 1);

    private static string Ints(Shape shape) => shape.Rank == 0 ? "global::System.Array.Empty<int>()" : $"new[] {{ {string.Join(", ", shape.ToArray().Select(e => Literals.Int(e)))} }}";

    private void Tensors(CodeWriter w, string name, IEnumerable<(string Name, Shape Shape, Element Element, int Classes, int? Ignored, int Steps)> tensors)
    {
        w.Line($"{name} = new Runtime::TensorDefinition[]");
        w.Open();
        foreach (var t in tensors)
        {
            w.Line($"new({Literals.String(t.Name)}, {Ints(t.Shape)}, Runtime::Element.{t.Element}, {Literals.Int(t.Classes)}{(t.Ignored is { } ignored ? ", " + Literals.Int(ignored) : "")}){(t.Steps > 0 ? $" {{ MaxLength = {Literals.Int(t.Steps)} }}" : "")},");
        }

        w.Close(",");
    }

    /// <summary>The number of steps of the sequence whose lengths these are, 0 where it is none.</summary>
    private int StepsOf(Node leaf) => graph.Inputs.Where(i => i.Lengths == leaf.Id).Select(i => i.Shape[0]).FirstOrDefault();

    /// <summary>The number of things that an integer tensor tells apart, 0 where it holds no indices.</summary>
    private int ClassesOf(Node leaf) =>
        UsesAsIndex(leaf).Select(n => OpCatalogue.Get(n.Op).IndexCount(n, graph.Nodes)).DefaultIfEmpty(0).Min();

    /// <summary>A class that the loss leaves out and that may lie outside the others.</summary>
    private int? IgnoredOf(Node leaf) => UsesAsIndex(leaf).Select(IgnoredClass).FirstOrDefault(i => i is not null);

    private IEnumerable<Node> UsesAsIndex(Node leaf) =>
        leaf.Element == Element.Int32 ? graph.Nodes.Where(n => OpCatalogue.Find(n.Op) is { IndexInput: >= 0 and var i } && IntegerLeaf(n.Inputs[i]) == leaf.Id) : Enumerable.Empty<Node>();

    /// <summary>The input or target that integers come from: they pass through views alone.</summary>
    private int IntegerLeaf(int id) => graph.Nodes[id] is { Kind: NodeKind.Op, Element: Element.Int32 } view ? IntegerLeaf(view.Inputs[0]) : id;

    private static bool TakesClassIndices(Node n) => OpCatalogue.Find(n.Op) is { TakesClassIndices: true };

    private static int? IgnoredClass(Node n) => OpCatalogue.Get(n.Op) is ClassLoss loss && loss.Argument(n.Arguments, "ignoreIndex") is int i and not ClassLoss.NothingIgnored ? i : null;

    /// <summary>The outputs that a term of the loss is given as they are and tells right from wrong, each with the target it is compared with.</summary>
    private IEnumerable<(int Output, int Target, string Kind)> Heads()
    {
        var targets = graph.Targets.Select(t => t.Id).ToList();
        for (var output = 0; output < graph.Outputs.Count; output++)
        {
            var head = graph.Nodes
                .Select(n => (Kind: OpCatalogue.Find(n.Op)?.HeadKind, Node: n))
                .Where(h => h.Kind is not null && h.Node.Inputs[0] == graph.Outputs[output])
                .Select(h => (h.Kind, Target: targets.IndexOf(graph.Nodes[h.Node.Inputs[1]].Element == Element.Int32 ? IntegerLeaf(h.Node.Inputs[1]) : h.Node.Inputs[1])))
                .FirstOrDefault(h => h.Target >= 0);
            if (head.Kind is { } kind)
            {
                yield return (output, head.Target, kind);
            }
        }
    }

    /// <summary>One vector of classes and one index per sample, so that accuracy has a meaning; penalties beside the loss change nothing about that.</summary>
    private bool IsClassifier()
    {
        if (graph.Loss < 0)
        {
            return false;
        }

        var loss = graph.Nodes[graph.Loss];
        while (loss.Op == "Add" && graph.Nodes[loss.Inputs[1]].Op == "WeightPenalty")
        {
            loss = graph.Nodes[loss.Inputs[0]];
        }

        return TakesClassIndices(loss)
            && IgnoredClass(loss) is null
            && loss.Inputs[0] == graph.Outputs[0]
            && graph.Nodes[loss.Inputs[0]].Shape.Rank == 1
            && graph.Nodes[loss.Inputs[1]].Element == Element.Int32
            && loss.Inputs[1] == graph.Targets.First().Id;
    }

    private static string ActivationOf(string op) => OpCatalogue.Find(op)?.Activation ?? "None";

    /// <summary>The shape of one sample of a buffer, and the op of its layer; - where it is none's. A primitive's result may have other extents than the layer's, which are those to show.</summary>
    private string Kept(Dims dims, string layer)
    {
        var node = graph.Nodes.FirstOrDefault(n => n.Kind == NodeKind.Op && n.Name == layer);
        var extents = node?.Shape.Elements == dims.Elements ? node.Shape.ToArray() : dims.ToArray().Select(d => d.Size).Skip(dims.HasBatch && dims[0].Size == 1 ? 1 : 0);
        return $"{ShapeOf(extents)} {node?.Op ?? "-"}";
    }

    private static string ShapeOf(IEnumerable<int> extents) => string.Join("x", extents.Select(e => Literals.Int(e))) is { Length: > 0 } text ? text : "()";

    /// <summary>Forward buffers whose memory nothing has taken over when the loss is known.</summary>
    private IEnumerable<PlannedBuffer> ActivationsAfterLoss()
    {
        var end = network.Training.Kernels.Where(k => k.Section <= Section.Loss).Select(k => k.Index).DefaultIfEmpty(-1).Max();
        var buffers = network.Training.Memory.Buffers.Where(b => b.Start <= end).ToArray();
        return buffers.Where(b => b.Location.Region == Region.Sample && b.Value.Phase == Phase.Forward && b.Value.Element == Element.Float32 && b.Start >= 0 && !buffers.Any(o =>
            o != b && o.Start > b.Start && o.Location.Region == Region.Sample
            && o.Location.Offset < b.Location.Offset + b.Floats && b.Location.Offset < o.Location.Offset + o.Floats));
    }

    private void Programs(CodeWriter w, IReadOnlyDictionary<Section, CallSequence> inference, IReadOnlyDictionary<Section, CallSequence> training)
    {
        Program(w, "Prepare", "What depends on the weights alone: runs once per version of them.", () => Calls(w, inference, Section.Prepare));
        Program(w, "Infer", "Inference: inputs to outputs.", () => Calls(w, inference, Section.Forward));
        if (graph.Loss >= 0)
        {
            Program(w, "Evaluate", "Inference with the loss.", () =>
            {
                OutputsForLoss(w);
                w.Line("Infer(ref f);");
                Calls(w, inference, Section.Loss);
                MeanLoss(w, network.Inference);
            });
        }

        Program(w, "Forward", "Training: inputs to outputs, keeping what the gradients need.", () =>
        {
            CheckBatch(w);
            var index = 0;
            foreach (var input in graph.Inputs)
            {
                var leaf = network.Training.Fused.Lowered.Builder.Values.FirstOrDefault(v => v.Prim is InputPrim p && p.Index == index);
                if (leaf is not null && network.Training.Memory.Contains(leaf))
                {
                    Copy(w, $"f.Inputs[{Literals.Int(index)}]", CallText.Plain(KernelWriter.Arena(network.Training.Memory[leaf])), input.Shape.Elements);
                }

                index++;
            }

            Calls(w, training, Section.Forward);
            foreach (var root in network.Training.Fused.Roots.Where(r => r.Kind == RootKind.Output))
            {
                var value = Views.Base(root.Value);
                w.Open($"if (f.Outputs != null && f.Outputs[{Literals.Int(root.Index)}] != null)");
                Copy(w, CallText.Plain(KernelWriter.Arena(network.Training.Memory[value])), $"f.Outputs[{Literals.Int(root.Index)}]", value.Dims.Elements);
                w.Close();
            }
        });
        if (graph.Loss >= 0)
        {
            Program(w, "Loss", "The loss and the gradients of the outputs.", () =>
            {
                Calls(w, training, Section.Loss);
                MeanLoss(w, network.Training);
                if (network.Training.Fused.Roots.Any(r => r.Kind == RootKind.LossGradient))
                {
                    w.Line();
                    w.Line("// The loss has gradients of its own for the weights; Backward adds the rest.");
                    w.Line("f.Accumulate = true;");
                }
            });
        }

        Program(w, "SetOutputGradients", "Gradients of the outputs that the caller hands in.", () =>
        {
            foreach (var (index, location, elements) in Seeds())
            {
                Copy(w, $"f.OutputGradients[{Literals.Int(index)}]", CallText.Plain(KernelWriter.Arena(location)), elements);
            }
        });
        Program(w, "Backward", "From the gradients of the outputs to those of the parameters, and of the inputs where they are wanted.", () =>
        {
            if (network.Training.Kernels.Any(k => k.ForParametersAlone))
            {
                w.Line("var parameters = f.WantParameterGradients;");
            }

            Calls(w, training, Section.Backward);
            var roots = network.Training.Fused.Roots.Where(r => r.Kind == RootKind.InputGradient).ToArray();
            if (roots.Length > 0)
            {
                w.Open("if (f.WantInputGradients)");
                // One area for all that are not wanted: asking for scratch again may move what was given before.
                var sizes = roots.Select(r => MemoryPlan.RoundUp(Views.Base(r.Value).Dims.Elements)).ToArray();
                w.Line($"var unwanted = K::Workers.Scratch(0, {Literals.Int(sizes.Sum())} * n);");
                long offset = 0;
                for (var r = 0; r < roots.Length; r++)
                {
                    var i = Literals.Int(roots[r].Index);
                    w.Line($"var dx{i} = f.InputGradients[{i}] != null ? (float*)f.InputGradients[{i}] : unwanted + {Literals.Int(offset)} * n;");
                    offset += sizes[r];
                }

                Calls(w, training, Section.InputGradient);
                w.Close();
            }
        });
    }

    private static void Program(CodeWriter w, string name, string summary, Action body)
    {
        w.Line($"/// <summary>{summary}</summary>");
        w.Open($"public static void {name}(ref Runtime::Frame f)");
        w.Line("var n = f.Batch;");
        w.Line("K::Workers W = f.Workers;");
        w.Line("K::WeightForms V = f.Forms;");
        w.Line("float* A = f.Arena, F = f.Fixed, P = f.Parameters, G = f.Gradients, S = f.State, D = f.Derived;");
        body();
        w.Close();
        w.Line();
    }

    /// <summary>The loss reads the outputs, also those that the caller does not want.</summary>
    private void OutputsForLoss(CodeWriter w)
    {
        var sizes = graph.Outputs.Select(id => graph.Nodes[id].Shape.Elements).ToArray();
        w.Line($"var outputs = stackalloc void*[{Literals.Int(sizes.Length)}];");
        w.Line($"var unwanted = K::Workers.Scratch(0, {Literals.Int(sizes.Sum(MemoryPlan.RoundUp))} * n);");
        long offset = 0;
        for (var i = 0; i < sizes.Length; i++)
        {
            w.Line($"outputs[{i}] = f.Outputs != null && f.Outputs[{i}] != null ? f.Outputs[{i}] : unwanted + {Literals.Int(offset)} * n;");
            offset += MemoryPlan.RoundUp(sizes[i]);
        }

        w.Line("f.Outputs = outputs;");
    }

    private static void Copy(CodeWriter w, string from, string to, long elements)
    {
        var bytes = $"{Literals.Int(4 * elements)} * n";
        w.Line($"global::System.Buffer.MemoryCopy({from}, {to}, {bytes}, {bytes});");
    }

    /// <summary>Where the backward pass finds the gradients of the outputs it reads.</summary>
    private IEnumerable<(int Index, Location Location, long Elements)> Seeds() =>
        network.Training.Kernels.SelectMany(k => k.Operands).Where(v => v.Prim is SeedPrim).Distinct()
            .Select(v => (((SeedPrim)v.Prim).Index, network.Training.Memory[v], v.Dims.Elements)).OrderBy(s => s.Index);

    private static void Calls(CodeWriter w, IReadOnlyDictionary<Section, CallSequence> program, Section section)
    {
        if (program.TryGetValue(section, out var calls))
        {
            calls.Write(w);
        }
    }

    private static void MeanLoss(CodeWriter w, PlannedProgram program)
    {
        var loss = Views.Base(program.Fused.Roots.First(r => r.Kind == RootKind.Loss).Value);
        w.Line();
        w.Line("// The mean over the batch, added up in double.");
        w.Line($"var losses = {CallText.Plain(KernelWriter.Arena(program.Memory[loss]))};");
        w.Line("var sum = 0.0;");
        w.Line("for (nint i = 0; i < n; i++)");
        w.Open();
        w.Line("sum += losses[i];");
        w.Close();
        w.Line("f.Loss = sum / n;");
    }

    /// <summary>A single value has no variance: BatchNorm over a vector needs two samples.</summary>
    private void CheckBatch(CodeWriter w)
    {
        var norm = graph.Nodes.FirstOrDefault(n => n.Op == "BatchNorm" && n.Shape.Elements == n.Shape[0]);
        if (norm is not null)
        {
            w.Open("if (n < 2)");
            w.Line($"throw new global::System.InvalidOperationException({Literals.String($"{norm.Name} normalizes over the batch alone and needs at least 2 samples in training, got 1; pass a larger batch (Trainer: drop an epoch's last short batch).")});");
            w.Close();
        }
    }
}
