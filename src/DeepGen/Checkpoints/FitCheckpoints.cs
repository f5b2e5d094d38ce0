using System.Diagnostics;

namespace DeepGen;

/// <summary>Writes the checkpoints of a training, and finds the one to go on with.</summary>
internal sealed class FitCheckpoints : IDisposable
{
    private readonly CheckpointOptions _options;
    private readonly FitContext _training;
    private readonly Checkpoint _contents;
    private readonly CheckpointFolder _folder;
    private readonly HashSet<string> _unreadable = [];
    private long _lastTime = Stopwatch.GetTimestamp();
    private (int Epoch, int Batch) _lastPosition;

    /// <param name="options">Where and when.</param>
    /// <param name="training">The training.</param>
    /// <param name="contents">What is kept of it.</param>
    public FitCheckpoints(CheckpointOptions options, FitContext training, Checkpoint contents)
    {
        (_options, _training, _contents) = (options, training, contents);
        contents.CheckNames();
        _folder = new CheckpointFolder(options.Folder);
    }

    private (int Epoch, int Batch) Position => (_training.State.Epoch, _training.State.Batch);

    /// <summary>Takes the training where it is to begin.</summary>
    public void Begin()
    {
        try
        {
            var resume = _options.Resume;
            var files = _folder.Files();
            if (resume.Path != null) _training.State.Resumed = From(resume.Path, files);
            else if (resume.IsNewest) _training.State.Resumed = Newest(files);
            else if (files.Count > 0)
                throw new IOException($"'{_options.Folder}' holds checkpoints of an earlier training, the last of them '{Path.GetFileName(_folder.PathOf(files[^1]))}'. Resume.Newest goes on with it; give another folder, or empty this one, to train from the start.");
            _lastPosition = Position;
        }
        catch
        {
            _folder.Abandon();
            throw;
        }
    }

    /// <summary>Between two steps of an epoch.</summary>
    public void AfterStep()
    {
        if (_options.Every.IsDue(_training.StepsDone, _lastTime)) Save(isBest: false);
    }

    /// <summary>After an epoch was judged.</summary>
    /// <param name="epoch">Its number.</param>
    /// <param name="isBest">Whether it is the best so far.</param>
    /// <param name="isLast">Whether the training ends.</param>
    public void AfterEpoch(int epoch, bool isBest, bool isLast)
    {
        isBest &= _options.KeepBest;
        if (isBest || isLast || _options.Every.IsDueAfter(epoch) || _options.Every.IsDue(_training.StepsDone, _lastTime)) Save(isBest);
    }

    /// <summary>When the training is cancelled.</summary>
    public void AfterCancellation()
    {
        if (Position != _lastPosition) Save(isBest: false);
    }

    public void Dispose() => _folder.Dispose();

    private void Save(bool isBest)
    {
        var path = _folder.PathOf(new CheckpointName(_training.StepsDone, isBest));
        _contents.Save(path, _options.Create);
        _unreadable.Remove(path);
        _lastTime = Stopwatch.GetTimestamp();
        _lastPosition = Position;
        _folder.Prune(_training.StepsDone, _options.Keep, _options.KeepBest, _unreadable);
    }

    private ResumeReport From(string path, IReadOnlyList<CheckpointName> files)
    {
        using var file = CheckpointFile.Open(path);
        var step = file.Read(TrainingPart.StepKey, Settings.Count);
        if (files.Count > 0 && files[^1].Step > step)
            throw new IOException($"'{_options.Folder}' holds '{Path.GetFileName(_folder.PathOf(files[^1]))}', of a later step than the {step} steps of '{path}'. Resume.Newest goes on with it; give another folder to branch off, or delete the later files.");
        return Restore(file, []);
    }

    private ResumeReport? Newest(IReadOnlyList<CheckpointName> files)
    {
        var skipped = new List<SkippedCheckpoint>();
        foreach (var name in files.Reverse())
        {
            var path = _folder.PathOf(name);
            CheckpointFile file;
            try
            {
                file = CheckpointFile.Open(path);
            }
            catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                skipped.Add(new SkippedCheckpoint(path, error.Message));
                _unreadable.Add(path);
                continue;
            }

            using (file) return Restore(file, skipped);
        }

        if (skipped.Count > 0)
            throw new InvalidDataException($"No checkpoint in '{_options.Folder}' can be read; give another folder, or empty this one, to train from the start. {string.Join(" ", skipped)}");
        return null;
    }

    private ResumeReport Restore(CheckpointFile file, IReadOnlyList<SkippedCheckpoint> skipped)
    {
        var changes = _contents.Restore(file, _options.Resume.AllowChanges, "Resume.AllowChanges goes on with the settings of now, and another folder trains from the start");
        return new ResumeReport(file.Path, _training.State.Epoch, _training.State.Batch, _training.StepsDone, skipped, changes);
    }
}
