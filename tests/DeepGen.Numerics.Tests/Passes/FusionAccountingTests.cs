using System.Text.RegularExpressions;
using DeepGen.Generators.Emit;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Ops;
using DeepGen.Generators.Passes;
using DeepGen.Numerics.Tests.Harness;

namespace DeepGen.Numerics.Tests.Passes;

/// <summary>
/// Whether fusion is real: counted from the buffers that each emitted kernel call is given, against bounds computed from the layers' shapes alone.
/// Every bound is also shown to be exceeded when the fusion it speaks of is switched off.
/// </summary>
public sealed class FusionAccountingTests
{
    private const string Sources = """
        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(16, 5), Tanh, AvgPool2d(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class LeNet5;

        [Network, SoftmaxCrossEntropy]
        public partial class Residual
        {
            static Tensor Forward([Input(3, 16, 16)] Tensor image)
            {
                var x = Block(Block(image.Conv2d(8, 3, padding: 1, bias: false).BatchNorm().Relu()));
                return x.GlobalAvgPool2d().Dense(10);
            }

            static Tensor Block(Tensor x)
            {
                var y = x.Conv2d(8, 3, padding: 1, bias: false).BatchNorm().Relu().Conv2d(8, 3, padding: 1, bias: false).BatchNorm();
                return (y + x).Relu();
            }
        }

        [Network, Input(6), Dense(4), Sigmoid, Dense(6), MeanSquaredError]
        public partial class Autoencoder;

        [Network, Input(3, 12), Conv1d(4, 3, bias: false), BatchNorm, Relu, Conv1d(5, 3), Tanh, ConvTranspose1d(2, 4, stride: 2, bias: false), BatchNorm, Sigmoid]
        public partial class Conv1;

        [Network, Input(3, 7, 8), DepthwiseConv2d(3), Relu, ConvTranspose2d(4, 4, stride: 2, bias: false), BatchNorm, Relu, Conv2d(2, new[] { 1, 5 }), Tanh]
        public partial class Conv2;

        [Network, Input(3, 4, 6, 5), Conv3d(4, 3, padding: 1, bias: false), BatchNorm, Relu, ConvTranspose3d(3, 2, stride: 2), LeakyRelu]
        public partial class Conv3;
        """;

    private static readonly Lazy<CompiledNetworks> Networks = new(() => CompiledNetworks.Compile(Sources));

    private static NetworkGraph Graph(string name) => Networks.Value[name].Graph!;

    /// <summary>Bytes a sample that the kernels of a program read and write, weights and statistics aside.</summary>
    private static long Traffic(PlannedProgram program, params Section[] sections) =>
        program.Kernels.Where(k => sections.Contains(k.Section)).Sum(k => k.Operands.Concat(k.Stored).Where(v => v.Dims.HasBatch).Sum(v => 4 * v.Dims.Elements));

    /// <summary>One read and one write for every layer that is no activation, no view and no loss: what no fusion of pools can go below.</summary>
    private static long LayerBound(NetworkGraph graph) =>
        graph.Nodes.Where(n => n.Kind == NodeKind.Op && OpCatalogue.Get(n.Op) is { Activation: null, IsLoss: false } && n.Op is not ("Flatten" or "Reshape" or "BatchNorm" or "Add"))
            .Sum(n => 4 * (n.Shape.Elements + n.Inputs.Sum(i => graph.Nodes[i].Shape.Elements)));

    [Fact]
    public void Inference_of_LeNet5_moves_each_activation_once()
    {
        var graph = Graph("LeNet5");
        Assert.Equal(67_848, LayerBound(graph));
        Assert.True(Traffic(PlannedNetwork.Of(graph).Inference, Section.Forward) <= LayerBound(graph));
        Assert.True(Traffic(PlannedNetwork.Of(graph, new FusionOptions(Epilogues: false)).Inference, Section.Forward) > LayerBound(graph));
    }

    [Fact]
    public void A_training_step_of_LeNet5_is_at_most_twenty_kernels()
    {
        var graph = Graph("LeNet5");
        Assert.True(NetworkWriter.KernelsPerStep(PlannedNetwork.Of(graph)) <= 20);
        Assert.True(NetworkWriter.KernelsPerStep(PlannedNetwork.Of(graph, new FusionOptions(Epilogues: false))) > 20);
        Assert.True(NetworkWriter.KernelsPerStep(PlannedNetwork.Of(graph, new FusionOptions(Rows: false))) > 20);
        Assert.True(NetworkWriter.KernelsPerStep(PlannedNetwork.Of(graph, new FusionOptions(BiasGradients: false))) > 20);
    }

    [Theory]
    [InlineData("LeNet5")]
    [InlineData("Autoencoder")]
    public void No_bias_and_no_activation_is_a_pass_of_its_own(string name)
    {
        var training = PlannedNetwork.Of(Graph(name)).Training;
        var elementwise = training.Kernels.Where(k => k.Kind is KernelKind.Row or KernelKind.Reduce && k.Section != Section.InputGradient).ToArray();
        Assert.Equal([Section.Loss], elementwise.Select(k => k.Section));
        foreach (var off in new[] { new FusionOptions(Epilogues: false), new FusionOptions(BiasGradients: false) })
        {
            Assert.Contains(PlannedNetwork.Of(Graph(name), off).Training.Kernels, k => k.Kind is KernelKind.Row or KernelKind.Reduce && k.Section is Section.Forward or Section.Backward && k.Anchor is null);
        }
    }

