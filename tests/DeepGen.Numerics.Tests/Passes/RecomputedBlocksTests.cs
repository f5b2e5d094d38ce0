using DeepGen.Generators.Emit;
using DeepGen.Generators.Passes;
using DeepGen.Numerics.Tests.Harness;

namespace DeepGen.Numerics.Tests.Passes;

/// <summary>The same networks with [Recompute] on their blocks and without.</summary>
public sealed class RecomputedBlockNetworks
{
    private const string Sources = """
        [Network, SoftmaxCrossEntropy]
        public partial class Plain
        {
            static Tensor Forward([Input(3, 12, 12)] Tensor x)
            {
                for (var i = 0; i < 4; i++) x = Stage(x);
                return x.Flatten().Dense(4);
            }

            [Block, Recompute]
            static Tensor Stage(Tensor x) => x.Conv2d(6, 3, padding: 1).Tanh().Conv2d(6, 3, padding: 1).Sigmoid().Conv2d(6, 3, padding: 1);
        }

        [Network, SoftmaxCrossEntropy]
        public partial class Normalized
        {
            static Tensor Forward([Input(3, 12, 12)] Tensor x)
            {
                x = x.Conv2d(8, 3, padding: 1, bias: false).BatchNorm().Relu();
                for (var i = 0; i < 3; i++) x = Stage(x);
                return x.GlobalAvgPool2d().Dense(4);
            }

            [Block, Recompute]
            static Tensor Stage(Tensor x)
            {
                var y = x.Conv2d(8, 3, padding: 1, bias: false).BatchNorm().Relu().Dropout(0.3f).Conv2d(8, 3, padding: 1, bias: false).BatchNorm();
                return (y + x).Relu();
            }
        }

        [Network, SoftmaxCrossEntropy]
        public partial class Nested
        {
            static Tensor Forward([Input(4, 16, 16)] Tensor x) => Outer(Outer(x).MaxPool2d(2)).Flatten().Dense(3);

            [Block, Recompute]
            static Tensor Outer(Tensor x) => Tensor.Concat(Inner(Inner(x)), x).Conv2d(4, 1).BatchNorm().Relu();

            [Block, Recompute]
            static Tensor Inner(Tensor x) => x.Conv2d(6, 3, padding: 1).Gelu().MaxPool2d(3, stride: 1, padding: 1).Conv2d(4, 3, padding: 1).Relu();
        }

        [Network]
        public partial class SharedWeights
        {
            static (Tensor near, Tensor far) Forward([Input(6, 10)] Tensor a, [Input(6, 10)] Tensor b)
            {
                var (x, y) = (Embed(a, b), Embed(b, a));
                return (x - y, x * y);
            }

            [Block(shared: true), Recompute]
            static Tensor Embed(Tensor x, Tensor other) => (x.Dense(12).LayerNorm().Tanh() * other.Dense(12).Sigmoid()).Dense(5).Softmax();
        }

        [Network, MeanSquaredError]
        public partial class Sequence
        {
            static Tensor Forward([Input(7, 5)] Tensor x) => Memory(Memory(x)).Flatten().Dense(2);

            [Block, Recompute]
            static Tensor Memory(Tensor x) => x.Lstm(6, returnSequence: true).Tanh().Gru(5, returnSequence: true);
        }

        [Network, SoftmaxCrossEntropy]
        public partial class WholeNetwork
        {
            static Tensor Forward([Input(1, 12, 12)] Tensor x) => All(x);

            [Block, Recompute]
            static Tensor All(Tensor x) => x.Conv2d(4, 3).Relu().AvgPool2d(2).Conv2d(8, 3).Tanh().Flatten().Dense(5);
        }
        """;

    internal CompiledNetworks With { get; } = CompiledNetworks.Compile(Sources);

    internal CompiledNetworks Without { get; } = CompiledNetworks.Compile(Sources.Replace(", Recompute]", "]", StringComparison.Ordinal));
}

/// <summary>[Recompute]: less memory, the same bits.</summary>
public sealed class RecomputedBlocksTests(RecomputedBlockNetworks networks) : IClassFixture<RecomputedBlockNetworks>
{
    public static TheoryData<string> Names => new("Plain", "Normalized", "Nested", "SharedWeights", "Sequence", "WholeNetwork");

    private static PlannedProgram Training(CompiledNetwork network) => PlannedNetwork.Of(network.Graph, RecomputeTests.Nothing).Training;

    /// <summary>Loss, outputs, gradients, and running averages, which a second update would show in.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_recomputed_block_gives_the_same_bits(string name)
    {
        var expected = RecomputeTests.Run(networks.Without[name], threads: 1);
        foreach (var threads in new[] { 1, 3 })
        {
            var actual = RecomputeTests.Run(networks.With[name], threads);
            foreach (var (what, bits) in expected)
            {
                Assert.True(bits.AsSpan().SequenceEqual(actual[what]), $"{what} differs");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Network_with_recomputed_blocks_equals_interpreter(string name) => NetworkCheck.Run(networks.With[name], 6, 1e-3);

    /// <summary>Over the loss lie what goes into the calls and what comes out, and nothing of their insides.</summary>
    [Theory]
    [InlineData("Plain")]
    [InlineData("Nested")]
    public void Nothing_inside_is_kept_over_the_loss(string name)
    {
        var plan = Training(networks.With[name]);
        var end = plan.Kernels.Last(k => k.Section <= Section.Loss).Index;
        var graph = plan.Fused.Lowered.Graph;
        var results = graph.Nodes.Where(n => n.Segment != 0 && (graph.Outputs.Contains(n.Id) || graph.Nodes.Any(m => m.Segment != n.Segment && m.Inputs.Contains(n.Id)))).Select(n => n.Name).ToHashSet();
        // Inside there is nothing but what its own kernels need while they run.
        Assert.Equal([], plan.Memory.Buffers.Where(b => b.Value.Segment != 0 && b.Location.Region == Region.Sample && b.Start <= end && b.End > end + 1 && !results.Contains(b.Value.Origin) && b.Value.Phase == DeepGen.Generators.Ir.Phase.Forward
            && plan.Kernels.Any(k => k.Index > end && k.Operands.Contains(b.Value))).Select(b => b.Value.ToString()));
        Assert.Contains(plan.Kernels, k => k.Section == Section.Backward && KernelTable.Layers(k).Contains(" again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Plain", 0.6)]
    [InlineData("Normalized", 0.75)]
    [InlineData("Nested", 0.85)]
    [InlineData("Sequence", 0.95)]
    public void A_recomputed_block_needs_less_memory(string name, double most)
    {
        var (with, without) = (Training(networks.With[name]).Memory.SampleFloats, Training(networks.Without[name]).Memory.SampleFloats);
        Assert.True(with <= most * without, $"{with} of {without}");
    }

    /// <summary>Each call once more, however often its values are read, and the forward pass as it was.</summary>
    [Fact]
    public void A_block_is_computed_twice_and_no_more()
    {
        int Convolutions(CompiledNetworks compiled) => Training(compiled["Plain"]).Kernels.Count(k => k.Kind == KernelKind.Conv);
        Assert.Equal(12, Convolutions(networks.Without));
        // The last of each call is its result, which is kept.
        Assert.Equal(12 + 8, Convolutions(networks.With));
        Assert.Equal(
            PlannedNetwork.Of(networks.Without["Plain"].Graph).Inference.Memory.SampleFloats,
            PlannedNetwork.Of(networks.With["Plain"].Graph).Inference.Memory.SampleFloats);
    }
}
