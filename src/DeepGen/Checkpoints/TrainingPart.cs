using System.Globalization;

namespace DeepGen;

/// <summary>Where a <see cref="Trainer"/> is: epoch and batch, what the epoch gave so far, the epochs before, and what was decided by them.</summary>
/// <param name="training">The training.</param>
/// <param name="batches">Where its batches come from.</param>
/// <param name="samples">The number of training samples.</param>
/// <param name="validationSamples">The number of validation samples; null for none.</param>
internal sealed unsafe class TrainingPart(FitContext training, BatchLoop batches, int samples, int? validationSamples) : CheckpointPart("training")
{
    /// <summary>The metadata that tell the steps done.</summary>
    public const string StepKey = "training.state.step";

    private const string MetricsTensor = "metrics";

    /// <summary>At so many of the steps done the learning rates are compared.</summary>
    private const int Rates = 16;

    private readonly FitState _state = training.State;
    private (int Epoch, int Batch) _position;
    private (TimeSpan All, TimeSpan Epoch) _elapsed;
    private EpochResult[] _history = [];
    private EpochJudgeState _judge;
    private long[]? _metrics;

    public override string Kind => "Trainer";

    public override IReadOnlyCollection<string> Fixed => ["samples", "batch_size", "shuffle", "sampler", "carried_states", "seed"];

    public override Settings Settings
    {
        get
        {
            var options = training.Options;
            var settings = new Settings();
            settings.Add("samples", samples);
            settings.Add("batch_size", batches.BatchSize);
            settings.Add("shuffle", options.Shuffle);
            if (options.Sampler is { } sampler) settings.Add("sampler", sampler.GetType().Name);
            if (options.CarriedStates.Count > 0) settings.Add("carried_states", string.Join(", ", options.CarriedStates.Select(state => $"{state.Output} to {state.Input}")));
            settings.Add("seed", options.Seed.ToString(CultureInfo.InvariantCulture));
            if (options.MicroBatch is { } part) settings.Add("micro_batch", part);
            if (validationSamples is { } validation) settings.Add("validation_samples", validation);
            settings.Add("keep_best", options.KeepBest);
            if (options.BestTolerance > 0) settings.Add("best_tolerance", Settings.Text(options.BestTolerance));
            if (options.Metric is { } metric) settings.Add("metric", metric.Name);
            if (options.EarlyStopping is { } stopping) settings.Add("early_stopping", $"patience {stopping.Patience}, minimum_improvement {Settings.Text(stopping.MinimumImprovement)}");
            if (options.LearningRate.Plateau is { } plateau)
            {
                settings.Add(
                    "plateau",
                    $"factor {Settings.Text(plateau.Factor)}, patience {plateau.Patience}, minimum_improvement {Settings.Text(plateau.MinimumImprovement)}, cooldown {plateau.Cooldown}, minimum {Settings.Text(plateau.Minimum)}, from_best {Fields.Text(plateau.FromBest)}");
            }

            return settings;
        }
    }

    /// <summary>As for every part, and for the schedule, which is a function: the first of the rates so far that would have been another. A longer training may well have the same.</summary>
    public override IEnumerable<CheckpointDifference> Differences(CheckpointFile file)
    {
        foreach (var difference in base.Differences(file)) yield return difference;
        var rates = file.Read(StateKey("rates"), text =>
        {
            var fields = new Fields(text);
            var pairs = new List<(long Step, float Rate)>();
            for (var count = fields.Int(); count > 0; count--) pairs.Add((fields.Long(), fields.Single()));
            fields.End();
            return pairs;
        });
        foreach (var (step, saved) in rates)
        {
            var now = training.ScheduledRate(step);
            if (BitConverter.SingleToInt32Bits(now) == BitConverter.SingleToInt32Bits(saved)) continue;
            yield return new($"the learning rate of step {step}", Settings.Text(saved), Settings.Text(now), false);
            break;
        }
    }

    public override void Save(CheckpointWriter writer)
    {
        writer.Set(StepKey, Settings.Text(training.StepsDone));
        Set("position", Settings.Text(_state.Epoch), Settings.Text(_state.Batch));
        var elapsed = _state.Elapsed;
        Set("elapsed", Settings.Text(elapsed.Ticks), Settings.Text((elapsed - _state.EpochBegan).Ticks));
        writer.Set(StateKey("history"), string.Join('\n', _state.History.Select(Text)));
        var judge = training.Judge.State;
        if (judge.BestRule is { } rule) Set("best_rule", Fields.Text(rule.Any), Fields.Text(rule.Accuracy), Settings.Text(rule.Loss));
        if (judge.Best is { } best) Set("best", Text(best));
        if (judge.Stopping is { } stopping) Set("early_stopping", Text(stopping));
        if (judge.Plateau is { } plateau) Set("plateau", Settings.Text(plateau.Scale), Settings.Text(plateau.Cooldown), Text(plateau.Improvement));
        SaveRates();
        if (_state.Batch == 0) return;
        var metrics = batches.Metrics.State;
        writer.Add(new StoredTensor(Tensor(MetricsTensor), [metrics.Length], metrics));
        foreach (var (name, shape, output) in batches.Carried)
        {
            // Native memory, which stays where it is.
            var values = batches.CarriedValues(output);
            fixed (float* pointer = values) writer.Add(new StoredTensor(Carried(name), shape, pointer, values.Length));
        }

        void Set(string state, params ReadOnlySpan<string> fields) => writer.Set(StateKey(state), Fields.Join(fields));

        void SaveRates()
        {
            var done = training.StepsDone;
            long[] steps = [.. Enumerable.Range(0, (int)Math.Min(done, Rates)).Select(i => done <= Rates ? i : i * (done - 1) / (Rates - 1))];
            writer.Set(StateKey("rates"), string.Join(' ', [Settings.Text(steps.Length), .. steps.Select(step => $"{Settings.Text(step)} {Settings.Text(training.ScheduledRate(step))}")]));
        }
    }

