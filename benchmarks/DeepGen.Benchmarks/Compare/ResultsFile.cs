namespace DeepGen.Benchmarks.Compare;

/// <summary>benchmarks/RESULTS.md: one section for each instruction-set level, with one line for each workload and peer.</summary>
internal static class ResultsFile
{
    private const string Intro = """
        # Measured by the comparison

        Written by `dotnet run -c Release --project benchmarks/DeepGen.Benchmarks -- compare --write` (with `DOTNET_EnableAVX512=0` for the AVX2 level).
        Times are medians for one run; a ratio is the other side's time divided by ours in the same pair of runs, above 1 where DeepGen is faster.
        `compare FILTER --write` replaces the lines that it measures; `load` is the load average of the minute before a line, `pairs` the number of its pairs.

        """;

    private static readonly string[] Header = [.. Comparison.Header, "pairs", "load"];

    /// <summary>Replaces the lines that were measured, or the whole section where it is of another machine.</summary>
    /// <param name="machine">What the machine is.</param>
    /// <param name="lines">What was measured, each with the load average before it.</param>
    /// <returns>The file.</returns>
    /// <exception cref="DirectoryNotFoundException">The program does not run inside the repository.</exception>
    public static string Write(IReadOnlyList<string> machine, IReadOnlyList<(Comparison Line, string Load)> lines)
    {
        var path = Path.Combine(Root(), "benchmarks", "RESULTS.md");
        var heading = $"## {Machine.Level}";
        string[] sections = File.Exists(path) ? [.. File.ReadAllText(path).ReplaceLineEndings("\n").Split("\n## ").Skip(1).Select(text => $"## {text.TrimEnd()}\n")] : [];
        var before = sections.FirstOrDefault(text => text.StartsWith(heading + "\n", StringComparison.Ordinal)) ?? "";
        var rows = lines.Select(line => (string[])[.. line.Line.Cells, $"{line.Line.Ratios.Length}", line.Load]).ToList();
        if (machine.All(text => before.Contains($"- {text}\n", StringComparison.Ordinal)))
            rows.AddRange(Rows(before).Where(old => rows.All(row => Key(row) != Key(old))));
        string[][] sorted = [.. rows.Where(row => Place(row) >= 0).OrderBy(Place).ThenBy(Key, StringComparer.Ordinal)];
        var section = string.Join('\n',
        [
            heading, "", .. machine.Select(text => $"- {text}"), .. GeometricMeans.Of(sorted).Select(text => $"- {text}"), "",
            Row(Header), Row([.. Header.Select(_ => "---")]), .. sorted.Select(Row), "",
        ]);
        var kept = sections.Where(text => text != before).Append(section).OrderDescending(StringComparer.Ordinal);
        File.WriteAllText(path, $"{Intro.ReplaceLineEndings("\n")}\n{string.Join('\n', kept)}");
        return path;
    }

    /// <summary>The lines of a section's table.</summary>
    private static IEnumerable<string[]> Rows(string section) => section.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
        .Select(line => line[2..].TrimEnd(' ', '|').Split(" | ").Select(cell => cell.Trim()).ToArray()).Where(cells => cells.Length == Header.Length).Skip(1).Where(cells => cells[0] != "---");

    /// <summary>Lines of the same key are the same measurement.</summary>
    private static string Key(string[] cells) => $"{cells[0]}|{cells[1]}|{cells[4].Split(',')[0]}";

    /// <summary>Where a line stands in the table; below 0 where its workload is there no more.</summary>
    private static int Place(string[] cells) => Workloads.All.Select((workload, i) => (workload, i)).Where(pair => pair.workload.Name == cells[0] && pair.workload.BatchText == cells[1]).Select(pair => pair.i).DefaultIfEmpty(-1).First();

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
