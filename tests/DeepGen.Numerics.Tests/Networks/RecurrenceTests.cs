using DeepGen.Generators.Emit;
using DeepGen.Generators.Passes;
using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Networks;

public sealed class RecurrenceNetworks
{
    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile(
        Letters("Letters", 12),
        Letters("LongLetters", 400),
        """
        [Network]
        public partial class Whole
        {
            static (Tensor y, Tensor last) Forward([Input(8, 5)] Tensor x, [Input(7)] Tensor h) => Cells.Run(x, h);
        }

        [Network]
        public partial class Half
        {
            static (Tensor y, Tensor last) Forward([Input(4, 5)] Tensor x, [Input(7)] Tensor h) => Cells.Run(x, h);
        }

        [Network]
        public partial class Novel
        {
            static Tensor Forward([Input(8, 5)] Tensor x) => x.Lstm(7, layers: 2, returnSequence: true, name: "lstm").Dense(3, name: "letter");
        }

        [Network]
        public partial class Page
        {
            static (Tensor y, Tensor state, Tensor cell) Forward([Input(4, 5)] Tensor x, [Input(2, 7)] Tensor h, [Input(2, 7)] Tensor c)
            {
                var (read, state, cell) = x.StatefulLstm(h, c, name: "lstm");
                return (read.Dense(3, name: "letter"), state, cell);
            }
        }

        [Network]
        public partial class LastStateAlone
        {
            static Tensor Forward([Input(4, 5)] Tensor x, [Lengths(nameof(x))] Tensor lengths) => x.Dense(6).StatefulGru(Tensor.Zeros(1, 6)).State.Flatten().Dense(2);
        }

        public static class Cells
        {
            public static (Tensor, Tensor) Run(Tensor x, Tensor h) => x.Scan((s, h) => (s.Dense(7, name: "x") + h.Dense(7, name: "h")).Tanh(), h);
        }

        [Network]
        public partial class Ragged
        {
            static Tensor Forward([Input(6, 3)] Tensor x, [Lengths(nameof(x))] Tensor lengths) => x.Dropout(0).Gru(5).Dense(2);
        }

        [Network, Input(16, 24), Lstm(96, layers: 2, bidirectional: true), Dense(10), SoftmaxCrossEntropy]
        public partial class Deep;
        """);

    private static string Letters(string name, int steps) => $$"""
        [Network, Input({{steps}}, 9), Lstm(16, layers: 2, bidirectional: true, returnSequence: true), Gru(11, returnSequence: true), Rnn(5, returnSequence: true)]
        [Flatten, Dense(4), SoftmaxCrossEntropy]
        public partial class {{name}};
        """;
}

/// <summary>Loops over time: written once, the same bits at every thread count, states handed on from call to call.</summary>
public class RecurrenceTests(RecurrenceNetworks networks) : IClassFixture<RecurrenceNetworks>
{
    [Fact]
    public void Nothing_is_unrolled()
    {
        var texts = new[] { "Letters", "LongLetters" }.Select(n => NetworkCompiler.Compile(networks.Compiled[n].Graph)).ToArray();
        Assert.Equal(texts[0].Split('\n').Length, texts[1].Split('\n').Length);

        // A loop for each layer and direction: two of the two LSTM layers, one of GRU and RNN; in inference, forward and backward.
        Assert.Equal(3 * 6, texts[0].Split("for (nint t = ").Length - 1);
    }

    [Fact]
    public void A_step_of_an_Lstm_is_a_product_and_one_pass()
    {
        var graph = networks.Compiled["Deep"].Graph;
        foreach (var scan in PlannedNetwork.Of(graph).Training.In(Section.Forward).Where(k => k.Kind == KernelKind.Scan))
        {
            Assert.Equal([KernelKind.MatMul, KernelKind.Row], scan.Scan!.Step.Kernels.Select(k => k.Kind));
        }

        // What all steps have in common is outside: no gradient of a weight in any loop.
        var backward = PlannedNetwork.Of(graph).Training.In(Section.Backward).ToArray();
        Assert.DoesNotContain(backward.Where(k => k.Scan is not null).SelectMany(k => k.Scan!.Step.Kernels), k => k.Kind is KernelKind.WeightMatMul or KernelKind.Reduce);
        Assert.DoesNotContain(backward, k => k.Kind == KernelKind.Reduce);
    }

    /// <summary>What the user's cell does with a step alone is in front of the loop, in both directions of time.</summary>
    [Fact]
    public void The_products_of_a_cell_with_its_input_are_outside_of_the_loop()
    {
        var training = PlannedNetwork.Of(networks.Compiled["Whole"].Graph).Training;
        foreach (var loop in training.Kernels.Where(k => k.Scan is not null))
        {
            Assert.Single(loop.Scan!.Step.Kernels, k => k.Kind == KernelKind.MatMul);
        }

        Assert.Equal(2, training.Kernels.Count(k => k.Kind == KernelKind.WeightMatMul));
    }

