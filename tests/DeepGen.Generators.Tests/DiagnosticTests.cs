using System.Collections.Immutable;
using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace DeepGen.Generators.Tests;

/// <summary>Source in; id, exact span and message out. The span stands between ⟦ and ⟧.</summary>
public class DiagnosticTests
{
    /// <summary>A network whose Forward is the given statements over a map [3, 8, 8].</summary>
    internal static string Forward(string body, string members = "") => $$"""
        [Network]
        public partial class Net
        {
            static Tensor Forward([Input(3, 8, 8)] Tensor x)
            {
                {{body}}
            }
            {{members}}
        }
        """;

    /// <summary>A network whose Forward is the given statements over a sequence [5, 6].</summary>
    private static string Sequence(string body, string members = "") => $$"""
        [Network]
        public partial class Net
        {
            static Tensor Forward([Input(5, 6)] Tensor x)
            {
                {{body}}
            }
            {{members}}
        }
        """;

    [Fact]
    public void ThePinnedLine()
    {
        const string source = """
            using DeepGen;

            [Network, Input(1, 28, 28)]
            [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
            [Conv2d(16, 5), Tanh, AvgPool2d(2)]
            [Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
            [SoftmaxCrossEntropy]
            public partial class LeNet5;
            """;
        var diagnostic = Assert.Single(Host.Analyze(Host.Compile(("LeNet5.cs", source))));
        Assert.Equal(
            "LeNet5.cs(6,2): error DG0102: Dense(120) needs a vector but AvgPool2d gives [16, 5, 5]; add Flatten before it (Input[1,28,28] → Conv2d[6,28,28] → … → AvgPool2d[16,5,5] → Dense ✗)",
            CSharpDiagnosticFormatter.Instance.Format(diagnostic).Split(" (https://")[0]);
        Assert.Equal("Dense", source.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        Assert.EndsWith("docs/diagnostics/DG0102.md", diagnostic.Descriptor.HelpLinkUri, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Cases => new()
    {
        // The declaration.
        { "DG0002", "The network 'Net' must be a partial class, because the build writes its other half; add 'partial'", "[Network, Input(4), Dense(2)] public class ⟦Net⟧;" },
        { "DG0003", "The network 'Net' must be a plain top-level class but is nested in Outer; move it out", "partial class Outer { [Network, Input(4), Dense(2)] public partial class ⟦Net⟧; }" },
        { "DG0003", "The network 'Net' must be a plain top-level class but is generic; remove the type parameters; sizes are build-time arguments, not types", "[Network, Input(4), Dense(2)] public partial class ⟦Net⟧<T>;" },
        { "DG0003", "The network 'Net' must be a plain top-level class but is static; remove 'static'", "[Network, Input(4), Dense(2)] static partial class ⟦Net⟧;" },
        { "DG0003", "The network 'Net' must be a plain top-level class but is abstract; remove 'abstract'", "[Network, Input(4), Dense(2)] abstract partial class ⟦Net⟧;" },
        { "DG0003", "The network 'Net' must be a plain top-level class but is file-local; remove 'file'", "[Network, Input(4), Dense(2)] file partial class ⟦Net⟧;" },
        { "DG0003", "The network 'Net' must be a plain top-level class but is a record; declare it as a class", "[Network, Input(4), Dense(2)] partial record ⟦Net⟧;" },
        { "DG0004", "The network 'Net' cannot derive from 'Model': its generated half derives from DeepGen.Network; remove the base class (interfaces may stay)", "class Model; [Network, Input(4), Dense(2)] partial class Net : ⟦Model⟧;" },
        { "DG0005", "'Create' has the name and signature of a generated member of the network 'Net'; rename it", "[Network, Input(4), Dense(2)] partial class Net { public static Net ⟦Create⟧(NetworkOptions? o) => null!; }" },
        { "DG0005", "'Predict' has the name and signature of a generated member of the network 'Net'; rename it", "[Network, Input(4), Dense(2)] partial class Net { public void ⟦Predict⟧(ReadOnlySpan<float> a, Span<float> b) { } }" },
        { "DG0005", "'Step' has the name and signature of a generated member of the network 'Net'; rename it", "[Network, Input(4), Dense(2)] partial class Net { public int ⟦Step⟧; }" },
        { "DG0005", "'Evaluate' has the name and signature of a generated member of the network 'Net'; rename it", "[Network, Input(4), Dense(2), MeanSquaredError] partial class Net { public float ⟦Evaluate⟧(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c) => 0; }" },
        { "DG0005", "'Compiled' has the name and signature of a generated member of the network 'Net'; rename it", "[Network, Input(4), Dense(2)] partial class Net { public bool ⟦Compiled⟧ => true; }" },
        { "DG0005", "'Forward' has the name and signature of a generated member of the network 'Forward'; rename it", "[Network, Input(4), Dense(2)] partial class ⟦Forward⟧;" },
        { "DG0005", "'Net' has the name and signature of a generated member of the network 'Net'; rename it", "[Network, Input(4), Dense(2)] partial class Net { public ⟦Net⟧() { } }" },
        { "DG0008", "The network 'Net' has no input; write [Input(…)] and a stack of layers, or a static Tensor Forward([Input(…)] Tensor x)", "[⟦Network⟧] partial class Net;" },
        { "DG0008", "The network 'Net' has no input; write [Input(…)] before the first layer", "[⟦Network⟧, Dense(2)] partial class Net;" },
        { "DG0008", "The network 'Net' has no input; 'Dense' stands before [Input(…)]; the stack is read top to bottom", "[Network, ⟦Dense⟧(2), Input(4)] partial class Net;" },
        { "DG0008", "The network 'Net' has no input; give Forward a parameter [Input(…)] Tensor x", "[Network] partial class Net { static Tensor ⟦Forward⟧() => null!; }" },
        { "DG0009", "The network 'Net' has no output; write at least one layer after [Input(…)]", "[⟦Network⟧, Input(4)] partial class Net;" },
        { "DG0009", "The network 'Net' has no output; what it gives is the input itself, without any layer", "[Network] partial class Net { static Tensor ⟦Forward⟧([Input(4)] Tensor x) => x; }" },
        { "DG0009", "The network 'Net' has no output; Forward gives null; it must give a tensor", "[Network] partial class Net { static Tensor ⟦Forward⟧([Input(4)] Tensor x) => null!; }" },
        { "DG0010", "'Dense' stands in a stack of layers but the network 'Net' also has a Forward method; a network is one or the other", "[Network, ⟦Dense⟧(2)] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Dense(2); }" },
        { "DG0010", "'Input' stands in a stack of layers but the network 'Net' also has a Forward method; a network is one or the other", "[Network, ⟦Input⟧(4)] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Dense(2); }" },
        { "DG0011", "'Dense' stands on another declaration than [Network]; write the whole stack on one declaration of 'Net', because declarations have no order", "[Network, Input(4), Relu] partial class Net; [⟦Dense⟧(2)] partial class Net;" },
        { "DG0012", "'Dense' comes after the loss 'MeanSquaredError', which must stand last in the stack", "[Network, Input(4), Relu, MeanSquaredError, ⟦Dense⟧(2)] partial class Net;" },
        { "DG0013", "The network 'Net' has two losses, 'MeanSquaredError' and 'SoftmaxCrossEntropy'; keep one, or weigh and sum them in a Loss method", "[Network, Input(4), Dense(2), MeanSquaredError, ⟦SoftmaxCrossEntropy⟧] partial class Net;" },
        { "DG0013", "The network 'Net' has two losses, 'MeanSquaredError' and 'the method Loss'; keep one, or weigh and sum them in a Loss method", "[Network, Input(4), Dense(2), MeanSquaredError] partial class Net { static Tensor ⟦Loss⟧(Tensor y, [Target(2)] Tensor t) => y.MeanSquaredError(t); }" },
        { "DG0014", "Forward is not static; declare it as static Tensor Forward([Input(…)] Tensor x), or with a named tuple of tensors as its result", "[Network] partial class Net { Tensor ⟦Forward⟧([Input(4)] Tensor x) => x.Dense(2); }" },
        { "DG0014", "The parameter 'x' of Forward has no [Input(…)]; declare it as static Tensor Forward([Input(…)] Tensor x), or with a named tuple of tensors as its result", "[Network] partial class Net { static Tensor Forward(Tensor ⟦x⟧) => x.Dense(2); }" },
        { "DG0014", "The parameter 'n' of Forward is not a Tensor; declare it as static Tensor Forward([Input(…)] Tensor x), or with a named tuple of tensors as its result", "[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x, int ⟦n⟧) => x.Dense(n); }" },
        { "DG0014", "The output Item1 of Forward has no name; declare it as static Tensor Forward([Input(…)] Tensor x), or with a named tuple of tensors as its result", "[Network] partial class Net { static (Tensor, Tensor) ⟦Forward⟧([Input(4)] Tensor x) => (x.Dense(1), x.Dense(2)); }" },
        { "DG0014", "Forward gives int; declare it as static Tensor Forward([Input(…)] Tensor x), or with a named tuple of tensors as its result", "[Network] partial class Net { static int ⟦Forward⟧([Input(4)] Tensor x) => 1; }" },
        { "DG0113", "The weight [50000, 50000] of Dense(50000) is too large: a tensor of one sample may have at most 2,147,483,647 elements (Input[4] → Dense[50000] → Dense ✗)", "[Network, Input(4), Dense(50000), ⟦Dense⟧(50000)] partial class Net;" },
        { "DG0018", "The Loss of 'Net' uses the running statistic 'BatchNorm1.running_mean', which only Forward moves; use its layer in Forward and return what depends on it as an output", "[Network, Input(4), Dense(2)] partial class Net { static Tensor ⟦Loss⟧(Tensor y, [Target(2)] Tensor t) => y.BatchNorm().MeanSquaredError(t); }" },
        { "DG0025", "'WeightPenalty' is added to the loss, but the network 'Net' has none; declare a loss, for instance [MeanSquaredError], or a Loss method", "[Network, Input(4), Dense(2), ⟦WeightPenalty⟧(l2: 1e-4f)] partial class Net;" },
        { "DG0026", "[Recompute] stands on 'Stage', which is no block; write [Block, Recompute] there, or remove it", Forward("return Stage(x);", "[⟦Recompute⟧] static Tensor Stage(Tensor x) => x.Conv2d(3, 1);") },
        { "DG0026", "[Recompute] stands on 'Forward', which is no block; write [Block, Recompute] there, or remove it", "[Network] partial class Net { [⟦Recompute⟧] static Tensor Forward([Input(4)] Tensor x) => x.Dense(2); }" },
        { "DG0038", "'Cell' is to be computed again in the backward pass, which is not possible for a part of a cell; write [Recompute] on a block around the Scan", Sequence("return x.Scan(Step, Tensor.Zeros(4)).State;", "static Tensor Step(Tensor x, Tensor h) => ⟦Cell⟧(x, h); [Block, Recompute] static Tensor Cell(Tensor x, Tensor h) => (x.Dense(4) + h.Dense(4)).Tanh();") },
        { "DG0101", "WeightPenalty needs an l1 or an l2 above 0", "[Network, Input(4), Dense(2), MeanSquaredError, ⟦WeightPenalty⟧] partial class Net;" },
        { "DG0110", "WeightPenalty penalizes the weights of the network, but it has none", "[Network, Input(4), Relu, MeanSquaredError, ⟦WeightPenalty⟧(l2: 1e-4f)] partial class Net;" },
        { "DG0201", "WeightPenalty belongs in Loss, or beside the loss as an attribute: only there are all weights known", "[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Dense(2) + Tensor.⟦WeightPenalty⟧(l2: 1e-4f); }" },
        { "DG0101", "Sum's axes must lie from -3 to 2, but one is 3 and input 'input' is [2, 3, 4]", "[Network, Input(2, 3, 4), Sum(⟦3⟧)] partial class Net;" },
        { "DG0101", "Mean's axes must differ, but are 1, -2", "[Network] partial class Net { static Tensor Forward([Input(2, 3, 4)] Tensor x) => x.Mean(⟦[1, -2]⟧); }" },
        { "DG0101", "ArgMax's axis must lie from -3 to 2, but is -4 and input 'input' is [2, 3, 4]", "[Network, Input(2, 3, 4), ArgMax(⟦-4⟧)] partial class Net;" },
        { "DG0101", "Hardtanh's max must be above its min of 1, but is 0.5", "[Network, Input(4), Hardtanh(1f, ⟦0.5f⟧)] partial class Net;" },
        { "DG0101", "Softplus's beta must be above 0, but is 0", "[Network, Input(4), Softplus(⟦0f⟧)] partial class Net;" },
        { "DG0101", "Huber's delta must be above 0, but is -1", "[Network, Input(4), Dense(4), Huber(⟦-1f⟧)] partial class Net;" },
        { "DG0101", "Hinge's power must be 1 or 2, but is 3", "[Network, Input(4), Dense(4), Hinge(power: ⟦3⟧)] partial class Net;" },
        { "DG0101", "SoftmaxCrossEntropy needs a weight for each of the 4 classes, but there are 2", "[Network, Input(4), Dense(4), SoftmaxCrossEntropy(classWeights: ⟦new[] { 1f, 2f }⟧)] partial class Net;" },
        { "DG0101", "NegativeLogLikelihood's class weights must be finite and at least 0, and one of them above", "[Network, Input(4), Dense(2), LogSoftmax, NegativeLogLikelihood(⟦new[] { 1f, -2f }⟧)] partial class Net;" },
        { "DG0101", "SoftmaxCrossEntropy's labelSmoothing must be at most 1, but is 1.5", "[Network, Input(4), Dense(4), SoftmaxCrossEntropy(labelSmoothing: ⟦1.5f⟧)] partial class Net;" },
        { "DG0101", "SoftmaxCrossEntropy with softTargets has no label to ignore; remove ignoreIndex", "[Network, Input(4), Dense(4), SoftmaxCrossEntropy(ignoreIndex: ⟦1⟧, softTargets: true)] partial class Net;" },
        { "DG0110", "SoftmaxCrossEntropy needs an integer label per position, [Target(3, 4, type: Element.Int32)], but 't' is Int32 of shape [4, 3] (Input[2,3,4] → Conv2d[2,3,4] → SoftmaxCrossEntropy ✗)", "[Network] partial class Net { static Tensor Forward([Input(2, 3, 4)] Tensor x) => x.Conv2d(2, 1); static Tensor Loss(Tensor y, [Target(4, 3, type: Element.Int32)] Tensor t) => y.SoftmaxCrossEntropy(⟦t⟧); }" },
        { "DG0110", "SoftmaxCrossEntropy with softTargets needs a probability for each of [2], but 't' is Int32 of shape [] (Input[2] → Dense[2] → SoftmaxCrossEntropy ✗)", "[Network] partial class Net { static Tensor Forward([Input(2)] Tensor x) => x.Dense(2); static Tensor Loss(Tensor y, [Target(type: Element.Int32)] Tensor t) => y.SoftmaxCrossEntropy(⟦t⟧, softTargets: true); }" },
        { "DG0110", "L1 compares equal shapes, but Dense gives [2] and 't' is [3] (Input[2] → Dense[2] → L1 ✗)", "[Network] partial class Net { static Tensor Forward([Input(2)] Tensor x) => x.Dense(2); static Tensor Loss(Tensor y, [Target(3)] Tensor t) => y.L1(⟦t⟧); }" },
        { "DG0103", "LayerNorm over 2 axes needs as many but Dense gives [4] (Input[4] → Dense[4] → LayerNorm ✗)", "[Network, Input(4), Dense(4), LayerNorm(⟦2⟧)] partial class Net;" },
        { "DG0103", "InstanceNorm needs channels of at least two positions but input 'input' is [4, 1] (Input[4,1] → InstanceNorm ✗)", "[Network, Input(4, 1), ⟦InstanceNorm⟧] partial class Net;" },
        { "DG0105", "GroupNorm's groups must divide the channels, but 3 does not divide 4: input 'input' is [4, 2, 2] (Input[4,2,2] → GroupNorm ✗)", "[Network, Input(4, 2, 2), GroupNorm(⟦3⟧)] partial class Net;" },
        { "DG0103", "Dropout2d needs a map but Dense gives [4]; over a vector use Dropout (Input[4] → Dense[4] → Dropout2d ✗)", "[Network, Input(4), Dense(4), ⟦Dropout2d⟧] partial class Net;" },
        { "DG0102", "Maxout(3, 2) needs a vector but input 'input' is [4, 2]; add Flatten before it (Input[4,2] → Maxout ✗)", "[Network, Input(4, 2), ⟦Maxout⟧(3, 2)] partial class Net;" },
        { "DG0106", "Where needs equal shapes but its operands are [4], [3] and [] (Input[4] → Where ✗)", "[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x, [Input(3)] Tensor y) => Tensor.⟦Where⟧(x, y, 0); }" },
        { "DG0106", "'>' needs equal shapes but its operands are [4] and [3] (Input[4] → Greater ✗)", "[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x, [Input(3)] Tensor y) => x ⟦>⟧ y; }" },
        { "DG0301", "BinaryCrossEntropyWithLogits takes logits and applies the sigmoid itself, but Sigmoid comes before it; remove Sigmoid (Input[4] → Dense[1] → Sigmoid[1] → BinaryCrossEntropyWithLogits ✗)", "[Network, Input(4), Dense(1), ⟦Sigmoid⟧, BinaryCrossEntropyWithLogits] partial class Net;" },
        { "DG0037", "The cell is given a state of shape [8] but gives one of shape [4]; a state keeps its shape from step to step (Input[5,6] → Scan ✗)", Sequence("return x.Scan(⟦Cell⟧, Tensor.Zeros(8)).State;", "static Tensor Cell(Tensor x, Tensor h) => (x.Dense(4) + h.Dense(4)).Tanh();") },
        { "DG0037", "The cell is given state 2 of shape [1] but gives one of shape [8]; a state keeps its shape from step to step (Input[5,6] → Scan ✗)", Sequence("return x.Scan(⟦Cell⟧, Tensor.Zeros(8), Tensor.Zeros(1)).State1;", "static (Tensor, Tensor) Cell(Tensor x, Tensor h, Tensor c) => (h, x.Dense(8) + h + c);") },
        { "DG0038", "A cell cannot contain another Scan; compute that one before, and use its result in the cell (Input[5,6] → Scan ✗)", Sequence("return x.Scan((s, h) => h + x.⟦Scan⟧((u, g) => g + u.Dense(3), Tensor.Zeros(3)).State, Tensor.Zeros(3)).State;") },
        { "DG0038", "Lstm is a loop over time, and a cell cannot contain another; compute it before, and use its result in the cell (Input[5,6] → Lstm ✗)", Sequence("return x.Scan((s, h) => h + x.⟦Lstm⟧(3), Tensor.Zeros(3)).State;") },
        { "DG0038", "BatchNorm keeps 'BatchNorm1.running_mean' from batch to batch, which cannot be done at every step of a cell; use it before or behind the Scan (Step[6] → Dense[8] → BatchNorm ✗)", Sequence("return x.Scan((s, h) => (h + s.Dense(8).⟦BatchNorm⟧()).Tanh(), Tensor.Zeros(8)).State;") },
        { "DG0038", "'Dense1' is a tensor of one step and is known in its cell only; let the cell return it as its output (Step[6] → Dense[8] → Relu ✗)", Sequence("Tensor? inside = null; x.Scan((s, h) => { inside = s.Dense(8); return h + inside; }, Tensor.Zeros(8)); return inside!.⟦Relu⟧();") },
        { "DG0039", "'n' says how many steps each sample of 'z' has, but 'z' is no [Input(…)] of Forward; name one with nameof", "[Network] partial class Net { static Tensor Forward([Input(5, 6)] Tensor x, [Lengths(⟦\"z\"⟧)] Tensor n) => x.Lstm(4); }" },
        { "DG0039", "'n' says how many steps each sample of 'y' has, but 'y' is one number per sample; it must be a sequence (T, …)", "[Network] partial class Net { static Tensor Forward([Input(5, 6)] Tensor x, [Input] Tensor y, [Lengths(⟦nameof(y)⟧)] Tensor n) => x.Lstm(4) * y; }" },
        { "DG0039", "'m' says how many steps each sample of 'x' has, but 'x' has lengths already", "[Network] partial class Net { static Tensor Forward([Input(5, 6)] Tensor x, [Lengths(nameof(x))] Tensor n, [Lengths(⟦nameof(x)⟧)] Tensor m) => x.Lstm(4); }" },
        { "DG0103", "Lstm(4) needs a sequence (T, F) but input 'x' is [6] (Input[6] → Lstm ✗)", "[Network] partial class Net { static Tensor Forward([Input(6)] Tensor x) => x.⟦Lstm⟧(4); }" },
        { "DG0103", "Scan needs a sequence (T, …) that is computed from an input, but 'Zeros' is [5, 6] and the same for every sample", "[Network] partial class Net { static Tensor Forward([Input(6)] Tensor x) => x + Tensor.Parameter([5, 6], name: \"Zeros\").⟦Scan⟧((s, h) => h + s, Tensor.Zeros(6)).State; }" },
        { "DG0103", "StatefulGru needs states (layers, hidden) but input 'h' is [8] (Input[5,6] → StatefulGru ✗)", "[Network] partial class Net { static Tensor Forward([Input(5, 6)] Tensor x, [Input(8)] Tensor h) => x.⟦StatefulGru⟧(h).Sequence; }" },
        { "DG0106", "StatefulLstm needs states and cells of one shape (layers, hidden), but input 'h' is [2, 8] and input 'c' is [2, 4] (Input[5,6] → StatefulLstm ✗)", "[Network] partial class Net { static Tensor Forward([Input(5, 6)] Tensor x, [Input(2, 8)] Tensor h, [Input(2, 4)] Tensor c) => x.StatefulLstm(h, ⟦c⟧).Sequence; }" },
        { "DG0103", "StatefulGru needs states (layers, hidden) but the constant is [8] (Input[5,6] → StatefulGru ✗)", Sequence("return x.⟦StatefulGru⟧(Tensor.Zeros(8)).State;") },
        { "DG0101", "Gru's hidden must be at least 1, but is 0", Sequence("return x.Gru(⟦0⟧);") },
        { "DG0017", "The extent 1 of 'Tensor.Zeros' must be at least 1 but is 0", Sequence("return x.Scan((s, h) => h + s, Tensor.⟦Zeros⟧(0)).State;") },
        { "DG0201", "This cell is not known at build time; give a static method or a lambda", Sequence("return x.Scan(⟦Cell⟧, Tensor.Zeros(6)).State;", "static readonly Func<Tensor, Tensor, Tensor> Cell = null!;") },
        { "DG0303", "The input 'n' reaches no output and no loss; use it or remove it", "[Network] partial class Net { static Tensor Forward([Input(5, 6)] Tensor x, [Lengths(nameof(x))] Tensor ⟦n⟧) => x.Flatten().Dense(4); }" },
        { "DG0015", "Loss takes 0 tensors before its targets, but 'Net' has 1 output; declare it as static Tensor Loss, with one Tensor per output and then [Target(…)] Tensor parameters", "[Network, Input(4), Dense(2)] partial class Net { static Tensor ⟦Loss⟧([Target(2)] Tensor t) => t.MeanSquaredError(t); }" },
        { "DG0016", "The loss attribute 'MeanSquaredError' needs a network of one output but 'Net' has 2; write a Loss method", "[Network, ⟦MeanSquaredError⟧] partial class Net { static (Tensor A, Tensor B) Forward([Input(4)] Tensor x) => (x.Dense(1), x.Dense(2)); }" },
        { "DG0017", "The extent 2 of 'Input' must be at least 1 but is 0", "[Network, Input(4, ⟦0⟧, 3), Flatten, Dense(2)] partial class Net;" },
        { "DG0017", "The extent 1 of 'x' must be at least 1 but is -3", "[Network] partial class Net { static Tensor Forward([Input(⟦-3⟧)] Tensor x) => x.Dense(2); }" },

        // Shapes.
        { "DG0019", "MaxUnpool2d needs the result of a MaxPool2d, which knows where its maxima were, but Relu gives [3, 4, 4]; give it what MaxPool2d returned, before any other layer (Input[3,8,8] → MaxPool2d[3,4,4] → Relu[3,4,4] → MaxUnpool2d ✗)", Forward("var p = x.MaxPool2d(2).Relu(); return p.MaxUnpool2d(⟦p⟧);") },
        { "DG0019", "MaxUnpool2d puts one value into each window of its pool and needs its shape [3, 4, 4], but Conv2d gives [4, 4, 4] (Input[3,8,8] → MaxPool2d[3,4,4] → Conv2d[4,4,4] → MaxUnpool2d ✗)", Forward("var p = x.MaxPool2d(2); return p.Conv2d(4, 1).⟦MaxUnpool2d⟧(p);") },
        { "DG0101", "Conv2d's kernel must be at least 1, but is 0", "[Network, Input(1, 8, 8), Conv2d(4, ⟦0⟧), Flatten, Dense(2)] partial class Net;" },
        { "DG0101", "Conv2d's padding must be at least 0, or Padding.Same or Padding.Full, but is -3", Forward("return x.Conv2d(4, 3, padding: ⟦-3⟧);") },
        { "DG0101", "Conv2d's padding must be at least 0 on each side, but is -1", "[Network, Input(3, 8, 8), Conv2d(4, new[] { 3, 3 }, padding: ⟦new[] { 0, 1, 0, Padding.Same }⟧)] partial class Net;" },
        { "DG0101", "Conv2d's kernel needs one number or 2, but 3 are given", "[Network, Input(3, 8, 8), Conv2d(4, ⟦new[] { 3, 3, 3 }⟧)] partial class Net;" },
        { "DG0101", "Conv2d's padding needs one number or 2, or 4 (before and after each axis), but 3 are given", Forward("return x.Conv2d(4, [3, 3], padding: ⟦[1, 1, 1]⟧);") },
        { "DG0101", "Conv2d's kernel needs one number or 2, but 0 are given", "[Network, Input(3, 8, 8), Conv2d(4, ⟦null!⟧)] partial class Net;" },
        { "DG0101", "MaxPool2d([3, 2])'s padding must be at most half of the kernel (1), but is 2; a window must not lie in the border alone", Forward("return x.MaxPool2d([3, 2], padding: ⟦[0, 0, 2, 0]⟧);") },
        { "DG0101", "ConvTranspose2d(4, 3)'s outputPadding must be below its stride or dilation (2), but is 2; what lies further no window reaches", Forward("return x.ConvTranspose2d(4, 3, stride: 2, outputPadding: ⟦2⟧);") },
        { "DG0101", "ConvTranspose2d(4, 3)'s padding leaves nothing of the height: 10 without it, and 10 are cut off", Forward("return x.ConvTranspose2d(4, 3, padding: ⟦5⟧);") },
        { "DG0101", "LocalResponseNorm's k must be above 0, or zeros would be divided by zero", "[Network, Input(3, 8, 8), LocalResponseNorm(5, k: ⟦0⟧)] partial class Net;" },
        { "DG0101", "Dropout's probability must be below 1, but is 1", "[Network, Input(8), Dropout(⟦1⟧), Dense(2)] partial class Net;" },
        { "DG0101", "A name must not be empty and must not contain quotes, backslashes or line breaks", "[Network, Input(8), Dense(2, name: ⟦\"\"⟧)] partial class Net;" },
        { "DG0101", "Permute(0, 2, 2) must name every axis of the input once, 0 to 2 in any order (input 'x' is [3, 8, 8])", Forward("return x.⟦Permute⟧(0, 2, 2);") },
        { "DG0101", "Permute(1, 0) must name every axis of the input once, 0 to 2 in any order (input 'x' is [3, 8, 8])", Forward("return x.⟦Permute⟧(1, 0);") },
        { "DG0101", "Slice's axis must be from 0 to 2, or from -3 to -1 counted from the last, but is 3 (input 'x' is [3, 8, 8])", Forward("return x.Slice(⟦3⟧, 0, 1);") },
        { "DG0101", "Concat's axis must be from 0 to 2, or from -3 to -1 counted from the last, but is -4 (input 'x' is [3, 8, 8])", Forward("return Tensor.Concat(⟦-4⟧, x, x);") },
        { "DG0101", "Split's parts must divide the 3 elements of axis 0, but 2 does not (input 'x' is [3, 8, 8]); use Slice for unequal parts", Forward("return x.Split(⟦2⟧)[0];") },
        { "DG0101", "Split's axis must be from 0 to 2, or from -3 to -1 counted from the last, but is 5 (input 'x' is [3, 8, 8])", Forward("return x.Split(2, ⟦5⟧)[0];") },
        { "DG0101", "BroadcastTo(3, 0)'s extents must be at least 1, but one is 0", Forward("return x.⟦BroadcastTo⟧(3, 0);") },
        { "DG0101", "Embedding(5, 4)'s paddingIndex must be below 5, or -1 for none, but is 5", "[Network, Input(7, type: Element.Int32), Embedding(5, 4, paddingIndex: ⟦5⟧)] partial class Net;" },
        { "DG0102", "Dense(2) needs a vector but input 'x' is [3, 8, 8]; add Flatten before it (Input[3,8,8] → Dense ✗)", Forward("return x.⟦Dense⟧(2);") },
        { "DG0103", "Conv2d(4, 3) needs a map (C, H, W) but input 'input' is [8] (Input[8] → Conv2d ✗)", "[Network, Input(8), ⟦Conv2d⟧(4, 3)] partial class Net;" },
        { "DG0103", "Conv3d(4, 3) needs a volume (C, D, H, W) but input 'x' is [3, 8, 8] (Input[3,8,8] → Conv3d ✗)", Forward("return x.⟦Conv3d⟧(4, 3);") },
        { "DG0103", "MaxPool2d(2) needs a map (C, H, W) that is computed from an input but parameter 'w' is [3, 8, 8]", Forward("return x + Tensor.Parameter([3, 8, 8], name: \"w\").⟦MaxPool2d⟧(2);") },
        { "DG0104", "Conv2d(4, [1, 9])'s window spans 9 but the padded width is 8 (input 'x' is [3, 8, 8]); use a smaller kernel or more padding (Input[3,8,8] → Conv2d ✗)", Forward("return x.Conv2d(4, ⟦[1, 9]⟧);") },
        { "DG0103", "Gram needs channels with positions but input 'input' is [8] (Input[8] → Gram ✗)", "[Network, Input(8), ⟦Gram⟧] partial class Net;" },
        { "DG0103", "MatMul needs two matrices but Flatten gives [192]; Reshape a vector to (1, F) or (F, 1) (Input[3,8,8] → MatMul ✗)", Forward("return x.MatMul(⟦x.Flatten()⟧);") },
        { "DG0103", "ZeroPad2d(1) needs a map (C, H, W) but input 'input' is [8] (Input[8] → ZeroPad2d ✗)", "[Network, Input(8), ⟦ZeroPad2d⟧(1)] partial class Net;" },
        { "DG0104", "Conv2d(4, 9)'s window spans 9 but the padded height is 8 (input 'x' is [3, 8, 8]); use a smaller kernel or more padding (Input[3,8,8] → Conv2d ✗)", Forward("return x.Conv2d(4, kernel: ⟦9⟧);") },
        { "DG0104", "MaxPool2d(10)'s window spans 10 but the padded height is 8 (input 'x' is [3, 8, 8]); use a smaller kernel or more padding (Input[3,8,8] → MaxPool2d ✗)", Forward("return x.MaxPool2d(⟦10⟧, stride: 2, ceilMode: true);") },
        { "DG0105", "Conv2d(4, 3) has 2 groups, which must divide the 3 input channels and the 4 output channels (Input[3,8,8] → Conv2d ✗)", Forward("return x.Conv2d(4, 3, groups: ⟦2⟧);") },
        { "DG0106", "'+' needs equal shapes but its operands are [4, 8, 8] and [3, 8, 8] (Input[3,8,8] → Conv2d[4,8,8] → Add ✗)", Forward("return x.Conv2d(4, 1) ⟦+⟧ x;") },
        { "DG0106", "Concat joins along the first axis and needs equal shapes behind it, but its inputs are [3, 8, 8], [3, 4, 4] (Input[3,8,8] → Concat ✗)", Forward("return Tensor.⟦Concat⟧(x, x.MaxPool2d(2));") },
        { "DG0106", "Concat joins along axis 1 and needs equal extents along all others, but its inputs are [3, 8, 8], [4, 8, 8] (Input[3,8,8] → Concat ✗)", Forward("return Tensor.⟦Concat⟧(1, x, x.Conv2d(4, 1));") },
        { "DG0106", "MatMul needs as many columns of the first as rows of the second, but they are [24, 8] and [24, 8]: 8 and 24 (Input[3,8,8] → Reshape[24,8] → MatMul ✗)", Forward("var a = x.Reshape(24, 8); return a.MatMul(⟦a⟧);") },
        { "DG0106", "MatMul needs equal extents before the last two, but its operands are [3, 8, 8] and [2, 8, 8] (Input[3,8,8] → MatMul ✗)", Forward("return x.MatMul(⟦x.Slice(0, 1, 2)⟧);") },
        { "DG0106", "BroadcastTo(3, 9, 8) repeats extents of 1, aligned from the right, but input 'x' is [3, 8, 8] (Input[3,8,8] → BroadcastTo ✗)", Forward("return x.⟦BroadcastTo⟧(3, 9, 8);") },
        { "DG0106", "ScatterAdd(4) needs an index for each row, but input 'x' is [5, 2] and the indices are [3] (Input[5,2] → ScatterAdd ✗)", "[Network] partial class Net { static Tensor Forward([Input(5, 2)] Tensor x, [Input(3, type: Element.Int32)] Tensor i) => x.ScatterAdd(⟦i⟧, 4); }" },
        { "DG0107", "Reshape(3, 63) gives 189 elements but input 'x' is [3, 8, 8], which has 192 (Input[3,8,8] → Reshape ✗)", Forward("return x.⟦Reshape⟧(3, 63);") },
        { "DG0108", "Dense(2) needs float values but input 'x' holds integers (Input[4] → Dense ✗)", "[Network] partial class Net { static Tensor Forward([Input(4, type: Element.Int32)] Tensor x) => x.⟦Dense⟧(2); }" },
        { "DG0108", "Embedding(5, 4) needs integers, [Input(…, type: Element.Int32)], but input 'input' holds floats (Input[7] → Embedding ✗)", "[Network, Input(7), ⟦Embedding⟧(5, 4)] partial class Net;" },
        { "DG0108", "Gather needs integers, [Input(…, type: Element.Int32)], but Relu holds floats (Input[3,8,8] → Gather ✗)", Forward("return x.Gather(⟦x.Relu()⟧);") },
        { "DG0108", "Slice(0, 0, 2) needs float values but input 'x' holds integers (Input[4] → Slice ✗)", "[Network] partial class Net { static Tensor Forward([Input(4, type: Element.Int32)] Tensor x) => x.⟦Slice⟧(0, 0, 2).OneHot(3); }" },
        { "DG0109", "the shared weights 'Twin.Dense1.weight' have shape [2, 4], but this call needs [2, 2]; call the shared block with inputs of one shape", "[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x) => Twin(Twin(x)); [Block(shared: true)] static Tensor Twin(Tensor x) => x.⟦Dense⟧(2); }" },
        { "DG0110", "SoftmaxCrossEntropy needs a vector of at least two logits, or a map of them, but Conv2d gives [1, 6, 6] (Input[3,8,8] → Conv2d[1,6,6] → SoftmaxCrossEntropy ✗)", "[Network, Input(3, 8, 8), Conv2d(1, 3), ⟦SoftmaxCrossEntropy⟧] partial class Net;" },
        { "DG0110", "MeanSquaredError compares equal shapes, but Dense gives [2] and 't' is [3] (Input[4] → Dense[2] → MeanSquaredError ✗)", "[Network, Input(4), Dense(2)] partial class Net { static Tensor Loss(Tensor y, [Target(3)] Tensor t) => y.MeanSquaredError(⟦t⟧); }" },
        { "DG0111", "Loss must give one number per sample but gives Subtract[2]; end it with a loss such as MeanSquaredError, or a weighted sum of losses (Input[4] → Dense[2] → Subtract[2] → Loss ✗)", "[Network, Input(4), Dense(2)] partial class Net { static Tensor ⟦Loss⟧(Tensor y, [Target(2)] Tensor t) => y - t; }" },
        { "DG0112", "Channels needs a map (C, H, W) but Flatten gives [192] (Input[3,8,8] → Flatten[192] → Channels ✗)", Forward("var y = x.Flatten(); return y.Dense(y.⟦Channels⟧);") },
        { "DG0112", "Extent needs an axis from 0 to 2 but input 'x' is [3, 8, 8] (Input[3,8,8] → Extent ✗)", Forward("return x.Conv2d(x.⟦Extent⟧(3), 1);") },
        { "DG0113", "'Input' is too large: a tensor of one sample may have at most 2,147,483,647 elements", "[Network, ⟦Input⟧(100000, 100000), Flatten, Dense(2)] partial class Net;" },
        { "DG0113", "The result of Conv2d is too large: a tensor of one sample may have at most 2,147,483,647 elements (Input[3,8,8] → Conv2d ✗)", Forward("return x.⟦Conv2d⟧(200000000, 1);") },
        { "DG0131", "CenterCrop(9, 4) is larger than the map (input 'x' is [3, 8, 8]); crop the larger of the two maps (Input[3,8,8] → CenterCrop ✗)", Forward("return x.CenterCrop(⟦9⟧, 4);") },
        { "DG0131", "CenterCrop(8, 8) is larger than the map (Conv2d gives [4, 6, 6]); crop the larger of the two maps (Input[3,8,8] → Conv2d[4,6,6] → CenterCrop ✗)", Forward("return x.Conv2d(4, 3).CenterCropTo(⟦x⟧);") },
        { "DG0131", "Slice(1, 6, 3) takes 3 elements from 6 but axis 1 has 8 (input 'x' is [3, 8, 8]) (Input[3,8,8] → Slice ✗)", Forward("return x.⟦Slice⟧(1, 6, 3);") },
        { "DG0131", "ReflectPad2d(8) mirrors 8 of a height of 8, of which there are 7 beside the outermost (input 'x' is [3, 8, 8]); use at most 7, or ReplicatePad2d (Input[3,8,8] → ReflectPad2d ✗)", Forward("return x.ReflectPad2d(⟦8⟧);") },
        { "DG0131", "ReflectPad2d(1) mirrors 9 of a width of 8, of which there are 7 beside the outermost (input 'x' is [3, 8, 8]); use at most 7, or ReplicatePad2d (Input[3,8,8] → ReflectPad2d ✗)", Forward("return x.ReflectPad2d(1, right: ⟦9⟧, bottom: 1);") },

        // Evaluation.
        { "DG0201", "'Size' may change at run time, so its value is not known at build time; make it const or static readonly", Forward("return x.Flatten().Dense(⟦Size⟧);", "static int Size = 4;") },
        { "DG0201", "This statement (try) cannot be evaluated at build time", Forward("⟦try⟧ { return x.Flatten(); } finally { }") },
        { "DG0201", "This expression (typeof) cannot be evaluated at build time", Forward("return x.Conv2d(4, 1, name: ⟦typeof(int)⟧.Name);") },
        { "DG0201", "'Helper' is an instance method, and there is no instance at build time; make it static", Forward("return new Aid().⟦Helper⟧(x);", "class Aid { public Tensor Helper(Tensor x) => x.Relu(); }").Replace("new Aid()", "default(Aid)!") },
        { "DG0202", "'Random.Next' has no source in this compilation, so it cannot be evaluated at build time; write it here, or compute its value as a constant", Forward("return x.Flatten().Dense(R.⟦Next⟧());", "static readonly Random? R = null;") },
        { "DG0201", "'Environment.ProcessorCount' is not known at build time", Forward("return x.Flatten().Dense(Environment.⟦ProcessorCount⟧);") },
        { "DG0203", "This loop has not ended after 1,000,000 steps of evaluation; a loop in Forward must end at build time", Forward("⟦while⟧ (true) { var i = 0; for (var j = 0; j < 10; j++) i += j; }") },
        { "DG0204", "The call of 'Again' is nested more than 200 deep; a recursion in Forward must end at build time", Forward("return Again(x);", "static Tensor Again(Tensor x) => ⟦Again⟧(x);") },
        { "DG0205", "This arithmetic overflows at build time", Forward("var n = int.MaxValue; n ⟦+=⟧ 1; return x.Conv2d(n, 1);") },
        { "DG0205", "This divides by zero at build time", Forward("var n = 0; return x.Conv2d(4 ⟦/⟧ n, 1);") },
        { "DG0205", "The index 3 lies outside of the 2 elements", Forward("int[] w = [1, 2]; var i = 3; return x.Conv2d(⟦w[i]⟧, 1);") },
        { "DG0205", "This tensor is null here", Forward("Tensor? y = null; return ⟦y⟧!.Conv2d(2, 1);") },
        { "DG0206", "The evaluation of the network throws ArgumentException: width must be even, not 3", Forward("var w = x.Channels; if (w % 2 != 0) ⟦throw⟧ new ArgumentException($\"width must be even, not {w}\"); return x.Relu();") },
        { "DG0207", "MathF.Sinh has no derivative here; a function given to Map uses + - * /, conditionals and MathF's Exp, Log, Sqrt, Tanh, Abs, Sin, Cos, Floor, Pow, Min, Max and Math.Clamp", Forward("return x.Map(F);", "static float F(float v) => 2 * MathF.⟦Sinh⟧(v);") },
        { "DG0207", "A function given to Map computes in float, but this makes a double; write float constants (2f) and MathF", Forward("return x.Map(v => (float)(⟦v⟧ * 2.0));") },
        { "DG0207", "A loop must not depend on the elements of a tensor", Forward("return x.Map(F);", "static float F(float v) { while (⟦v > 1⟧) v = v / 2; return v; }") },

        // It would run, but it is wrong.
        { "DG0301", "SoftmaxCrossEntropy takes logits and applies the softmax itself, but Softmax comes before it; remove Softmax (Input[4] → Dense[2] → Softmax[2] → SoftmaxCrossEntropy ✗)", "[Network, Input(4), Dense(2), ⟦Softmax⟧, SoftmaxCrossEntropy] partial class Net;" },
        { "DG0301", "SoftmaxCrossEntropy takes logits and applies the softmax itself, but Softmax comes before it; remove Softmax (Input[4] → Dense[2] → Softmax[2] → SoftmaxCrossEntropy ✗)", "[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Dense(2).⟦Softmax⟧(); static Tensor Loss(Tensor y, [Target(type: Element.Int32)] Tensor t) => y.SoftmaxCrossEntropy(t); }" },
        { "DG0302", "The result of Conv2d ('Conv2d1') reaches no output and no loss; use it or remove it", Forward("x.⟦Conv2d⟧(4, 3); return x.Relu();") },
        { "DG0302", "The result of Relu ('Relu1') reaches no output and no loss; use it or remove it", Forward("var y = x.Conv2d(4, 3).⟦Relu⟧(); return x.Conv2d(4, 3);") },
        { "DG0302", "The result of the parameter 'scale' reaches no output and no loss; use it or remove it", Forward("var w = Tensor.⟦Parameter⟧([3, 1, 1], name: \"scale\"); return x.Relu();") },
        { "DG0303", "The input 'z' reaches no output and no loss; use it or remove it", "[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x, [Input(4)] Tensor ⟦z⟧) => x.Dense(2); }" },
        { "DG0304", "The target 'u' is not used by the loss; use it or remove it", "[Network, Input(4), Dense(2)] partial class Net { static Tensor Loss(Tensor y, [Target(2)] Tensor t, [Target(2)] Tensor ⟦u⟧) => y.MeanSquaredError(t); }" },
        { "DG0305", "the name 'a.weight' is used twice; give one of them another name", "[Network, Input(4), Dense(2, name: \"a\"), Dense(2, name: ⟦\"a\"⟧)] partial class Net;" },
        { "DG0305", "the name 'r' is used twice; give one of them another name", Forward("return x.Relu(name: \"r\").Relu(name: ⟦\"r\"⟧);") },
        { "DG0305", "the name 'b' is used twice; give one of the blocks another name", Forward("return B(B(x, \"b\"), ⟦\"b\"⟧);", "[Block] static Tensor B(Tensor x, string? name) => x.Conv2d(3, 1);") },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsReportedThere(string id, string message, string marked)
    {
        var (source, span) = Unmark(marked);
        var compilation = Host.Compile(("Net.cs", source));
        var diagnostic = Assert.Single(Host.Analyze(compilation));
        Assert.Equal((id, message), (diagnostic.Id, diagnostic.GetMessage()));
        Assert.Equal(source.Substring(span.Start, span.Length), source.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        Assert.Equal(span, diagnostic.Location.SourceSpan);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);

        // The one error is the only one: no cascade from a missing half. What the compiler itself says of these sources has nothing to do with ours.
        Host.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var full, out _);
        var own = compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id);
        Assert.Empty(full.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && !own.Contains(d.Id)));
    }

    [Theory]
    [InlineData("RunAnalyzers")]
    [InlineData("RunAnalyzersDuringBuild")]
    public void TheGeneratorReportsWhereAnalyzersAreSkipped(string property)
    {
        foreach (var (id, message, marked) in Cases.Select(c => ((string)c[0], (string)c[1], (string)c[2])))
        {
            var (source, span) = Unmark(marked);
            Host.Driver(runAnalyzers: false, property: property).RunGeneratorsAndUpdateCompilation(Host.Compile(("Net.cs", source)), out _, out var diagnostics);
            var diagnostic = Assert.Single(diagnostics);
            Assert.Equal((id, message, span, "Net.cs"), (diagnostic.Id, diagnostic.GetMessage(), diagnostic.Location.SourceSpan, diagnostic.Location.GetLineSpan().Path));
        }
    }

    public static TheoryData<string, string> Silencers => new()
    {
        { "pragma", "#pragma warning disable\n[Network, Input(3, 8, 8), Dense(2)] partial class Net;" },
        { "pragma id", "#pragma warning disable DG0102\n[Network, Input(3, 8, 8), Dense(2)] partial class Net;" },
        { "assembly", "[assembly: System.Diagnostics.CodeAnalysis.SuppressMessage(\"DeepGen\", \"DG0102\")]\n[Network, Input(3, 8, 8), Dense(2)] partial class Net;" },
        { "type", "[System.Diagnostics.CodeAnalysis.SuppressMessage(\"DeepGen\", \"DG0102\"), Network, Input(3, 8, 8), Dense(2)] partial class Net;" },
        { "generated", "[System.CodeDom.Compiler.GeneratedCode(\"x\", \"1\"), Network, Input(3, 8, 8), Dense(2)] partial class Net;" },
        { "nowarn", "[Network, Input(3, 8, 8), Dense(2)] partial class Net;" },
    };

    [Theory]
    [MemberData(nameof(Silencers))]
    public void NothingSilencesAnError(string how, string source)
    {
        foreach (var runAnalyzers in new[] { true, false })
        {
            var compilation = Host.Compile(("Net.cs", source));
            if (how == "nowarn")
            {
                compilation = compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(new Dictionary<string, ReportDiagnostic> { ["DG0102"] = ReportDiagnostic.Suppress }).WithGeneralDiagnosticOption(ReportDiagnostic.Suppress));
            }

            Host.Driver(runAnalyzers).RunGeneratorsAndUpdateCompilation(compilation, out var full, out var generated);
            if (full.GetDiagnostics().Any(d => d.Id == "CS1029" && d.GetMessage().StartsWith("#error: 'DG0102: Dense(2) needs a vector", StringComparison.Ordinal)))
            {
                // A [SuppressMessage] reaches even what is not configurable: there the generated half holds the error.
                Assert.Contains("SuppressMessage", source, StringComparison.Ordinal);
                continue;
            }

            var diagnostic = Assert.Single((runAnalyzers ? Host.AnalyzeOnly(full) : []).Concat(generated), d => !d.IsSuppressed);
            Assert.Equal(("DG0102", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        }
    }

    [Fact]
    public void UnsafeCodeMustBeAllowed()
    {
        var diagnostic = Assert.Single(Host.Analyze(Host.Compile(allowUnsafe: false, ("Net.cs", "[Network, Input(4), Dense(2)] partial class Net;"))));
        Assert.Equal("DG0006", diagnostic.Id);
        Assert.Contains("<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", diagnostic.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnErrorInAnotherFileIsReportedAtTheCall()
    {
        const string net = "[Network] partial class Net { static Tensor Forward([Input(3, 8, 8)] Tensor x) => x.Relu().Head(10); }";
        const string helper = "static class Helpers { public static Tensor Head(this Tensor x, int n) => Inner(x, n); static Tensor Inner(Tensor x, int n) => x.Dense(n); }";
        var diagnostic = Assert.Single(Host.Analyze(Host.Compile(("Net.cs", net), ("Helpers.cs", helper))));
        Assert.Equal("DG0102", diagnostic.Id);
        Assert.Equal("Net.cs", diagnostic.Location.SourceTree!.FilePath);
        Assert.Equal("Head", net.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        var additional = Assert.Single(diagnostic.AdditionalLocations);
        Assert.Equal(("Helpers.cs", "Dense"), (additional.SourceTree!.FilePath, helper.Substring(additional.SourceSpan.Start, additional.SourceSpan.Length)));
    }

    [Theory]
    [InlineData("[Network, Input(4), Dense(⟨n⟩)] partial class Net;")]
    [InlineData("[Network, Input(4), Dens(2)] partial class Net;")]
    [InlineData("[Network, Input(4), Dense()] partial class Net;")]
    [InlineData("[Network, Input(4), Dense(2, features: 3)] partial class Net;")]
    [InlineData("[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Dense(); }")]
    [InlineData("[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Dense(n); }")]
    [InlineData("[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.; }")]
    [InlineData("[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x) { var y = x.Dense(3) return y; } }")]
    [InlineData("[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x) { return Helper(x); } }")]
    [InlineData("[Network] partial class Net { static Tensr Forward([Input(4)] Tensor x) => x.Dense(2); }")]
    [InlineData("[Network] partial class Net { static Tensor Forward([Inpt(4)] Tensor x) => x.Dense(2); }")]
    [InlineData("[Network] partial class Net { static Tensor Forward([Input(4)] Tensor x)")]
    public void TheCompilersOwnErrorsAreLeftToIt(string source)
    {
        var compilation = Host.Compile(("Net.cs", source.Replace("⟨n⟩", "DateTime.Now.Day")));
        Assert.Contains(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Assert.Empty(Host.Analyze(compilation));
    }

    internal static (string Source, TextSpan Span) Unmark(string marked)
    {
        int start = marked.IndexOf('⟦'), end = marked.IndexOf('⟧') - 1;
        return (marked.Replace("⟦", "").Replace("⟧", ""), TextSpan.FromBounds(start, end));
    }
}
