using System.Text;

namespace DeepGen;

/// <summary>
/// A page about a training that grows while it runs: one HTML file with its pictures inside, no script, nothing fetched, in light and dark. It is there from the first moment and loads itself anew
/// until <see cref="Finish"/>. As a watcher of a <see cref="Trainer"/> (<see cref="TrainerOptions.Watchers"/>) it shows by itself what it sees; the methods add what one's own program knows, and serve loops without a trainer.
/// </summary>
/// <remarks>
/// A section is known by its title: what is added under a title that is there joins it, and replaces what had the same caption. The file is replaced as a whole, so that a browser never sees a half, and at most once
/// in <see cref="WriteInterval"/> until it is finished. The methods may be called from any thread.
/// </remarks>
public sealed partial class TrainingReport : ITrainingWatcher, IDisposable
{
    private readonly Lock _lock = new();
    private readonly ReportContents _contents;
    private readonly FitRecord _fit;
    private long _written;
    private bool _finished;

    /// <summary>Makes the page, still empty.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="title">What is trained on what.</param>
    /// <exception cref="ArgumentException">The path or the title is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public TrainingReport(string path, string title)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(title);
        Path = System.IO.Path.GetFullPath(path);
        _contents = new ReportContents(title);
        _fit = new FitRecord(this, null);
        Write();
    }

    /// <summary>Where the page is.</summary>
    public string Path { get; }

    /// <summary>The least time between two times that the page is written before it is finished.</summary>
    public TimeSpan WriteInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The names of the classes, in the order of their labels; their numbers when null.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>
    /// The picture of a sample, by its number in the validation data (in the training data where there are none); null takes the network's input where that is [1 or 3, height, width], each scaled for itself.
    /// It is called for a few samples, at the end of an epoch.
    /// </summary>
    public Func<int, PictureGrid>? SamplePicture { get; init; }

    /// <summary>How many samples, evenly over the validation data (else the training data), are looked at after an epoch for predictions, mistakes, activations and dead units; at most an eighth of the training samples where that is above 64. 0 for none.</summary>
    public int Samples { get; init; } = 256;

    /// <summary>Where a loop of one's own is, in words: "iteration 300 of 2,000". A trainer's is known.</summary>
    public string Status
    {
        get => _contents.Status;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Change(() => _contents.Status = value);
        }
    }

    /// <summary>Adds a number to the head of the page, or changes it: the test accuracy, the time.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="value">Its value as it is to be read.</param>
    /// <param name="note">A line below, such as the unit.</param>
    public void AddHeadline(string name, string value, string note = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(note);
        Change(() => _contents.SetTile(name, value, note));
    }

    /// <summary>Adds a table of names and values: hyper-parameters, data, machine.</summary>
    /// <param name="title">The section.</param>
    /// <param name="facts">Names and values in the order to show.</param>
    public void AddFacts(string title, IReadOnlyList<(string Name, string Value)> facts)
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(facts);
        Change(() => _contents.Set(title, ReportPlace.Facts, "", ReportPage.Facts(facts), half: true));
    }

    /// <summary>Adds a text, shown as it is, its line breaks kept: a sample that a network wrote, a note.</summary>
    /// <param name="title">The section.</param>
    /// <param name="text">The text; it is no HTML.</param>
    /// <param name="caption">What it is: "epoch 3". Each caption has its own text.</param>
    public void AddText(string title, string text, string caption = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(caption);
        Change(() => _contents.Set(title, ReportPlace.Added, caption, $"<pre>{Html.Text(text)}</pre>"));
    }

    /// <summary>Adds a picture, or many as one. With another caption each time they become a gallery, such as the samples of every epoch.</summary>
    /// <param name="title">The section.</param>
    /// <param name="pictures">What is shown; see <see cref="PictureGrid.OfPictures"/>, <see cref="PictureGrid.OfMaps"/> and <see cref="PictureGrid.OfFilters"/>.</param>
    /// <param name="caption">What it is: "epoch 3". Each caption has its own picture.</param>
    public void AddPictures(string title, PictureGrid pictures, string caption = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(caption);
        Change(() => _contents.Set(title, ReportPlace.Added, caption, Html.Picture(pictures, 320, caption.Length > 0 ? caption : title), figure: true));
    }

    /// <summary>As the other overload, with a picture.</summary>
    /// <exception cref="ArgumentException">It has other than 1 to 4 channels.</exception>
    public void AddPictures(string title, Image picture, string caption = "") => AddPictures(title, PictureGrid.Of(picture), caption);

    /// <summary>Adds a table.</summary>
    /// <param name="title">The section.</param>
    /// <param name="header">The names of the columns.</param>
    /// <param name="rows">A cell for each column; the first names the row.</param>
    /// <param name="caption">What it is. Each caption has its own table.</param>
    /// <exception cref="ArgumentException">A row has another number of cells than the header.</exception>
    public void AddTable(string title, IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows, string caption = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(caption);
        foreach (var row in rows)
            if (row.Count != header.Count) throw new ArgumentException($"'{title}': the header has {Shapes.Count(header.Count, "column")}, but a row has {Shapes.Count(row.Count, "cell")}.", nameof(rows));
        Change(() => _contents.Set(title, ReportPlace.Added, caption, ReportPage.Table(header, rows)));
    }

    /// <summary>Adds a confusion matrix; of a binary head, or one of many classes, the classes with their recall, precision, F1 and IoU.</summary>
    /// <param name="title">The section.</param>
    /// <param name="metrics">What was counted, such as <c>Metrics.Evaluate(net, test).Heads[0]</c>.</param>
    /// <param name="classNames">The names of the classes; those of the report when null.</param>
    /// <param name="caption">What it is. Each caption has its own matrix.</param>
    /// <exception cref="ArgumentException">There is another number of names than of classes.</exception>
    public void AddConfusion(string title, PredictionMetrics metrics, IReadOnlyList<string>? classNames = null, string caption = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(caption);
        classNames ??= ClassNames;
        if (classNames != null && classNames.Count != metrics.Classes)
            throw new ArgumentException($"'{title}': there are {Shapes.Count(classNames.Count, "name")} for {metrics.Classes} classes.", nameof(classNames));
        Change(() => _contents.Set(title, ReportPlace.Added, caption, ReportPage.Confusion(metrics, classNames)));
    }

    /// <summary>Adds predictions, each with the picture of its sample and what is true; see <see cref="ShownPrediction.Worst"/>.</summary>
    /// <param name="title">The section.</param>
    /// <param name="predictions">In the order to show.</param>
    /// <param name="caption">What they are. Each caption has its own.</param>
    public void AddPredictions(string title, IReadOnlyList<ShownPrediction> predictions, string caption = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(caption);
        Change(() => _contents.Set(title, ReportPlace.Added, caption, ReportPage.Predictions(predictions)));
    }

    /// <summary>Adds a point to a curve: a value of a loop of one's own, or one more of a trainer's. "loss/generator" is the curve "generator" of the chart "loss"; without a slash the chart has this one curve.</summary>
    /// <param name="name">The chart and the curve.</param>
    /// <param name="at">The step or the epoch, ascending.</param>
    /// <param name="value">The value; NaN leaves a gap.</param>
    /// <param name="per">What <paramref name="at"/> counts; one for all curves of a chart.</param>
    /// <exception cref="ArgumentException">The chart counts the other.</exception>
    public void Log(string name, double at, double value, Per per = Per.Step)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var slash = name.IndexOf('/');
        var (chart, curve) = slash < 0 ? (name, name) : (name[..slash], name[(slash + 1)..]);
        Change(() => _contents.Chart(chart, per)[curve].Points.Add(at, value));
    }

    /// <summary>Shows a warning.</summary>
    public void Warn(TrainingWarning warning)
    {
        ArgumentNullException.ThrowIfNull(warning);
        Change(() => _contents.Warnings.Add(warning));
    }

    /// <summary>A watcher whose curves bear a name, for several trainings on one page: <c>report.Watching("from scratch")</c>.</summary>
    /// <param name="name">What this training is.</param>
    public ITrainingWatcher Watching(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new FitRecord(this, name);
    }

    /// <summary>Writes the page for the last time; it does not load itself anew any more, and what is added later is not written until this is called again.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Finish() => End("finished");

    /// <summary>Writes the page, if <see cref="Finish"/> has not, as one that was broken off.</summary>
    public void Dispose()
    {
        if (_finished) return;
        try
        {
            End("stopped");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Often an error is on its way, and it is the one to report.
        }
    }

    void ITrainingWatcher.OnBegin(WatchedTraining training) => _fit.OnBegin(training);

    void ITrainingWatcher.OnStep(WatchedTraining training) => _fit.OnStep(training);

    void ITrainingWatcher.OnEpoch(WatchedTraining training, EpochResult epoch) => _fit.OnEpoch(training, epoch);

    void ITrainingWatcher.OnWarning(WatchedTraining training, TrainingWarning warning) => _fit.OnWarning(training, warning);

    void ITrainingWatcher.OnEnd(WatchedTraining training, FitResult? result, Exception? error) => _fit.OnEnd(training, result, error);

    /// <summary>Whether the page may be written again.</summary>
    internal bool IsDue => !_finished && System.Diagnostics.Stopwatch.GetElapsedTime(_written) >= WriteInterval;

    /// <summary>Changes what the page shows; it is written when it is due.</summary>
    internal void Change(Action change)
    {
        lock (_lock)
        {
            change();
            if (IsDue) TryWrite();
        }
    }

    /// <summary>Changes what the page shows, without a look at the clock.</summary>
    internal void Change(Action<ReportContents> change, bool write)
    {
        lock (_lock)
        {
            change(_contents);
            if (write && !_finished) TryWrite();
        }
    }

    private void End(string how)
    {
        lock (_lock)
        {
            _contents.End(how);
            _finished = true;
            Write();
        }
    }

    /// <summary>A disk that is full for a moment must not end a training; the page is written again later, and by <see cref="Finish"/>, which does say so.</summary>
    private void TryWrite()
    {
        try
        {
            Write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _written = System.Diagnostics.Stopwatch.GetTimestamp();
        }
    }

    private void Write()
    {
        var page = ReportPage.Render(_contents);
        AtomicFile.Write(Path, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
        _written = System.Diagnostics.Stopwatch.GetTimestamp();
    }
}
