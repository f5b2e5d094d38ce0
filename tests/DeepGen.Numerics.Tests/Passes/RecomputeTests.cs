using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;
using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Networks;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Passes;

/// <summary>The same networks three times: as they are, with everything kept, and with everything computed again that may be.</summary>
public sealed class RecomputedNetworks
{
    public const string Sources = """
        [Network, SoftmaxCrossEntropy]
        public partial class DeepResidual
        {
            static Tensor Forward([Input(3, 32, 32)] Tensor image)
            {
                var x = image.Conv2d(16, 3, padding: 1, bias: false).BatchNorm().Relu();
                for (var i = 0; i < 5; i++) x = Block(x, 16, 1);
                x = Block(x, 32, 2);
                return Block(x, 32, 1).GlobalAvgPool2d().Dense(10);
            }

            [Block]
            static Tensor Block(Tensor x, int channels, int stride)
            {
                var y = x.Conv2d(channels, 3, stride: stride, padding: 1, bias: false).BatchNorm().Relu().Conv2d(channels, 3, padding: 1, bias: false).BatchNorm();
                return (y + (stride == 1 ? x : x.Conv2d(channels, 1, stride: stride, bias: false).BatchNorm())).Relu();
            }
        }

        [Network, SoftmaxCrossEntropy]
        public partial class Stem
        {
            static Tensor Forward([Input(3, 64, 64)] Tensor image) => image
                .Conv2d(16, 7, stride: 2, padding: 3, bias: false).BatchNorm().Relu().MaxPool2d(3, stride: 2, padding: 1)
                .Conv2d(32, 3, padding: 1, bias: false).BatchNorm().Silu().Dropout(0.3f).Conv2d(32, 3, padding: 1).GroupNorm(4).Gelu().Conv2d(8, 1).Flatten().Dense(10);
        }

        [Network]
        public partial class Generator
        {
            static Tensor Forward([Input(32)] Tensor noise) => noise.Reshape(32, 1, 1)
                .ConvTranspose2d(32, 4, bias: false).BatchNorm().Relu()
                .ConvTranspose2d(16, 4, stride: 2, padding: 1, bias: false).BatchNorm().LeakyRelu(0.2f)
                .ConvTranspose2d(16, 4, stride: 2, padding: 1, bias: false).BatchNorm().Tanh()
                .ConvTranspose2d(3, 4, stride: 2, padding: 1).Sigmoid();
        }

        [Network, MeanSquaredError]
        public partial class Joined
        {
            static Tensor Forward([Input(4, 24, 24)] Tensor image)
            {
                var a = image.Conv2d(12, 3, padding: 1, bias: false).BatchNorm().Relu();
                var b = a.MaxPool2d(2).Conv2d(12, 3, padding: 1, bias: false).BatchNorm().Sigmoid().ConvTranspose2d(12, 2, stride: 2);
                var c = Tensor.Concat(a, b).Conv2d(12, 3, padding: 1, bias: false).BatchNorm();
                var gates = c.Split(2);
                return (gates[0].Tanh() * gates[1].Sigmoid() * a.Slice(0, 0, 6)).Conv2d(4, 3, padding: 1);
            }
        }

        [Network, MeanSquaredError]
        public partial class Skips
        {
            static Tensor Forward([Input(2, 30, 30)] Tensor image) => Level(image, 8, 2).Conv2d(1, 1);

            static Tensor Level(Tensor x, int width, int depth)
            {
                x = x.Conv2d(width, 3, padding: 1).Relu().Conv2d(width, 3, padding: 1).Relu();
                if (depth == 0) return x;
                var up = Level(x.MaxPool2d(2), 2 * width, depth - 1).ConvTranspose2d(width, 2, stride: 2);
                return Tensor.Concat(x.CenterCropTo(up), up).Conv2d(width, 3, padding: 1).Relu();
            }
        }

        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2), Conv2d(16, 5), Tanh, AvgPool2d(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10), SoftmaxCrossEntropy]
        public partial class LeNet5;
        """;

    public const int RandomCount = 8;

    private static readonly string[] All = [Sources, .. Enumerable.Range(0, RandomCount).Select(RandomNetworks.Write)];

    internal CompiledNetworks Default { get; } = CompiledNetworks.Compile(All);

    internal CompiledNetworks Kept { get; } = CompiledNetworks.Compile(RecomputeTests.Nothing, All);

    internal CompiledNetworks Eager { get; } = CompiledNetworks.Compile(RecomputeTests.Everything, All);
}

/// <summary>What backward computes again has the same bits as what was kept, and the memory is really saved.</summary>
public sealed class RecomputeTests(RecomputedNetworks networks) : IClassFixture<RecomputedNetworks>
{
    internal static FusionOptions Nothing { get; } = new(Recompute: false);

    internal static FusionOptions Everything { get; } = new() { LeastSavedFloats = 1 };

    public static TheoryData<string> Names => new(["DeepResidual", "Stem", "Generator", "Joined", "Skips", "LeNet5", .. Enumerable.Range(0, RecomputedNetworks.RandomCount).Select(RandomNetworks.Name)]);

    private static PlannedProgram Training(CompiledNetwork network, FusionOptions options) => PlannedNetwork.Of(network.Graph, options).Training;

    [Theory]
    [MemberData(nameof(Names))]
    public void Computing_again_changes_no_bit(string name)
    {
        var expected = Run(networks.Kept[name], threads: 1);
        foreach (var compiled in new[] { networks.Default, networks.Eager })
        {
            foreach (var threads in new[] { 1, 3 })
            {
                var actual = Run(compiled[name], threads);
                foreach (var (what, bits) in expected)
                {
                    Assert.True(bits.AsSpan().SequenceEqual(actual[what]), $"{what} differs");
                }
            }
        }
    }

