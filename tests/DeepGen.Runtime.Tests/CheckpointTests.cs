using System.Text;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Files of several networks and optimizers, and what becomes of damaged ones.</summary>
public class CheckpointTests
{
    [Theory]
    [InlineData("sgd")]
    [InlineData("sgd_dampening")]
    [InlineData("sgd_nesterov")]
    [InlineData("adam_decay")]
    [InlineData("adamw_decay")]
    [InlineData("rmsprop")]
    [InlineData("rmsprop_all")]
    [InlineData("adagrad_decay")]
    public void An_optimizer_goes_on_bit_for_bit(string name)
    {
        using var folder = new TemporaryFolder();
        using var whole = OptimizerFixture.Start();
        var optimizer = Create(name);
        Train(whole, optimizer, 0, 10);
        new Checkpoint().Add(whole).Add("optimizer", optimizer, whole).Save(folder.File("c"));
        Train(whole, optimizer, 10, 20);

        using var resumed = OptimizerFixture.Start();
        resumed.Parameters["b"].Frozen = true;
        var restored = Create(name);
        restored.LearningRate = 1;
        Assert.Empty(new Checkpoint().Add(resumed).Add("optimizer", restored, resumed).Load(folder.File("c")));
        Train(resumed, restored, 10, 20);
        Assert.Equal(Support.Bits(whole), Support.Bits(resumed));
        Assert.Equal(20, restored.Steps);
        Assert.Equal([20L, 10], restored.Counts.Updates);
    }

    [Fact]
    public void Two_networks_two_optimizers_and_values_are_one_file()
    {
        using var folder = new TemporaryFolder();
        using Linear g = new(new NetworkOptions { Seed = 1 }), d = new(new NetworkOptions { Seed = 2 });
        var (forG, forD) = (new Adam(0.01f), new Sgd(0.1f, momentum: 0.9f));
        Step(g, forG, 3);
        Step(d, forD, 2);
        var saved = new Checkpoint().Add("g", g).Add("g_optimizer", forG, g).Add("d", d).Add("d_optimizer", forD, d);
        saved.Values["step"] = "3";
        saved.Values["note"] = "ünïcode \"quoted\"";
        saved.Save(folder.File("gan"));
        Step(g, forG, 3);
        Step(d, forD, 2);

        using Linear g2 = new(new NetworkOptions { Seed = 1 }), d2 = new(new NetworkOptions { Seed = 2 });
        var (forG2, forD2) = (new Adam(0.5f), new Sgd(0.1f, momentum: 0.9f));
        var loaded = new Checkpoint().Add("d", d2).Add("d_optimizer", forD2, d2).Add("g", g2).Add("g_optimizer", forG2, g2);
        loaded.Values["old"] = "gone";
        loaded.Load(folder.File("gan"));
        Assert.Equal([new("note", "ünïcode \"quoted\""), new("step", "3")], loaded.Values);
        Assert.Equal(0.01f, forG2.LearningRate);
        Step(g2, forG2, 3);
        Step(d2, forD2, 2);
        Assert.Equal(Support.Bits(g), Support.Bits(g2));
        Assert.Equal(Support.Bits(d), Support.Bits(d2));
        Assert.Equal(g.TrainingRuns, g2.TrainingRuns);

        // One network of it as plain weights.
        var report = g2.Load(folder.File("gan"), LoadOptions.Strict with { Rename = name => name.StartsWith("g.") ? name[2..] : null });
        Assert.True(report.IsComplete);
    }

    [Fact]
    public void Weights_are_loaded_from_a_checkpoint_as_from_any_file()
    {
        using var folder = new TemporaryFolder();
        using Linear saved = new(new NetworkOptions { Seed = 1 }), loaded = new(new NetworkOptions { Seed = 2 });
        var adam = new Adam();
        Step(saved, adam, 2);
        new Checkpoint().Add(saved).Add("optimizer", adam, saved).Save(folder.File("c"));
        Assert.True(loaded.Load(folder.File("c")).IsComplete);
        Assert.Equal(Support.Bits(saved), Support.Bits(loaded));
        Assert.Empty(loaded.Load(folder.File("c"), LoadOptions.Partial).Unexpected);

        // Moments and counts are called as in PyTorch, and integers come first, so that all is aligned.
        using var file = CheckpointFile.Open(folder.File("c"));
        Assert.Equal("optimizer.step.Dense1.weight", file.Entries[0].Name);
        Assert.Equal(2, file.Values<long>("optimizer.step.Dense1.bias")[0]);
        Assert.Equal(adam.Moment(1, saved.Parameters[0]).ToArray(), file.Values<float>("optimizer.exp_avg_sq.Dense1.weight").ToArray());
        Assert.Equal("0.999", file.Metadata["optimizer.beta2"]);
        Assert.StartsWith("DeepGen ", file.Metadata["library"]);
    }

    [Fact]
    public void What_differs_is_named_and_nothing_changes()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        var adam = new Adam(beta1: 0.8f) { Groups = [new("*.bias") { WeightDecay = 0 }] };
        Step(network, adam, 2);
        new Checkpoint().Add(network).Add("optimizer", adam, network).Save(folder.File("c"));
        using var other = new Linear(new NetworkOptions { Seed = 5 });
        var before = Support.Bits(other);
        Refused(["network.seed was 0 and is now 5", "optimizer.beta1 was 0.8 and is now 0.9", "optimizer.group1 was '*.bias', weight_decay 0 and is now not set"], other, new Adam());
        Refused(["optimizer was Adam and is now Sgd", "optimizer.momentum was not set and is now 0.9"], other, new Sgd(momentum: 0.9f));

