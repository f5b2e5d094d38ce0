namespace DeepGen.Generators.Emit.Gpu;

/// <summary>What the calls of a network's GPU side share: the kernels, loaded when the network is created, and tables in the device's memory.</summary>
internal sealed class GpuCode
{
    private readonly SharedCode structs = new();
    private readonly Dictionary<string, string> fields = new(StringComparer.Ordinal);
    private readonly List<(string Type, string Name, string Value)> members = new();
    private readonly SortedDictionary<string, string> tiles = new(StringComparer.Ordinal);

    /// <param name="sides">The sides that a product's tiles may have.</param>
    public GpuCode(IReadOnlyList<int> sides) => Sides = sides;

    public IReadOnlyList<int> Sides { get; }

    /// <summary>The structs of the kernels.</summary>
    public IReadOnlyList<string> Structs => structs.Texts;

    /// <summary>The tiles of products, each once.</summary>
    public IEnumerable<string> Tiles => tiles.Values;

    /// <summary>The fields of the program, in the order in which they are made.</summary>
    public IReadOnlyList<(string Type, string Name, string Value)> Members => members;

    /// <summary>The most that products which are summed in slices need beside their result, in floats.</summary>
    public long ScratchFloats { get; private set; }

    /// <param name="type">The class that launches it, with § for the struct: <c>Gpu::MapKernel&lt;§&gt;</c>.</param>
    /// <param name="creation">How it is made, with § for the struct.</param>
    /// <param name="text">The struct's source, with § in place of its name.</param>
    /// <returns>The names of the struct and of the field that holds the loaded kernel.</returns>
    public (string Struct, string Field) Kernel(string type, string creation, string suggestion, string text)
    {
        var name = structs.Name(suggestion, text);
        return (name, Field(type.Replace("§", name), creation.Replace("§", name), char.ToLowerInvariant(name[0]) + name.Substring(1)));
    }

    /// <summary>A field of the program, equal ones once.</summary>
    public string Field(string type, string value, string suggestion)
    {
        var key = type + value;
        if (fields.TryGetValue(key, out var known))
        {
            return known;
        }

        var name = "_" + suggestion;
        for (var i = 2; members.Any(m => m.Name == name); i++)
        {
            name = "_" + suggestion + Literals.Int(i);
        }

        fields.Add(key, name);
        members.Add((type, name, value));
        return name;
    }

    public string Tile(GpuTile tile)
    {
        if (!tiles.ContainsKey(tile.Name))
        {
            tiles.Add(tile.Name, tile.Write());
        }

        return tile.Name;
    }

    public void NeedScratch(long floats) => ScratchFloats = Math.Max(ScratchFloats, floats);
}
