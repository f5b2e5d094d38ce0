namespace DeepGen.Benchmarks.Compare;

/// <summary>benchmarks/RESULTS.md: one section for each instruction-set level, with a line for each workload and peer, and one for the memory of each workload.</summary>
internal static class ResultsFile
{
    private const string Intro = """
        # Measured by the comparison

        Written by `dotnet run -c Release --project benchmarks/DeepGen.Benchmarks -- compare --write` (with `DOTNET_EnableAVX512=0` for the AVX2 level).
        Times are medians for one run; a ratio is the other side's time divided by ours in the same pair of runs, above 1 where DeepGen is faster.
        `compare FILTER --write` replaces the lines that it measures; `load` is the load average of the minute before a line, `pairs` the number of its pairs.

        """;

    private const string MemoryTitle = "### Memory of a training step, in MiB, and seconds of the first";

    private static readonly string[] PeerNames = ["PyTorch", "ONNX Runtime"];

    private static readonly string[] Header = [.. Comparison.Header, "pairs", "load"];

    /// <summary>Replaces the lines that were measured.</summary>
    /// <param name="peers">Name and version of each that was there.</param>
    /// <param name="lines">What was measured, each with the load average before it.</param>
    /// <returns>The file.</returns>
    /// <exception cref="DirectoryNotFoundException">The program does not run inside the repository.</exception>
    public static string Write(IReadOnlyList<string> peers, IReadOnlyList<(Comparison Line, string Load)> lines) =>
        Replace(peers, [.. lines.Select(line => (string[])[.. line.Line.Cells, $"{line.Line.Ratios.Length}", line.Load])], Header, [], []);

    /// <summary>Replaces the lines of the table of memory that were measured.</summary>
    /// <param name="peers">As there.</param>
    /// <param name="header">Of the table; the first two columns are workload and batch.</param>
    /// <param name="rows">What was measured.</param>
    /// <returns>The file.</returns>
    /// <exception cref="DirectoryNotFoundException">The program does not run inside the repository.</exception>
    public static string WriteMemory(IReadOnlyList<string> peers, string[] header, IReadOnlyList<string[]> rows) => Replace(peers, [], Header, rows, header);

    /// <summary>Writes the section of this level: new rows, and those that are there of the same machine and the same versions.</summary>
    private static string Replace(IReadOnlyList<string> peers, IReadOnlyList<string[]> rows, string[] header, IReadOnlyList<string[]> memory, string[] memoryHeader)
    {
        var path = Path.Combine(Root(), "benchmarks", "RESULTS.md");
        var heading = $"## {Machine.Level}";
        string[] sections = File.Exists(path) ? [.. File.ReadAllText(path).ReplaceLineEndings("\n").Split("\n## ").Skip(1).Select(text => $"## {text.TrimEnd()}\n")] : [];
        var before = sections.FirstOrDefault(text => text.StartsWith(heading + "\n", StringComparison.Ordinal)) ?? "";
        string[] known = [.. before.Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line[2..])];
        var machine = Machine.Describe();
        var isSame = machine.All(known.Contains) && peers.All(peer => known.Contains(peer) || !known.Any(text => text.StartsWith(Name(peer), StringComparison.Ordinal)));
        var old = (isSame ? before : "").Split(MemoryTitle);
        var oldMemory = old.Length > 1 ? Table(old[1]) : [];
        string[][] table = Merged(rows, Table(old[0]).Where(cells => cells.Length == header.Length).Skip(1));
        string[][] memoryTable = Merged(memory, oldMemory.Skip(1).Where(cells => memory.Count == 0 || cells.Length == memoryHeader.Length));
        string[] used = memory.Count > 0 ? memoryHeader : oldMemory.FirstOrDefault() ?? [];
        string[] versions = isSame ? [.. known.Where(text => PeerNames.Contains(Name(text).TrimEnd())).Union(peers)] : [.. peers];
        string[] lines =
        [
            heading, "", .. machine.Concat(versions).Concat(GeometricMeans.Of(table)).Select(text => $"- {text}"), "",
            .. Text(header, table), .. memoryTable.Length > 0 ? [MemoryTitle, "", .. Text(used, memoryTable)] : Array.Empty<string>(),
        ];
        var kept = sections.Where(text => text != before).Append(string.Join('\n', lines)).OrderDescending(StringComparer.Ordinal);
        File.WriteAllText(path, $"{Intro.ReplaceLineEndings("\n")}\n{string.Join('\n', kept)}");
        return path;
    }

    /// <summary>New rows and those old ones that none of them replaces, in the order of the workloads.</summary>
    private static string[][] Merged(IReadOnlyList<string[]> rows, IEnumerable<string[]> old) =>
        [.. rows.Concat(old.Where(row => rows.All(other => Key(other) != Key(row)))).Where(row => Place(row) >= 0).OrderBy(Place).ThenBy(Key, StringComparer.Ordinal)];

    private static IEnumerable<string> Text(string[] header, string[][] rows) => rows.Length == 0 ? [] : [Row(header), Row([.. header.Select(_ => "---")]), .. rows.Select(Row), ""];

    /// <summary>The name before the version.</summary>
    private static string Name(string peer) => peer[..(peer.LastIndexOf(' ') + 1)];

    /// <summary>Header and rows of a table.</summary>
    private static string[][] Table(string text) => [.. text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
        .Select(line => line[2..].TrimEnd(' ', '|').Split(" | ").Select(cell => cell.Trim()).ToArray()).Where(cells => cells[0] != "---")];

    /// <summary>Lines of the same key are the same measurement.</summary>
    private static string Key(string[] cells) => cells.Length == Header.Length ? $"{cells[0]}|{cells[1]}|{cells[4].Split(',')[0]}" : $"{cells[0]}|{cells[1]}";

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