    [Theory]
    [InlineData("Letters", 3)]
    [InlineData("Deep", 64)]
    public void Threads_do_not_change_a_bit(string name, int batch)
    {
        var net = networks.Compiled[name];
        var data = new RandomData(net.Name, net.Graph, batch);
        int[][]? expected = null;
        foreach (var threads in new[] { 1, 2, 4 })
        {
            using var driver = net.Create(batch, threads);
            NetworkCheck.Fill(driver.Network, data.Weights);
            var x = NetworkCheck.Arrays(net.Graph.Inputs, data.Inputs);
            var labels = NetworkCheck.Arrays(net.Graph.Targets, data.Targets);
            for (var i = 0; i < 3; i++)
            {
                driver.Step(x, labels, new Sgd(0.1f));
            }

            var bits = driver.Network.Parameters.Select(p => p.Values.ToArray().Select(BitConverter.SingleToInt32Bits).ToArray()).ToArray();
            expected ??= bits;
            Assert.Equal(expected, bits);
        }
    }

    [Theory]
    [InlineData("Letters", 4)]
    [InlineData("Deep", 5)]
    [InlineData("Page", 3)]
    [InlineData("LastStateAlone", 4)]
    public void Networks_equal_interpreter(string name, int batch) => NetworkCheck.Run(networks.Compiled[name], batch, 1e-4);

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        using var driver = networks.Compiled["Letters"].Create(8, threads: 1);
        Array[] x = [new float[8 * 12 * 9]], labels = [new int[8]];
        var optimizer = new Sgd(0.01f);
        for (var i = 0; i < 30; i++)
        {
            driver.Step(x, labels, optimizer);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            driver.Step(x, labels, optimizer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>What is read page by page, the states handed on, is the whole novel; the weights are those of the layer that keeps its states to itself.</summary>
    [Fact]
    public void A_layer_can_be_carried_from_call_to_call()
    {
        const int batch = 3;
        var novel = networks.Compiled["Novel"];
        var data = new RandomData("Novel", novel.Graph, batch);
        using var one = novel.Create(batch);
        using var pages = networks.Compiled["Page"].Create(batch);
        Assert.Equal(one.Network.Parameters.Select(p => p.Name), pages.Network.Parameters.Select(p => p.Name));
        NetworkCheck.Fill(one.Network, data.Weights);
        NetworkCheck.Fill(pages.Network, data.Weights);
        var inputs = NetworkCheck.Arrays(novel.Graph.Inputs, data.Inputs);
        float[][] expected = [new float[batch * 8 * 3]];
        one.Predict(inputs, expected);

        float[] state = new float[batch * 2 * 7], cell = new float[batch * 2 * 7];
        for (var page = 0; page < 2; page++)
        {
            var x = Enumerable.Range(0, batch).SelectMany(n => ((float[])inputs[0]).Skip((n * 40) + (page * 20)).Take(20)).ToArray();
            float[][] y = [new float[batch * 4 * 3], new float[batch * 2 * 7], new float[batch * 2 * 7]];
            pages.Predict([x, state, cell], y);
            for (var n = 0; n < batch; n++)
            {
                Assert.Equal(expected[0].Skip((n * 24) + (page * 12)).Take(12), y[0].Skip(n * 12).Take(12));
            }

            (state, cell) = (y[1], y[2]);
        }
    }

    /// <summary>The last state of one part of a sequence is the first of the next: what stateful training, truncated backpropagation and sampling do.</summary>
    [Fact]
    public void A_state_can_be_carried_from_call_to_call()
    {
        const int batch = 3;
        var whole = networks.Compiled["Whole"];
        var data = new RandomData("Whole", whole.Graph, batch);
        using var one = whole.Create(batch);
        using var two = networks.Compiled["Half"].Create(batch);
        NetworkCheck.Fill(one.Network, data.Weights);
        NetworkCheck.Fill(two.Network, data.Weights);
        var inputs = NetworkCheck.Arrays(whole.Graph.Inputs, data.Inputs);
        float[][] expected = [new float[batch * 8 * 7], new float[batch * 7]];
        one.Predict(inputs, expected);

        var state = (float[])inputs[1];
        for (var part = 0; part < 2; part++)
        {
            var x = Enumerable.Range(0, batch).SelectMany(n => ((float[])inputs[0]).Skip((n * 40) + (part * 20)).Take(20)).ToArray();
            float[][] y = [new float[batch * 4 * 7], new float[batch * 7]];
            two.Predict([x, state], y);
            state = y[1];
        }

        Assert.Equal(expected[1], state);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(-1)]
    public void Lengths_out_of_range(int length)
    {
        using var driver = networks.Compiled["Ragged"].Create(4);
        int[] lengths = [6, 1, length, 3];
        var error = Assert.Throws<ArgumentException>(() => driver.Predict([new float[4 * 18], lengths], [new float[8]]));
        Assert.Equal($"Predict: input 'lengths' of sample 2 is {length}, but its sequence has 6 steps; lengths must be 1 to 6.", error.Message);
        Assert.Throws<ArgumentException>(() => driver.Forward([new float[4 * 18], lengths], [new float[8]]));
    }

    [Fact]
    public void What_lies_behind_the_last_step_does_not_matter()
    {
        using var driver = networks.Compiled["Ragged"].Create(2);
        var x = Enumerable.Range(0, 36).Select(i => MathF.Sin(i)).ToArray();
        float[] first = new float[4], second = new float[4];
        driver.Predict([x, new[] { 2, 6 }], [first]);
        for (var i = 6; i < 18; i++)
        {
            x[i] = float.NaN;
        }

        driver.Predict([x, new[] { 2, 6 }], [second]);
        Assert.Equal(first, second);
    }
}
