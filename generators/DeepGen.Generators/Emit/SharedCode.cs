using System.Text;

namespace DeepGen.Generators.Emit;

/// <summary>The structs of a network's kernels: those with the same text are one, so that repeated blocks share their code.</summary>
internal sealed class SharedCode
{
    private readonly Dictionary<string, string> byText = new(StringComparer.Ordinal);
    // The other members of Compiled stand beside the structs.
    private readonly HashSet<string> names = new(StringComparer.Ordinal)
    {
        "Definition", "Define", "Described", "ParameterTable", "ActivationTable", "AsIs", "Inline", "GraphFingerprint", "Prepare", "Infer", "Evaluate", "Forward", "Loss", "SetOutputGradients", "Backward",
    };
    private readonly List<string> texts = new();
    private readonly SortedDictionary<string, List<string>> shapes = new(StringComparer.Ordinal);
    private int forms;

    public IReadOnlyList<string> Texts => texts;

    /// <summary>The geometries of each type, as rows of an initializer.</summary>
    public IReadOnlyDictionary<string, List<string>> Shapes => shapes;

    /// <param name="suggestion">What to call it; a number follows when the name is taken.</param>
    /// <param name="text">Its source, with § in place of its name.</param>
    public string Name(string suggestion, string text)
    {
        if (byText.TryGetValue(text, out var existing))
        {
            return existing;
        }

        var name = suggestion;
        for (var i = 2; !names.Add(name); i++)
        {
            name = suggestion + Literals.Int(i);
        }

        byText.Add(text, name);
        texts.Add(text.Replace("§", name));
        return name;
    }

    /// <summary>A geometry of the runtime's, as an element of a static array: equal ones are one.</summary>
    /// <param name="type">The runtime's type: <c>ConvShape</c>.</param>
    /// <param name="description">For its comment: <c>1x28x28 to 6x28x28</c>; asked for once.</param>
    /// <returns>The argument, its number marked.</returns>
    public string Shape(string type, Func<string> description, string arguments)
    {
        if (!shapes.TryGetValue(type, out var known))
        {
            shapes.Add(type, known = new List<string>());
        }

        var start = $"new({arguments}), // ";
        var index = known.FindIndex(row => row.StartsWith(start, StringComparison.Ordinal));
        if (index < 0)
        {
            index = known.Count;
            known.Add(start + description());
        }

        return $"in {type}s[{CallText.Marked(index)}]";
    }

    /// <summary>The number of one more call that keeps a form of its weights.</summary>
    public int Form() => forms++;

    /// <summary>Letters and digits of a layer's name, first letter upper case.</summary>
    public static string Identifier(string text)
    {
        var result = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c) && c < 128)
            {
                result.Append(result.Length == 0 ? char.ToUpperInvariant(c) : c);
            }
        }

        return result.Length == 0 || char.IsDigit(result[0]) ? "K" + result : result.ToString();
    }
}
