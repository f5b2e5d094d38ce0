using System.Text.RegularExpressions;
using DeepGen.Generators.Tests.Support;

namespace DeepGen.Generators.Tests.Docs;

/// <summary>Every link of the documentation to a file of the repository, and to a heading in one, leads somewhere.</summary>
public partial class LinkTests
{
    public static TheoryData<string> Pages =>
        new(Directory.EnumerateFiles(Path.Combine(SampleFiles.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(SampleFiles.Root, "README.md"))
            .Select(p => Path.GetRelativePath(SampleFiles.Root, p).Replace('\\', '/')).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Pages))]
    public void LinksLeadSomewhere(string page)
    {
        var path = Path.Combine(SampleFiles.Root, page);
        var broken = new List<string>();
        foreach (var target in Link().Matches(WithoutCode(File.ReadAllText(path))).Select(m => m.Groups[1].Value).Where(t => !t.Contains("://", StringComparison.Ordinal)))
        {
            var parts = target.Split('#', 2);
            var file = parts[0].Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, parts[0]));
            var found = Directory.Exists(file) || File.Exists(file);
            if (!found || (parts.Length == 2 && !Anchors(file).Contains(parts[1])))
            {
                broken.Add(target);
            }
        }

        Assert.Empty(broken);
    }

    /// <summary>GitHub's name of a heading: lower case, punctuation gone, blanks as hyphens.</summary>
    private static HashSet<string> Anchors(string file) =>
        WithoutCode(File.ReadAllText(file)).Split('\n').Where(l => l.StartsWith('#'))
            .Select(l => string.Concat(l.TrimStart('#').Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-')).ToHashSet();

    private static string WithoutCode(string text) => Fence().Replace(text, "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