    /// <summary>Training: forward as in inference; backward every product reads what it multiplies, and an activation's derivative is read where the gradient is stored.</summary>
    [Fact]
    public void A_training_step_of_LeNet5_moves_no_more_than_its_products_need()
    {
        var graph = Graph("LeNet5");
        long Floats(Node n) => n.Shape.Elements;
        long bound = LayerBound(graph);
        var first = true;
        foreach (var n in graph.Nodes.Where(n => n.Kind == NodeKind.Op))
        {
            var x = graph.Nodes[n.Inputs[0]];
            switch (n.Op)
            {
                case "Conv2d" or "Dense":
                    bound += 4 * (Floats(x) + Floats(n)); // dw = dy · x
                    if (!first)
                    {
                        bound += 4 * (Floats(n) + Floats(x)); // dx = w · dy
                    }

                    first = false;
                    break;
                case "AvgPool2d":
                    bound += 4 * (Floats(n) + Floats(x));
                    break;
                case "Tanh":
                    bound += 4 * Floats(n); // its derivative from its output
                    break;
                case "SoftmaxCrossEntropy":
                    bound += 4 * ((2 * Floats(x)) + 2); // logits in, their gradient and the loss out, the label
                    break;
            }
        }

        var plan = PlannedNetwork.Of(graph).Training;
        Assert.True(Traffic(plan, Section.Forward, Section.Loss, Section.Backward) <= bound);
        foreach (var off in new[] { new FusionOptions(Epilogues: false), new FusionOptions(Rows: false), new FusionOptions(BiasGradients: false) })
        {
            Assert.True(Traffic(PlannedNetwork.Of(graph, off).Training, Section.Forward, Section.Loss, Section.Backward) > bound, off.ToString());
        }
    }

    [Fact]
    public void Inference_of_a_residual_net_is_its_convolutions_with_everything_else_in_their_epilogues()
    {
        var graph = Graph("Residual");
        var inference = PlannedNetwork.Of(graph).Inference;
        var kernels = inference.In(Section.Forward).Select(k => k.Kind).ToArray();
        Assert.Equal(5, kernels.Count(k => k == KernelKind.Conv));
        Assert.Equal([KernelKind.Row, KernelKind.MatMul], kernels.Where(k => k != KernelKind.Conv)); // the global mean and the classifier

        // Each residual is read once more, by the convolution that adds it.
        var bound = LayerBound(graph) + graph.Nodes.Where(n => n.Op == "Add").Sum(n => 4 * n.Shape.Elements);
        Assert.True(Traffic(inference, Section.Forward) <= bound);
        Assert.True(Traffic(PlannedNetwork.Of(graph, new FusionOptions(Epilogues: false)).Inference, Section.Forward) > bound);
    }

    /// <summary>Bias, BatchNorm and activation are in the kernel of every kind of convolution.</summary>
    [Theory]
    [InlineData("Conv1", 3)]
    [InlineData("Conv2", 3)]
    [InlineData("Conv3", 2)]
    public void Every_kind_of_convolution_takes_what_is_around_it(string name, int layers)
    {
        Assert.Equal(layers, PlannedNetwork.Of(Graph(name)).Inference.In(Section.Forward).Count());
        Assert.True(PlannedNetwork.Of(Graph(name), new FusionOptions(Epilogues: false)).Inference.In(Section.Forward).Count() > layers);
    }

    [Theory]
    [InlineData("LeNet5")]
    [InlineData("Residual")]
    [InlineData("Autoencoder")]
    [InlineData("Conv1")]
    [InlineData("Conv2")]
    [InlineData("Conv3")]
    public void Calls_are_given_the_buffers_that_are_counted(string name)
    {
        var network = PlannedNetwork.Of(Graph(name));
        foreach (var program in new[] { network.Inference, network.Training })
        {
            var writer = new KernelWriter(program.Fused, program.Memory, new SharedCode());
            foreach (var kernel in program.Kernels)
            {
                var call = CallText.Plain(writer.Call(kernel));
                var given = Regex.Matches(call, @"\b[AFPSGD]\b( \+ \d+( \* n)?)?|f\.(Inputs|Targets|Outputs)\[\d+\]|\bdx\d+\b(?! =)")
                    .Select(m => m.Value).ToHashSet();
                var counted = kernel.Operands.Concat(kernel.Stored).Select(v => Regex.Replace(CallText.Plain(writer.Pointer(v)), @"^\((float|int)\*\)", "")).ToHashSet();
                Assert.True(given.SetEquals(counted), $"{name}, kernel {kernel.Index}: given {string.Join("; ", given)}, counted {string.Join("; ", counted)}");
            }
        }
    }
}