    [Theory]
    [InlineData("DeepResidual")]
    [InlineData("Stem")]
    [InlineData("Generator")]
    [InlineData("Joined")]
    [InlineData("Skips")]
    // Of data under which no value lies so near a kink of ReLU that float and double take different sides.
    public void Recomputed_network_equals_interpreter(string name) => NetworkCheck.Run(networks.Eager[name], 5, 1e-3, salt: "c");

    /// <summary>Of every convolution with BatchNorm and ReLU one map is kept, and of five residual sums one or two.</summary>
    [Fact]
    public void A_residual_net_keeps_little_beside_its_convolutions()
    {
        var network = networks.Default["DeepResidual"];
        var kept = Training(network, Nothing).Memory.SampleFloats;
        var plan = Training(network, FusionOptions.All);
        Assert.True(plan.Recomputed > 0);
        Assert.Equal(kept - plan.Memory.SampleFloats, plan.SavedFloats);
        long Maps(string op) => network.Graph.Nodes.Where(n => n.Op == op).Sum(n => n.Shape.Elements);
        // What PyTorch keeps of it: the operand of every convolution and every BatchNorm; that of a ReLU is its result.
        var peer = Maps("Conv2d") + Maps("Relu");
        Assert.True(kept >= peer);
        Assert.True(3 * plan.Memory.SampleFloats <= 2 * peer, $"{plan.Memory.SampleFloats} of {peer}");
    }

    /// <summary>A joined tensor is joined again, from the part that is kept anyway and the one that is kept in its place.</summary>
    [Fact]
    public void A_joined_tensor_is_joined_again()
    {
        var plan = Training(networks.Default["Skips"], Everything);
        Assert.Contains(plan.Kernels, k => k.Section == Section.Backward && k.Anchor is { IsRepeat: true, Prim: ConcatPrim });
        Assert.DoesNotContain(plan.Kernels, k => k.Anchor is { IsRepeat: true, Prim: not ConcatPrim });
    }

    [Fact]
    public void Nothing_is_computed_again_where_little_is_saved()
    {
        Assert.Equal(0, Training(networks.Default["LeNet5"], FusionOptions.All).Recomputed);
        foreach (var seed in Enumerable.Range(0, RecomputedNetworks.RandomCount))
        {
            var network = networks.Default[RandomNetworks.Name(seed)];
            var plan = Training(network, FusionOptions.All);
            Assert.True(plan.Recomputed == 0 || plan.SavedFloats * sizeof(float) >= 64 * 1024);
        }
    }

    /// <summary>A chain of residual sums is not computed from its beginning, and nothing that is dear is computed twice.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_computed_again_reads_few_tensors(string name)
    {
        var plan = Training(networks.Default[name], Everything);
        foreach (var kernel in plan.Kernels.Where(k => k.Members.Any(m => m.IsRepeat)))
        {
            Assert.Equal(Section.Backward, kernel.Section);
            Assert.Null(kernel.Anchor);
            Assert.InRange(kernel.Operands.Count(o => o.Dims.HasBatch), 1, 3);
        }

        Assert.True(plan.Memory.SampleFloats <= Training(networks.Default[name], Nothing).Memory.SampleFloats);
    }

    /// <summary>Backward reads and writes no more than when all was kept, by a tenth: the masks of the activations need no memory of their own.</summary>
    [Fact]
    public void Memory_is_not_bought_with_traffic()
    {
        static long Traffic(PlannedProgram plan) => plan.Kernels.Sum(k => k.Operands.Concat(k.Stored).Where(v => v.Dims.HasBatch).Sum(v => v.Dims.Elements));
        var network = networks.Default["DeepResidual"];
        Assert.True(10 * Traffic(Training(network, FusionOptions.All)) <= 11 * Traffic(Training(network, Nothing)));
    }

    /// <summary>The bits of everything that a step and a backward pass give.</summary>
    internal static Dictionary<string, int[]> Run(CompiledNetwork network, int threads)
    {
        const int batch = 5;
        using var driver = network.Create(batch, threads, seed: 7);
        var data = new RandomData(network.Name, network.Graph, batch);
        NetworkCheck.Fill(driver.Network, data.Weights);
        var x = NetworkCheck.Arrays(network.Graph.Inputs, data.Inputs);
        var y = NetworkCheck.OutputArrays(network.Graph, batch);
        var result = new Dictionary<string, int[]>();
        void Add(string what, ReadOnlySpan<float> values) => result.Add(what, System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(values).ToArray());
        if (network.Graph.Loss >= 0)
        {
            Add("loss", [driver.Step(x, NetworkCheck.Arrays(network.Graph.Targets, data.Targets), new Sgd(0.01f))]);
        }

        driver.Forward(x, y);
        driver.Network.ZeroGradients();
        var dx = network.Graph.Inputs.Where(i => i.Element == DeepGen.Generators.Graph.Element.Float32).Select(i => new float[batch * i.Shape.Elements]).ToArray();
        driver.Backward(data.OutputGradients.Select(g => g.Select(v => (float)v).ToArray()).ToArray(), dx);
        for (var i = 0; i < y.Length; i++)
        {
            Add("output " + i, y[i]);
        }

        for (var i = 0; i < dx.Length; i++)
        {
            Add("dx " + i, dx[i]);
        }

        foreach (var p in driver.Network.Parameters)
        {
            Add(p.Name, p.Values);
            if (p.IsTrainable)
            {
                Add("d" + p.Name, p.Gradient);
            }
        }

        return result;
    }
}