    public override void Check(CheckpointFile file, bool changed)
    {
        _position = file.Read(StateKey("position"), text =>
        {
            var fields = new Fields(text);
            (int Epoch, int Batch) position = (fields.Int(), fields.Int());
            fields.End();
            return position.Epoch >= 1 && position.Batch <= batches.Batches ? position : throw new FormatException($"no epoch has such a batch, but 0 to {batches.Batches}");
        });
        _elapsed = file.Read(StateKey("elapsed"), text =>
        {
            var fields = new Fields(text);
            return (TimeSpan.FromTicks(fields.Long()), TimeSpan.FromTicks(fields.Long()));
        });
        _history = file.Read(StateKey("history"), text => Array.ConvertAll(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), Epoch));
        if (_history.Length != _position.Epoch - 1) throw CheckpointFile.Bad(file.Path, $"it is in epoch {_position.Epoch}, but has a history of {Shapes.Count(_history.Length, "epoch")}");
        _judge = new EpochJudgeState(Optional("best_rule", BestRule), Optional("best", Improvement), Optional("early_stopping", Improvement), Optional("plateau", Plateau));

        // By another metric the best so far means nothing; what plateaus have made of the rate stays.
        if (changed && file.Metadata.GetValueOrDefault($"{Key}.metric") != training.Options.Metric?.Name)
            _judge = new EpochJudgeState(null, null, null, _judge.Plateau is { } plateau ? plateau with { Improvement = new ImprovementState(double.NaN, 0) } : null);
        _metrics = _position.Batch == 0 ? null : Metrics();

        if (_position.Batch == 0) return;
        foreach (var (name, shape, _) in batches.Carried)
            if (!file.Has(Carried(name), "F32", shape)) throw CheckpointFile.Bad(file.Path, $"it has no tensor '{Carried(name)}' of F32 {Shapes.Text(shape)}");

        T? Optional<T>(string state, Func<string, T> parse) where T : struct => file.Metadata.ContainsKey(StateKey(state)) ? file.Read(StateKey(state), parse) : null;

        long[] Metrics()
        {
            var length = batches.Metrics.State.Length;
            return file.Has(Tensor(MetricsTensor), "I64", [length])
                ? file.Values<long>(Tensor(MetricsTensor)).ToArray()
                : throw CheckpointFile.Bad(file.Path, $"it has no tensor '{Tensor(MetricsTensor)}' of I64 [{length}]");
        }
    }

    public override void Restore(CheckpointFile file)
    {
        (_state.Epoch, _state.Batch) = _position;
        _state.Before = _elapsed.All;
        _state.EpochBegan = _elapsed.All - _elapsed.Epoch;
        _state.History.Clear();
        _state.History.AddRange(_history);
        training.Judge.State = _judge;
        if (_metrics == null) return;
        batches.Metrics.State = _metrics;
        foreach (var (name, _, output) in batches.Carried) file.Values<float>(Carried(name)).CopyTo(batches.CarriedValues(output));
        batches.CarriedRestored();
    }

    private string Carried(string input) => Tensor($"carried.{input}");

    private static string Text(ImprovementState state) => Fields.Join(Settings.Text(state.Best), Settings.Text(state.EpochsWithout));

    private static string Text(EpochResult epoch) => Fields.Join(
        Settings.Text(epoch.Epoch),
        Settings.Text(epoch.TrainLoss),
        Fields.Text(epoch.TrainAccuracy),
        Fields.Text(epoch.ValidationLoss),
        Fields.Text(epoch.ValidationAccuracy),
        Settings.Text(epoch.LearningRate),
        Settings.Text(epoch.SamplesPerSecond),
        Settings.Text(epoch.Elapsed.Ticks),
        Fields.Text(epoch.IsBest),
        Fields.Text(epoch.Metric));

    private static EpochResult Epoch(string text)
    {
        var fields = new Fields(text);
        var epoch = new EpochResult(
            fields.Int(), fields.Double(), fields.Optional(), fields.Optional(), fields.Optional(), fields.Single(), fields.Double(), TimeSpan.FromTicks(fields.Long()), fields.Bool())
        {
            Metric = fields.Optional(),
        };
        fields.End();
        return epoch;
    }

    private static BestEpochState BestRule(string text)
    {
        var fields = new Fields(text);
        return new BestEpochState(fields.Bool(), fields.Optional(), fields.Double());
    }

    private static ImprovementState Improvement(string text)
    {
        var fields = new Fields(text);
        return new ImprovementState(fields.Double(), fields.Int());
    }

    private static PlateauState Plateau(string text)
    {
        var fields = new Fields(text);
        return new PlateauState(fields.Double(), fields.Int(), new ImprovementState(fields.Double(), fields.Int()));
    }
}
