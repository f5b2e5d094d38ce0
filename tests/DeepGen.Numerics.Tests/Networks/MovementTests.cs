using System.Runtime.InteropServices;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;
using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>All networks of <see cref="MovementSources"/> in one compilation.</summary>
public sealed class MovementNetworks
{
    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile(MovementSources.Text);
}

/// <summary>Movement, indices and products of activations inside networks: the right numbers, the same bits at every thread count, no copies that need not be.</summary>
public class MovementTests(MovementNetworks networks) : IClassFixture<MovementNetworks>
{
    public static TheoryData<string> Names => new(System.Text.RegularExpressions.Regex.Matches(MovementSources.Text, @"partial class (\w+)").Select(m => m.Groups[1].Value));

    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_network_equals_interpreter(string name)
    {
        NetworkCheck.Run(networks.Compiled[name], 3, 1e-4);
        NetworkCheck.Run(networks.Compiled[name], 1, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Primitives_equal_interpreter(string name) =>
        Passes.LoweringTests.Check(name, networks.Compiled[name].Graph, 2);

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_do_not_change_a_bit(string name)
    {
        const int batch = 70;
        var net = networks.Compiled[name];
        var data = new RandomData(net.Name, net.Graph, batch);
        int[][]? expected = null;
        foreach (var threads in new[] { 1, 2, 5 })
        {
            using var driver = net.Create(batch, threads);
            NetworkCheck.Fill(driver.Network, data.Weights);
            var y = NetworkCheck.OutputArrays(net.Graph, batch);
            driver.Forward(NetworkCheck.Arrays(net.Graph.Inputs, data.Inputs), y);
            var dx = net.Graph.Inputs.Where(i => i.Element == GraphElement.Float32).Select(i => new float[batch * i.Shape.Elements]).ToArray();
            driver.Backward(data.OutputGradients.Select(g => g.Select(v => (float)v).ToArray()).ToArray(), dx);
            var bits = driver.Network.Parameters.Select(p => Bits(p.IsTrainable ? p.Gradient : p.Values)).Concat(y.Select(v => Bits(v))).Concat(dx.Select(v => Bits(v))).ToArray();
            expected ??= bits;
            for (var i = 0; i < bits.Length; i++)
            {
                Assert.True(expected[i].AsSpan().SequenceEqual(bits[i]), $"tensor {i} differs with {threads} threads");
            }
        }
    }

    /// <summary>Gradients of the loss stop at the outputs, however it takes them apart; Backward does the rest, once.</summary>
    [Fact]
    public void The_loss_does_not_look_behind_the_outputs() =>
        Assert.DoesNotContain(PlannedNetwork.Of(networks.Compiled["PartsInTheLoss"].Graph).Training.Fused.Roots, r => r.Kind == RootKind.LossGradient);

    [Fact]
    public void A_crop_is_read_where_it_lies_and_its_gradient_is_one_pass()
    {
        var plan = PlannedNetwork.Of(networks.Compiled["SmallUNet"].Graph);
        // Two levels, each with a crop that its Concat reads; nothing but convolutions, pools, enlargements and the two Concats.
        Assert.DoesNotContain(plan.Inference.Kernels, k => k.Kind == KernelKind.Row);
        Assert.Equal(2, plan.Inference.Kernels.Count(k => k.Kind == KernelKind.Resample));
        Assert.Equal(2, plan.Training.Kernels.Count(k => k.Section == Section.Backward && k.Anchor?.Prim is ResamplePrim { Rows.Rule: AxisRule.Zero }));
        Assert.DoesNotContain(plan.Training.Kernels, k => k.Section == Section.Backward && k.Kind == KernelKind.Concat);
    }

    [Fact]
    public void The_gradients_of_a_split_are_joined_once()
    {
        var plan = PlannedNetwork.Of(networks.Compiled["Gates"].Graph).Training;
        var joined = Assert.Single(plan.Kernels, k => k.Kind == KernelKind.Concat);
        Assert.Equal(4, joined.Anchor!.Inputs.Count);
    }

    [Fact]
    public void Dense_over_a_sequence_is_one_product_with_its_activation_and_its_bias_gradient()
    {
        var plan = PlannedNetwork.Of(networks.Compiled["TiedLanguageModel"].Graph);
        Assert.Equal([KernelKind.Gather, KernelKind.Row, KernelKind.MatMul, KernelKind.MatMul], plan.Inference.In(Section.Forward).Select(k => k.Kind));
        // Beside the product of the weight that is not tied: the other is added to the embedding's part before it is a gradient.
        Assert.Single(plan.Training.Kernels, k => k.RowSum is not null);
    }

    [Fact]
    public void An_index_out_of_range_is_named_and_changes_nothing()
    {
        using var driver = networks.Compiled["WordsToClass"].Create(4);
        var words = new int[18];
        var tags = new int[8];
        int[] labels = [0, 1];
        float[][] y = [new float[10]];
        var before = driver.Network.Parameters.Select(p => p.Values.ToArray()).ToArray();
        words[13] = 30;
        Says("Predict: input 'words' of sample 1, element 4, is 30, but there are 30 classes; values must be 0 to 29.", () => driver.Predict([words, tags], y));
        Says("Forward: input 'words' of sample 1, element 4, is 30, but there are 30 classes; values must be 0 to 29.", () => driver.Forward([words, tags], y));
        Says("Step: input 'words' of sample 1, element 4, is 30, but there are 30 classes; values must be 0 to 29.", () => driver.Step([words, tags], [labels], new Sgd(0.1f)));
        words[13] = 29;
        tags[3] = -1;
        // Two readers: the one-hot vectors and the embedding take the same four.
        Says("Step: input 'tags' of sample 0, element 3, is -1, but there are 4 classes; values must be 0 to 3.", () => driver.Step([words, tags], [labels], new Sgd(0.1f)));
        Says("Evaluate: input 'tags' of sample 0, element 3, is -1, but there are 4 classes; values must be 0 to 3.", () => driver.Evaluate([words, tags], [labels], y));
        tags[3] = 3;
        labels[1] = 5;
        Says("Step: target 'labels' of sample 1 is 5, but there are 5 classes; values must be 0 to 4.", () => driver.Step([words, tags], [labels], new Sgd(0.1f)));
        Assert.Equal(before, driver.Network.Parameters.Select(p => p.Values.ToArray()));
        labels[1] = 4;
        driver.Step([words, tags], [labels], new Sgd(0.1f));
        Assert.NotEqual(before, driver.Network.Parameters.Select(p => p.Values.ToArray()));

        static void Says(string message, Action call) => Assert.Equal(message, Assert.Throws<ArgumentException>(call).Message);
    }

    [Fact]
    public void An_embedding_starts_normal_with_deviation_one()
    {
        using var driver = networks.Compiled["WordsToClass"].Create(1);
        var w = driver.Network.Parameters["Embedding1.weight"].Values.ToArray();
        Assert.InRange(Math.Sqrt(w.Average(v => v * v)), 0.85, 1.15);
    }

    private static int[] Bits(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
