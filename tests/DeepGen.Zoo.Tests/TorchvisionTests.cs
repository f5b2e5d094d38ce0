using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DeepGen.EndToEnd.Tests.Support;
using DeepGen.Numerics.Tests.Fixtures;
using DeepGen.Zoo.Networks;

namespace DeepGen.Zoo.Tests;

/// <summary>
/// A state_dict of torchvision, saved as safetensors, loads into the zoo's network and gives torchvision's output. Weights come from the same formula on both sides
/// (tests/fixtures/torchvision_fixtures.py), so that only the output is stored.
/// </summary>
public sealed class TorchvisionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("deepgen-torchvision-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ResNet18_gives_what_torchvision_gives()
    {
        using var network = ResNet18.Create(new NetworkOptions { MaxBatch = 1 });
        Check(network, network.Predict, "resnet18");
    }

    [Fact]
    [Trait("Tier", "Long")]
    public void Vgg16_gives_what_torchvision_gives()
    {
        using var network = Vgg16.Create(new NetworkOptions { MaxBatch = 1 });
        Check(network, network.Predict, "vgg16");
    }

    private delegate void Prediction(ReadOnlySpan<float> image, Span<float> output);

    private void Check(Network network, Prediction predict, string fixture)
    {
        var (tensors, expected) = Fixture(fixture);
        var file = Path.Combine(_folder, fixture + ".safetensors");
        WriteStateDict(file, tensors);

        // The one thing of a state_dict that is no tensor of the network: how many batches the averages have seen.
        var report = network.Load(file, LoadOptions.Strict with { Rename = name => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal) ? null : name });
        Assert.True(report.IsComplete, report.ToString());

        var output = new float[expected.Length];
        predict(Noise.Of(1, 3 * 224 * 224), output);
        double error = 0, norm = 0;
        for (var i = 0; i < output.Length; i++)
        {
            error += Math.Pow(output[i] - expected[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        Assert.InRange(Math.Sqrt(error / norm), 0, 1e-4);
    }

    /// <summary>The state_dict's names, types and shapes, and torchvision's output.</summary>
    private static (List<(string Name, string Type, int[] Shape)> Tensors, float[] Output) Fixture(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "fixtures", name + ".safetensors"));
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        using var tensors = JsonDocument.Parse(header.RootElement.GetProperty("__metadata__").GetProperty("tensors").GetString()!);
        return (
            [.. tensors.RootElement.EnumerateArray().Select(t => (t[0].GetString()!, t[1].GetString()!, t[2].EnumerateArray().Select(e => e.GetInt32()).ToArray()))],
            MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + length)).ToArray());
    }

    private static void WriteStateDict(string path, List<(string Name, string Type, int[] Shape)> tensors)
    {
        var header = new Dictionary<string, object>();
        long offset = 0;
        foreach (var (name, type, shape) in tensors)
        {
            var end = offset + (shape.Aggregate(1L, (n, e) => n * e) * (type == "I64" ? 8 : 4));
            header.Add(name, new { dtype = type, shape, data_offsets = new[] { offset, end } });
            offset = end;
        }

        var text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        using var stream = File.Create(path);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        stream.Write(length);
        stream.Write(text);
        for (var i = 0; i < tensors.Count; i++)
        {
            var (name, type, shape) = tensors[i];
            stream.Write(type == "I64" ? new byte[8] : MemoryMarshal.AsBytes<float>(Value(name, shape, 100 + i)));
        }
    }

    /// <summary>As in the script.</summary>
    private static float[] Value(string name, int[] shape, int seed)
    {
        var count = shape.Aggregate(1, (n, e) => n * e);
        return shape.Length > 1 ? Noise.Of(seed, count, (float)Math.Sqrt(6.0 / (count / shape[0])))
            : name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith("weight", StringComparison.Ordinal) ? Noise.Of(seed, count, 0.25f, 1)
            : Noise.Of(seed, count, 0.125f);
    }
}
