using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>What is done to gradients between Backward and the rule: clipping and noise.</summary>
public class GradientTests
{
    [Theory]
    [InlineData("sgd_clip_norm")]
    [InlineData("adam_clip_norm")]
    public void The_norm_before_clipping_is_PyTorchs(string name)
    {
        var optimizer = OptimizerTests.Create(name);
        using var network = OptimizerFixture.Start();
        Assert.True(double.IsNaN(optimizer.GradientNorm));
        var norms = new float[OptimizerFixture.Steps];
        for (var step = 0; step < norms.Length; step++)
        {
            OptimizerFixture.SetGradients(network, step);
            network.Update(optimizer);
            norms[step] = (float)optimizer.GradientNorm;
        }

        OptimizerFixture.AssertNear(OptimizerFixture.Tensor($"{name}.norms"), norms, 1e-5, "norms");
    }

    [Fact]
    public void The_norm_is_known_without_clipping_too_and_leaves_frozen_parameters_out()
    {
        using var network = Parametric.Vectors(3, 50_000, 7);
        foreach (var parameter in network.Parameters) parameter.Gradient.Fill(2);
        var optimizer = new Sgd(0);
        network.Update(optimizer);
        Assert.Equal(2 * Math.Sqrt(50_010), optimizer.GradientNorm, 1e-9);
        network.Parameters["p1"].Frozen = true;
        Assert.Equal(2 * Math.Sqrt(10), optimizer.GradientNorm, 1e-12);
        optimizer.Groups = [new("p2") { Frozen = true }];
        optimizer.Clipping = GradientClipping.ByGlobalNorm(1);
        network.Update(optimizer);
        network.ZeroGradients();
        Assert.Equal(2 * Math.Sqrt(3), optimizer.GradientNorm, 1e-12);
    }

    [Fact]
    public void Clipping_leaves_the_gradients_themselves_as_they_are()
    {
        using var network = Parametric.Vectors(40);
        network.Parameters[0].Gradient.Fill(3);
        network.Update(new Sgd(1) { Clipping = GradientClipping.ByValue(0.5f) });
        Assert.All(network.Parameters[0].Values.ToArray(), value => Assert.Equal(-0.5f, value));
        Assert.All(network.Parameters[0].Gradient.ToArray(), gradient => Assert.Equal(3, gradient));
    }

    [Fact]
    public void Gradients_within_the_bound_are_not_touched_at_all()
    {
        Assert.Equal(Run(null), Run(GradientClipping.ByGlobalNorm(1000)));
        Assert.Equal(Run(null), Run(GradientClipping.ByValue(1)));

        static int[] Run(GradientClipping? clipping)
        {
            using var network = Parametric.Vectors(100);
            Support.Numbers(100).CopyTo(network.Parameters[0].Gradient);
            network.Update(new Adam { Clipping = clipping });
            return Support.Bits(network);
        }
    }

