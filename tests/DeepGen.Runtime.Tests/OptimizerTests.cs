using System.Runtime.InteropServices;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Against values that PyTorch computed (tests/fixtures/optimizers.py).</summary>
public class OptimizerTests
{
    private static readonly Dictionary<string, float[]> Fixture = ReadFixture();

    public static TheoryData<string> Configurations => ["sgd", "sgd_decay", "sgd_momentum", "sgd_dampening", "sgd_nesterov", "adam", "adam_decay", "adam_epsilon", "adamw", "adamw_decay", "adam_rate"];

    [Theory, MemberData(nameof(Configurations))]
    public void Moves_parameters_as_PyTorch_does(string name)
    {
        var optimizer = Create(name);
        using var network = Parametric.Vectors(20, 17);
        Fixture["initial"].AsSpan(0, 20).CopyTo(network.Parameters[0].Span);
        Fixture["initial"].AsSpan(20).CopyTo(network.Parameters[1].Span);
        for (var step = 0; step < 100; step++)
        {
            if (name == "adam_rate") optimizer.LearningRate = 0.01f / (1 + step);
            SetGradients(network, step);
            network.Update(optimizer);
            if (step + 1 is 10 or 100) AssertNear(Fixture[$"{name}.{step + 1}"], All(network), 1e-5);
        }
    }

    [Theory, MemberData(nameof(Configurations))]
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

    [Theory, MemberData(nameof(Configurations))]
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

    [Fact]
    public void Gives_the_same_bits_for_every_number_of_threads()
    {
        Assert.Equal(Run(1), Run(2));
        Assert.Equal(Run(1), Run(4));

        static float[] Run(int threads)
        {
            const int Length = 200_003;
            using var network = new Parametric(new NetworkOptions { Threads = threads }, new ParameterDefinition("w", [Length], true, 0, Initializer.Xavier, 10, 10));
            var optimizer = new Adam(0.01f, weightDecay: 0.1f);
            for (var step = 0; step < 3; step++)
            {
                Support.Numbers(Length, step).CopyTo(network.Parameters["w"].Gradient);
                network.Update(optimizer);
            }

            return network.Parameters["w"].Values.ToArray();
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
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam().LearningRate = float.PositiveInfinity);
    }

    private static Optimizer Create(string name) => name switch
    {
        "sgd" => new Sgd(0.05f),
        "sgd_decay" => new Sgd(0.05f, weightDecay: 0.1f),
        "sgd_momentum" => new Sgd(0.02f, momentum: 0.9f),
        "sgd_dampening" => new Sgd(0.05f, momentum: 0.8f, dampening: 0.3f, weightDecay: 0.01f),
        "sgd_nesterov" => new Sgd(0.02f, momentum: 0.9f, nesterov: true, weightDecay: 0.05f),
        "adam" or "adam_rate" => new Adam(0.01f),
        "adam_decay" => new Adam(0.01f, 0.8f, 0.99f, weightDecay: 0.1f),
        "adam_epsilon" => new Adam(0.01f, epsilon: 0.1f),
        "adamw" => new AdamW(0.01f),
        "adamw_decay" => new AdamW(0.02f, 0.85f, 0.98f, 1e-6f, 0.5f),
        _ => throw new ArgumentException(name),
    };

    private static void SetGradients(Network network, int step)
    {
        var at = 0;
        foreach (var parameter in network.Parameters)
            for (var i = 0; i < parameter.Count; i++, at++)
                parameter.Gradient[i] = (Fixture["curvature"][at] * parameter.Values[i]) + Fixture["noise"][(step * 37) + at];
    }

    private static float[] All(Network network) => network.Parameters.SelectMany(parameter => parameter.Values.ToArray()).ToArray();

    private static void AssertNear(float[] expected, float[] actual, double tolerance)
    {
        var difference = Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum());
        var norm = Math.Sqrt(expected.Sum(e => (double)e * e));
        Assert.True(difference <= tolerance * norm, $"relative difference {difference / norm:E2}");
    }

    private static Dictionary<string, float[]> ReadFixture()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "optimizers.safetensors");
        using var stream = File.OpenRead(path);
        var (entries, start) = SafetensorsHeader.Read(stream, path);
        var bytes = File.ReadAllBytes(path);
        return entries.ToDictionary(e => e.Name, e => MemoryMarshal.Cast<byte, float>(bytes.AsSpan((int)(start + e.Begin), (int)(e.End - e.Begin))).ToArray());
    }
}
