using DeepGen.Generators.Graph;
using DeepGen.Reference;

namespace DeepGen.Zoo;

/// <summary>The layer graphs of the zoo's classes, read from the sources that this program carries.</summary>
internal static class Graphs
{
    private static readonly Lazy<GraphReader> Reader = new(() => new GraphReader(Sources()));

    /// <summary>The graph of the class that one of <see cref="ZooNetwork"/>'s functions makes.</summary>
    public static NetworkGraph Of(Func<NetworkOptions?, Network> create) => Reader.Value.Read(ClassOf(create));

    /// <summary>A generated Create says its class; of another function only a call tells.</summary>
    private static string ClassOf(Func<NetworkOptions?, Network> create)
    {
        if (create.Method.ReturnType is { IsAbstract: false } type)
            return type.FullName!;
        using var network = create(new NetworkOptions { MaxBatch = 1 });
        return network.GetType().FullName!;
    }

    /// <summary>The texts of the networks.</summary>
    public static IEnumerable<string> Sources()
    {
        var assembly = typeof(Graphs).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return text.ReadToEnd();
        }
    }
}
