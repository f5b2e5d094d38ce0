namespace DeepGen;

/// <summary>What <see cref="Network.Load"/> found.</summary>
/// <param name="Loaded">Parameters that have the file's values now.</param>
/// <param name="Missing">Parameters that the file does not hold; they keep their values.</param>
/// <param name="Unexpected">Tensors of the file that are no parameter of the network.</param>
/// <param name="Mismatched">Tensors whose shape or type differs from their parameter's; the parameters keep their values.</param>
public sealed record LoadReport(IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<TensorMismatch> Mismatched)
{
    /// <summary>Parameters that <see cref="LoadOptions.Skip"/> left out; they keep their values.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Whether the file holds exactly the network's tensors, those that were skipped apart.</summary>
    public bool IsComplete => Missing.Count == 0 && Unexpected.Count == 0 && Mismatched.Count == 0;

    /// <inheritdoc/>
    public override string ToString()
    {
        var parts = new List<string> { $"{Loaded.Count} loaded" };
        Add("skipped", Skipped);
        Add("missing", Missing);
        Add("unexpected", Unexpected);
        Add("mismatched", Mismatched.Select(mismatch => mismatch.ToString()).ToList());
        return string.Join("; ", parts);

        void Add(string what, IReadOnlyList<string> names)
        {
            const int Shown = 8;
            if (names.Count > 0) parts.Add($"{names.Count} {what}: {string.Join(", ", names.Take(Shown))}{(names.Count > Shown ? ", ..." : "")}");
        }
    }
}

/// <summary>A tensor of a file that does not fit its parameter.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Expected">Type and shape of the parameter, such as <c>F32 [10, 84]</c>.</param>
/// <param name="Found">Type and shape in the file.</param>
public sealed record TensorMismatch(string Name, string Expected, string Found)
{
    /// <inheritdoc/>
    public override string ToString() => $"'{Name}' needs {Expected}, the file has {Found}";
}
