namespace DeepGen;

/// <summary>In which order sections stand on the page.</summary>
internal enum ReportPlace
{
    /// <summary>What the program added.</summary>
    Added,

    /// <summary>Predictions for samples that were looked at.</summary>
    Predictions,

    /// <summary>Norms, histograms, units.</summary>
    Parameters,

    /// <summary>Filters and activations.</summary>
    Inside,

    /// <summary>Names and values.</summary>
    Facts,

    /// <summary>What each epoch gave.</summary>
    Epochs,
}

/// <summary>What a page shows, section by section as HTML, so that writing it again costs little.</summary>
internal sealed class ReportContents(string title)
{
    private readonly List<(string Name, string Value, string Note, bool Last)> _tiles = [];
    private readonly List<ReportSection> _sections = [];
    private readonly List<Chart> _charts = [];
    private readonly long _began = System.Diagnostics.Stopwatch.GetTimestamp();

    public string Title { get; } = title;

    public string Status { get; set; } = "";

    /// <summary>How it ended; null while it runs.</summary>
    public string? Ended { get; private set; }

    /// <summary>When the program began it.</summary>
    public DateTimeOffset Began { get; } = DateTimeOffset.Now;

    public TimeSpan Elapsed => System.Diagnostics.Stopwatch.GetElapsedTime(_began);

    /// <summary>The epoch whose weights were kept, where the charts have a mark.</summary>
    public int? Kept { get; set; }

    /// <summary>Those of the program stand before those that are known anyway.</summary>
    public IEnumerable<(string Name, string Value, string Note, bool Last)> Tiles => _tiles.OrderBy(tile => tile.Last);

    public IReadOnlyList<Chart> Charts => _charts;

    public List<TrainingWarning> Warnings { get; } = [];

    /// <summary>In the order of the page.</summary>
    public IEnumerable<ReportSection> Sections => _sections.OrderBy(section => section.Place);

    public void End(string how) => Ended ??= how;

    public void SetTile(string name, string value, string note, bool last = false)
    {
        var at = _tiles.FindIndex(tile => tile.Name == name);
        if (at < 0) _tiles.Add((name, value, note, last));
        else _tiles[at] = (name, value, note, last);
    }

    /// <summary>The chart of a name, which is made where there is none.</summary>
    /// <exception cref="ArgumentException">It counts something else.</exception>
    public Chart Chart(string name, Per per, double limit = double.PositiveInfinity)
    {
        if (_charts.Find(chart => chart.Name == name) is not { } found)
        {
            _charts.Add(new Chart(name, per) { Limit = limit });
            return _charts[^1];
        }

        return found.Per == per ? found : throw new ArgumentException($"The chart '{name}' counts {(found.Per == Per.Epoch ? "epochs" : "steps")}, not {(per == Per.Epoch ? "epochs" : "steps")}; give the curve another chart, \"chart/curve\".", nameof(per));
    }

    /// <summary>Puts a piece into a section, in place of the one of the same caption.</summary>
    public void Set(string title, ReportPlace place, string caption, string html, bool figure = false, bool half = false, bool folded = false, string note = "")
    {
        var section = _sections.Find(section => section.Title == title);
        if (section == null) _sections.Add(section = new ReportSection(title, place));
        (section.IsHalf, section.IsFolded, section.Note) = (half, folded, note);
        var at = section.Pieces.FindIndex(piece => piece.Caption == caption);
        var piece = new ReportPiece(caption, html, figure);
        if (at < 0) section.Pieces.Add(piece);
        else section.Pieces[at] = piece;
    }
}

/// <summary>A part of the page.</summary>
internal sealed class ReportSection(string title, ReportPlace place)
{
    public string Title { get; } = title;

    public ReportPlace Place { get; } = place;

    /// <summary>Whether two stand side by side where the page is wide.</summary>
    public bool IsHalf { get; set; }

    /// <summary>Whether it is closed until one opens it.</summary>
    public bool IsFolded { get; set; }

    /// <summary>A line below the title.</summary>
    public string Note { get; set; } = "";

    public List<ReportPiece> Pieces { get; } = [];
}

/// <summary>A piece of a section.</summary>
/// <param name="Caption">What it is; empty for none.</param>
/// <param name="Html">What is shown.</param>
/// <param name="IsFigure">Whether it stands beside others.</param>
internal sealed record ReportPiece(string Caption, string Html, bool IsFigure);
