using System.Text.Json;
using DeepGen.Generators.Ops;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Fixtures;

/// <summary>ops*.safetensors: every op as PyTorch computes it.</summary>
internal static class OpFixtures
{
    private static readonly Lazy<Safetensors> Lazy = new(() => Safetensors.LoadAll("ops*.safetensors"));

    private static readonly Lazy<IReadOnlyList<OpCase>> LazyCases = new(() => Tensors.AllMetadata.SelectMany(m => Read(m["cases"])).ToArray());

    public static Safetensors Tensors => Lazy.Value;

    public static IReadOnlyList<OpCase> Cases => LazyCases.Value;

    private static OpCase[] Read(string cases)
    {
        using var json = JsonDocument.Parse(cases);
        return json.RootElement.EnumerateArray().Select(c =>
        {
            var name = c.GetProperty("name").GetString()!;
            var op = c.GetProperty("op").GetString()!;
            var loss = OpCatalogue.Get(op).IsLoss;
            var ragged = c.TryGetProperty("ragged", out var r) && r.GetBoolean();
            var shapes = Enumerable.Range(0, loss ? 1 : c.GetProperty("inputs").GetInt32() - (ragged ? 1 : 0)).Select(i => Tensors.Shape($"{name}/x{i}")).ToArray();
            return new OpCase(
                name,
                op,
                shapes[0][0],
                shapes.Select(s => s[1..]).ToArray(),
                c.GetProperty("arguments").EnumerateObject().ToDictionary(a => a.Name, a => Argument(a.Value)),
                c.GetProperty("training").GetBoolean())
            {
                Ragged = ragged,
            };
        }).ToArray();
    }

    private static object Argument(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => value.EnumerateArray().All(e => e.TryGetInt32(out _)) ? value.EnumerateArray().Select(e => e.GetInt32()).ToArray() : value.EnumerateArray().Select(e => e.GetDouble()).ToArray(),
        _ => value.TryGetInt32(out var i) ? (object)i : value.GetDouble(),
    };
}
