using System.Text;

namespace DeepGen.Generators.Emit;

/// <summary>The structs of a network's kernels: those with the same text are one, so that repeated blocks share their code.</summary>
internal sealed class SharedCode
{
    private readonly Dictionary<string, string> byText = new(StringComparer.Ordinal);
    // The programs stand beside the structs.
    private readonly HashSet<string> names = new(StringComparer.Ordinal) { "Definition", "GraphFingerprint", "Prepare", "Infer", "Evaluate", "Forward", "Loss", "SetOutputGradients", "Backward" };
    private readonly List<string> texts = new();

    public IReadOnlyList<string> Texts => texts;

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

    /// <summary>A static field that holds a geometry; equal ones are one.</summary>
    /// <param name="description">For its comment: <c>1x28x28 to 6x28x28</c>.</param>
    public string Shape(string type, string description, string arguments)
    {
        var text = $"public static readonly Kernels::{type} § = new({arguments}); // {description}\n";
        return "in " + Name(type == "ConvShape" ? "Conv" : "Pool", text);
    }

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
