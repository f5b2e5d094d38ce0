using System.Buffers.Binary;

namespace DeepGen;

/// <summary>
/// An event file that TensorBoard shows: <c>tensorboard --logdir FOLDER</c>. As a watcher of a <see cref="Trainer"/> (<see cref="TrainerOptions.Watchers"/>) it writes losses, metrics, learning rate, gradient norms and histograms by itself; the methods
/// serve loops of one's own. Every value stands at a step and under a tag, whose part before a slash is its group: <c>loss/train</c>.
/// </summary>
/// <remarks>
/// Records as TensorFlow frames them (length, its masked CRC-32C, data, its masked CRC-32C), each an <c>Event</c> of tensorflow/core/util/event.proto. A file is begun anew each time; TensorBoard shows all files of a folder as one run, so a training
/// that is resumed goes on in the same curves. The methods may be called from any thread.
/// </remarks>
public sealed class TensorBoardLog : ITrainingWatcher, IDisposable
{
    // Fields of Event, Summary.Value and Summary.Image.
    private const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5;
    private const int Value = 1;
    private const int Tag = 1, SimpleValue = 2, ImageValue = 4, HistogramValue = 5, TensorValue = 8, Metadata = 9;

    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly ProtobufWriter _message = new();
    private GradientNorms? _norms;
    private string[] _normTags = [];

    /// <summary>Begins a file.</summary>
    /// <param name="folder">Where the files of a run lie; it is made where it does not exist.</param>
    /// <exception cref="ArgumentException">The folder's name is empty.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public TensorBoardLog(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);

