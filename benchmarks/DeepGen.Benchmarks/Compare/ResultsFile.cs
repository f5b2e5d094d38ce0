namespace DeepGen.Benchmarks.Compare;

/// <summary>benchmarks/RESULTS.md: one section for each instruction-set level.</summary>
internal static class ResultsFile
{
    private const string Intro = """
        # Measured by the comparison

        Written by `dotnet run -c Release --project benchmarks/DeepGen.Benchmarks -- compare --write` (with `DOTNET_EnableAVX512=0` for the AVX2 level).
        Times are medians for one run; a ratio is the other side's time divided by ours in the same pair of runs, above 1 where DeepGen is faster.

        """;

    /// <summary>Replaces the section of this level.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="DirectoryNotFoundException">The program does not run inside the repository.</exception>
    public static string Write(IReadOnlyList<string> machine, IReadOnlyList<Comparison> lines)
    {
        var path = Path.Combine(Root(), "benchmarks", "RESULTS.md");
        var heading = $"## {Machine.Level}";
        var section = string.Join('\n',
        [
            heading, "", .. machine.Select(text => $"- {text}"), "",
            Row(Comparison.Header), Row([.. Comparison.Header.Select(_ => "---")]), .. lines.Select(line => Row(line.Cells)), "",
        ]);
        var sections = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").Split("\n## ").Skip(1).Select(text => $"## {text.TrimEnd()}\n") : [];
        var kept = sections.Where(text => !text.StartsWith(heading + "\n", StringComparison.Ordinal)).Append(section).OrderDescending(StringComparer.Ordinal);
        File.WriteAllText(path, $"{Intro.ReplaceLineEndings("\n")}\n{string.Join('\n', kept)}");
        return path;
    }

    private static string Row(string[] cells) => $"| {string.Join(" | ", cells)} |";

    private static string Root()
    {
        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var folder = start; folder != null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "DeepGen.sln")))
                    return folder;
            }
        }
        throw new DirectoryNotFoundException("--write needs the repository: start the command inside it.");
    }
}
