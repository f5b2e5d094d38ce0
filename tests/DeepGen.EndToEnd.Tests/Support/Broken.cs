namespace DeepGen.EndToEnd.Tests.Support;

/// <summary>Looks at what a build of the broken network prints.</summary>
internal static class Broken
{
    /// <summary>The pinned line; before it the file's folder, after it only the help link and the project, which the build adds.</summary>
    public static void IsTheOnlyReport(string line, string folder)
    {
        var start = line.IndexOf(folder + Sources.Error, StringComparison.Ordinal);
        Assert.True(start >= 0 && line.IndexOf(": error", StringComparison.Ordinal) > start, "Expected the error of DESIGN part 7 but the build printed: " + line);
        Assert.Matches(@"^ \(https://\S*/docs/diagnostics/DG0102\.md\) \[[^\]]+\]$", line[(start + folder.Length + Sources.Error.Length)..]);
    }
}
