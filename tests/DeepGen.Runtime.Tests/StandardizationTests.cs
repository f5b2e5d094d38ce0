using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class StandardizationTests
{
    [Fact]
    public void Means_and_deviations_are_those_of_all_samples()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 7 });
        var samples = Support.Numbers(100 * 5).Select((value, i) => (value * (1 + (i % 5))) + (1000 * (i % 5))).ToArray();
        var dataset = new InMemoryDataset(samples, 5, Support.Labels(100));
        var fitted = Standardization.Fit(network, dataset, StandardizationGroup.Value);
        for (var f = 0; f < 5; f++)
        {
            var column = Enumerable.Range(0, 100).Select(i => (double)samples[(i * 5) + f]).ToArray();
            Assert.Equal((float)column.Average(), fitted.Means[f], 1e-6f * Math.Max(1, 1000 * f));
            Assert.Equal(Math.Sqrt(column.Average(value => (value - column.Average()) * (value - column.Average()))), fitted.Deviations[f], 1e-6);
        }

        // The input is 1x1x5: one channel, which is all of it.
        var all = samples.Select(value => (double)value).ToArray();
        foreach (var group in new[] { StandardizationGroup.Channel, StandardizationGroup.Sample })
        {
            var one = Standardization.Fit(network, dataset, group);
            Assert.Equal((float)all.Average(), Assert.Single(one.Means), 1e-3f);
            Assert.Equal(Math.Sqrt(all.Average(value => (value - all.Average()) * (value - all.Average()))), Assert.Single(one.Deviations), 1e-3);
        }

        using var batch = new Batch(network, 3);
        fitted.Apply(dataset).Fill([5, 9, 7], batch);
        for (var i = 0; i < 15; i++)
            Assert.Equal((samples[(new[] { 5, 9, 7 }[i / 5] * 5) + (i % 5)] - fitted.Means[i % 5]) / fitted.Deviations[i % 5], batch.Input<float>()[i], 1e-5f);
        var again = Standardization.Fit(network, fitted.Apply(dataset), StandardizationGroup.Value);
        Assert.All(again.Means, mean => Assert.Equal(0, mean, 1e-4f));
        Assert.All(again.Deviations, deviation => Assert.Equal(1, deviation, 1e-4f));
    }

    [Fact]
    public void Channels_have_their_own_numbers()
    {
        var standardization = new Standardization([1, 2], [0.5f, 4]);
        float[] values = [1, 2, 3, 2, 6, 10, 0, 0, 0, 0, 0, 0];
        standardization.Apply(values, 6);
        Assert.Equal([0, 2, 4, 0, 1, 2, -2, -2, -2, -0.5f, -0.5f, -0.5f], values);
        Assert.Contains("2 groups, which do not divide a sample of 5", Assert.Throws<ArgumentException>(() => standardization.Apply(new float[10], 5)).Message);
        Assert.Contains("no multiple", Assert.Throws<ArgumentException>(() => standardization.Apply(new float[10], 6)).Message);
    }

    [Fact]
    public void Constant_values_stay_and_wrong_ones_are_refused()
    {
        using var network = new Linear();
        var fitted = Standardization.Fit(network, new InMemoryDataset([3f, 1, 2, 3, 4, 3, 5, 6, 7, 8], 5, [0, 1]), StandardizationGroup.Value);
        Assert.Equal((3, 1), (fitted.Means[0], fitted.Deviations[0]));
        Assert.Contains("group 2 of the input 'image'", Assert.Throws<ArgumentException>(() => Standardization.Fit(network, new InMemoryDataset([3f, 1, float.NaN, 3, 4], 5, [0]), StandardizationGroup.Value)).Message);
        Assert.Throws<ArgumentException>(() => new Standardization([], []));
        Assert.Throws<ArgumentException>(() => new Standardization([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => new Standardization([1], [0]));
        Assert.Throws<OperationCanceledException>(() => Standardization.Fit(network, Support.Clusters(10), cancellationToken: new CancellationToken(true)));
    }

    [Fact]
    public void Digits_are_not_lost_where_the_mean_is_large()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 64 });
        var samples = new float[20000 * 5];
        for (var i = 0; i < samples.Length; i++) samples[i] = 10000 + (i / 5 % 2 == 0 ? 0.5f : -0.5f);
        var fitted = Standardization.Fit(network, new InMemoryDataset(samples, 5, new int[20000]), StandardizationGroup.Value);
        Assert.All(fitted.Means, mean => Assert.Equal(10000, mean));
        Assert.All(fitted.Deviations, deviation => Assert.Equal(0.5f, deviation));
    }
}
