using System.Text;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("deepgen").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string File(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Progress on the calling thread.</summary>
internal sealed class Recorder(Action<TrainingProgress>? then = null) : IProgress<TrainingProgress>
{
    public List<TrainingProgress> Reports { get; } = [];

    public void Report(TrainingProgress value)
    {
        Reports.Add(value);
        then?.Invoke(value);
    }
}

/// <summary>Good for some epochs, then every label is that of another class.</summary>
internal sealed class Misleading(int count, int after) : IDataset
{
    private readonly InMemoryDataset _good = Support.Clusters(count);
    private int _filled;

    public int Count => count;

    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        _good.Fill(indices, batch);
        if ((_filled += indices.Length) <= count * after) return;
        foreach (ref var label in batch.Target<int>()) label = (label + 1) % Linear.Classes;
    }
}

internal static class Support
{
    /// <summary>Three well separated classes around points of their own.</summary>
    public static InMemoryDataset Clusters(int count, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new float[count * Linear.Features];
        var labels = new int[count];
        for (var n = 0; n < count; n++)
        {
            labels[n] = random.Next(Linear.Classes);
            for (var i = 0; i < Linear.Features; i++)
                samples[(n * Linear.Features) + i] = (float)random.NextDouble() + (i == labels[n] ? 0.8f : 0);
        }

        return new InMemoryDataset(samples, Linear.Features, labels);
    }

    public static float[] Numbers(int count, int seed = 1)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray();
    }

    public static int[] Labels(int count) => Enumerable.Range(0, count).Select(i => i % Linear.Classes).ToArray();

    /// <summary>All weights and states bit for bit.</summary>
    public static int[] Bits(Network network) =>
        network.Parameters.SelectMany(p => p.Values.ToArray()).Select(BitConverter.SingleToInt32Bits).ToArray();

    public static byte[] Safetensors(string json, int dataBytes)
    {
        var header = Encoding.UTF8.GetBytes(json);
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[dataBytes]];
    }
}
