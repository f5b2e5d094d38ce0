using System.Text.RegularExpressions;
using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Tests;

/// <summary>Every diagnostic has a page, every page a diagnostic, and what the page calls wrong and right is so.</summary>
public partial class DiagnosticPagesTests
{
    private static string Folder => Path.Combine(SampleFiles.Root, "docs", "diagnostics");

    [Fact]
    public void EveryDiagnosticHasItsPageAndEveryPageItsDiagnostic()
    {
        var all = typeof(Descriptors).GetFields().Where(f => f.FieldType == typeof(DiagnosticDescriptor)).Select(f => (DiagnosticDescriptor)f.GetValue(null)!).ToArray();
        Assert.Equal(all.Select(d => d.Id).Order(), Descriptors.All.Select(d => d.Id).Order());
        Assert.Equal(all.Length, all.Select(d => d.Id).Distinct().Count());
        Assert.Equal(all.Select(d => d.Id).Order(), Directory.EnumerateFiles(Folder, "DG*.md").Select(f => Path.GetFileNameWithoutExtension(f)).Order());
        Assert.All(all, d =>
        {
            Assert.Equal((DiagnosticSeverity.Error, true), (d.DefaultSeverity, d.IsEnabledByDefault));
            Assert.Contains(WellKnownDiagnosticTags.NotConfigurable, d.CustomTags);
            Assert.EndsWith($"/docs/diagnostics/{d.Id}.md", d.HelpLinkUri, StringComparison.Ordinal);
            Assert.StartsWith($"# {d.Id}: {d.Title}\n", File.ReadAllText(Path.Combine(Folder, d.Id + ".md")), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void TheExamplesAreWrongAndRight()
    {
        var without = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Folder, "DG*.md"))
        {
            var id = Path.GetFileNameWithoutExtension(file);
            var examples = Example().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value).ToArray();
            if (examples.Length != 2)
            {
                without.Add(id);
                continue;
            }

            Assert.Equal([id], Host.Read(examples[0]).Diagnostics.Select(d => d.Descriptor.Id));
            Assert.Empty(Host.Read(examples[1]).Diagnostics.Select(d => id + ": " + d.Message));
            Assert.Empty(Host.Compile(("Net.cs", examples[1])).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && d.Id is not ("CS1501" or "CS1503")).Select(d => id + ": " + d));
        }

        // An internal error, and the two that are mended in the project file.
        Assert.Equal(["DG0001", "DG0006", "DG0007"], without.Order());
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
