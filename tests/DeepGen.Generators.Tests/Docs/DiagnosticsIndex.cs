using System.Text;
using DeepGen.CodeFixes;
using DeepGen.Generators.Diagnostics;

namespace DeepGen.Generators.Tests.Docs;

/// <summary>The text of docs/diagnostics/README.md: every diagnostic with a link to its page, in the groups of their numbers.</summary>
internal static class DiagnosticsIndex
{
    private const string Head = """
        # Diagnostics

        What the build and the editor say about a network. Written from the descriptors; do not edit. All are errors that no setting silences: a
        broken network never builds, whether analyzers run or not. The message stands on the word or the argument at fault and says what was
        expected, what came, and what to do. Those marked "fix" have a code fix.

        """;

    private static readonly (string Prefix, string Title)[] Groups =
    [
        ("DG00", "The declaration"),
        ("DG01", "Shapes: the call is understood but does not fit"),
        ("DG02", "Evaluation at build time"),
        ("DG03", "It would run, but it is wrong"),
    ];

    public static string Text()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        var fixable = new NetworkCodeFixes().FixableDiagnosticIds;
        foreach (var (prefix, title) in Groups)
        {
            text.Append($"\n## {title}\n\n| id | |\n|---|---|\n");
            foreach (var d in Descriptors.All.Where(d => d.Id.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(d => d.Id, StringComparer.Ordinal))
            {
                text.Append($"| [{d.Id}]({d.Id}.md) | {d.Title}{(fixable.Contains(d.Id) ? " (fix)" : "")} |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Diagnostics that belong to no group.</summary>
    public static IEnumerable<string> Ungrouped => Descriptors.All.Select(d => d.Id).Where(id => !Groups.Any(g => id.StartsWith(g.Prefix, StringComparison.Ordinal)));
}
