using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Against values that PyTorch computed (tests/fixtures/optimizers.py).</summary>
public class OptimizerTests
{
    public static TheoryData<string> Plain => new(
        "sgd", "sgd_decay", "sgd_momentum", "sgd_dampening", "sgd_nesterov", "adam", "adam_decay", "adam_epsilon", "adamw", "adamw_decay",
        "rmsprop", "rmsprop_centered", "rmsprop_momentum", "rmsprop_all", "adagrad", "adagrad_decay",
        "sgd_clip_norm", "adam_clip_norm", "rmsprop_clip_value", "sgd_clip_value");

    public static TheoryData<string> Grouped => new("sgd_groups", "adam_groups", "adamw_groups", "sgd_max_norm");

    [Theory, MemberData(nameof(Plain)), MemberData(nameof(Grouped))]
    public void Moves_parameters_as_PyTorch_does(string name)
    {
        var optimizer = Create(name);
        using var network = OptimizerFixture.Start();
        for (var step = 0; step < OptimizerFixture.Steps; step++)
        {
            OptimizerFixture.SetGradients(network, step);
            network.Update(optimizer);
            if (step + 1 is 10 or 100) OptimizerFixture.AssertNear(network, name, step + 1);
        }
    }

    [Theory, MemberData(nameof(Plain))]
    public void Leaves_frozen_parameters_alone_bit_for_bit(string name)
    {
        var optimizer = Create(name);
        using var network = Parametric.Vectors(20, 33, 17);
        foreach (var parameter in network.Parameters) Support.Numbers(parameter.Count).CopyTo(parameter.Span);
        network.Parameters["p1"].Frozen = true;
        var before = network.Parameters["p1"].Values.ToArray();
        for (var step = 0; step < 5; step++)
        {
            foreach (var parameter in network.Parameters) parameter.Gradient.Fill(1);
            network.Update(optimizer);
        }

        Assert.Equal(before, network.Parameters["p1"].Values.ToArray());
        Assert.NotEqual(Support.Numbers(20), network.Parameters["p0"].Values.ToArray());
        Assert.NotEqual(Support.Numbers(17), network.Parameters["p2"].Values.ToArray());
    }

    [Theory, MemberData(nameof(Plain))]
    public void A_parameter_released_later_starts_as_new_and_the_others_go_on(string name)
    {
        using var network = Parametric.Vectors(20, 17);
        using var alone = Parametric.Vectors(17);
        var optimizer = Create(name);
        network.Parameters["p1"].Frozen = true;
        for (var step = 0; step < 4; step++) Move(network, optimizer);
        network.Parameters["p1"].Frozen = false;
        var fresh = Create(name);
        for (var step = 0; step < 4; step++)
        {
            Move(network, optimizer);
            Move(alone, fresh);
        }

        Assert.Equal(alone.Parameters["p0"].Values.ToArray(), network.Parameters["p1"].Values.ToArray());

        using var never = Parametric.Vectors(20);
        var whole = Create(name);
        for (var step = 0; step < 8; step++) Move(never, whole);
        Assert.Equal(never.Parameters["p0"].Values.ToArray(), network.Parameters["p0"].Values.ToArray());

        static void Move(Network network, Optimizer optimizer)
        {
            foreach (var parameter in network.Parameters) Support.Numbers(parameter.Count).CopyTo(parameter.Gradient);
            network.Update(optimizer);
        }
    }

    public static TheoryData<string> Rules => new("sgd", "momentum", "adam", "adamw", "rmsprop", "adagrad");

    /// <summary>Everything at once, over lengths that no vector and no chunk divides.</summary>
    [Theory, MemberData(nameof(Rules))]
    public void Gives_the_same_bits_for_every_number_of_threads(string rule)
    {
        Assert.Equal(Run(1), Run(2));
        Assert.Equal(Run(1), Run(4));

        float[] Run(int threads)
        {
            const int Filters = 207, Length = 967;
            using var network = new Parametric(
                new NetworkOptions { Threads = threads },
                new ParameterDefinition("w", [Filters, Length], true, 0, Initializer.Xavier, 10, 10),
                new ParameterDefinition("v", [Filters * Length], true, 200_176, Initializer.Xavier, 10, 10));
            Optimizer optimizer = rule switch
            {
                "sgd" => new Sgd(0.01f),
                "momentum" => new Sgd(0.01f, 0.9f),
                "adam" => new Adam(0.01f, weightDecay: 0.1f),
                "adamw" => new AdamW(0.01f),
                "rmsprop" => new RmsProp(0.01f, momentum: 0.9f, centered: true),
                _ => new Adagrad(),
            };
            optimizer.Clipping = GradientClipping.ByGlobalNorm(10);
            optimizer.Noise = new GradientNoise(0.1f);
            optimizer.Groups = [new("w") { MaxNorm = 9.8f, RateFactor = 2 }];
            var norms = new List<double>();
            for (var step = 0; step < 2; step++)
            {
                foreach (var parameter in network.Parameters) Support.Numbers(parameter.Count, step).CopyTo(parameter.Gradient);
                network.Update(optimizer);
                norms.Add(optimizer.GradientNorm);
            }

            Assert.Contains(network.Parameters["w"].Values.ToArray().Chunk(Length), filter => Math.Abs(Math.Sqrt(filter.Sum(w => w * w)) - 9.8) < 1e-4);
            return [.. network.Parameters["w"].Values, .. network.Parameters["v"].Values, .. norms.Select(norm => (float)norm)];
        }
    }

