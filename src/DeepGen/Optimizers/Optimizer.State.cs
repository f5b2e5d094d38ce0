namespace DeepGen;

/// <content>What must be kept of an optimizer so that it can go on bit for bit. It is there once the optimizer is bound to its network.</content>
public abstract unsafe partial class Optimizer
{
    /// <summary>What the moments are called in PyTorch, in their order.</summary>
    internal IReadOnlyList<string> MomentNames => _momentNames;

    /// <summary>How often the optimizer and each parameter, in declared order, have been updated.</summary>
    /// <exception cref="ArgumentException">The counts are those of another number of parameters.</exception>
    internal OptimizerCounts Counts
    {
        get
        {
            CollectUpdates();
            return new OptimizerCounts(Steps, [.. _updates]);
        }

        set
        {
            if (value.Updates.Count != _updates.Length)
                throw new ArgumentException($"The counts are of {Shapes.Count(value.Updates.Count, "parameter")}, but the network has {_updates.Length}.");
            Steps = value.Steps;
            _updates = [.. value.Updates];
            _rangeCount = 0;
            _rangesAreStale = true;
            _measuredNorm = null;
        }
    }

    /// <summary>The values of a moment of one parameter, to read and to write.</summary>
    internal Span<float> Moment(int index, Parameter parameter) => new(_moments[index].Pointer + parameter.Definition.Offset, parameter.Count);

    /// <summary>What it was told to do, rule and learning rate apart, under PyTorch's names.</summary>
    internal Settings Settings
    {
        get
        {
            var settings = new Settings();
            settings.Add("weight_decay", WeightDecay);
            Describe(settings);
            if (Clipping is { NeedsNorm: true }) settings.Add("max_norm", Clipping.MaxNorm);
            else if (Clipping != null) settings.Add("clip_value", Clipping.Limit);
            if (Noise != null) settings.Add("noise", $"variance {Settings.Text(Noise.Variance)}, decay {Settings.Text(Noise.Decay)}, seed {Noise.Seed}");
            for (var i = 0; i < _groups.Length; i++) settings.Add($"group{i + 1}", _groups[i].Description);
            return settings;
        }
    }

    /// <summary>Adds the numbers of the rule.</summary>
    private protected abstract void Describe(Settings settings);

    /// <summary>The arenas of all moments.</summary>
    internal ReadOnlySpan<NativeArena> Moments => _moments;
}

/// <summary>The counters of an optimizer.</summary>
/// <param name="Steps">All updates so far.</param>
/// <param name="Updates">Those of each parameter and running statistic, in declared order.</param>
internal sealed record OptimizerCounts(long Steps, IReadOnlyList<long> Updates);
