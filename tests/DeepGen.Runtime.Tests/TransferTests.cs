using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>What is learned from many pictures of some kinds of things helps with few pictures of others.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Features_of_other_classes_beat_scratch_with_few_samples()
    {
        var path = _folder.File("things.safetensors");
        using (var source = Things.Create(new NetworkOptions { Seed = 1 }))
        {
            new Trainer(source, new TrainerOptions { Optimizer = new Adam(5e-3f), Epochs = 15, BatchSize = 25 }).Fit(Pictures.Of(1000, 0, 4, 1));
            Assert.InRange(Metrics.Evaluate(source, Pictures.Of(200, 0, 4, 2)).Accuracy!.Value, 0.9, 1);
            source.Save(path);
        }

        var test = Pictures.Of(400, 4, 2, 3);
        var (transferred, scratch) = (0.0, 0.0);
        for (ulong seed = 1; seed <= 3; seed++)
        {
            var few = Pictures.Of(10, 4, 2, 10 + (int)seed);
            transferred += Trained(few, test, seed, path) / 3;
            scratch += Trained(few, test, seed, null) / 3;
        }

        Assert.True(transferred > scratch + 0.05, $"transferred {transferred}, from scratch {scratch}");
    }

    [Fact]
    public void What_is_skipped_keeps_its_values_and_is_reported()
    {
        var path = _folder.File("things.safetensors");
        using var source = Things.Create(new NetworkOptions { Seed = 1 });
        source.Save(path);
        using var net = Things.Create(new NetworkOptions { Seed = 2 });
        var head = net.Parameters["Dense2.weight"].Values.ToArray();
        var report = net.Load(path, LoadOptions.Strict with { Skip = ["Dense2.*"] });
        Assert.Equal(["Dense2.weight", "Dense2.bias"], report.Skipped);
        Assert.True(report.IsComplete);
        Assert.Equal(6, report.Loaded.Count);
        Assert.Equal("6 loaded; 2 skipped: Dense2.weight, Dense2.bias", report.ToString());
        Assert.Equal(head, net.Parameters["Dense2.weight"].Values.ToArray());
        Assert.Equal(source.Parameters["Dense1.weight"].Values.ToArray(), net.Parameters["Dense1.weight"].Values.ToArray());
        Assert.Contains("'Dens3.*'", Assert.Throws<KeyNotFoundException>(() => net.Load(path, LoadOptions.Partial with { Skip = ["Dens3.*"] })).Message);
    }

    private static double Trained(IDataset few, IDataset test, ulong seed, string? path)
    {
        using var net = OtherThings.Create(new NetworkOptions { Seed = seed });
        var optimizer = new Adam(1e-2f);
        if (path != null)
        {
            var report = net.Load(path, LoadOptions.Partial with { Skip = ["Dense2.*"] });
            Assert.Equal((6, 2, 0), (report.Loaded.Count, report.Skipped.Count, report.Mismatched.Count));
            optimizer.Groups = [new("Conv2d*") { Frozen = true }, new("Dense1.*") { RateFactor = 0.1f }];
        }

        new Trainer(net, new TrainerOptions { Optimizer = optimizer, Epochs = 40, BatchSize = 10 }).Fit(few);
        return Metrics.Evaluate(net, test).Accuracy!.Value;
    }
}