        // The name that TensorFlow gives; two of one second have different last numbers.
        var name = Html.Invariant($"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds():0000000000}.{Environment.MachineName}.{Environment.ProcessId}");
        for (var i = 0; ; i++)
        {
            Path = System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), Html.Invariant($"{name}.{i}"));
            if (!File.Exists(Path)) break;
        }

        _file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
        Begin(0, withStep: false);
        _message.Text(FileVersion, "brain.Event:2");
        Write();
        _file.Flush();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Of a trainer: the loss and the learning rate are written every so many steps; 0 for after epochs alone.</summary>
    public int EverySteps { get; init; } = 10;

    /// <summary>Of a trainer: whether histograms of all weights and gradients are written after each epoch.</summary>
    public bool Histograms { get; init; } = true;

    /// <summary>Writes a number. It allocates nothing.</summary>
    /// <param name="tag">Its curve.</param>
    /// <param name="step">Where on the curve.</param>
    /// <param name="value">The number.</param>
    public void Scalar(string tag, long step, double value)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        lock (_lock)
        {
            Begin(step);
            int summary = _message.Begin(Summary), entry = _message.Begin(Value);
            _message.Text(Tag, tag);
            _message.Float(SimpleValue, (float)value);
            End(summary, entry);
        }
    }

    /// <summary>Writes a text, which TensorBoard reads as Markdown.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="step">When it was.</param>
    /// <param name="text">The text.</param>
    public void Text(string tag, long step, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        ArgumentNullException.ThrowIfNull(text);
        lock (_lock)
        {
            Begin(step);
            int summary = _message.Begin(Summary), entry = _message.Begin(Value);
            _message.Text(Tag, tag);

            // A tensor of one string; the plug-in of texts shows it. SummaryMetadata.plugin_data = 1, PluginData.plugin_name = 1.
            int metadata = _message.Begin(Metadata), plugin = _message.Begin(1);
            _message.Text(1, "text");
            _message.End(plugin);
            _message.End(metadata);

            // TensorProto: dtype = 1 (DT_STRING is 7), tensor_shape = 2 with dim = 2 of size = 1, string_val = 8.
            var tensor = _message.Begin(TensorValue);
            _message.Int(1, 7);
            int shape = _message.Begin(2), dimension = _message.Begin(2);
            _message.Int(1, 1);
            _message.End(dimension);
            _message.End(shape);
            _message.Text(8, text);
            _message.End(tensor);
            End(summary, entry);
        }
    }

    /// <summary>Writes a picture.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="step">When it was.</param>
    /// <param name="picture">The picture.</param>
    public void Picture(string tag, long step, PictureGrid picture)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        ArgumentNullException.ThrowIfNull(picture);
        var png = picture.ToImage().ToPng();
        lock (_lock)
        {
            Begin(step);
            int summary = _message.Begin(Summary), entry = _message.Begin(Value);
            _message.Text(Tag, tag);

            // Summary.Image: height = 1, width = 2, colorspace = 3 (as many as channels), encoded_image_string = 4.
            var image = _message.Begin(ImageValue);
            _message.Int(1, picture.Height);
            _message.Int(2, picture.Width);
            _message.Int(3, picture.Channels);
            _message.Data(4, png);
            _message.End(image);
            End(summary, entry);
        }
    }

    /// <summary>Writes how values are distributed, those that are not finite apart.</summary>
    /// <param name="tag">Their name.</param>
    /// <param name="step">When it was.</param>
    /// <param name="values">The values.</param>
    public void Histogram(string tag, long step, ReadOnlySpan<float> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var histogram = DeepGen.Histogram.Of(values);
        if (histogram.Count == 0) return;
        var bins = histogram.Bins.Count;
        double[] limits = new double[bins], counts = new double[bins];
        for (var i = 0; i < bins; i++)
        {
            limits[i] = histogram.Highest > histogram.Lowest ? histogram.Lowest + ((histogram.Highest - histogram.Lowest) * (i + 1) / bins) : histogram.Lowest + ((i + 1 - (bins / 2.0)) * 1e-12);
            counts[i] = histogram.Bins[i];
        }

        lock (_lock)
        {
            Begin(step);
            int summary = _message.Begin(Summary), entry = _message.Begin(Value);
            _message.Text(Tag, tag);

            // HistogramProto: min = 1, max = 2, num = 3, sum = 4, sum_squares = 5, bucket_limit = 6, bucket = 7.
            var distribution = _message.Begin(HistogramValue);
            _message.Double(1, histogram.Lowest);
            _message.Double(2, histogram.Highest);
            _message.Double(3, histogram.Count);
            _message.Double(4, histogram.Mean * histogram.Count);
            _message.Double(5, histogram.SumOfSquares);
            _message.Doubles(6, limits);
            _message.Doubles(7, counts);
            _message.End(distribution);
            End(summary, entry);
        }
    }

    /// <summary>Hands what was written to the operating system, so that TensorBoard sees it. Done after each epoch of a trainer.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush()
    {
        lock (_lock) _file.Flush();
    }

    /// <summary>Ends the file.</summary>
    public void Dispose()
    {
        lock (_lock) _file.Dispose();
    }

    void ITrainingWatcher.OnBegin(WatchedTraining training)
    {
        _norms = new GradientNorms(training.Network);
        _normTags = [.. _norms.Parameters.Select(parameter => "gradient norm/" + parameter.Name)];
        var parameters = string.Join("\n", training.Network.Parameters.Select(parameter => Html.Invariant($"| {parameter.Name} | {Shapes.Text(parameter.Shape)} |")));
        Text("network", training.Step, Html.Invariant($"{training.Network.Definition.Name}, {training.Network.Parameters.TrainableValues} parameters\n\n| parameter | shape |\n|---|---|\n{parameters}\n"));
        Flush();
    }

    void ITrainingWatcher.OnStep(WatchedTraining training)
    {
        _norms!.Look(training);
        if (EverySteps < 1 || training.Step % EverySteps != 0) return;
        Scalar("loss/batch", training.Step, training.Loss);
        Scalar("learning rate", training.Step, training.LearningRate);
    }

    void ITrainingWatcher.OnEpoch(WatchedTraining training, EpochResult epoch)
    {
        Number("loss/train", epoch.TrainLoss);
        Number("loss/validation", epoch.ValidationLoss);
        Number("accuracy/train", epoch.TrainAccuracy);
        Number("accuracy/validation", epoch.ValidationAccuracy);
        if (training.Options.Metric is { } metric) Number("metric/" + metric.Name, epoch.Metric);
        if (EverySteps < 1) Number("learning rate", epoch.LearningRate);
        Number("samples per second", epoch.SamplesPerSecond);
        for (var i = 0; i < _normTags.Length && _norms!.Any; i++) Number(_normTags[i], _norms.Of(i));
        _norms!.Clear();
        for (var i = 0; i < _normTags.Length && Histograms; i++)
        {
            var parameter = _norms.Parameters[i];
            Histogram("weights/" + parameter.Name, training.Step, parameter.Values);
            if (!parameter.Frozen) Histogram("gradients/" + parameter.Name, training.Step, parameter.Gradient);
        }

        Flush();

        void Number(string tag, double? value)
        {
            if (value is { } number) Scalar(tag, training.Step, number);
        }
    }

    void ITrainingWatcher.OnWarning(WatchedTraining training, TrainingWarning warning) => Text("warnings", warning.Step, warning.ToString());

    void ITrainingWatcher.OnEnd(WatchedTraining training, FitResult? result, Exception? error) => Flush();

    private void Begin(long step, bool withStep = true)
    {
        _message.Clear();
        _message.Double(WallTime, (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds);
        if (withStep) _message.Int(Step, step);
    }

    private void End(int summary, int entry)
    {
        _message.End(entry);
        _message.End(summary);
        Write();
    }

    /// <summary>Writes the message as a record.</summary>
    private void Write()
    {
        Span<byte> header = stackalloc byte[sizeof(ulong) + sizeof(uint)], footer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)_message.Bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(ulong)..], Masked(header[..sizeof(ulong)]));
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Masked(_message.Bytes));
        _file.Write(header);
        _file.Write(_message.Bytes);
        _file.Write(footer);
    }

    /// <summary>A checksum of data that has checksums inside is changed so that it does not look like one (tensorflow/core/lib/hash/crc32c.h).</summary>
    private static uint Masked(ReadOnlySpan<byte> bytes) => unchecked(System.Numerics.BitOperations.RotateRight(~Crc32C.Append(Crc32C.Start, bytes), 15) + 0xa282ead8);
}