    [Fact]
    public void Belongs_to_one_network()
    {
        using var first = Parametric.Vectors(3);
        using var second = Parametric.Vectors(3);
        var optimizer = new Adam();
        first.Update(optimizer);
        var error = Assert.Throws<InvalidOperationException>(() => second.Update(optimizer));
        Assert.Contains("one optimizer for each network", error.Message);
    }

    [Fact]
    public void Refuses_numbers_that_make_no_sense()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(weightDecay: -1));
        Assert.Throws<ArgumentException>(() => new Sgd(nesterov: true));
        Assert.Throws<ArgumentException>(() => new Sgd(momentum: 0.9f, dampening: 0.1f, nesterov: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(alpha: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(momentum: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adagrad(learningRateDecay: float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam().LearningRate = float.PositiveInfinity);
    }

    internal static Optimizer Create(string name) => name switch
    {
        "sgd" => new Sgd(0.05f),
        "sgd_decay" => new Sgd(0.05f, weightDecay: 0.1f),
        "sgd_momentum" => new Sgd(0.02f, momentum: 0.9f),
        "sgd_dampening" => new Sgd(0.05f, momentum: 0.8f, dampening: 0.3f, weightDecay: 0.01f),
        "sgd_nesterov" => new Sgd(0.02f, momentum: 0.9f, nesterov: true, weightDecay: 0.05f),
        "adam" => new Adam(0.01f),
        "adam_decay" => new Adam(0.01f, 0.8f, 0.99f, weightDecay: 0.1f),
        "adam_epsilon" => new Adam(0.01f, epsilon: 0.1f),
        "adamw" => new AdamW(0.01f),
        "adamw_decay" => new AdamW(0.02f, 0.85f, 0.98f, 1e-6f, 0.5f),
        "rmsprop" => new RmsProp(),
        "rmsprop_centered" => new RmsProp(0.005f, 0.9f, 1e-6f, 0.1f, centered: true),
        "rmsprop_momentum" => new RmsProp(0.002f, 0.95f, momentum: 0.9f),
        "rmsprop_all" => new RmsProp(0.002f, 0.8f, weightDecay: 0.05f, momentum: 0.7f, centered: true),
        "adagrad" => new Adagrad(0.1f),
        "adagrad_decay" => new Adagrad(0.2f, 0.03f, 0.1f, 0.5f, 1e-6f),
        "sgd_groups" => new Sgd(0.02f, 0.9f, 0.1f) { Groups = [new("b") { RateFactor = 0.1f, WeightDecay = 0 }] },
        "adam_groups" => new Adam(0.01f) { Groups = [new("a") { WeightDecay = 0.3f }, new("b") { RateFactor = 3 }] },
        "adamw_groups" => new AdamW(0.01f, weightDecay: 0.3f) { Groups = [new("a") { WeightDecay = 0 }, new("b") { RateFactor = 3 }] },
        "sgd_max_norm" => new Sgd(0.05f, 0.9f) { Groups = [new("*") { MaxNorm = 0.9f }] },
        "sgd_clip_norm" => new Sgd(0.05f, 0.9f) { Clipping = GradientClipping.ByGlobalNorm(7) },
        "adam_clip_norm" => new Adam(0.01f) { Clipping = GradientClipping.ByGlobalNorm(7) },
        "rmsprop_clip_value" => new RmsProp { Clipping = GradientClipping.ByValue(0.8f) },
        "sgd_clip_value" => new Sgd(0.05f, 0.9f, 0.1f) { Clipping = GradientClipping.ByValue(0.8f) },
        _ => throw new ArgumentException(name),
    };
}
