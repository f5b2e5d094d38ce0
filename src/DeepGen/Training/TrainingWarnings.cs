namespace DeepGen;

/// <summary>
/// Watches a training for what usually means that it goes wrong, and warns all watchers with the name of the layer: gradients that explode or vanish, units that are dead. A loss that is not finite is told to them
/// with or without it (<see cref="NonFiniteException"/>). It looks at the gradients of eight steps of an epoch, and at units at its end; each thing that is wrong is told once.
/// </summary>
/// <remarks>Exploding and vanishing gradients: Y. Bengio, P. Simard and P. Frasconi 1994; R. Pascanu, T. Mikolov and Y. Bengio 2013. Dead rectifiers: A. Maas, A. Hannun and A. Ng 2013.</remarks>
public sealed class TrainingWarnings : ITrainingWatcher
{
    /// <summary>Before so many looks nothing is known of how large a gradient usually is.</summary>
    private const int LooksToLearn = 8;

    private readonly HashSet<(TrainingWarningKind, string)> _told = [];
    private GradientNorms? _norms;
    private UnitProbe? _probe;
    private double[] _usual = [];
    private int _looks;

    /// <summary>How many times larger than usual the gradient of a parameter must be to be told as exploding. Above 1.</summary>
    public double ExplodingFactor { get; init; } = 100;

    /// <summary>How many times smaller than the largest of the network the mean gradient of a weight (its root mean square) must be to be told as vanishing. Below 1.</summary>
    public double VanishingRatio { get; init; } = 1e-6;

    /// <summary>From which share of a rectifier's units on the dead ones are told. Some are usual, more so in wide layers.</summary>
    public double DeadShare { get; init; } = 0.5;

    /// <summary>How many samples of the validation data (of the training data where there are none), evenly over it, dead units are looked for with; at most an eighth of the training samples where that is above 64. 0 for none.</summary>
    public int Samples { get; init; } = 256;

    void ITrainingWatcher.OnBegin(WatchedTraining training)
    {
        _probe = UnitProbe.Of(training, Samples);
        _told.Clear();
        _norms = new GradientNorms(training.Network);
        _usual = new double[_norms.Parameters.Count];
        _looks = 0;
    }

    void ITrainingWatcher.OnStep(WatchedTraining training)
    {
        if (!_norms!.Look(training)) return;
        _looks++;
        for (var i = 0; i < _usual.Length; i++)
        {
            // The mean of logarithms, of old looks less and less: one outlier does not move it far.
            var size = Math.Log(Math.Max(_norms.Last[i], 1e-30));
            if (_looks > LooksToLearn && size > _usual[i] + Math.Log(ExplodingFactor)) Exploding(training, i);
            _usual[i] += (size - _usual[i]) / Math.Min(_looks, 16);
        }
    }

    void ITrainingWatcher.OnEpoch(WatchedTraining training, EpochResult epoch)
    {
        if (_norms!.Any) Vanishing(training);
        _norms.Clear();
        DeadUnits(training);
    }

    void ITrainingWatcher.OnEnd(WatchedTraining training, FitResult? result, Exception? error) => _probe?.Dispose();

    private void DeadUnits(WatchedTraining training)
    {
        if (_probe!.Samples.Length == 0 || _probe.Rectifiers.Count == 0) return;
        _probe.Run();
        for (var i = 0; i < _probe.Rectifiers.Count; i++)
        {
            var (layer, units) = (_probe.Rectifiers[i].Layer, UnitProbe.Units(_probe.Rectifiers[i]));
            var dead = _probe.Dead(i).ToArray();
            if (dead.Length == 0 || dead.Length < DeadShare * units || !_told.Add((TrainingWarningKind.DeadUnits, layer))) continue;
            var which = dead.Length == units ? "all" : string.Join(", ", dead.Take(8)) + (dead.Length > 8 ? ", …" : "");
            Warn(training, TrainingWarningKind.DeadUnits, layer,
                $"{dead.Length} of {Shapes.Count(units, "unit")} of {layer} ({which}) are zero for all of {Shapes.Count(_probe.Samples.Length, "sample")}, so nothing reaches the weights before them. A smaller learning rate, a warm-up, He's initialization or LeakyRelu may help.");
        }
    }

    private void Exploding(WatchedTraining training, int parameter)
    {
        var name = _norms!.Parameters[parameter].Name;
        if (!_told.Add((TrainingWarningKind.ExplodingGradient, name))) return;
        Warn(training, TrainingWarningKind.ExplodingGradient, name, Html.Invariant(
            $"the gradient of {name} has norm {Html.Number(_norms.Last[parameter])}, usually {Html.Number(Math.Exp(_usual[parameter]))}. Clip gradients (GradientClipping.ByGlobalNorm), use a smaller learning rate or a warm-up; look for a bad sample."));
    }

    private void Vanishing(WatchedTraining training)
    {
        var largest = 0.0;
        for (var i = 0; i < _usual.Length; i++)
            if (IsWeight(_norms!.Parameters[i])) largest = Math.Max(largest, Mean(i));
        for (var i = 0; i < _usual.Length; i++)
        {
            var parameter = _norms!.Parameters[i];
            if (parameter.Frozen) continue;
            if (_norms.Of(i) == 0)
            {
                if (_told.Add((TrainingWarningKind.VanishingGradient, parameter.Name)))
                    Warn(training, TrainingWarningKind.VanishingGradient, parameter.Name, $"the gradient of {parameter.Name} is zero: the loss does not depend on it. Behind it all units may be dead, or a function is flat there; new first weights or a smaller learning rate may help.");
            }
            else if (IsWeight(parameter) && Mean(i) < VanishingRatio * largest && _told.Add((TrainingWarningKind.VanishingGradient, parameter.Name)))
            {
                Warn(training, TrainingWarningKind.VanishingGradient, parameter.Name, Html.Invariant(
                    $"the gradient of {parameter.Name} is {Html.Number(largest / Mean(i))} times smaller than the largest of the network (root mean squares {Html.Number(Mean(i))} and {Html.Number(largest)}), so it hardly learns. Normalization, residual connections, a rectifier in place of Tanh or Sigmoid, or another initialization may help."));
            }
        }
    }

    /// <summary>The root mean square of a gradient's values.</summary>
    private double Mean(int parameter) => _norms!.Of(parameter) / Math.Sqrt(_norms.Parameters[parameter].Count);

    /// <summary>Gradients of biases may be zero for good reasons, such as a BatchNorm behind them.</summary>
    private static bool IsWeight(Parameter parameter) => parameter is { Shape.Count: >= 2, Frozen: false };

    private static void Warn(WatchedTraining training, TrainingWarningKind kind, string layer, string message) =>
        training.Warn(new TrainingWarning(kind, layer, training.Epoch, training.Step, message));
}
