using System.CommandLine;

namespace DeepGen.Zoo.Commands;

/// <summary>The name of a network on the command line.</summary>
internal static class NetworkName
{
    public static Argument<string> Required() => new("name") { Description = "A network, as 'summary' lists it; case does not matter" };

    public static Argument<string?> Optional() => new("name") { Description = "A network, as 'summary' lists it; case does not matter [default: all]", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The network of that name, or all.</summary>
    public static IReadOnlyList<ZooNetwork> Select(string? name) => name is null ? Catalogue.All : [Find(name)];

    /// <exception cref="UsageException">There is none; says which names come close.</exception>
    public static ZooNetwork Find(string name) =>
        Catalogue.All.FirstOrDefault(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"There is no network '{name}' in the zoo; {Near(name, Catalogue.All.Select(n => n.Name))}. The command 'summary' lists all.");

    internal static string Near(string name, IEnumerable<string> all)
    {
        var bare = Bare(name);
        // A part of a name, such as "resnet", is near to all that begin with it or have it, however long they are.
        var near = all.Select(n => (Name: n, Distance: bare.Length > 1 && Bare(n).Contains(bare, StringComparison.Ordinal) ? 0 : Distance(bare, Bare(n))))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal).Take(5).ToArray();
        return near.Length == 0 ? "it is empty" : $"close names: {string.Join(", ", near.Select(n => n.Name))}";
    }

    private static string Bare(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    /// <summary>Insertions, deletions and replacements from one to the other.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