        // What is allowed is told; an optimizer that keeps other moments begins anew.
        var sgd = new Sgd(momentum: 0.9f);
        var changes = new Checkpoint().Add(other).Add("optimizer", sgd, other).Load(folder.File("c"), allowChanges: true);
        Assert.Contains("optimizer was Adam and is now Sgd", changes);
        Assert.Equal(0, sgd.Steps);
        Assert.Equal(Support.Bits(network), Support.Bits(other));

        // No permission makes tensors fit.
        using var vectors = Parametric.Vectors(3, 4);
        Assert.Contains("of another network: Linear", Assert.Throws<InvalidDataException>(() => new Checkpoint().Add(vectors).Load(folder.File("c"), allowChanges: true)).Message);
        Assert.Contains("holds no 'd'", Assert.Throws<InvalidDataException>(() => new Checkpoint().Add("d", vectors).Load(folder.File("c"))).Message);

        void Refused(string[] reasons, Linear into, Optimizer optimizer)
        {
            var error = Assert.Throws<InvalidDataException>(() => new Checkpoint().Add(into).Add("optimizer", optimizer, into).Load(folder.File("c")));
            Assert.Contains(folder.File("c"), error.Message);
            Assert.All(reasons, reason => Assert.Contains(reason, error.Message));
            Assert.Equal(before, Support.Bits(into));
        }
    }

    [Fact]
    public void A_file_that_is_cut_or_damaged_anywhere_is_refused_and_named()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        var adam = new Adam();
        Step(network, adam, 2);
        var checkpoint = new Checkpoint().Add(network).Add("optimizer", adam, network);
        checkpoint.Save(folder.File("whole"));
        var bytes = File.ReadAllBytes(folder.File("whole"));
        network.Parameters[0].Span.Fill(3);
        var before = Support.Bits(network);
        for (var length = 0; length < bytes.Length; length += 11) Refused(bytes[..length]);
        for (var at = 0; at < bytes.Length; at += 3)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            Refused(damaged);
        }

        // The same without a checksum, or of a later format.
        Contains("no checkpoint", Support.Safetensors("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4));
        Contains("crc32c", Support.Safetensors("""{"__metadata__":{"checkpoint":"1"}}""", 0));
        checkpoint.Load(folder.File("whole"));
        Assert.NotEqual(before, Support.Bits(network));

        void Refused(byte[] contents) => Contains("", contents);

        void Contains(string reason, byte[] contents)
        {
            var path = folder.File("damaged", contents);
            var error = Assert.Throws<InvalidDataException>(() => checkpoint.Load(path));
            Assert.Contains(path, error.Message);
            Assert.Contains(reason, error.Message);
            Assert.Equal(before, Support.Bits(network));
        }
    }

    [Fact]
    public void A_later_format_is_named()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        var checkpoint = new Checkpoint().Add(network);
        checkpoint.Save(folder.File("c"));
        var writer = new CheckpointWriter();
        writer.Set(CheckpointFile.VersionKey, "2");
        writer.Write(folder.File("later"), null);
        Assert.Contains("version 2", Assert.Throws<InvalidDataException>(() => checkpoint.Load(folder.File("later"))).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("value")]
    [InlineData("taken")]
    public void A_name_that_cannot_be_is_refused(string name)
    {
        using Linear one = new(), other = new();
        var checkpoint = new Checkpoint().Add("taken", one);
        Assert.Throws<ArgumentException>(() => checkpoint.Add(name, other));
        Assert.Throws<ArgumentException>(() => checkpoint.Add("again", one));
        Assert.Throws<ArgumentException>(() => checkpoint.Add(other));
    }

    [Fact]
    public void Layers_called_as_the_state_of_the_training_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var network = new Parametric(new ParameterDefinition("optimizer.weight", [3], true, 0, Initializer.Zeros));
        var checkpoint = new Checkpoint().Add(network).Add("optimizer", new Adam(), network);
        Assert.Contains("'optimizer.weight' of Parametric begins with 'optimizer.'", Assert.Throws<InvalidOperationException>(() => checkpoint.Save(folder.File("c"))).Message);
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard() =>
        Assert.Equal("e3069283", Crc32C.Text(Crc32C.Append(Crc32C.Append(Crc32C.Start, Encoding.ASCII.GetBytes("1234")), Encoding.ASCII.GetBytes("56789"))));

    /// <summary>With everything that counts: groups, noise by the step, and one parameter that joins later.</summary>
    private static Optimizer Create(string name)
    {
        var optimizer = OptimizerTests.Create(name);
        optimizer.Noise = new GradientNoise(0.1f);
        optimizer.Clipping = GradientClipping.ByGlobalNorm(5);
        optimizer.Groups = [new("a") { RateFactor = 0.5f, MaxNorm = 1 }];
        return optimizer;
    }

    private static void Train(Network network, Optimizer optimizer, int from, int to)
    {
        network.Parameters["b"].Frozen = from == 0;
        for (var step = from; step < to; step++)
        {
            OptimizerFixture.SetGradients(network, step);
            network.Update(optimizer);
        }
    }

    private static void Step(Linear network, Optimizer optimizer, int steps)
    {
        for (var step = 0; step < steps; step++) network.Step(Support.Numbers(20, step), Support.Labels(4), optimizer);
    }
}
