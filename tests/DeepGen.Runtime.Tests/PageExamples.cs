using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace DeepGen.Runtime.Tests;

/// <summary>Examples of a page of docs/ that stand word for word in a file of tests.</summary>
internal static partial class PageExamples
{
    /// <summary>Every C# example of the page stands in the calling file.</summary>
    /// <param name="page">The file's name in docs/.</param>
    /// <param name="least">So many examples there are at least.</param>
    /// <param name="here">The calling file.</param>
    public static void AllStandIn(string page, int least, [CallerFilePath] string here = "")
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", page));
        var text = Trimmed(File.ReadAllText(here));
        var examples = Example().Matches(File.ReadAllText(path).ReplaceLineEndings("\n")).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(examples.Length >= least);
        Assert.All(examples, example => Assert.Contains(Trimmed(example), text));
    }

    /// <summary>Without indentation.</summary>
    private static string Trimmed(string text) => string.Join("\n", text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim())).Trim();

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
