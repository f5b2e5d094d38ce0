using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>Networks with what a part of a batch could get wrong: random numbers of every kind, penalties of weights, several losses, loops.</summary>
public sealed class AccumulationNetworks
{
    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile("""
        [Network, Input(2, 8, 8)]
        [Conv2d(4, 3), Relu, Dropout(0.4f), MaxPool2d(2), Dropout2d(0.3f), GaussianNoise(0.2f)]
        [Flatten, Dense(9), Dropout(0.5f), Tanh, Dense(5)]
        [SoftmaxCrossEntropy]
        public partial class Dropouts;

        [Network, Input(6), Dense(7), Tanh, Dense(3), SoftmaxCrossEntropy, WeightPenalty(l1: 0.01f, l2: 0.05f)]
        public partial class Penalty;

        [Network, Input(5, 4), Lstm(6, returnSequence: true), Dropout(0.5f), Gru(5), Dense(3), SoftmaxCrossEntropy]
        public partial class Recurrent;

        [Network]
        public partial class Tasks
        {
            static (Tensor Logits, Tensor Picture) Forward([Input(3, 6, 6)] Tensor image)
            {
                var features = image.Conv2d(4, 3, padding: 1).Relu().Dropout(0.2f);
                return (features.GlobalAvgPool2d().Dense(4), features.Conv2d(3, 1));
            }

            static Tensor Loss(Tensor logits, Tensor picture, [Target(type: Element.Int32)] Tensor label, [Target(3, 6, 6)] Tensor original) =>
                logits.SoftmaxCrossEntropy(label) + picture.Huber(original) * 0.5f + picture.L2Penalty(0.01f);
        }
        """);
}

/// <summary>The gradients of a step are the sum of those of its parts.</summary>
public class AccumulationTests(AccumulationNetworks networks) : IClassFixture<AccumulationNetworks>
{
    private const int Samples = 13;

    [Theory]
    [InlineData("Dropouts")]
    [InlineData("Penalty")]
    [InlineData("Recurrent")]
    [InlineData("Tasks")]
    public void Parts_of_a_step_have_the_gradients_of_the_whole(string name)
    {
        foreach (var microBatch in new[] { 1, 4, 5 })
        {
            using var whole = networks.Compiled[name].Create(Samples, seed: 3);
            using var parts = networks.Compiled[name].Create(microBatch, seed: 3);
            using Batch batch = Fill(whole.Network), same = Fill(parts.Network);
            var (one, other) = (new Sgd(0.1f), new Sgd(0.1f));

            // The second step: other random numbers than the first, and the same on both sides.
            for (var step = 0; step < 2; step++)
            {
                var loss = whole.Network.Step(batch, one);
                Norm.Close("loss", [loss], [(double)parts.Network.Step(same, other, microBatch)], 1e-5);
                foreach (var p in whole.Network.Parameters)
                {
                    Norm.Close(p.Name, Norm.Widen(p.Gradient), Norm.Widen(parts.Network.Parameters[p.Name].Gradient), 1e-5);
                }
            }
        }
    }

    [Fact]
    public void A_single_part_has_the_bits_of_the_step()
    {
        using var whole = networks.Compiled["Dropouts"].Create(Samples, seed: 3);
        using var part = networks.Compiled["Dropouts"].Create(Samples, seed: 3);
        using var batch = Fill(whole.Network);
        Assert.Equal(whole.Network.Step(batch, new Sgd()), part.Network.Accumulate(batch, 0, Samples));
        foreach (var p in whole.Network.Parameters)
        {
            Assert.Equal(p.Gradient.ToArray(), part.Network.Parameters[p.Name].Gradient.ToArray());
        }
    }

    private static Batch Fill(Network network)
    {
        var batch = new Batch(network, Samples) { Count = Samples };
        var random = new Random(5);
        foreach (ref var value in batch.Input<float>())
        {
            value = (2 * random.NextSingle()) - 1;
        }

        for (var t = 0; t < network.Definition.Targets.Length; t++)
        {
            if (network.Definition.Targets[t].Element == Element.Int32)
            {
                foreach (ref var label in batch.Target<int>(t))
                {
                    label = random.Next(network.Definition.Targets[t].Classes);
                }
            }
            else
            {
                foreach (ref var value in batch.Target<float>(t))
                {
                    value = random.NextSingle();
                }
            }
        }

        return batch;
    }
}
