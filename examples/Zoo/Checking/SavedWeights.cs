using System.Buffers.Binary;
using System.Text.Json;

namespace DeepGen.Zoo.Checking;

/// <summary>How many numbers of each tensor are in a file of weights: read from its header by itself, not by the code that wrote it.</summary>
internal static class SavedWeights
{
    public static IReadOnlyDictionary<string, long> Of(Network network)
    {
        var path = Path.GetTempFileName();
        try
        {
            network.Save(path);
            using var file = File.OpenRead(path);
            var length = new byte[8];
            file.ReadExactly(length);
            var header = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
            file.ReadExactly(header);
            using var json = JsonDocument.Parse(header);
            return json.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__")
                .ToDictionary(t => t.Name, t => t.Value.GetProperty("shape").EnumerateArray().Aggregate(1L, (n, e) => n * e.GetInt64()), StringComparer.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
