using System.Runtime.CompilerServices;

namespace DeepGen.Generators.Tests.Support;

/// <summary>The sources of tests/DeepGen.Samples, which the SDK's own compiler builds as well.</summary>
internal static class SampleFiles
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    public static string Folder { get; } = Path.Combine(Root, "tests", "DeepGen.Samples");

    public static IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*.cs").OrderBy(f => f, StringComparer.Ordinal);

    private static string Here([CallerFilePath] string path = "") => path;
}
