using System.Text.Json;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Fixtures;

/// <summary>A whole network as PyTorch runs and trains it; first weights and batches come from <see cref="Noise.Of"/>, as in pytorch_fixtures.py.</summary>
internal sealed class NetFixture
{
    private readonly Safetensors file;
    private readonly Dictionary<string, int> thinned;
    private readonly string[] parameters;

    public NetFixture(string name, int[] input, int classes)
    {
        file = Safetensors.Load(name);
        Input = input;
        Classes = classes;
        Batch = int.Parse(file.Metadata["batch"]);
        Steps = int.Parse(file.Metadata["steps"]);
        thinned = JsonSerializer.Deserialize<Dictionary<string, string>>(file.Metadata["thinned"])!.ToDictionary(p => p.Key, p => int.Parse(p.Value));
        parameters = JsonSerializer.Deserialize<string[]>(file.Metadata["parameters"])!;
    }

    public static NetFixture LeNet5 { get; } = new("lenet5.safetensors", [1, 28, 28], 10);

    public static NetFixture Residual { get; } = new("residual.safetensors", [3, 12, 12], 5);

    public int[] Input { get; }

    public int Classes { get; }

    public int Batch { get; }

    public int Steps { get; }

    public IEnumerable<string> Names => file.Names;

    public double Setting(string method, string name) => JsonDocument.Parse(file.Metadata[method]).RootElement.GetProperty(name).GetDouble();

    /// <summary>Compares a whole tensor with the one of the fixture, which may be thinned.</summary>
    public void Close(string name, ReadOnlySpan<double> actual, double tolerance)
    {
        var values = actual.ToArray();
        if (thinned.TryGetValue(name, out var step))
        {
            values = values.Where((_, i) => i % step == 0).ToArray();
        }

        Norm.Close(name, file[name], values, tolerance);
    }

    /// <summary>The first values of trainable parameter <paramref name="name"/>.</summary>
    public float[] First(string name, int[] shape)
    {
        var seed = 100 + Array.IndexOf(parameters, name);
        Assert.True(seed >= 100, $"The fixture has no parameter {name}.");
        var count = shape.Aggregate(1, (n, e) => n * e);
        return shape.Length > 1 ? Noise.Of(seed, count, (float)Math.Sqrt(3.0 / (count / shape[0])))
            : name.EndsWith("weight", StringComparison.Ordinal) ? Noise.Of(seed, count, 0.25f, 1)
            : Noise.Of(seed, count, 0.125f);
    }

    public (float[] X, int[] Labels) Data(int step) => (
        Noise.Of(1000 + step, Batch * Input.Aggregate(1, (n, e) => n * e)),
        Noise.Of(2000 + step, Batch).Select(u => Math.Clamp((int)((u + 1) * (0.5f * Classes)), 0, Classes - 1)).ToArray());
}
