using DeepGen.Generators.Tests.Support;

namespace DeepGen.Generators.Tests.Docs;

/// <summary>
/// The pages that are written from the code are up to date. To write them anew after a change: run these tests with the environment variable
/// <c>DEEPGEN_ACCEPT_DOCS=1</c>, and read the difference before committing it.
/// </summary>
public class WrittenPagesTests
{
    [Fact]
    public void OpsAreThoseOfTheCatalogue() => Check("docs/ops.md", OpsPage.Text());

    [Fact]
    public void DiagnosticsAreThoseOfTheDescriptors()
    {
        Assert.Empty(DiagnosticsIndex.Ungrouped);
        Check("docs/diagnostics/README.md", DiagnosticsIndex.Text());
    }

    private static void Check(string page, string expected)
    {
        var path = Path.Combine(SampleFiles.Root, page);
        if (Environment.GetEnvironmentVariable("DEEPGEN_ACCEPT_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        var actual = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(
            actual == expected,
            $"{page} differs from what the code says, first in line {FirstDifference(actual, expected)}; run this test with DEEPGEN_ACCEPT_DOCS=1 to write it anew.");
    }

    private static string FirstDifference(string actual, string expected)
    {
        string[] was = actual.Split('\n'), now = expected.Split('\n');
        var line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"{line + 1} (expected '{(line < now.Length ? now[line] : "")}')";
    }
}
