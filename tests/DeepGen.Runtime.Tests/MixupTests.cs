using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class MixupTests
{
    private static readonly NetworkDefinition Soft = Linear.Static with { Targets = [new("shares", [3])] };

    /// <summary>The values of sample i are i, its class i % 3.</summary>
    private static readonly InMemoryDataset Numbers = new([.. Enumerable.Range(0, 30).SelectMany(i => Enumerable.Repeat((float)i, 5))], 5, Support.Labels(30));

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    public void Samples_and_targets_are_mixed_by_the_same_share(double alpha)
    {
        var mixup = new MixupDataset(Numbers, 3, alpha, seed: 1);
        using var batch = new Batch(Soft, 30) { Epoch = 1 };
        var shares = new List<double>();
        var partners = new int[30];
        for (batch.Epoch = 1; batch.Epoch <= 200; batch.Epoch++)
        {
            mixup.Fill([.. Enumerable.Range(0, 30)], batch);
            for (var i = 0; i < 30; i++)
            {
                var value = batch.Input<float>()[i * 5];
                var target = batch.Target<float>().Slice(i * 3, 3).ToArray();
                Assert.Equal(1, target.Sum(), 1e-5f);
                if (target[i % 3] > 0.9999f) continue;

                // With two classes the share of its own is λ, and the partner follows from the value.
                var share = target[i % 3];
                var partner = (value - (share * i)) / (1 - share);
                if (share < 0.99)
                {
                    Assert.Equal(Math.Round(partner), partner, 0.01);
                    Assert.Equal(1 - share, target[(int)Math.Round(partner) % 3], 1e-5f);
                    partners[(int)Math.Round(partner)]++;
                }

                shares.Add(share);
            }
        }

        // Beta(α, α): mean 1/2, variance 1/(4(2α + 1)). For small α a share that rounds to 1 was left out above.
        if (alpha >= 1)
        {
            Assert.InRange(shares.Average(), 0.48, 0.52);
            var variance = 1 / (4 * ((2 * alpha) + 1));
            Assert.InRange(shares.Average(share => (share - 0.5) * (share - 0.5)), 0.93 * variance, 1.07 * variance);
        }
        else
        {
            Assert.InRange(shares.Count(share => share is < 0.1 or > 0.9) / (double)shares.Count, 0.5, 0.8);
        }

        Assert.All(partners, count => Assert.True(count > 20));
    }

    [Fact]
    public void What_a_sample_is_mixed_with_does_not_depend_on_its_batch()
    {
        var mixup = new MixupDataset(Numbers, 3, 1, seed: 1);
        using var batch = new Batch(Soft, 30) { Epoch = 5 };
        mixup.Fill([.. Enumerable.Range(0, 30)], batch);
        var expected = batch.Input<float>().Slice(17 * 5, 5).ToArray();
        using var one = new Batch(Soft, 2) { Epoch = 5 };
        mixup.Fill([3, 17], one);
        Assert.Equal(expected, one.Input<float>()[5..].ToArray());
        new MixupDataset(Numbers, 3, 1, seed: 2).Fill([3, 17], one);
        Assert.NotEqual(expected, one.Input<float>()[5..].ToArray());
    }

    [Fact]
    public void Without_alpha_targets_are_zero_and_one()
    {
        using var batch = new Batch(Soft, 1) { Epoch = 1 };
        new MixupDataset(Numbers, 3, 0, 1).Fill([4], batch);
        Assert.Equal([4, 4, 4, 4, 4], batch.Input<float>().ToArray());
        Assert.Equal([0, 1, 0], batch.Target<float>().ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var hard = new Batch(Linear.Static, 1);
        Assert.Contains("a probability for each of 3 classes", Assert.Throws<ArgumentException>(() => new MixupDataset(Numbers, 3, 1, 1).Fill([0], hard)).Message);
        using var soft = new Batch(Soft with { Targets = [new("shares", [2])] }, 1);
        Assert.Contains("sample 2 has the class 2", Assert.Throws<ArgumentException>(() => new MixupDataset(Numbers, 2, 0, 1).Fill([2], soft)).Message);
        using var indices = new Batch(Soft with { Inputs = [new("x", [5], Element.Int32)] }, 1);
        Assert.Contains("cannot be mixed", Assert.Throws<ArgumentException>(() => new MixupDataset(Numbers, 3, 1, 1).Fill([0], indices)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MixupDataset(Numbers, 3, -1, 1));
    }
}
