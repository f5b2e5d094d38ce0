using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DeepGen.Numerics.Tests.Fixtures;

/// <summary>A safetensors file of the tests: everything widened to double. Kept apart from the runtime's reader, which is itself under test.</summary>
internal sealed class Safetensors
{
    private readonly Dictionary<string, (int[] Shape, double[] Values)> tensors = new(StringComparer.Ordinal);
    private readonly List<Dictionary<string, string>> metadata = [];

    private Safetensors(params byte[][] files)
    {
        foreach (var file in files)
        {
            Read(file);
        }
    }

    private void Read(byte[] file)
    {
        var length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                metadata.Add(entry.Value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal));
                continue;
            }

            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()).ToArray();
            var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt32()).ToArray();
            var bytes = file.AsSpan(8 + length + offsets[0], offsets[1] - offsets[0]);
            var values = entry.Value.GetProperty("dtype").GetString() switch
            {
                "F32" => Widen(MemoryMarshal.Cast<byte, float>(bytes)),
                "I32" => Widen(MemoryMarshal.Cast<byte, int>(bytes)),
                var other => throw new NotSupportedException(other),
            };
            tensors.Add(entry.Name, (shape, values));
        }
    }

    public IReadOnlyDictionary<string, string> Metadata => metadata[0];

    /// <summary>Of each file.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> AllMetadata => metadata;

    public IEnumerable<string> Names => tensors.Keys;

    public double[] this[string name] => tensors[name].Values;

    public int[] Shape(string name) => tensors[name].Shape;

    public bool Has(string name) => tensors.ContainsKey(name);

    public static Safetensors Load(string name) => LoadAll(name);

    /// <summary>All files whose names fit the pattern, as one.</summary>
    public static Safetensors LoadAll(string pattern) =>
        new(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "fixtures"), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray());

    private static double[] Widen<T>(ReadOnlySpan<T> values)
        where T : struct, System.Numerics.INumber<T>
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = double.CreateChecked(values[i]);
        }

        return result;
    }
}
