using System.Runtime.InteropServices;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>What PyTorch computed: tests/fixtures/optimizers.py.</summary>
internal static class OptimizerFixture
{
    public const int Steps = 100;

    /// <summary>Floats of a in the arena; b follows.</summary>
    private const int Values = 20 + 17;

    private static readonly Dictionary<string, float[]> Tensors = Read("optimizers.safetensors");

    public static float[] Tensor(string name) => Tensors[name];

    /// <summary>Two parameters a [5, 4] and b [17] with the first values of the fixture.</summary>
    public static Parametric Start()
    {
        var network = new Parametric(new ParameterDefinition("a", [5, 4], true, 0, Initializer.Zeros), new ParameterDefinition("b", [17], true, 32, Initializer.Zeros));
        Tensors["initial"].AsSpan(0, 20).CopyTo(network.Parameters["a"].Span);
        Tensors["initial"].AsSpan(20).CopyTo(network.Parameters["b"].Span);
        return network;
    }

    /// <summary>curvature · value + noise, as the script does.</summary>
    public static void SetGradients(Network network, int step)
    {
        var at = 0;
        foreach (var parameter in network.Parameters)
            for (var i = 0; i < parameter.Count; i++, at++)
                parameter.Gradient[i] = (Tensors["curvature"][at] * parameter.Values[i]) + Tensors["noise"][(step * Values) + at];
    }

    /// <summary>The parameters are those of the fixture after some steps, each tensor by its norm.</summary>
    public static void AssertNear(Network network, string name, int steps)
    {
        foreach (var parameter in network.Parameters)
            AssertNear(Tensors[$"{name}.{steps}.{parameter.Name}"], parameter.Values.ToArray(), 1e-5, $"{parameter.Name} after {steps} steps");
    }

    public static void AssertNear(float[] expected, float[] actual, double tolerance, string what)
    {
        var difference = Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum());
        var norm = Math.Sqrt(expected.Sum(e => (double)e * e));
        Assert.True(difference <= tolerance * norm, $"{what}: relative difference {difference / norm:E2}");
    }

    /// <summary>The tensors of a fixture, all float32.</summary>
    public static Dictionary<string, float[]> Read(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, file);
        using var stream = File.OpenRead(path);
        var (entries, start, _) = SafetensorsHeader.Read(stream, path);
        var bytes = File.ReadAllBytes(path);
        return entries.ToDictionary(e => e.Name, e => MemoryMarshal.Cast<byte, float>(bytes.AsSpan((int)(start + e.Begin), (int)(e.End - e.Begin))).ToArray());
    }
}