    [Fact]
    public void Gradients_whose_squares_overflow_are_clipped_all_the_same()
    {
        using var network = Parametric.Vectors(4);
        network.Parameters[0].Gradient.Fill(1e30f);
        var optimizer = new Sgd(1) { Clipping = GradientClipping.ByGlobalNorm(2) };
        network.Update(optimizer);
        Assert.Equal(2e30, optimizer.GradientNorm, 1e24);
        Assert.All(network.Parameters[0].Values.ToArray(), value => Assert.Equal(-1, value, 1e-6f));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-infinity")]
    public void A_norm_that_is_not_finite_stops_the_step_before_it_changes_anything(float value, string text)
    {
        using var network = Parametric.Vectors(30, 40, 50);
        foreach (var parameter in network.Parameters) Support.Numbers(parameter.Count).CopyTo(parameter.Gradient);
        var optimizer = new Adam { Clipping = GradientClipping.ByGlobalNorm(1) };
        network.Update(optimizer);
        var before = Support.Bits(network);
        network.Parameters["p1"].Gradient[7] = value;
        var error = Assert.Throws<NonFiniteException>(() => network.Update(optimizer));
        Assert.StartsWith($"Step 2: the gradient of 'p1' holds {text} at element 7, though the loss was finite.", error.Message);
        Assert.Equal(("p1", 2), (error.Layer, error.Step));
        Assert.Equal(before, Support.Bits(network));

        // It goes on as if nothing had been.
        network.Parameters["p1"].Gradient[7] = 1;
        network.Update(optimizer);
        using var other = Parametric.Vectors(30, 40, 50);
        foreach (var parameter in other.Parameters) Support.Numbers(parameter.Count).CopyTo(parameter.Gradient);
        var fresh = new Adam { Clipping = GradientClipping.ByGlobalNorm(1) };
        other.Update(fresh);
        other.Parameters["p1"].Gradient[7] = 1;
        other.Update(fresh);
        Assert.Equal(Support.Bits(other), Support.Bits(network));
    }

    [Fact]
    public void A_step_that_fails_behind_its_loss_puts_running_statistics_back()
    {
        using var network = new Linear();
        var before = Support.Bits(network);
        network.Running = run =>
        {
            if (run == "Backward") throw new ArithmeticException("as the optimizer does");
        };
        Assert.Throws<ArithmeticException>(() => network.Step(Support.Numbers(10), [0, 1], new Sgd()));
        Assert.Equal(before, Support.Bits(network));
    }

    [Theory]
    [InlineData(0.3f, 0.55f)]
    [InlineData(0.01f, 0f)]
    public void Noise_has_the_mean_and_the_variance_of_its_step(float variance, float decay)
    {
        const int Count = 200_000;
        using var network = Parametric.Vectors(Count);
        var optimizer = new Sgd(1) { Noise = new GradientNoise(variance, decay, seed: 5) };
        float[]? last = null;
        for (var t = 0; t <= 60; t++)
        {
            network.Parameters[0].Span.Clear();
            network.Update(optimizer);
            if (t is not (0 or 1 or 59 or 60)) continue;

            // A rate of 1 and gradients of 0: the parameters are the noise.
            var noise = network.Parameters[0].Values.ToArray();
            var expected = variance / Math.Pow(1 + t, decay);
            Assert.InRange(noise.Average(v => (double)v) / Math.Sqrt(expected / Count), -4, 4);
            var measured = noise.Average(v => (double)v * v);

            // The variance of a normal variable's square is 2σ⁴, of its fourth power's mean 96σ⁸.
            Assert.InRange((measured - expected) / (expected * Math.Sqrt(2.0 / Count)), -4, 4);
            Assert.InRange((noise.Average(v => Math.Pow(v, 4)) - (3 * expected * expected)) / (expected * expected * Math.Sqrt(96.0 / Count)), -4, 4);
            Assert.InRange(Correlation(noise.AsSpan(1), noise.AsSpan(0, Count - 1)) * Math.Sqrt(Count), -4, 4);
            if (t is 1 or 60) Assert.InRange(Correlation(noise, last) * Math.Sqrt(Count), -4, 4);
            last = noise;
        }
    }

    [Fact]
    public void Noise_depends_on_the_seed_and_is_added_behind_clipping()
    {
        Assert.Equal(Run(1, 0), Run(1, 0));
        Assert.NotEqual(Run(1, 0), Run(2, 0));

        // A clipped gradient of 3 moves by −0.5, and the noise is the same.
        foreach (var (clean, clipped) in Run(1, 0).Zip(Run(1, 3))) Assert.Equal(clean - 0.5f, clipped, 1e-6f);

        static float[] Run(ulong seed, float gradient)
        {
            using var network = Parametric.Vectors(100);
            network.Parameters[0].Gradient.Fill(gradient);
            network.Update(new Sgd(1) { Noise = new GradientNoise(1, seed: seed), Clipping = GradientClipping.ByValue(0.5f) });
            return network.Parameters[0].Values.ToArray();
        }
    }

    /// <summary>Gaps between parameters hold zeros that kernels may read.</summary>
    [Fact]
    public unsafe void Noise_does_not_reach_the_gaps_between_parameters()
    {
        using var network = Parametric.Vectors(17, 3, 30);
        var optimizer = new Adam();
        network.Update(optimizer);
        optimizer.Noise = new GradientNoise(1);
        network.Update(optimizer);
        var arena = new ReadOnlySpan<float>(network.Weights.Parameters.Pointer, (int)network.Weights.Parameters.Length).ToArray();
        Assert.All(arena[17..32].Concat(arena[35..48]).Concat(arena[78..]), value => Assert.Equal(0, value));
        Assert.All(arena[..17].Concat(arena[32..35]).Concat(arena[48..78]), value => Assert.NotEqual(0, value));
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByGlobalNorm(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByGlobalNorm(float.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByValue(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradientNoise(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradientNoise(1, float.NaN));
    }

    private static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            ab += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        return ab / Math.Sqrt(aa * bb);
    }
}
