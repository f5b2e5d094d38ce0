using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DeepGen.Numerics.Tests.Fixtures;

/// <summary>A safetensors file of the tests: everything widened to double. Kept apart from the runtime's reader, which is itself under test.</summary>
internal sealed class Safetensors
{
    private readonly Dictionary<string, (int[] Shape, double[] Values)> tensors = new(StringComparer.Ordinal);

    private Safetensors()
    {
    }

    private Safetensors(byte[] file)
    {
        var length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                Metadata = entry.Value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
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

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public IEnumerable<string> Names => tensors.Keys;

    public double[] this[string name] => tensors[name].Values;

    public int[] Shape(string name) => tensors[name].Shape;

    public bool Has(string name) => tensors.ContainsKey(name);

    public static Safetensors Load(string name) => new(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", name)));

    /// <summary>All files that match, by name.</summary>
    public static IReadOnlyList<Safetensors> LoadAll(string pattern) =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "fixtures"), pattern).Order(StringComparer.Ordinal).Select(f => new Safetensors(File.ReadAllBytes(f))).ToArray();

    /// <summary>The tensors of several files as one.</summary>
    public static Safetensors Union(IEnumerable<Safetensors> files)
    {
        var union = new Safetensors();
        foreach (var (name, tensor) in files.SelectMany(f => f.tensors))
        {
            union.tensors.Add(name, tensor);
        }

        return union;
    }

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
