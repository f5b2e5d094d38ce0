using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class PhaseTests
{
    private readonly float[] _x = Support.Numbers(10);
    private readonly int[] _labels = [0, 1];

    [Fact]
    public void The_phases_by_hand_are_a_step()
    {
        using var whole = new Linear(new NetworkOptions { Seed = 3 });
        using var phases = new Linear(new NetworkOptions { Seed = 3 });
        whole.Step(_x, _labels, new Sgd(0.5f));

        // The gradient of the cross-entropy: softmax minus one-hot, over the batch.
        var y = new float[6];
        phases.Forward(_x, y);
        var dy = new float[6];
        for (var n = 0; n < 2; n++)
        {
            var exp = y.Skip(3 * n).Take(3).Select(v => Math.Exp(v)).ToArray();
            for (var c = 0; c < 3; c++) dy[(3 * n) + c] = (float)(((exp[c] / exp.Sum()) - (c == _labels[n] ? 1 : 0)) / 2);
        }

        phases.ZeroGradients();
        phases.Backward(dy);
        phases.Update(new Sgd(0.5f));
        foreach (var parameter in whole.Parameters)
            for (var i = 0; i < parameter.Count; i++)
                Assert.Equal(parameter.Values[i], phases.Parameters[parameter.Name].Values[i], 1e-6f);
    }

    [Fact]
    public void The_phases_take_a_batch_too()
    {
        using var spans = new Linear(new NetworkOptions { Seed = 3 });
        using var batched = new Linear(new NetworkOptions { Seed = 3 });
        using var batch = new Batch(batched) { Count = 2 };
        _x.CopyTo(batch.Input<float>());
        float[] expected = new float[6], y = new float[6], dy = Support.Numbers(6);
        Assert.Throws<InvalidOperationException>(() => batched.Backward(batch, dy));
        spans.Forward(_x, expected);
        spans.Backward(dy);
        batched.Forward(batch, y);
        batched.Backward(batch, dy);
        Assert.Equal(expected, y);
        foreach (var parameter in spans.Parameters.Where(p => p.IsTrainable))
            Assert.Equal(parameter.Gradient.ToArray(), batched.Parameters[parameter.Name].Gradient.ToArray());
        batched.Forward(batch);
        Assert.Contains("the gradient of output 'scores' needs 6 values", Assert.Throws<ArgumentException>(() => batched.Backward(batch, dy.AsSpan(0, 3))).Message);
    }

    [Fact]
    public void Backward_adds_up_and_Step_replaces()
    {
        using var network = new Linear();
        float[] y = new float[6], dy = Support.Numbers(6);
        network.Forward(_x, y);
        network.Backward(dy);
        var once = network.Parameters["Dense1.bias"].Gradient.ToArray();
        network.Forward(_x, y);
        network.Backward(dy);
        Assert.Equal(once.Select(g => 2 * g), network.Parameters["Dense1.bias"].Gradient.ToArray());
        network.ZeroGradients();
        Assert.All(network.Parameters["Dense1.bias"].Gradient.ToArray(), g => Assert.Equal(0, g));
        var before = network.Parameters["Norm1.running_mean"].Values.ToArray();
        network.Step(_x, _labels, new Sgd(0));
        var step = network.Parameters["Dense1.bias"].Gradient.ToArray();
        before.CopyTo(network.Parameters["Norm1.running_mean"].Span);
        network.Step(_x, _labels, new Sgd(0));
        Assert.Equal(step, network.Parameters["Dense1.bias"].Gradient.ToArray());
    }

    [Fact]
    public void Input_gradients_are_given_when_wanted()
    {
        using var network = new Linear();
        float[] y = new float[3], dx = new float[5];
        network.Forward(_x.AsSpan(0, 5), y);
        network.Backward([0, 1, 0], dx);
        Assert.Equal(network.Parameters["Dense1.weight"].Values[5..10].ToArray(), dx);
    }

    [Fact]
    public void Input_gradients_alone_leave_those_of_the_parameters()
    {
        using var network = new Linear();
        float[] y = new float[3], dx = new float[5];
        network.Forward(_x.AsSpan(0, 5), y);
        network.Backward([1, 2, 3]);
        var before = network.Parameters["Dense1.weight"].Gradient.ToArray();
        network.Forward(_x.AsSpan(0, 5), y);
        network.Backward([0, 1, 0], dx, parameters: false);
        Assert.Equal(network.Parameters["Dense1.weight"].Values[5..10].ToArray(), dx);
        Assert.Equal(before, network.Parameters["Dense1.weight"].Gradient.ToArray());
        network.Forward(_x.AsSpan(0, 5), y);
        Assert.Contains("nothing to compute", Assert.Throws<ArgumentException>(() => network.Backward([0, 1, 0], parameters: false)).Message, StringComparison.Ordinal);

        // The run is still there to continue.
        network.Backward([0, 1, 0], dx);
    }

    [Fact]
    public void Training_phases_and_predictions_refuse_to_overlap()
    {
        using var network = new Linear();
        float[] y = new float[6];
        Overlapping("Forward", () => network.Step(_x, _labels, new Sgd(0.1f)), "Step");
        Overlapping("Forward", () => network.Forward(_x, y), "Forward");
        Overlapping("Backward", () => network.Backward(y), "Backward");
        network.Running = null;
        network.Predict(_x, y);

        void Overlapping(string run, Action action, string name)
        {
            var sgd = new Sgd(0.1f);
            During(network, run, action, () =>
            {
                foreach (var other in new Action[]
                {
                    () => network.Step(_x, _labels, sgd), () => network.Forward(_x, new float[6]), () => network.Update(sgd), network.ZeroGradients,
                    () => network.Load("any"), () => network.Predict(_x, new float[6]), () => network.Save("any"),
                })
                {
                    var error = Assert.Throws<InvalidOperationException>(other);
                    Assert.Contains($"{name} is running on this Linear", error.Message);
                }
            });
        }
    }

    [Fact]
    public void Predictions_overlap_with_one_another_but_not_with_training()
    {
        using var network = new Linear();
        float[] alone = new float[6], together = new float[6];
        network.Predict(_x, alone);
        During(network, "Inference", () => network.Predict(_x, new float[6]), () =>
        {
            network.Predict(_x, together);
            Assert.Contains("Predict is running", Assert.Throws<InvalidOperationException>(() => network.Step(_x, _labels, new Sgd(0.1f))).Message);
        });
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Use_after_dispose_throws()
    {
        var network = new Linear();
        float[] y = new float[6];
        network.Forward(_x, y);
        var weight = network.Parameters["Dense1.weight"];
        network.Dispose();
        network.Dispose();
        var sgd = new Sgd(0.1f);
        foreach (var call in new Action[]
        {
            () => network.Predict(_x, y), () => network.Step(_x, _labels, sgd), () => network.Forward(_x, y), () => network.Backward(y), () => network.Update(sgd),
            network.ZeroGradients, () => network.Save("any"), () => network.Load("any"), () => _ = weight.Span[0], () => _ = weight.Values[0], () => _ = weight.Gradient[0],
            () => new Trainer(network).Fit(Support.Clusters(4)),
        })
        {
            Assert.Throws<ObjectDisposedException>(call);
        }
    }

    [Fact]
    public void Dispose_during_a_prediction_lets_it_finish()
    {
        var network = new Linear();
        float[] expected = new float[6], y = new float[6];
        network.Predict(_x, expected);
        During(network, "Inference", () => network.Predict(_x, y), network.Dispose);
        Assert.Equal(expected, y);
        Assert.Throws<ObjectDisposedException>(() => network.Predict(_x, y));
    }

    [Fact]
    public void A_run_that_throws_leaves_the_network_usable()
    {
        using var network = new Linear { Running = _ => throw new InvalidCastException() };
        Assert.Throws<InvalidCastException>(() => network.Step(_x, _labels, new Sgd(0.1f)));
        Assert.Throws<InvalidCastException>(() => network.Predict(_x, new float[6]));
        network.Running = null;
        network.Step(_x, _labels, new Sgd(0.1f));
        network.Predict(_x, new float[6]);
    }

    [Fact]
    public void Derived_weights_are_rebuilt_once_per_version()
    {
        using var network = new Linear();
        var y = new float[6];
        network.Predict(_x, y);
        network.Predict(_x, y);
        Assert.Equal(1, network.Prepared);

        network.Step(_x, _labels, new Sgd(0.1f));
        network.Predict(_x, y);
        Assert.Equal(2, network.Prepared);

        var before = y[0];
        network.Parameters["Dense1.bias"].Span[0] += 1;
        network.Predict(_x, y);
        Assert.Equal(3, network.Prepared);
        Assert.Equal(before + 1, y[0], 1e-5f);

        // Forward moves running statistics; reading moves nothing.
        network.Forward(_x, new float[6]);
        _ = network.Parameters["Dense1.bias"].Values;
        network.Predict(_x, y);
        network.Predict(_x, y);
        Assert.Equal(4, network.Prepared);
    }

    [Fact]
    public void Prediction_from_64_threads_gives_what_one_gives()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 9, Threads = 2 });
        for (var round = 0; round < 3; round++)
        {
            var inputs = Enumerable.Range(0, 64).Select(i => Support.Numbers(5 * (1 + (i % 9)), i)).ToArray();
            network.Step(_x, _labels, new Sgd(0.1f));
            var expected = inputs.Select(x => Predict(network, x)).ToArray();

            // All threads meet stale derived weights at once.
            _ = network.Parameters["Dense1.weight"].Span;

            using var start = new Barrier(64);
            var actual = new float[64][];
            Exception? failure = null;
            var threads = Enumerable.Range(0, 64).Select(i => new Thread(() =>
            {
                try
                {
                    start.SignalAndWait();
                    for (var repeat = 0; repeat < 20; repeat++) actual[i] = Predict(network, inputs[i]);
                }
                catch (Exception error)
                {
                    failure = error;
                }
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            Assert.Null(failure);
            Assert.Equal(expected, actual);
        }

        static float[] Predict(Linear network, float[] x)
        {
            var y = new float[x.Length / 5 * 3];
            network.Predict(x, y);
            return y;
        }
    }

    [Fact]
    public void Predict_train_predict()
    {
        using var network = new Linear();
        float[] before = new float[6], after = new float[6], again = new float[6];
        network.Predict(_x, before);
        network.Step(_x, _labels, new Sgd(0.1f));
        network.Predict(_x, after);
        network.Predict(_x, again);
        Assert.NotEqual(before, after);
        Assert.Equal(after, again);
    }

    [Fact]
    public void Arenas_start_at_multiples_of_64_bytes_and_the_batch_keeps_them_there()
    {
        using var network = new Linear();
        unsafe
        {
            Assert.Equal(0, (nint)network.Weights.Parameters.Pointer % 64);
            Assert.Equal(0, (nint)network.Weights.Gradients.Pointer % 64);
            using var session = new Session(3, new ArenaDefinition(48, 16), new ArenaDefinition(16, 32));
            Assert.Equal(0, (nint)session.Arena % 64);
            Assert.Equal(3 * 48, session.Fixed - session.Arena);
        }
    }

    /// <summary>Runs one action, and another while the first is in the middle of a run.</summary>
    private static void During(Linear network, string run, Action action, Action meanwhile)
    {
        using var inside = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        network.Running = name =>
        {
            if (name != run || inside.IsSet) return;
            inside.Set();
            go.Wait();
        };
        var task = Task.Run(action);
        try
        {
            Assert.True(inside.Wait(TimeSpan.FromSeconds(10)));
            meanwhile();
        }
        finally
        {
            go.Set();
            task.Wait();
            network.Running = null;
        }
    }
}
